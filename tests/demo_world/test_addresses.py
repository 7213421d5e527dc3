"""Walk the whole site as every demo account: no GET writes, nothing breaks, every link in every message answers."""

import re

import pytest
from django.db import connection
from django.test import Client

from consortium.demo_accounts import ACCOUNTS
from consortium.models import Notification, SentMail, User
from tests.demo_world.walk import LINKS, SPARED, kind_of

pytestmark = pytest.mark.django_db

WRITES = re.compile(r"^\s*(INSERT|UPDATE|DELETE|REPLACE|CREATE|DROP|ALTER)\b", re.I)
# Pages of one kind are walked once per account: the tenth project's page is like the first's.
PER_KIND = 1
MOST_PAGES = 70
# Second persons see what the first of their role sees.
WALKED = ["visitor", *(name for name in ACCOUNTS if name not in ("secretary2", "graduate2", "director2"))]


def only_reads(execute, sql, params, many, context):
    """Raise on any statement that changes rows, save those of the session."""
    if WRITES.match(sql) and "django_session" not in sql:
        raise AssertionError(f"a GET wrote: {sql[:200]}")
    return execute(sql, params, many, context)


def walk(client, starts):
    """Follow every link from `starts`; return {url: status}."""
    seen, kinds, queue = {}, {}, list(starts)
    while queue and len(seen) < MOST_PAGES:
        url = queue.pop(0).replace("&amp;", "&")
        kind = kind_of(url)
        if url in seen or url.startswith(SPARED) or kinds.get(kind, 0) >= PER_KIND:
            continue
        kinds[kind] = kinds.get(kind, 0) + 1
        with connection.execute_wrapper(only_reads):
            response = client.get(url)
        seen[url] = response.status_code
        if response.status_code == 200 and "text/html" in response.get("Content-Type", ""):
            queue += LINKS.findall(response.content.decode())
        if response.streaming:
            list(response.streaming_content)
            response.close()
    return seen


@pytest.mark.parametrize("username", WALKED)
def test_every_link_answers_and_changes_nothing(demo_world, username):
    client = Client()
    starts = ["/", "/projects/", "/demands/", "/members/", "/rounds/", "/notices/", "/bases/", "/governance/"]
    if username != "visitor":
        client.force_login(User.objects.get(username=username))
        starts = ["/dashboard/", "/notifications/", "/me/", *starts]
    statuses = walk(client, starts)
    broken = {url: status for url, status in statuses.items() if status not in (200, 302)}
    assert not broken
    assert len(statuses) > 20


def test_every_link_in_every_message_answers_and_changes_nothing(demo_world):
    kinds = {}
    for row in (
        Notification.objects.exclude(url="").select_related("user").order_by("kind", "id").iterator(200)
    ):
        kinds.setdefault(row.kind, row)
    assert len(kinds) >= 8
    for row in kinds.values():
        client = Client()
        client.force_login(row.user)
        with connection.execute_wrapper(only_reads):
            response = client.get(row.url)
        assert response.status_code == 200, (row.kind, row.url, response.status_code)


def test_links_in_mails_lead_into_the_portal(demo_world):
    links = {
        link for mail in SentMail.objects.all()[:200] for link in re.findall(r"https?://[^\s]+", mail.body)
    }
    assert links
    assert all(link.startswith("http://127.0.0.1:8000") for link in links)
