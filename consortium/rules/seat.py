"""Who keeps seats, who names a unit's delegate, and who reads the names."""

from consortium.reach import reach
from consortium.roles import Permission


def can_keep(user):
    """Whether the person gives, hands over, renews and ends seats."""
    return reach(user, Permission.KEEP_SEATS).all


def can_name_delegate(user, seat):
    """The office, and the unit's own administrators: they say who speaks for the unit."""
    return can_keep(user) or seat.organisation_id in reach(user, Permission.NAME_DELEGATE).organisations
