"""Two administrators who end each other's role, two people who press one invitation's link, at the same moment on PostgreSQL."""

import pytest

from consortium.actions import account
from consortium.actions.account import accept_with_account, end_role, invite
from consortium.models import RoleGrant
from consortium.refusals import Refused
from tests.factories import make_organisation, make_user
from tests.services.conftest import EVERY_APP
from tests.services.test_application_races import at_once, without_row_locks

pytestmark = pytest.mark.django_db(transaction=True, available_apps=EVERY_APP)
UNITS = 12


def duels():
    """In each of twelve units two administrators, each of whom ends the other's role."""
    acts = []
    for _ in range(UNITS):
        unit = make_organisation()
        one, two = (make_user("enterprise_admin", organisation=unit) for _ in range(2))
        acts += [duel(one, two), duel(two, one)]
    return acts


def duel(by, other):
    grant = other.grants.get()
    return lambda: end_role(grant=grant, by=by)


def left():
    """How many administrators each unit has left, as a set."""
    found = RoleGrant.objects.filter(role="enterprise_admin")
    by_unit = dict.fromkeys(found.values_list("organisation", flat=True), 0)
    for pk in found.filter(ended_at=None).values_list("organisation", flat=True):
        by_unit[pk] += 1
    return set(by_unit.values())


def test_one_administrator_stays():
    results = at_once(duels())
    refused = [one for one in results if isinstance(one, Exception)]
    assert all(isinstance(one, Refused) for one in refused), refused
    assert len(refused) == UNITS and left() == {1}


def test_without_the_lock_a_unit_is_left_alone(monkeypatch):
    with without_row_locks(monkeypatch, RoleGrant):
        at_once(duels())
    assert 0 in left(), "the lock is what keeps an administrator"


def forwarded():
    """Twelve links that were passed on: two people, each with an account, press the same one."""
    acts = []
    for number in range(UNITS):
        invitation, _token = invite(email=f"passed-on-{number}@example.invalid", role="expert", by=None)
        acts += [press(invitation, make_user("student")) for _ in range(2)]
    return acts


def press(invitation, by):
    return lambda: accept_with_account(invitation=invitation, by=by)


def experts():
    return RoleGrant.objects.filter(role="expert", ended_at=None).count()


def test_a_link_gives_its_role_to_one_account():
    results = at_once(forwarded())
    refused = [one for one in results if isinstance(one, Exception)]
    assert all(isinstance(one, Refused) for one in refused), refused
    assert len(refused) == UNITS and experts() == UNITS


def test_a_link_that_is_not_used_up_gives_it_to_both(monkeypatch):
    monkeypatch.setattr(account, "_use_up", lambda invitation: None)
    at_once(forwarded())
    assert experts() > UNITS, "using the link up is what gives the role once"
