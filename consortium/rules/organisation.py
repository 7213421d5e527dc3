"""Who may do what with an organisation and its membership, and when a vote carries."""

from consortium.enums import MembershipState
from consortium.reach import reach
from consortium.roles import Permission


def can_register(user):
    """Whether the person may register and edit organisations and record memberships."""
    return reach(user, Permission.RECORD_MEMBERSHIP).all


def can_edit(user, organisation):
    """Whether the person may edit this organisation."""
    return organisation is not None and can_register(user)


def can_confirm(user, membership):
    """Whether the person may confirm: the office's right, and not the one who recorded it."""
    return (
        membership.state == MembershipState.RECORDED
        and can_register(user)
        and user.pk not in (membership.recorded_by_id, membership.resolution.recorded_by_id)
    )


def quorum(entitled):
    """How many must be present: half of those entitled, rounded up."""
    return (entitled + 1) // 2


def has_quorum(entitled, present):
    """Whether enough were present."""
    return present >= quorum(entitled)


def has_majority(votes_yes, votes_no):
    """Whether more voted for than against; abstentions are not votes cast."""
    return votes_yes > votes_no
