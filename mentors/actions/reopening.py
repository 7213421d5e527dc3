"""Days past the late limit: asked for by a mentor with a reason, opened or not by the graduate school."""

from datetime import timedelta

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from consortium import clock, policy
from consortium.audit import action, record
from consortium.notifications import notify
from consortium.reach import holders, names
from consortium.refusals import Forbidden, Invalid, Refused
from consortium.roles import Permission
from mentors.actions.log import check_day
from mentors.enums import ReopeningState
from mentors.models import Reopening
from mentors.queries import log as queries
from mentors.rules import log as rules


@action
def ask_reopening(*, mentorship, by, day, reason):
    """Ask the graduate school to open one late day for one log; asking again gives the same request."""
    side = rules.side_of(by, mentorship)
    if side is None:
        raise Forbidden(_("Only this student’s two mentors sign logs."), remedy=_("You can read them."))
    reason = reason.strip()
    if not reason or len(reason) > rules.LONGEST_REASON:
        raise Invalid(
            _("Say in one sentence why the log is late."),
            remedy=_("At most %(most)d characters; the graduate school reads it.")
            % {"most": rules.LONGEST_REASON},
            field="late_reason",
        )
    mentor = rules.mentor_on(mentorship, side)
    check_day(mentorship, mentor, day)
    try:
        with transaction.atomic():
            request = Reopening.objects.create(
                mentorship=mentorship, mentor=mentor, day=day, reason=reason, asked_at=clock.now()
            )
    except IntegrityError:
        return queries.open_request(mentor, mentorship, day)
    record("reopening asked", request, by=by, day=day.isoformat(), reason=reason)
    for person in holders(Permission.OVERSEE_SUPERVISION):
        notify(person, "reopening_asked", key=str(request.pk), url=request.get_absolute_url())
    return request


@action
def decide_reopening(*, reopening, by, granted, answer=""):
    """Open the day for one log within the days set, or refuse with a reason the mentor reads."""
    if not rules.can_oversee(by):
        raise Forbidden(
            _("Your role does not reopen late days."),
            remedy=_("Ask the graduate school: %(names)s.")
            % {"names": names(holders(Permission.OVERSEE_SUPERVISION))},
        )
    if by.pk == reopening.mentor.user_id:
        raise Forbidden(
            _("You cannot decide on your own request."), remedy=_("Another person of the office does.")
        )
    answer = answer.strip()[: rules.LONGEST_REASON]
    if not granted and not answer:
        raise Invalid(
            _("Say in one sentence why the day is not reopened."),
            remedy=_("The mentor reads it."),
            field="answer",
        )
    now = clock.now()
    until = clock.today() + timedelta(days=policy.value("log_reopen_days")) if granted else None
    moved = Reopening.objects.filter(pk=reopening.pk, state=ReopeningState.ASKED).update(
        state=ReopeningState.GRANTED if granted else ReopeningState.REFUSED,
        decided_by=by,
        decided_at=now,
        answer=answer,
        open_until=until,
    )
    reopening.refresh_from_db()
    if not moved:
        raise Refused(
            _("This request has been decided already, by %(name)s.") % {"name": reopening.decided_by},
            remedy=_("The page shows how."),
            url=reopening.get_absolute_url(),
            url_label=_("Open the request"),
            code="state",
        )
    record("day reopened" if granted else "day not reopened", reopening, by=by, answer=answer)
    notify(
        reopening.mentor.user,
        "reopening_granted" if granted else "reopening_refused",
        key=str(reopening.pk),
        url=reopening.get_absolute_url(),
        day=reopening.day.isoformat(),
        answer=answer,
        **({"until": until.isoformat()} if until else {}),
    )
    return reopening
