"""Who may read the audit trail."""

from consortium.models import AuditEvent, AuditHead
from consortium.reach import reach
from consortium.roles import Permission


def events_visible_to(user):
    """The entries of the trail, newest first; all or none."""
    rows = AuditEvent.objects.order_by("-id")
    return rows if reach(user, Permission.READ_AUDIT).all else rows.none()


def streams():
    """The chains the trail consists of, with the last link of each: nothing of what they hold."""
    return AuditHead.objects.order_by("stream")
