"""The days of a membership: how long a term is, when a warning is due, what may be done on which state."""

from datetime import timedelta

from consortium import policy
from consortium.enums import MembershipState

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


def can_suspend(membership):
    """Whether there is something to suspend."""
    return membership.state == MembershipState.ACTIVE


def can_lift(membership):
    """Whether a suspension can be lifted."""
    return membership.state == MembershipState.SUSPENDED


def can_remove(membership):
    """Whether it can be removed."""
    return membership.state in (MembershipState.ACTIVE, MembershipState.SUSPENDED)
