"""Messages: once per event, grouped in one mail, in the reader's language, tried again after failures."""

from datetime import date, timedelta
from smtplib import SMTPRecipientsRefused

import pytest
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from consortium import clock, notifications
from consortium.audit import action
from consortium.enums import OutboxState
from consortium.models import Notification, OutboxMessage, SentMail
from consortium.notifications import Message, deliver, notify
from consortium.queries.message import undelivered
from consortium.registry import registry
from tests.factories import make_user

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def kinds(monkeypatch):
    monkeypatch.setitem(registry.messages, "thing", Message(_("Messages"), "%(what)s", urgent=False))
    monkeypatch.setitem(registry.messages, "urgent", Message("Urgent", "%(what)s", urgent=True))


@action
def tell(*, user, kind="urgent", key="1", what="x"):
    return notify(user, kind, key=key, url="/dashboard/", what=what)


def test_same_event_tells_a_person_once():
    user = make_user()
    tell(user=user)
    tell(user=user)
    assert Notification.objects.filter(user=user).count() == 1
    assert OutboxMessage.objects.count() == 1


def test_urgent_mail_leaves_at_once_and_only_once():
    tell(user=make_user())
    assert deliver() == 1
    assert deliver() == 0
    assert SentMail.objects.count() == 1


def test_mails_of_one_person_are_grouped_into_one():
    user = make_user()
    for key in "abc":
        tell(user=user, kind="thing", key=key, what=f"event {key}")
    assert deliver() == 0
    with clock.moved(timedelta(minutes=11)):
        assert deliver() == 3
    mail = SentMail.objects.get()
    assert all(f"event {key}" in mail.body for key in "abc")
    assert "/dashboard/" in mail.body


def test_person_without_address_reads_it_in_the_portal_only():
    tell(user=make_user(email=None))
    assert Notification.objects.count() == 1
    assert OutboxMessage.objects.count() == 0


def test_words_follow_the_readers_language():
    user = make_user(language="en")
    row = tell(user=user, kind="thing")
    with translation.override("en"):
        assert notifications.words(row)["subject"] == "Messages"
    with translation.override("zh-hans"):
        assert notifications.words(row)["subject"] == "消息"


def test_a_day_is_said_in_the_readers_language(monkeypatch):
    kind = Message("Ends", "It ends on %(until)s.", days=("until",))
    monkeypatch.setitem(registry.messages, "ends", kind)
    user, day = make_user(), date(2026, 3, 5)
    row = action(lambda: notify(user, "ends", key="1", until=day))()
    action(lambda: notifications.notify_many([make_user()], "ends", key="1", until=day))()
    assert {one.params["until"] for one in Notification.objects.all()} == {"2026-03-05"}
    for language, said in (("en", "5 Mar 2026"), ("zh-hans", "2026年3月5日")):
        with translation.override(language):
            assert said in notifications.words(row)["body"]


def test_a_day_stored_in_words_long_ago_is_still_read(monkeypatch):
    kind = Message("Ends", "It ends on %(until)s.", days=("until",))
    monkeypatch.setitem(registry.messages, "ends", kind)
    assert "2026年3月5日" in notifications.worded("ends", {"until": "2026年3月5日"})["body"]


def test_failure_waits_longer_each_time_and_ends_as_failed(monkeypatch):
    def broken(*args, **kwargs):
        raise OSError("no route")

    monkeypatch.setattr(notifications, "send_mail", broken)
    tell(user=make_user())
    waits = []
    moved = timedelta(0)
    for _try in range(7):
        with clock.moved(moved):
            deliver()
            row = OutboxMessage.objects.get()
            waits.append(row.next_try_at - clock.now())
        moved += timedelta(days=1)
    assert row.state == OutboxState.FAILED and row.error == "no route"
    assert waits[0] < waits[1] < waits[2] < waits[3]


@pytest.mark.parametrize("code, state", [(550, OutboxState.FAILED), (450, OutboxState.QUEUED)])
def test_an_address_that_is_refused_for_good_is_not_tried_again(monkeypatch, code, state):
    """450 is a mailbox that is full or busy; 550 one that does not exist."""
    user = make_user()

    def refusing(*args, **kwargs):
        raise SMTPRecipientsRefused({user.email: (code, b"mailbox unavailable")})

    monkeypatch.setattr(notifications, "send_mail", refusing)
    tell(user=user)
    deliver()
    assert OutboxMessage.objects.get().state == state
    assert set(undelivered([user.pk])) == ({user.pk} if state == OutboxState.FAILED else set())


def test_who_is_reached_again_is_no_longer_said_to_be_out_of_reach():
    row = tell(user=make_user()).outbox
    later = tell(user=row.notification.user, key="2").outbox
    now = clock.now()
    OutboxMessage.objects.filter(pk=row.pk).update(state=OutboxState.FAILED, next_try_at=now)
    assert set(undelivered([row.notification.user_id])) == {row.notification.user_id}
    OutboxMessage.objects.filter(pk=later.pk).update(
        state=OutboxState.SENT, sent_at=now + timedelta(minutes=1)
    )
    assert undelivered([row.notification.user_id]) == {}


def test_nobody_opens_anothers_message(client):
    row = tell(user=make_user())
    client.force_login(make_user())
    assert client.post(f"/notifications/{row.pk}/open/").status_code == 404
