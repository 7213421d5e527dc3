"""In which of several roles a person acts: it narrows what is shown, never what is allowed (docs/adr/0025).

A session keeps its choice; a new one begins with the role chosen last. What people may do, and what they may open, is
asked of all their roles together: see `consortium.reach`.
"""

import copy

from consortium.reach import active_grants, may
from consortium.roles import ROLES

KEY = "acting_as"


def acting_as(user):
    """The grant in which the person acts now, or None without a role: the session's choice, else the newest, else the first."""
    grants = active_grants(user)
    if len(grants) < 2:
        return grants[0] if grants else None
    session = getattr(user, "session", None)
    kept = session.get(KEY) if session is not None else None
    for grant in grants:
        if grant.pk == kept:
            return grant
    latest = max((one for one in grants if one.chosen_at), key=lambda one: one.chosen_at, default=grants[0])
    if session is not None:
        # Kept from now on: a choice made elsewhere must not move this window in the middle of its work.
        session[KEY] = latest.pk
    return latest


def choose(user, grant):
    """Act in this role for the rest of the session."""
    user.session[KEY] = grant.pk


def as_acting(user):
    """The person with the chosen role alone, for what is shown: start page, navigation, lists of one's own.

    The very person where there is at most one role. Never hand it to an action or to a question of permission.
    """
    if len(active_grants(user)) < 2:
        return user
    if not hasattr(user, "_as_acting"):
        user._as_acting = in_role(user, acting_as(user))
    return user._as_acting


def listing(user, permission):
    """For a list of one's own: the chosen role alone; a link into a list that this role does not have shows all roles'."""
    reader = as_acting(user)
    return reader if may(reader, permission) else user


def in_role(user, grant):
    """The person as seen in one of the own roles."""
    held = active_grants(user)
    shown = copy.copy(user)
    shown._active_grants, shown.other_roles = [grant], {one.role for one in held} - {grant.role}
    return shown


def shown_here(user, *roles):
    """Whether what is a person's own by one of these roles is shown in the chosen one; without such a role, in every one."""
    others = getattr(user, "other_roles", None)
    return others is None or active_grants(user)[0].role in roles or not others.intersection(roles)


def organisation_of(user):
    """The organisation the person acts for, or None: what a form proposes."""
    grant = acting_as(user)
    return grant.organisation if grant else None


def shell_of(user):
    """Which navigation the person sees."""
    grant = acting_as(user)
    return ROLES[grant.role].shell if grant else "public"
