"""A membership in its years: begun, warned of its end, lapsed, suspended and restored, removed by the council's vote."""

from datetime import timedelta

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from consortium import clock
from consortium.actions.membership import (
    RESOLUTION_FIELDS,
    confirm_figures,
    must_keep_register,
    refuse_votes,
    resolution_for,
)
from consortium.audit import action, record
from consortium.due import each_due
from consortium.enums import MEMBERSHIP_APPLICATION_OPEN, MEMBERSHIP_MOVES, MembershipState
from consortium.models import Membership, MembershipApplication
from consortium.notifications import notify, notify_many
from consortium.queries import membership_term as queries
from consortium.queries.people import administrators_of
from consortium.reach import holders, names
from consortium.refusals import Forbidden, Invalid, Refused
from consortium.roles import Permission
from consortium.rules.membership_term import may_confirm_council_resolution, warning_due
from consortium.templatetags.portal import day_text

FOLLOWED = "followed"
State = MembershipState


# --- resolutions of a council, for measures


@action
def record_council_resolution(
    *, by, council, number, passed_on, entitled, present, votes_yes, votes_no, abstentions, minutes
):
    """Type a resolution of the minutes that is not about an application: a suspension, a removal. Returns it.

    Refuses a vote without quorum or majority, one still to come, and a number that stands for other figures.
    """
    must_keep_register(by)
    if passed_on > clock.today():
        raise Invalid(
            _("The resolution is dated %(day)s, which is still to come.") % {"day": day_text(passed_on)},
            remedy=_("Enter the day on which it was passed."),
            field="passed_on",
        )
    refuse_votes(
        entitled=entitled, present=present, votes_yes=votes_yes, votes_no=votes_no, abstentions=abstentions
    )
    votes = dict(
        zip(RESOLUTION_FIELDS, (passed_on, entitled, present, votes_yes, votes_no, abstentions), strict=True)
    )
    resolution = resolution_for(by=by, council=council, number=number, votes=votes, minutes=minutes)
    record("resolution recorded", council, by=by, number=number)
    for person in holders(Permission.RECORD_MEMBERSHIP, except_for=[by]):
        notify(
            person,
            "council_resolution_to_confirm",
            key=str(resolution.pk),
            url=resolution.get_absolute_url(),
            council=council.name_zh,
            number=number,
        )
    return resolution


@action
def confirm_council_resolution(*, resolution, by):
    """The second person has compared it with the minutes. Refuses whoever typed it, and a second confirmation."""
    must_keep_register(by)
    if not resolution.confirmed_by_id and not may_confirm_council_resolution(by, resolution):
        others = holders(Permission.RECORD_MEMBERSHIP, except_for=[by])
        raise Forbidden(
            _("You recorded this resolution yourself; a second person must compare it with the minutes."),
            remedy=_("It waits for: %(names)s.") % {"names": names(others)}
            if others
            else _("Ask a colleague of the secretariat."),
        )
    if not confirm_figures(resolution, by=by, at=clock.now()):
        raise Refused(
            _("This resolution is confirmed already."),
            remedy=_("Open it to see by whom."),
            url=resolution.get_absolute_url(),
            url_label=_("Open the resolution"),
            code="state",
        )
    record("resolution confirmed", resolution.body, by=by, number=resolution.number)
    resolution.refresh_from_db()
    return resolution


# --- measures


@action
def suspend_membership(*, membership, by, reason, measure):
    """Suspend from today: new demands and projects wait, what runs goes on. Rests on a confirmed resolution."""
    must_keep_register(by)
    _ask_reason(reason)
    _ask_measure(membership, measure, _("A suspension needs a resolution of the council."))
    _move(
        membership,
        State.SUSPENDED,
        expected=State.ACTIVE,
        suspended_from=clock.today(),
        measure=measure,
        end_reason=reason.strip(),
    )
    _record("membership suspended", membership, by, reason=reason.strip(), resolution=measure.number)
    _tell_unit(membership, "membership_suspended", reason=reason.strip(), number=measure.number)
    return membership


@action
def restore_membership(*, membership, by, reason, measure):
    """Lift a suspension: the rights are back at once. Rests on a confirmed resolution of its own, so on two persons."""
    must_keep_register(by)
    _ask_reason(reason)
    _ask_measure(membership, measure, _("Lifting a suspension needs a resolution of the council."))
    if membership.measure_id == measure.pk or (
        membership.measure and measure.passed_on < membership.measure.passed_on
    ):
        raise Refused(
            _("Resolution %(number)s is the one that suspended the membership, or an earlier one.")
            % {"number": measure.number},
            remedy=_("Choose the later one that lifts the suspension, or record it from the minutes."),
            field="measure",
            code="resolution",
        )
    if membership.until < clock.today():
        raise Refused(
            _("Its term ended on %(day)s.") % {"day": day_text(membership.until)},
            remedy=_("Renew the membership instead."),
            code="over",
        )
    _move(membership, State.ACTIVE, expected=State.SUSPENDED, suspended_from=None, end_reason="")
    _record("membership restored", membership, by, reason=reason.strip(), resolution=measure.number)
    _tell_unit(membership, "membership_restored", reason=reason.strip())
    return membership


@action
def remove_membership(*, membership, by, reason, measure):
    """Remove by the council's vote: it ends today, and running placements go on to their end."""
    must_keep_register(by)
    _ask_reason(reason)
    _ask_measure(membership, measure, _("Removal needs a resolution."))
    _terms_of(membership)
    last = max(min(clock.today(), membership.until), membership.since + timedelta(days=1))
    _move(
        membership,
        State.REMOVED,
        until=last,
        suspended_from=None,
        measure=measure,
        end_reason=reason.strip(),
    )
    Membership.objects.filter(
        organisation=membership.organisation, council=membership.council, state=State.TO_BEGIN
    ).update(state=State.ENDED, end_reason=reason.strip())
    _record("membership removed", membership, by, reason=reason.strip(), resolution=measure.number)
    _tell_unit(membership, "membership_removed", reason=reason.strip(), number=measure.number)
    return membership


# --- the clock


@action
def begin_membership(*, membership):
    """By the clock, on its first day: the present term ends with the day before. None when somebody was first.

    A suspension goes over to the term that follows: only the council lifts it.
    """
    membership, present = _terms_of(membership)
    if membership.state != State.TO_BEGIN:
        return None
    carried = hand_over(membership=present, since=membership.since) if present else {}
    _move(membership, State.SUSPENDED if carried else State.ACTIVE, expected=State.TO_BEGIN, **carried)
    _record("membership begun", membership, None)
    return membership


def hand_over(*, membership, since):
    """End the present term with the day before the next one begins: no gap and no overlap.

    Returns the suspension that the next one carries on; empty when there is none.
    """
    carried = {}
    if membership.state == State.SUSPENDED:
        carried = {
            "suspended_from": max(since, membership.suspended_from),
            "measure": membership.measure,
            "end_reason": membership.end_reason,
        }
    last = min(membership.until, since - timedelta(days=1))
    _move(
        membership,
        State.ENDED,
        until=max(last, membership.since + timedelta(days=1)),
        suspended_from=None,
        end_reason=FOLLOWED,
    )
    _record("membership followed", membership, None, next_since=since.isoformat())
    return carried


@action
def lapse_membership(*, membership):
    """By the clock, after its last day: new rights close, nothing else does. None when somebody was first."""
    membership, present = _terms_of(membership)
    if membership != present or membership.until >= clock.today():
        return None
    _move(membership, State.LAPSED, suspended_from=None)
    _record("membership lapsed", membership, None)
    _tell_unit(membership, "membership_lapsed", until=membership.until)
    _tell_office(membership, "membership_lapsed", until=membership.until)
    return membership


@action
def warn_of_end(*, membership, days):
    """By the clock: the unit and the secretariat learn that it ends within so many days; once for each of the three.

    None when they have been told.
    """
    warned = Membership.objects.filter(pk=membership.pk, state=State.ACTIVE).exclude(warned=days)
    if not warned.update(warned=days):
        return None
    given = {"until": membership.until, "days": (membership.until - clock.today()).days}
    _record("membership ends soon", membership, None, days=days)
    _tell_unit(membership, "membership_ends_soon", step=days, **given)
    _tell_office(membership, "membership_ends_soon", step=days, **given)
    return membership


def advance():
    """Lapse, begin and warn, each when its day has come; may run late, twice and in two workers at once.

    What is over ends first, so that a council's chair is free on the day it changes; chair units begin last.
    Returns how many of each.
    """
    today = clock.today()
    return {
        "lapsed": each_due(
            queries.over_on(today), lambda row: lapse_membership(membership=row), stuck=_say_stuck
        ),
        "begun": each_due(
            queries.to_begin_on(today), lambda row: begin_membership(membership=row), stuck=_say_stuck
        ),
        "warned": each_due(queries.ending_within(today, 90), lambda row: _warn(row, today), stuck=_say_stuck),
    }


def _warn(membership, today):
    days = warning_due(membership.until, today)
    if not days or membership.warned == days or _renewal_under_way(membership):
        return None
    return warn_of_end(membership=membership, days=days)


def _say_stuck(membership, refusal):
    _tell_stuck(membership=membership, code=refusal.code)


@action
def _tell_stuck(*, membership, code):
    _tell_office(membership, "membership_term_stuck", step=code, why=code)


def standing_term(*, organisation, council):
    """The term of the unit that stands in the council now, or None; all its terms are locked until the act is done."""
    return _standing(_locked_terms(organisation, council))


def _terms_of(membership):
    """(the term as it is now, the one that stands in its council now or None), locked until the act is done."""
    rows = _locked_terms(membership.organisation_id, membership.council_id)
    return next(row for row in rows if row.pk == membership.pk), _standing(rows)


def _standing(rows):
    return next((row for row in rows if row.state in queries.HELD), None)


def _locked_terms(organisation, council):
    rows = Membership.objects.select_for_update(of=("self",)).select_related("organisation", "council")
    return list(rows.filter(organisation=organisation, council=council).order_by("pk"))


def _renewal_under_way(membership):
    return MembershipApplication.objects.filter(
        organisation=membership.organisation,
        council=membership.council,
        state__in=MEMBERSHIP_APPLICATION_OPEN,
    ).exists()


# --- what all share


def _ask_reason(reason):
    if not reason.strip():
        raise Invalid(
            _("Say in one sentence why."),
            remedy=_("The unit, the secretariat and the auditors read it."),
            field="reason",
        )


def _ask_measure(membership, measure, sentence):
    if measure is None:
        raise Refused(
            sentence,
            remedy=_("Choose one that passed, or record it from the minutes."),
            field="measure",
            code="resolution",
        )
    if measure.body_id != membership.council_id or not measure.confirmed_by_id:
        raise Refused(
            _("Resolution %(number)s is not a confirmed one of this council.") % {"number": measure.number},
            remedy=_("Choose one that passed, or record it from the minutes."),
            field="measure",
            code="resolution",
        )


def _move(membership, to, *, expected=None, **fields):
    allowed = [state for state, moves in MEMBERSHIP_MOVES.items() if to in moves]
    allowed = [expected] if expected else allowed
    try:
        with transaction.atomic():
            moved = Membership.objects.filter(pk=membership.pk, state__in=allowed).update(state=to, **fields)
    except IntegrityError:
        raise Refused(
            _("%(unit)s has a membership in this council already, or the council has its chair unit.")
            % {"unit": membership.organisation.name},
            remedy=_("End the other membership first."),
            url=membership.organisation.get_absolute_url(),
            url_label=_("Open the organisation"),
            code="active",
        ) from None
    membership.refresh_from_db()
    if not moved:
        raise Refused(
            _("This membership has moved on and is now “%(state)s”; nothing was done.")
            % {"state": membership.get_state_display()},
            remedy=_("Open it again and go on from there."),
            url=membership.get_absolute_url(),
            url_label=_("Open the membership"),
            code="state",
        )


def _record(verb, membership, by, **details):
    record(
        verb,
        membership.organisation,
        by=by,
        membership=membership.pk,
        council=membership.council.name_zh,
        until=membership.until.isoformat(),
        **details,
    )


def _tell_unit(membership, kind, *, step="", **params):
    _tell(administrators_of(membership.organisation), membership, kind, step, params)


def _tell_office(membership, kind, *, step="", **params):
    _tell(holders(Permission.RECORD_MEMBERSHIP), membership, kind, step, params)


def _tell(people, membership, kind, step, params):
    notify_many(
        people,
        kind,
        key=f"{membership.pk}:{membership.until}:{step or clock.today()}",
        url=membership.get_absolute_url(),
        unit=membership.organisation.name_zh,
        council=membership.council.name_zh,
        **params,
    )
