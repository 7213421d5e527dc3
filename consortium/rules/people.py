"""Who keeps the people of an organisation, and who may end a role."""

from consortium.reach import reach
from consortium.roles import STAFF_ROLES, Permission


def can_keep_people(user, organisation):
    """Whether the person invites to the organisation, ends roles there and changes its representative."""
    held = reach(user, Permission.INVITE)
    return held.all or organisation.pk in held.organisations


def can_end(user, grant):
    """One's own role; roles of an organisation by whoever keeps its people; staff roles by whoever keeps accounts."""
    if grant.user_id == user.pk:
        return True
    if grant.role in STAFF_ROLES:
        return reach(user, Permission.MANAGE_ACCOUNTS).all
    held = reach(user, Permission.INVITE)
    return held.all or grant.organisation_id in held.organisations
