"""Owners and offices press at the same moment on PostgreSQL: one row, one message; each number once."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import IntegrityError, OperationalError, connection, models

from consortium.audit import first_broken_link
from consortium.models import AuditEvent, Notification
from consortium.refusals import Refused
from placements.actions.demand import answer_demand, submit_demand
from placements.actions.project import approve_project, draft_project, withdraw_project
from placements.models import Demand, DemandEntry, Project
from tests.placements.owner_kit import House
from tests.services.conftest import EVERY_APP

# Named apps let the flush after each test cascade to the search table, which is no model.

pytestmark = pytest.mark.django_db(transaction=True, available_apps=EVERY_APP)
PRESSES = 8


def together(act):
    """Call `act(number)` from several threads at once; returns the results and what stopped the others."""
    start = Barrier(PRESSES)

    def one(number):
        start.wait()
        try:
            return act(number)
        except (Refused, IntegrityError, OperationalError) as stopped:
            return stopped
        finally:
            connection.close()

    with ThreadPoolExecutor(PRESSES) as pool:
        answers = list(pool.map(one, range(PRESSES)))
    done = [answer for answer in answers if not isinstance(answer, Exception)]
    return done, [answer for answer in answers if isinstance(answer, Exception)]


@pytest.fixture
def house():
    return House()


def demand_of(row):
    """The demand as each request would read it for itself."""
    return Demand.objects.select_related("organisation", "board", "base").get(pk=row.pk)


def project_of(row):
    return Project.objects.get(pk=row.pk)


def only_refused(stopped):
    return all(isinstance(one, Refused) for one in stopped)


def test_a_demand_is_handed_in_and_answered_once(house):
    row = house.draft()
    done, stopped = together(lambda _number: submit_demand(demand=demand_of(row), by=house.admin))
    assert len(done) == 1 and only_refused(stopped)
    assert Notification.objects.filter(kind="demand_submitted", user=house.officer).count() == 1
    done, stopped = together(
        lambda _number: answer_demand(demand=demand_of(row), by=house.officer, text="可以立项。")
    )
    assert len(done) == 1 and only_refused(stopped)
    assert DemandEntry.objects.filter(kind="answered").count() == 1


def test_different_demands_get_different_numbers(house):
    rows = [house.draft(title=f"示例需求{number}") for number in range(PRESSES)]
    done, stopped = together(lambda number: submit_demand(demand=demand_of(rows[number]), by=house.admin))
    assert not stopped
    numbers = {int(row.number.rpartition("-")[2]) for row in done}
    assert numbers == set(range(1, PRESSES + 1))


def test_without_the_lock_numbers_collide(house, monkeypatch):
    """The control: the row of numbers is read without being locked."""
    rows = [house.draft(title=f"示例需求{number}") for number in range(PRESSES)]
    monkeypatch.setattr(models.QuerySet, "select_for_update", lambda self, *_args, **_more: self.all())
    _done, stopped = together(lambda number: submit_demand(demand=demand_of(rows[number]), by=house.admin))
    assert any("placements_demand_number" in str(one) for one in stopped)


def test_a_demand_becomes_one_project_and_is_freed_once(house):
    row = house.answered()
    people = (house.admin, house.manager)
    done, stopped = together(
        lambda number: draft_project(demand=demand_of(row), by=people[number % len(people)])
    )
    assert len(done) == 1 and only_refused(stopped)
    project = Project.objects.get()
    done, stopped = together(
        lambda _number: withdraw_project(project=project_of(project), by=house.admin, reason="停产。")
    )
    assert len(done) == 1 and only_refused(stopped)
    assert AuditEvent.objects.filter(verb="demand free for another project").count() == 1
    assert DemandEntry.objects.filter(kind="project_withdrawn").count() == 1
    assert Notification.objects.filter(kind="own_project_withdrawn", user=house.manager).count() == 1
    done, _stopped = together(lambda _number: draft_project(demand=demand_of(row), by=house.admin))
    assert len(done) == 1 and Project.objects.exclude(state="withdrawn").count() == 1
    assert first_broken_link() is None


def test_a_project_is_approved_or_withdrawn_once(house):
    project = house.submitted(stipend=1200, pay_grounds="企业另供食宿。")

    def act(number):
        if number % 2:
            return approve_project(project=project_of(project), by=house.graduate, pay_review="折算后相当。")
        return withdraw_project(project=project_of(project), by=house.admin, reason="停产。")

    done, stopped = together(act)
    assert only_refused(stopped)
    approved = AuditEvent.objects.filter(verb="project approved under the pay floor").count()
    withdrawn = AuditEvent.objects.filter(verb="project withdrawn").count()
    # Withdrawn after its approval is two acts in order; never two of one kind.
    assert len(done) == approved + withdrawn and approved <= 1 and withdrawn <= 1
    project.refresh_from_db()
    assert project.state == ("withdrawn" if withdrawn else "approved")
