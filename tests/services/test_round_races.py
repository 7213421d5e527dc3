"""Several people press at the same moment on PostgreSQL: one act, the others read why theirs was not done."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from django.db import connection

from consortium import clock
from consortium.audit import first_broken_link
from consortium.models import AuditEvent, Notification, PublicNotice
from consortium.refusals import Refused
from placements.actions.freeze import close_round
from placements.actions.notice import publish_round, start_notice
from placements.actions.round import agree_opening, remind_students, request_opening
from placements.actions.run import run_round
from placements.models import MatchingRound, MatchRun, Placement, RoundProject, RoundRequest
from tests.factories import make_user
from tests.placements.round_kit import Kit
from tests.services.conftest import EVERY_APP

# Named apps let the flush after each test cascade to the search table, which is no model.

pytestmark = pytest.mark.django_db(transaction=True, available_apps=EVERY_APP)
PRESSES = 8


def together(act):
    """Call `act(number)` from several threads at once; returns the results and the refusals."""
    start = Barrier(PRESSES)

    def one(number):
        start.wait()
        try:
            return act(number)
        except Refused as refusal:
            return refusal
        finally:
            connection.close()

    with ThreadPoolExecutor(PRESSES) as pool:
        answers = list(pool.map(one, range(PRESSES)))
    done = [answer for answer in answers if not isinstance(answer, Refused)]
    return done, [answer for answer in answers if isinstance(answer, Refused)]


def fresh(kit):
    """The round as each request would read it for itself."""
    return MatchingRound.objects.get(pk=kit.round.pk)


def test_opening_is_asked_for_once():
    kit = Kit()
    done, refused = together(
        lambda number: request_opening(round=fresh(kit), by=(kit.first, kit.second)[number % 2])
    )
    assert (len(done), len(refused)) == (1, PRESSES - 1)
    assert RoundRequest.objects.count() == 1


def test_opening_is_agreed_to_once_and_projects_enter_once():
    kit = Kit()
    request_opening(round=kit.round, by=kit.first)
    done, _refused = together(lambda number: agree_opening(round=fresh(kit), by=kit.second))
    assert len(done) == 1
    assert RoundProject.objects.count() == len(kit.projects)
    assert Notification.objects.filter(kind="round_opened").count() == len(kit.students)


def test_lists_are_locked_once():
    kit = Kit().open().fill()
    MatchingRound.objects.update(closes_at=clock.now() - timedelta(seconds=1))
    done, _refused = together(lambda number: close_round(round=fresh(kit)))
    assert len(done) == 1
    assert kit.round.round_students.count() == len(kit.students)


def test_one_run_starts():
    kit = Kit().frozen()
    together(lambda number: run_round(round=fresh(kit), by=kit.first))
    assert MatchRun.objects.count() == 1


def test_one_notice_starts_and_places_are_offered_once():
    kit = Kit().frozen()
    run = kit.run()
    others = [kit.second, make_user("graduate_officer", name="示例丁")]
    done, _refused = together(lambda number: start_notice(round=fresh(kit), by=others[number % 2]))
    assert len(done) == 1 and PublicNotice.objects.count() == 1
    MatchingRound.objects.update(notice_ends_at=clock.now() - timedelta(seconds=1))
    done, refused = together(lambda number: publish_round(round=fresh(kit), by=others[number % 2]))
    assert (len(done), len(refused)) == (1, PRESSES - 1)
    assert Placement.objects.count() == run.verdict["placed"]
    assert AuditEvent.objects.filter(verb="result final").count() == 1
    assert first_broken_link() is None


def test_reminders_pressed_at_once_go_out_once():
    kit = Kit().open()
    together(lambda number: remind_students(round=fresh(kit), by=kit.first))
    assert Notification.objects.filter(kind="round_reminder").count() == len(kit.students)
