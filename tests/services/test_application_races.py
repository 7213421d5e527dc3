"""Many at once on PostgreSQL: versions without gaps, nothing after closing; each with a control without the lock."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from threading import Barrier

import pytest
from django.db import IntegrityError, OperationalError, close_old_connections, connection, models

from consortium import clock
from consortium.audit import first_broken_link
from consortium.refusals import Refused
from placements.actions import application as actions
from placements.actions.freeze import close_round
from placements.models import Application, ApplicationVersion, MatchingRound
from tests import factories
from tests.services.conftest import EVERY_APP

pytestmark = pytest.mark.django_db(transaction=True, available_apps=EVERY_APP)
MANY = 50


def at_once(acts):
    """Run the acts in threads of their own, all released together; each gives its result or its exception."""
    gate = Barrier(len(acts))

    def run(act):
        gate.wait()
        try:
            return act()
        except (Refused, IntegrityError, OperationalError) as error:
            return error
        finally:
            close_old_connections()
            connection.close()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


@contextmanager
def without_row_locks(monkeypatch, model=None):
    """The control: rows (of one model alone, if named) are read without being locked."""
    lock = models.QuerySet.select_for_update

    def read(self, *args, **more):
        return self.all() if model in (None, self.model) else lock(self, *args, **more)

    with monkeypatch.context() as patch:
        patch.setattr(models.QuerySet, "select_for_update", read)
        yield


def a_list(choices=3):
    """A student with a draft in an open round."""
    round_ = factories.make_round()
    student = factories.make_student()
    for _ in range(choices):
        entry = factories.add_to_round(round_, factories.make_project())
        actions.add_choice(student=student, round_project=entry, by=student.user)
    return round_, student


def submit(round_, student, key):
    return lambda: actions.submit_application(student=student, round=round_, by=student.user, form_key=key)


def test_fifty_parallel_submissions_make_exactly_one_version_per_number():
    round_, student = a_list()
    results = at_once([submit(round_, student, f"k{n}") for n in range(MANY)])
    assert [one for one in results if isinstance(one, Exception)] == []
    numbers = ApplicationVersion.objects.order_by("number").values_list("number", flat=True)
    assert list(numbers) == list(range(1, MANY + 1))
    assert Application.objects.get().last_version == MANY and first_broken_link() is None


def test_without_the_row_lock_submissions_fall_over_each_other(monkeypatch):
    round_, student = a_list()
    with without_row_locks(monkeypatch):
        results = at_once([submit(round_, student, f"k{n}") for n in range(MANY)])
    assert [one for one in results if isinstance(one, Exception)], "the lock is what makes them queue"
    numbers = list(ApplicationVersion.objects.order_by("number").values_list("number", flat=True))
    assert len(set(numbers)) == len(numbers), "even then the database keeps one version per number"


def test_fifty_presses_of_one_form_make_one_version():
    round_, student = a_list()
    results = at_once([submit(round_, student, "same") for _ in range(MANY)])
    assert len({one.pk for one in results}) == 1 and ApplicationVersion.objects.count() == 1


def test_parallel_moves_never_leave_a_gap_or_a_double():
    round_, student = a_list(choices=6)
    application = Application.objects.get()
    entries = list(round_.round_projects.order_by("pk"))

    def move(n):
        return lambda: actions.move_choice(
            application=application, round_project=entries[n % 6], to=1 + n * 7 % 6, by=student.user
        )

    results = at_once([move(n) for n in range(MANY)])
    assert not [one for one in results if isinstance(one, IntegrityError | OperationalError)]
    rows = application.choices.order_by("rank").values_list("rank", "round_project_id")
    assert [rank for rank, _entry in rows] == [1, 2, 3, 4, 5, 6] and len(
        {entry for _rank, entry in rows}
    ) == 6


def test_what_is_accepted_while_the_round_closes_is_locked_and_counted():
    """Everything answered with a receipt stands in the locked lists; everything else was refused."""
    round_ = factories.make_round()
    entry = factories.add_to_round(round_, factories.make_project())
    students = [factories.make_student() for _ in range(20)]
    for student in students:
        actions.add_choice(student=student, round_project=entry, by=student.user)
    MatchingRound.objects.filter(pk=round_.pk).update(closes_at=clock.now() + timedelta(milliseconds=400))

    def close():
        while True:
            try:
                return close_round(round=MatchingRound.objects.get(pk=round_.pk))
            except Refused:
                continue

    results = at_once([submit(round_, student, "k") for student in students] + [close])[:-1]
    accepted = [one for one in results if not isinstance(one, Exception)]
    refused = [one for one in results if isinstance(one, Exception)]
    assert all(isinstance(one, Refused) and one.code == "closed" for one in refused)
    assert (
        Application.objects.filter(state="locked").count()
        == len(accepted)
        == ApplicationVersion.objects.count()
    )
    round_.refresh_from_db()
    assert all(version.submitted_at < round_.closes_at for version in accepted)
    assert round_.round_students.count() == len(accepted)
