"""Who may stop long work: whoever may start it. Following it is a question of its own (`queries.job`).
When work that is going on has been silent for so long that people should be told.
"""

from django.conf import settings
from django.utils.translation import gettext as _

from consortium.enums import JobState
from consortium.reach import holders, may, names
from consortium.refusals import Forbidden
from consortium.registry import registry

# A worker gives a sign of life every half a second of its work; a few seconds of silence are nothing yet.
WORTH_SAYING = 8


def can_stop(user, job):
    """Whether the person may start, and so stop, work of this kind."""
    permission = registry.job_permissions.get(job.kind)
    return permission is not None and may(user, permission)


def ask_to_stop(by, job):
    """Refuse a person who may follow the work but not stop it. The clock (None) is let through."""
    if by is None or can_stop(by, job):
        return
    permission = registry.job_permissions.get(job.kind)
    others = names(holders(permission)) if permission else ""
    raise Forbidden(
        _("You can follow this work, but only those who may start it can stop it."),
        remedy=_("Ask: %(names)s.") % {"names": others} if others else _("It ends by itself."),
    )


def silence(job, moment):
    """How long work that is going on has given no sign of life, and when it is taken over: {"seconds", "limit"}, or None."""
    if job.state != JobState.RUNNING or job.heartbeat_at is None:
        return None
    seconds = int((moment - job.heartbeat_at).total_seconds())
    return {"seconds": seconds, "limit": settings.JOB_SILENT_SECONDS} if seconds >= WORTH_SAYING else None
