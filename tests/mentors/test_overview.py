"""The office's page of everybody's supervision: late first, by weeks and as a list, in files, at one count of queries."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from consortium import clock
from consortium.models import PolicyValue
from consortium.roles import ROLES, Permission
from mentors.actions.reopening import ask_reopening
from mentors.models import Mentorship
from mentors.queries.overview import late_first
from mentors.rules.rhythm import DAYS_THAT_COUNT, Rhythms, month_before, month_of, standings
from tests.factories import make_log, make_mentorship, make_user

pytestmark = pytest.mark.django_db
URL = "/supervision/"


@pytest.fixture
def office(client):
    client.force_login(make_user("graduate_officer"))
    return client


def old(**other):
    return make_mentorship(since=clock.today() - timedelta(days=200), **other)


def full_month(row, first):
    """As many logs as a month asks for."""
    for side, number in (("academic", 1), ("industry", 2)):
        for _ in range(number):
            make_log(mentorship=row, side=side, day=first)


def test_the_latest_come_first_and_conditions_open_exactly_their_rows(office):
    before, now = month_before(clock.today())[0], month_of(clock.today())[0]
    fine, half, silent = old(), old(), old()
    for row, months in ((fine, (before, now)), (half, (before,))):
        for first in months:
            full_month(row, first)
    make_log(
        mentorship=half, side="academic", day=before, state="differs", answer="不是", answered_at=clock.now()
    )
    page = office.get(URL)
    assert [row.pk for row in page.context["page"]] == [silent.pk, half.pk, fine.pk]
    assert [(row.overseen.lack_before, row.overseen.lack_now) for row in page.context["page"]] == [
        (3, 3),
        (0, 3),
        (0, 0),
    ]
    shown = {str(one["url"]).partition("only=")[2]: one["count"] for one in page.context["conditions"]}
    assert shown["before"] == 1 and shown["now"] == 2 and shown["differs"] == 1
    for name, count in shown.items():
        assert office.get(URL, {"only": name}).context["page"].paginator.count == count
        assert office.get(URL, {"only": name, "view": "list"}).context["page"].paginator.count == count


def test_a_mentorship_too_short_in_a_month_lacks_nothing(office):
    make_mentorship(since=clock.today())
    (row,) = office.get(URL).context["page"]
    assert row.overseen.lack_before == 0


@pytest.mark.parametrize("least", [1, 0])
def test_page_and_home_agree_on_every_stay(least):
    """The office's page and the mentor's home ask the same of a stay, however short and wherever in the month."""
    PolicyValue.objects.create(key="logs_academic_month", value=least, reason="试行", set_at=clock.now())
    row, office = make_mentorship(), make_user("graduate_officer")
    month = month_of(date(2027, 3, 10))
    minimum = (Rhythms().logs_on(month[0]),) * 2
    seen = set()
    for begins in range(-20, 31, 3):
        for days in (1, 7, 14, 15, 16, 30, 45):
            since = month[0] + timedelta(days=begins)
            until = since + timedelta(days=days - 1)
            Mentorship.objects.filter(pk=row.pk).update(since=since, until=until)
            row.refresh_from_db()
            home = standings([row], month[0])[row.pk].missing_of
            wanted = home("academic") + home("industry")
            months = (month_before(month[0]), month)
            found = late_first(office, max(since, month[0]), months, minimum, DAYS_THAT_COUNT)
            for one in found.rows:
                assert one.lack_now == wanted, (since, until)
                seen.add(wanted)
    assert seen == {0, least + 2}


def test_cells_say_how_many_logs_each_week_has(office):
    row = old()
    monday = clock.today() - timedelta(days=clock.today().weekday())
    make_log(mentorship=row, day=monday - timedelta(days=7))
    make_log(
        mentorship=row,
        side="academic",
        day=monday - timedelta(days=1),
        kind="joint",
        cosigner=row.industry,
        cosign="asked",
    )
    (found,) = office.get(URL).context["page"]
    assert [(cell["n"], cell["joint"]) for cell in found.cells[-2:]] == [(2, 0), (0, 0)]
    row.logs.filter(kind="joint").update(cosign="signed")
    (found,) = office.get(URL).context["page"]
    assert [(cell["n"], cell["joint"]) for cell in found.cells[-2:]] == [(2, 1), (0, 0)]
    assert {cell["heat"] for cell in found.cells[:-2]} == {0}


def test_who_opens_it(client):
    row = make_log(private="压力很大")
    for role, status in (
        ("graduate_officer", 200),
        ("auditor", 200),
        ("secretary", 403),
        ("industry_mentor", 403),
        ("student", 403),
    ):
        client.force_login(make_user(role))
        answer = client.get(URL)
        assert answer.status_code == status
        assert (row.mentorship.student.user.name in answer.content.decode()) is (status == 200)
        assert "压力很大" not in answer.content.decode()


def test_whoever_has_a_part_in_supervision_is_led_to_the_own_logs(client):
    row = old()
    for person in (row.student.user, row.academic.user, row.industry.user):
        client.force_login(person)
        assert client.get(URL).url == reverse("logs")


@pytest.mark.parametrize("view", ["", "list"])
def test_asks_as_much_for_many_as_for_one(office, view):
    def count():
        with CaptureQueriesContext(connection) as asked:
            assert office.get(URL, {"view": view}).status_code == 200
        return len(asked)

    make_log(mentorship=old())
    count()
    first = count()
    for _ in range(4):
        make_log(mentorship=old())
    assert count() == first


@pytest.mark.parametrize("format", ["xlsx", "csv", "csv-gb18030"])
def test_as_a_file_without_notes(office, format):
    row = old(topic="=1+1")
    make_log(mentorship=row, private="压力很大")
    answer = office.get(URL, {"format": format})
    content = b"".join(answer.streaming_content)
    assert answer.status_code == 200
    if format == "csv":
        text = content.decode("utf-8-sig")
        assert row.student.number in text and "'=1+1" in text and "压力很大" not in text


def test_requests_for_late_days_stand_on_top(office):
    row = old()
    day = clock.today() - timedelta(days=30)
    request = ask_reopening(mentorship=row, by=row.industry.user, day=day, reason="出差在外")
    assert request.get_absolute_url() in office.get(URL).content.decode()


@pytest.mark.parametrize("role, times", [("graduate_officer", 1), ("auditor", 1), ("secretary", 0)])
def test_navigation_leads_to_it_once(client, role, times):
    client.force_login(make_user(role))
    assert client.get(reverse("notifications")).content.decode().count(f'href="{URL}"') == times


def test_no_role_has_both_ways_to_it():
    both = {Permission.OVERSEE_SUPERVISION, Permission.READ_AUDIT}
    assert not [key for key, role in ROLES.items() if both <= set(role.grants)]


def test_nonsense_in_the_address_is_let_be(office):
    make_log()
    for query in ("?only=x&view=y&page=z", "?q=%00", "?format=exe"):
        assert office.get(URL + query).status_code == 200


def test_empty(office):
    assert office.get(reverse("supervision")).status_code == 200
