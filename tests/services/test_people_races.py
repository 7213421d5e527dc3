"""Two administrators who end each other's role at the same moment on PostgreSQL: one stays; with a control."""

import pytest

from consortium.actions.account import end_role
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
