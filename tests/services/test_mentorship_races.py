"""Many students assigned to one mentor at the same moment on PostgreSQL: never above capacity; with a control."""

from datetime import timedelta

import pytest

from consortium import clock
from consortium.refusals import Refused
from mentors.actions.mentorship import start_mentorship
from mentors.models import Mentorship
from tests.factories import make_appointment, make_student, make_user
from tests.services.conftest import EVERY_APP
from tests.services.test_application_races import at_once, without_row_locks

pytestmark = pytest.mark.django_db(transaction=True, available_apps=EVERY_APP)
CAPACITY, MANY = 3, 50


def assignments():
    """Fifty acts that each give the same industry mentor one more student."""
    by, industry = make_user("graduate_officer"), make_appointment(capacity=CAPACITY)
    today = clock.today()

    def assign(student, academic):
        return lambda: start_mentorship(
            student=student,
            academic=academic,
            industry=industry,
            topic="溶氧控制",
            since=today,
            until=today + timedelta(days=90),
            by=by,
            reason="补办",
        )

    academic = (
        make_appointment(kind="academic_mentor", capacity=30),
        make_appointment(kind="academic_mentor", capacity=30),
    )
    return [assign(make_student(), academic[number % 2]) for number in range(MANY)]


def test_fifty_parallel_assignments_never_exceed_the_capacity():
    results = at_once(assignments())
    refused = [one for one in results if isinstance(one, Exception)]
    assert Mentorship.objects.count() == CAPACITY == MANY - len(refused)
    assert all(isinstance(one, Refused) and one.code == "full" for one in refused)


def test_without_the_row_lock_the_capacity_is_exceeded(monkeypatch):
    with without_row_locks(monkeypatch):
        at_once(assignments())
    assert Mentorship.objects.count() > CAPACITY, "the lock is what makes them count one another"
