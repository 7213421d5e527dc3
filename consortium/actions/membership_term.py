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
from consortium.actions.membership_application import administrators_of
from consortium.audit import action, record
from consortium.enums import MEMBERSHIP_APPLICATION_OPEN, MEMBERSHIP_MOVES, MembershipState
from consortium.models import Membership, MembershipApplication
from consortium.notifications import notify, notify_many
from consortium.queries import membership_term as queries
from consortium.reach import holders, names
from consortium.refusals import Forbidden, Invalid, Refused
from consortium.roles import Permission
from consortium.rules.membership_term import warning_due
from consortium.templatetags.portal import day_text

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
    """The second person has compared it with the minutes. Refuses whoever typed it."""
    must_keep_register(by)
    if by.pk == resolution.recorded_by_id:
        others = holders(Permission.RECORD_MEMBERSHIP, except_for=[by])
        raise Forbidden(
            _("You recorded this resolution yourself; a second person must compare it with the minutes."),
            remedy=_("It waits for: %(names)s.") % {"names": names(others)}
            if others
            else _("Ask a colleague of the secretariat."),
        )
    if resolution.confirmed_by_id:
        raise Refused(_("This resolution is confirmed already."), code="state")
    confirm_figures(resolution, by=by, at=clock.now())
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
        suspended_from=clock.today(),
        measure=measure,
        end_reason=reason.strip(),
    )
    _record("membership suspended", membership, by, reason=reason.strip(), resolution=measure.number)
    _tell_unit(membership, "membership_suspended", reason=reason.strip(), number=measure.number)
    return membership


@action
def restore_membership(*, membership, by, reason):
    """Lift a suspension: the rights are back at once."""
    must_keep_register(by)
    _ask_reason(reason)
    if membership.until < clock.today():
        raise Refused(
            _("Its term ended on %(day)s.") % {"day": day_text(membership.until)},
            remedy=_("Renew the membership instead."),
            code="over",
        )
    _move(membership, State.ACTIVE, expected=State.SUSPENDED, suspended_from=None, end_reason="")
    _record("membership restored", membership, by, reason=reason.strip())
    _tell_unit(membership, "membership_restored", reason=reason.strip())
    return membership


@action
def remove_membership(*, membership, by, reason, measure):
    """Remove by the council's vote: it ends today, and running placements go on to their end."""
    must_keep_register(by)
    _ask_reason(reason)
    _ask_measure(membership, measure, _("Removal needs a resolution."))
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
    """By the clock, on its first day: the present term ends with the day before, no gap and no overlap."""
    present = Membership.objects.filter(
        organisation=membership.organisation,
        council=membership.council,
        state__in=[State.ACTIVE, State.SUSPENDED],
    ).first()
    if present:
        _move(
            present,
            State.ENDED,
            until=min(present.until, membership.since - timedelta(days=1)),
            suspended_from=None,
            end_reason=_("followed by another term or rank"),
        )
    _move(membership, State.ACTIVE, expected=State.TO_BEGIN)
    _record("membership begun", membership, None)
    return membership


@action
def lapse_membership(*, membership):
    """By the clock, after its last day: new rights close, nothing else does."""
    _move(membership, State.LAPSED, suspended_from=None)
    _record("membership lapsed", membership, None)
    _tell_unit(membership, "membership_lapsed", until=day_text(membership.until))
    _tell_office(membership, "membership_lapsed", until=day_text(membership.until))
    return membership


@action
def warn_of_end(*, membership, days):
    """By the clock: the unit and the secretariat learn that it ends within so many days; once for each of the three."""
    warned = Membership.objects.filter(pk=membership.pk, state=State.ACTIVE).exclude(warned=days)
    if not warned.update(warned=days):
        return False
    given = {"until": day_text(membership.until), "days": (membership.until - clock.today()).days}
    _record("membership ends soon", membership, None, days=days)
    _tell_unit(membership, "membership_ends_soon", step=days, **given)
    _tell_office(membership, "membership_ends_soon", step=days, **given)
    return True


def advance():
    """Begin, lapse and warn, each when its day has come; may run late and twice. Returns how many of each."""
    today = clock.today()
    done = {"begun": 0, "lapsed": 0, "warned": 0}
    for row in queries.to_begin_on(today):
        begin_membership(membership=row)
        done["begun"] += 1
    for row in queries.over_on(today):
        lapse_membership(membership=row)
        done["lapsed"] += 1
    for row in queries.ending_within(today, 90):
        days = warning_due(row.until, today)
        if days and row.warned != days and not _renewal_under_way(row):
            done["warned"] += warn_of_end(membership=row, days=days)
    return done


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
            remedy=_("The unit reads it, and it stays in the trail."),
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
