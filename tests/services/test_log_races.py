"""Two phones at the same moment on PostgreSQL: one log for one link, one amendment for one text; each with its control."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.db import IntegrityError
from django.db.models import QuerySet

from consortium import clock
from consortium.audit import first_broken_link
from consortium.refusals import Refused
from mentors.actions.log import amend_log, confirm_log, sign_log
from mentors.actions.meeting import ask_for_logs, use_link
from mentors.models import LogLink, Meeting, SupervisionLog
from tests.factories import make_log, make_meeting
from tests.services.test_application_races import at_once

pytestmark = pytest.mark.django_db(transaction=True, available_apps=settings.INSTALLED_APPS)
MANY = 20
TEXT = "第六批已跑完，前兆信号提前四十分钟出现。"


def presses():
    """Twenty presses of the same link's button."""
    meeting = make_meeting()
    Meeting.objects.filter(pk=meeting.pk).update(
        starts_at=clock.now() - timedelta(hours=2), ends_at=clock.now() - timedelta(hours=1)
    )
    ask_for_logs()
    link = LogLink.objects.get()

    def sign():
        return sign_log(
            mentorship=link.mentorship,
            by=link.user,
            kind="video",
            day=clock.today(),
            minutes=30,
            text=TEXT,
            again=True,
        )

    return [lambda: use_link(link=link, sign=sign)] * MANY


def amendments():
    """Twenty corrections of the same text."""
    log = make_log()

    def amend(number):
        return lambda: amend_log(
            log=log,
            by=log.signed_by,
            kind=log.kind,
            day=log.day,
            minutes=60 + number,
            text=log.text,
            reason="时长写错",
        )

    return log, [amend(number) for number in range(MANY)]


def without_conditions(monkeypatch, *names):
    """The control: an update forgets which state it expects."""
    update = QuerySet.update

    def careless(rows, **values):
        if rows.model in (LogLink, SupervisionLog) and names and set(values) & set(names):
            return update(rows.model.objects.all(), **values)
        return update(rows, **values)

    monkeypatch.setattr(QuerySet, "update", careless)


def test_twenty_presses_of_one_link_sign_one_log():
    results = at_once(presses())
    refused = [one for one in results if isinstance(one, Exception)]
    assert SupervisionLog.objects.count() == 1 == MANY - len(refused)
    assert all(isinstance(one, Refused) and one.code == "used" for one in refused)
    assert first_broken_link() is None


def test_without_the_condition_one_link_signs_many(monkeypatch):
    acts = presses()
    without_conditions(monkeypatch, "used_at")
    at_once(acts)
    assert SupervisionLog.objects.count() > 1, "the expected state is what keeps the others out"


def test_twenty_amendments_at_once_leave_one_that_stands():
    log, acts = amendments()
    results = at_once(acts)
    refused = [one for one in results if isinstance(one, Exception)]
    assert SupervisionLog.objects.standing().count() == 1 == MANY - len(refused)
    assert all(isinstance(one, Refused) and one.code == "amended" for one in refused)
    assert SupervisionLog.objects.get(pk=log.pk).text == log.text


def test_without_the_condition_the_constraint_still_lets_one_through(monkeypatch):
    log, acts = amendments()
    without_conditions(monkeypatch, "state")
    results = at_once(acts)
    assert SupervisionLog.objects.filter(amends=log).count() == 1
    assert all(isinstance(one, Refused | IntegrityError) for one in results if isinstance(one, Exception))


def test_confirmed_and_amended_at_once_is_never_both():
    log, acts = amendments()
    at_once([acts[0], lambda: confirm_log(log=log, by=log.mentorship.student.user)])
    log.refresh_from_db()
    assert log.state == "amended" and log.amended_by.state == "signed"
