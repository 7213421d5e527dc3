"""Two phones at the same moment on PostgreSQL: one log for one link, one day, one reopening, one amendment for one text.

Each with its control.
"""

from datetime import timedelta
from threading import Thread

import pytest
from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from consortium import clock
from consortium.audit import first_broken_link
from consortium.models import FormKey
from consortium.refusals import Refused
from mentors.actions.log import amend_log, confirm_log, save_draft, sign_joint, sign_log
from mentors.actions.meeting import ask_for_logs, use_link
from mentors.actions.reopening import decide_reopening
from mentors.models import LogDraft, LogLink, Meeting, SupervisionLog
from tests.factories import (
    make_appointment,
    make_log,
    make_meeting,
    make_mentorship,
    make_reopening,
    make_user,
)
from tests.services.conftest import EVERY_APP
from tests.services.test_application_races import at_once, without_row_locks

pytestmark = pytest.mark.django_db(transaction=True, available_apps=EVERY_APP)
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


def confirmed_and_amended():
    """A correction and the student's confirmation of the text before it, many times at once; the text as it is then."""
    log, acts = amendments()
    confirm = lambda: confirm_log(log=SupervisionLog.objects.get(pk=log.pk), by=log.mentorship.student.user)  # noqa: E731
    results = at_once([acts[0], *[confirm] * MANY])
    log.refresh_from_db()
    return log, results


def test_confirmed_and_amended_at_once_gives_way_to_the_amendment():
    log, results = confirmed_and_amended()
    assert log.state == "amended" and log.amended_by.state == "signed"
    assert sum(not isinstance(one, Exception) for one in results) in (
        1,
        2,
    )  # the amendment, and one that came before
    assert {one.code for one in results if isinstance(one, Exception)} <= {"amended", "state"}


def test_without_the_expected_state_a_text_that_gave_way_is_confirmed(monkeypatch):
    without_conditions(monkeypatch, "answered_at")
    log, _results = confirmed_and_amended()
    following = log.amended_by
    assert "confirmed" in (log.state, following.state), "the expected state keeps the confirmation out"


def signatures(again=False, day=None):
    """Twenty signatures of one mentor for one student and one day, on as many phones."""
    mentorship = make_mentorship(since=clock.today() - timedelta(days=60))
    day = day or clock.today()
    given = {"by": mentorship.industry.user, "kind": "video", "day": day, "minutes": 30, "text": TEXT}
    return mentorship, [lambda: sign_log(mentorship=mentorship, again=again, **given)] * MANY


def joint_signatures():
    """Half of twenty phones name the students in one order, half in the other."""
    academic = make_appointment(kind="academic_mentor", capacity=9)
    rows = [make_mentorship(academic=academic) for _ in range(3)]
    given = {"by": academic.user, "day": clock.today(), "minutes": 60, "text": TEXT, "lines": {}}
    orders = (rows, rows[::-1])
    return rows, [
        lambda rows=orders[number % 2]: sign_joint(mentorships=rows, **given) for number in range(MANY)
    ]


def test_twenty_signatures_of_one_day_sign_one_log():
    _mentorship, acts = signatures()
    refused = [one for one in at_once(acts) if isinstance(one, Exception)]
    assert SupervisionLog.objects.count() == 1 == MANY - len(refused)
    assert all(isinstance(one, Refused) and one.code == "same" for one in refused)


def test_without_the_row_locks_one_day_is_signed_many_times(monkeypatch):
    _mentorship, acts = signatures()
    with without_row_locks(monkeypatch):
        at_once(acts)
    assert SupervisionLog.objects.count() > 1, "the lock is what lets the second see the first"


def test_twenty_signatures_of_one_joint_meeting_sign_it_once():
    rows, acts = joint_signatures()
    refused = [one for one in at_once(acts) if isinstance(one, Exception)]
    assert SupervisionLog.objects.count() == len(rows) and len(refused) == MANY - 1
    assert all(isinstance(one, Refused) and one.code == "same" for one in refused)


def test_without_the_row_locks_one_joint_meeting_is_signed_many_times(monkeypatch):
    rows, acts = joint_signatures()
    with without_row_locks(monkeypatch):
        at_once(acts)
    assert SupervisionLog.objects.count() > len(rows)


def on_a_reopening():
    """Twenty signatures of a late day that was reopened for one log."""
    day = clock.today() - timedelta(days=20)
    mentorship, acts = signatures(again=True, day=day)
    request = make_reopening(mentorship=mentorship, day=day)
    decide_reopening(reopening=request, by=make_user("graduate_officer"), granted=True)
    return acts


def test_twenty_signatures_on_one_reopening_sign_one_log():
    refused = [one for one in at_once(on_a_reopening()) if isinstance(one, Exception)]
    assert SupervisionLog.objects.count() == 1 == MANY - len(refused)
    assert all(isinstance(one, Refused) and one.code == "late" for one in refused)


def test_without_the_row_locks_a_used_reopening_is_an_error(monkeypatch):
    acts = on_a_reopening()
    with without_row_locks(monkeypatch):
        results = at_once(acts)
    assert any(isinstance(one, IntegrityError) for one in results), "the lock is what makes it a sentence"


def kept_while_its_form_signs():
    """A form signed, and kept by the page before that signature is over; what the keeping gave."""
    mentorship = make_mentorship()
    by, results = mentorship.industry.user, []

    def keep():
        return save_draft(mentorship=mentorship, by=by, values={"text": "半句"}, revision=0, form_key="k")

    page = Thread(target=lambda: results.extend(at_once([keep])))
    with transaction.atomic():  # as `form_keys.create_once` does
        FormKey.objects.create(key="k", user=by, purpose="sign log", used_at=clock.now())
        sign_log(mentorship=mentorship, by=by, kind="video", day=clock.today(), minutes=30, text=TEXT)
        page.start()
        page.join(2)  # with the lock it waits for this transaction to end
    page.join()
    return results[0]


def test_draft_that_arrives_while_its_form_signs_is_not_left_behind():
    assert isinstance(kept_while_its_form_signs(), Refused)
    assert not LogDraft.objects.exists()


def test_without_the_row_lock_a_draft_is_left_behind(monkeypatch):
    with without_row_locks(monkeypatch):
        kept_while_its_form_signs()
    assert LogDraft.objects.exists(), "the lock makes the draft wait for the signature and see it"
