"""While lists are handed in: a later closing time by two persons, reminders, a project that leaves."""

from django.urls import reverse
from django.utils.translation import gettext as _

from consortium.audit import action, record
from consortium.clock import now, today
from consortium.notifications import notify_many
from consortium.refusals import Invalid, Refused
from consortium.roles import Permission
from consortium.templatetags.portal import moment_zone_text
from placements.actions.round.step import move
from placements.actions.round.two_persons import agree_to, ask_for, tell_second_persons
from placements.enums import RoundState
from placements.models import MatchingRound, RoundProject
from placements.queries import round as queries
from placements.rules import round as rules


@action
def request_extension(*, round, by, new_closes_at, reason):
    """The first person asks for a later closing time, with a reason that the public will read."""
    rules.ask_permission(by, Permission.RUN_ROUND)
    round.refresh_from_db()
    if round.state != RoundState.OPEN:
        move(round, expected=[RoundState.OPEN], to=RoundState.OPEN)
    if not reason.strip():
        raise Invalid(_("Say why, in words that the public may read."), field="reason")
    if new_closes_at <= max(round.closes_at, now()):
        raise Invalid(_("The new closing time must be later than the present one."), field="new_closes_at")
    request = ask_for(round, "extend", by, new_closes_at=new_closes_at, reason=reason.strip())
    record("extension requested", round, by=by, new_closes_at=new_closes_at.isoformat(), reason=reason)
    tell_second_persons(round, by, "round_extension_requested", request)
    return request


@action
def agree_extension(*, round, by):
    """The second person agrees: closing and scoring move, and everybody who may hand in is told why."""
    request = agree_to(round, "extend", by)
    shift = request.new_closes_at - round.closes_at
    round.refresh_from_db()
    if round.closes_at <= now():
        raise Refused(
            _("Lists closed on %(time)s; they cannot be opened again.")
            % {"time": moment_zone_text(round.closes_at)}
        )
    note = f"{round.public_note}\n{request.reason}".strip()[:1000]
    move(
        round,
        expected=[RoundState.OPEN],
        to=RoundState.OPEN,
        closes_at=request.new_closes_at,
        scoring_ends_at=round.scoring_ends_at + shift,
        public_note=note,
    )
    record("closing time extended", round, by=by, to=request.new_closes_at.isoformat(), reason=request.reason)
    people = [student.user for student in queries.students_of(round).select_related("user")]
    notify_many(
        people,
        "round_extended",
        key=f"{request.pk}",
        url=round.get_absolute_url(),
        round=round.name,
        closes=request.new_closes_at,
        reason=request.reason,
    )
    return request


@action
def remind_students(*, round, by):
    """Send one reminder a day to those who have handed in nothing. Returns how many."""
    rules.ask_permission(by, Permission.RUN_ROUND)
    # One at a time: two presses at the same moment find each other's messages.
    round = MatchingRound.objects.select_for_update().get(pk=round.pk)
    if round.state != RoundState.OPEN or round.closes_at <= now():
        raise Refused(_("Lists are closed, so a reminder would be of no use."), url=round.get_absolute_url())
    people = [student.user for student in queries.without_a_list(round)]
    made = notify_many(
        people,
        "round_reminder",
        key=f"{round.pk}:{today():%Y%m%d}",
        url=reverse("application"),
        round=round.name,
        closes=round.closes_at,
    )
    record("reminder sent", round, by=by, people=made)
    return made


@action
def withdraw_round_project(*, round_project, by, reason=""):
    """Take a project out of its round; lists that name it keep their other choices. By the project's own withdrawal."""
    gone = RoundProject.objects.filter(
        pk=round_project.pk, withdrawn_at=None, round__state__in=[RoundState.OPEN, RoundState.RANKING]
    ).update(withdrawn_at=now())
    if not gone:
        raise Refused(
            _("The round is frozen, so the project cannot leave it any more."),
            remedy=_("Ask the graduate school: places can be declined after the result."),
            code="locked",
        )
    record("project left the round", round_project, by=by, reason=reason)
