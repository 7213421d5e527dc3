"""The days of a membership: how long a term is, when a warning is due, what may be done on which state."""

from datetime import timedelta

from consortium import policy
from consortium.enums import MEMBERSHIP_END_WORDS, MembershipState
from consortium.reach import reach
from consortium.roles import Permission

# Days before the end on which the unit and the secretariat are warned, once each.
WARNINGS = (90, 30, 7)


def last_day(since):
    """The last day of a term that begins on `since`: the day before its anniversary."""
    years = policy.value("membership_years")
    try:
        return since.replace(year=since.year + years) - timedelta(days=1)
    except ValueError:  # 29 February
        return since.replace(year=since.year + years, day=28)


def warning_due(until, today):
    """The nearest warning that has been reached, or None: 30 when 12 days are left."""
    left = (until - today).days
    reached = [days for days in WARNINGS if 0 <= left <= days]
    return min(reached) if reached else None


def may_confirm_council_resolution(user, resolution):
    """Whether the person is the second one of a resolution for a measure: keeps memberships and did not type it."""
    return (
        reach(user, Permission.RECORD_MEMBERSHIP).all
        and resolution.confirmed_by_id is None
        and resolution.recorded_by_id != user.pk
    )


def reads_reason(user, membership):
    """Whether the person reads why it was suspended, removed or ended: the unit, the secretariat and the auditors.

    That it was, since when and by which resolution is public; what the clock did has no reason of a person.
    """
    return (
        membership.end_reason in MEMBERSHIP_END_WORDS
        or reach(user, Permission.RECORD_MEMBERSHIP).all
        or reach(user, Permission.READ_AUDIT).all
        or membership.organisation_id in reach(user, Permission.APPLY_MEMBERSHIP).organisations
    )


def can_suspend(membership):
    """Whether there is something to suspend."""
    return membership.state == MembershipState.ACTIVE


def can_lift(membership):
    """Whether a suspension can be lifted."""
    return membership.state == MembershipState.SUSPENDED


def can_remove(membership):
    """Whether it can be removed."""
    return membership.state in (MembershipState.ACTIVE, MembershipState.SUSPENDED)
