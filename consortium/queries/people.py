"""The people of an organisation: who has which role there, who was invited, who speaks for it where."""

from dataclasses import dataclass, field

from consortium import clock
from consortium.models import RoleGrant, SeatDelegate, User
from consortium.queries.message import undelivered
from consortium.roles import ROLES, Permission, Scope

# Roles of the organisation itself; a mentor's role belongs to the appointment.
OF_THE_UNIT = tuple(key for key, role in ROLES.items() if role.needs_organisation)


@dataclass
class Person:
    """One person of the organisation: roles in force, and seats in which the person speaks for it."""

    user: object
    grants: list = field(default_factory=list)
    delegations: list = field(default_factory=list)
    # The day of the newest mail, where it did not arrive.
    undelivered: object = None


def grants_in(organisation):
    """Roles in force in the organisation, with their people."""
    return (
        RoleGrant.objects.filter(organisation=organisation, ended_at=None)
        .select_related("user", "organisation", "given_by")
        .order_by("user__name", "user_id", "id")
    )


def people_of(organisation):
    """Active people with a role in the organisation now: one of them can be its delegate."""
    return _holding([organisation], ROLES)


def acting_for(organisations, permission):
    """Active people who hold the permission for one of these organisations."""
    return _holding(
        organisations,
        [key for key, role in ROLES.items() if Scope.GROUP in role.grants.get(permission, ())],
    )


def administrators_of(organisation):
    """Those who say who speaks for an organisation; nobody for None, a unit that the register does not have yet."""
    return acting_for([organisation] if organisation else [], Permission.NAME_DELEGATE)


def _holding(organisations, roles):
    held = RoleGrant.objects.filter(organisation__in=organisations, role__in=list(roles), ended_at=None)
    return User.objects.filter(is_active=True, pk__in=held.values("user")).order_by("name", "pk")


def delegations_in(organisation, day):
    """Who speaks for the organisation in which body, from that day on."""
    return (
        SeatDelegate.objects.filter(seat__organisation=organisation, until__gte=day)
        .select_related("seat__body", "user")
        .order_by("since", "pk")
    )


def people_in(organisation):
    """[Person], by name."""
    people = {}
    for grant in grants_in(organisation):
        grant.label = ROLES[grant.role].label
        people.setdefault(grant.user_id, Person(grant.user)).grants.append(grant)
    for one in delegations_in(organisation, clock.today()):
        if one.user_id in people:
            people[one.user_id].delegations.append(one)
    for pk, moment in undelivered(people).items():
        people[pk].undelivered = moment
    return list(people.values())
