"""How far a person reaches: the grants of one user turned into answers for one permission."""

from dataclasses import dataclass, field

from django.utils.translation import ngettext, pgettext

from consortium.roles import ROLES, Anonymous, Permission, Scope

SHOWN_NAMES = 5


@dataclass(frozen=True)
class Reach:
    """What one permission means for one person: scopes that hold, and the organisations and boards they hold for."""

    scopes: frozenset = frozenset()
    organisations: frozenset = field(default_factory=frozenset)
    boards: frozenset = field(default_factory=frozenset)

    def __bool__(self):
        return bool(self.scopes)

    @property
    def all(self):
        """Whether every row is within reach."""
        return Scope.ALL in self.scopes

    @property
    def own(self):
        """Whether one's own rows are."""
        return Scope.OWN in self.scopes


def active_grants(user):
    """The user's grants in force, read once per request (kept on the user object)."""
    if not getattr(user, "is_authenticated", False):
        return []
    if not hasattr(user, "_active_grants"):
        user._active_grants = list(
            user.grants.filter(ended_at=None).select_related("organisation", "board").order_by("id")
        )
    return user._active_grants


def reach(user, permission: Permission) -> Reach:
    """The reach of `user` for `permission`; false when there is none."""
    scopes, organisations, boards = set(), set(), set()
    grants = active_grants(user)
    if not grants:
        return Reach(frozenset(Anonymous.grants.get(permission, ())))
    for grant in grants:
        held = ROLES[grant.role].grants.get(permission, ())
        scopes.update(held)
        if Scope.GROUP in held and grant.organisation_id:
            organisations.add(grant.organisation_id)
        if Scope.BOARD in held and grant.board_id:
            boards.add(grant.board_id)
    return Reach(frozenset(scopes), frozenset(organisations), frozenset(boards))


def may(user, permission: Permission) -> bool:
    """Whether the user holds the permission for anything at all."""
    return bool(reach(user, permission))


def holders(permission: Permission, *, except_for=()):
    """Active people with the permission for all rows, by name: whom a refusal can send one to."""
    from consortium.models import User

    keys = [key for key, role in ROLES.items() if Scope.ALL in role.grants.get(permission, ())]
    return (
        User.objects.filter(is_active=True, grants__role__in=keys, grants__ended_at=None)
        .exclude(pk__in=[user.pk for user in except_for if user])
        .distinct()
        .order_by("name")
    )


def names(people):
    """Names joined as a sentence joins them; a few, then how many more."""
    people = list(people)
    shown = [person.get_full_name() for person in people[:SHOWN_NAMES]]
    text = pgettext("between names", ", ").join(shown)
    more = len(people) - len(shown)
    return (
        ngettext("%(names)s and %(n)d more", "%(names)s and %(n)d more", more) % {"names": text, "n": more}
        if more
        else text
    )
