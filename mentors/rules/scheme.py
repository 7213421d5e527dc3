"""Who sets the rules of schemes; two persons for each."""

from consortium.reach import reach
from consortium.roles import Permission
from mentors.enums import RuleState
from mentors.models import SupervisionMinimum

LONGEST_SOURCE = LONGEST_REASON = 200


def permission_of(model):
    """Least numbers are kept by whoever oversees supervision, limits by whoever approves mentors."""
    return Permission.OVERSEE_SUPERVISION if model is SupervisionMinimum else Permission.APPROVE_MENTOR


def can_keep(user, model):
    """Whether the person enters, agrees to and withdraws rules of this kind."""
    return reach(user, permission_of(model)).all


def can_agree(user, row):
    """The second person: anybody who keeps such rules but the one who entered this."""
    return row.state == RuleState.PROPOSED and can_keep(user, type(row)) and user.pk != row.entered_by_id


def can_withdraw(user, row, today):
    """Until it holds: what has been asked by it is not taken back, a later rule follows it."""
    waits = row.state == RuleState.PROPOSED or (row.state == RuleState.AGREED and row.since > today)
    return waits and can_keep(user, type(row))
