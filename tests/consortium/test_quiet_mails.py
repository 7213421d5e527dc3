"""Mails of an optional kind: turned off by the line at their end or on a page, never those that must come."""

import re

import pytest
from django.core.signing import Signer
from django.db import connection
from django.test import Client
from django.urls import reverse

from consortium import notifications
from consortium.actions.message import set_quiet
from consortium.models import AuditEvent, Notification, OutboxMessage, QuietMail, SentMail
from consortium.notifications import QUIET, notify, notify_many, quiet_link
from consortium.refusals import Invalid
from tests.demo_world.test_addresses import only_reads
from tests.factories import make_user

pytestmark = pytest.mark.django_db
KIND, MUST = "log_prompt", "log_differs"


def told(user, kind=KIND, key="1"):
    return notify(
        user,
        kind,
        key=key,
        url="/logs/",
        at="2026-11-05T15:00:00+08:00",
        until="2026-11-12T15:00:00+08:00",
        day="2026-11-05",
        answer="不是",
    )


def mails(user):
    return OutboxMessage.objects.filter(notification__user=user).count()


def test_turned_off_the_message_stands_and_no_mail_goes():
    user, other = make_user("industry_mentor"), make_user("industry_mentor")
    set_quiet(user=user, kind=KIND, quiet=True, by=user)
    told(user)
    notify_many(
        [user, other], KIND, key="2", at="2026-11-05T15:00:00+08:00", until="2026-11-05T15:00:00+08:00"
    )
    assert Notification.objects.filter(user=user).count() == 2
    assert (mails(user), mails(other)) == (0, 1)
    set_quiet(user=user, kind=KIND, quiet=False, by=user)
    told(user, key="3")
    assert mails(user) == 1


def test_what_must_come_cannot_be_turned_off():
    user = make_user("industry_mentor")
    for kind in (MUST, "nonsense"):
        with pytest.raises(Invalid):
            set_quiet(user=user, kind=kind, quiet=True, by=user)
    told(user, MUST)
    assert mails(user) == 1 and quiet_link(user, MUST) == ""


def test_the_same_wish_twice_is_one_act():
    user = make_user("industry_mentor")
    for _ in range(2):
        set_quiet(user=user, kind=KIND, quiet=True, by=user)
    assert QuietMail.objects.count() == AuditEvent.objects.filter(verb="mail turned off").count() == 1


def test_line_in_the_mail_opens_a_page_that_changes_nothing_until_pressed():
    user, client = make_user("industry_mentor"), Client()
    told(user)
    OutboxMessage.objects.update(next_try_at="2020-01-01T00:00:00Z")
    notifications.deliver()
    path = re.search(r"(/notifications/quiet/[^\s]+)", SentMail.objects.get().body).group()
    with connection.execute_wrapper(only_reads):
        assert client.get(path).status_code == 200
    assert not QuietMail.objects.exists()
    assert client.post(path).status_code == 200 and QuietMail.objects.get().user == user
    assert client.post(path, {"act": "on"}).status_code == 200 and not QuietMail.objects.exists()


def test_forged_lines_are_not_found():
    user, client = make_user("industry_mentor"), Client()
    for token in (
        f"{user.pk}.{KIND}",
        Signer(salt="other").sign(f"{user.pk}.{KIND}"),
        Signer(salt=QUIET).sign(f"{user.pk}.{MUST}"),
        Signer(salt=QUIET).sign(f"999999.{KIND}"),
    ):
        assert client.post(reverse("mail_quiet", args=[token])).status_code == 404
    assert not QuietMail.objects.exists()


def test_page_shows_the_kinds_one_has_had(client):
    user = make_user("industry_mentor")
    client.force_login(user)
    assert client.get(reverse("mails")).status_code == 200
    told(user), told(user, MUST)
    assert [one["kind"] for one in client.get(reverse("mails")).context["kinds"]] == [KIND]
    assert client.post(reverse("mails"), {"kind": KIND, "act": "off"}).status_code == 302
    assert client.get(reverse("mails")).context["kinds"][0]["quiet"]
    assert client.post(reverse("mails"), {"kind": MUST, "act": "off"}).status_code == 422
