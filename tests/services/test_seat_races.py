"""Many units made the chair at the same moment on PostgreSQL: one is, whatever is locked; the others read why not."""

from datetime import timedelta

import pytest

from consortium import clock
from consortium.actions.seat import give_seat
from consortium.models import Seat
from consortium.refusals import Refused
from tests.factories import make_council, make_membership, make_organisation, make_user
from tests.services.conftest import EVERY_APP
from tests.services.test_application_races import at_once, without_row_locks

pytestmark = pytest.mark.django_db(transaction=True, available_apps=EVERY_APP)
MANY = 20


def chairs():
    """Twenty acts that each give another unit the chair of one council."""
    by, body, today = make_user("secretary"), make_council(), clock.today()

    def give(unit):
        return lambda: give_seat(
            body=body,
            organisation=unit,
            post="chair",
            since=today,
            until=today + timedelta(days=365),
            grounds="示例纪要",
            by=by,
        )

    units = [make_organisation() for _ in range(MANY)]
    for unit in units:
        make_membership(organisation=unit, council=body)
    return [give(unit) for unit in units]


def codes(results):
    refused = [one for one in results if isinstance(one, Exception)]
    assert all(isinstance(one, Refused) for one in refused), refused
    return {one.code for one in refused}, len(refused)


def test_one_of_twenty_is_the_chair_and_the_others_read_who_is():
    found, number = codes(at_once(chairs()))
    assert Seat.objects.count() == 1 == MANY - number
    assert found == {"chair"}


def test_without_the_row_lock_the_database_alone_keeps_the_rule(monkeypatch):
    with without_row_locks(monkeypatch):
        found, number = codes(at_once(chairs()))
    assert Seat.objects.count() == 1 == MANY - number
    assert "" in found, "some passed the question and were stopped by the constraint"
