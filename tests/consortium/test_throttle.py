"""Throttles count visitors: behind our proxy everybody comes from the proxy's own address."""

import os
import subprocess
import sys
from datetime import timedelta

import pytest
from django.urls import reverse

from consortium import clock
from consortium.models import MembershipApplication
from tests.consortium.membership_kit import Office
from tests.factories import make_council
from tests.settings import ROOT

pytestmark = pytest.mark.django_db


def test_one_visitor_behind_the_proxy_does_not_use_up_anothers_tries(client, settings):
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    given = {
        "council": make_council().pk,
        "unit_name": "示例新申请生物有限公司",
        "contact_name": "示例联系人",
        "email": "new@example.invalid",
    }

    def ask(address):
        return client.post(reverse("join_ask"), given, headers={"X-Forwarded-For": address}).status_code

    assert [ask("203.0.113.7") for _ in range(5)] == [200, 200, 200, 200, 429]
    assert ask("203.0.113.8") == 200
    assert MembershipApplication.objects.count() == 1


def test_one_visitor_cannot_close_a_notice_to_the_objections_of_others(client, settings):
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    notice = Office().application().notice

    def object_to(address):
        return client.post(
            reverse("membership_object", args=[notice.pk]),
            {"name": "示例异议人", "contact": "a@example.invalid", "text": "材料不实，请核对材料内容。"},
            headers={"X-Forwarded-For": address},
        ).status_code

    with clock.moved(timedelta(hours=1)):
        assert [object_to("203.0.113.7") for _ in range(11)] == [302] * 10 + [429]
        assert object_to("203.0.113.8") == 302


def test_what_a_visitor_claims_counts_for_nothing_without_a_proxy(client, settings):
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 0
    given = {
        "council": make_council().pk,
        "unit_name": "示例新申请生物有限公司",
        "contact_name": "示例联系人",
        "email": "new@example.invalid",
    }
    answers = [
        client.post(reverse("join_ask"), given, headers={"X-Forwarded-For": f"203.0.113.{n}"}).status_code
        for n in range(5)
    ]
    assert answers == [200, 200, 200, 200, 429]


@pytest.mark.parametrize(("https", "named", "count"), [("1", "", 1), ("0", "", 0), ("1", "2", 2)])
def test_where_https_is_a_proxys_work_that_proxy_is_believed(https, named, count):
    told = {
        "HTTPS": https,
        "SECRET_KEY": "only-for-this-test",
        **({"TRUSTED_PROXIES": named} if named else {}),
    }
    kept = {key: value for key, value in os.environ.items() if key not in ("TRUSTED_PROXIES", "HTTPS")}
    said = subprocess.run(
        [
            sys.executable,
            "-c",
            "from consortium import settings; print(settings.ALLAUTH_TRUSTED_PROXY_COUNT)",
        ],
        cwd=ROOT,
        env={**kept, **told},
        capture_output=True,
        text=True,
        check=True,
    )
    assert int(said.stdout) == count
