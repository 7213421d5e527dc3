"""What everybody reads: bodies, platforms, vehicles, records, notices; each fact with its line."""

from datetime import timedelta

import pytest
from django.urls import reverse

from consortium import clock
from consortium.models import DocumentRecord, GovernanceBody, PublicNotice
from outcomes.seed.load import load
from tests.factories import make_council, make_membership, make_user

pytestmark = pytest.mark.django_db


def make_notice(title, *, begins, ends):
    now = clock.now()
    return PublicNotice.objects.create(
        kind="round",
        object_id=1,
        title=title,
        text="公示正文",
        starts_at=now + timedelta(days=begins),
        ends_at=now + timedelta(days=ends),
        published_by=make_user("secretary", name="示例发布人"),
    )


@pytest.mark.parametrize(
    "name, words",
    [
        ("governance", "四大协同板块"),
        ("platforms", "研究生工作站"),
        ("vehicles", "大学科技园"),
        ("records", "国家奖学金"),
    ],
)
def test_pages_of_the_document_quote_their_lines(client, name, words):
    load()
    text = client.get(reverse(name), {"q": words} if name == "records" else {}).content.decode()
    assert words in text
    assert 'href="/source/#L' in text


def test_every_body_has_a_page_with_its_line(client):
    load()
    for body in GovernanceBody.objects.all():
        text = client.get(body.get_absolute_url()).content.decode()
        assert f'href="/source/#L{body.source_line}"' in text


def test_body_counts_only_members_in_force_and_opens_them(client):
    council = make_council()
    make_membership(council=council, rank="director_unit")
    waiting = make_membership(council=council, state="recorded")
    text = client.get(council.get_absolute_url()).content.decode()
    assert waiting.organisation.name_zh not in text and waiting.resolution.number not in text
    rows = client.get(reverse("members"), {"tab": "active", "council": council.pk, "rank": "director_unit"})
    assert rows.context["page"].paginator.count == 1


def test_records_filter_by_kind(client):
    load()
    page = client.get(reverse("records"), {"kind": "Honour"})
    assert page.context["page"].paginator.count == DocumentRecord.objects.filter(kind="Honour").count() == 14


def test_notices_run_end_and_do_not_show_before_their_time(client):
    running = make_notice("正在公示的结果", begins=-1, ends=2)
    over = make_notice("已经结束的公示", begins=-9, ends=-5)
    later = make_notice("还没有开始的公示", begins=1, ends=5)
    text = client.get(reverse("notices")).content.decode()
    assert running.title in text and over.title not in text and later.title not in text
    assert over.title in client.get(reverse("notices"), {"tab": "ended"}).content.decode()
    assert client.get(running.get_absolute_url()).status_code == 200
    assert client.get(later.get_absolute_url()).status_code == 404
    assert running.title in client.get("/").content.decode()


def test_notice_does_not_name_who_published_it(client):
    notice = make_notice("正在公示的结果", begins=-1, ends=2)
    assert "示例发布人" not in client.get(notice.get_absolute_url()).content.decode()


@pytest.mark.parametrize(
    "url",
    [
        "/",
        "/members/",
        "/governance/",
        "/platforms/",
        "/vehicles/",
        "/records/",
        "/notices/",
        "/bases/",
        "/mentors/",
    ],
)
def test_english_pages_speak_english(client, url):
    load()
    client.cookies["django_language"] = "en"
    text = client.get(url).content.decode()
    for word in ("成员单位", "待补录", "截至", "导出当前结果", "公示中", "会籍等级"):
        assert word not in text
