"""What an amendment may change: the words, the length, the day within its month; never what the month counts."""

from datetime import date, datetime, time, timedelta

import pytest
from django.urls import reverse

from consortium import clock
from consortium.refusals import Invalid
from mentors.actions.log import cosign_log, refuse_cosign
from mentors.actions.reopening import ask_reopening, decide_reopening
from mentors.models import SupervisionLog
from mentors.queries.log import counts, to_cosign
from mentors.rules.rhythm import month_of, quarter_of
from tests.factories import make_mentorship, make_user
from tests.mentors.test_logs import amended, joint, refusal_of, signed

pytestmark = pytest.mark.django_db


def on_the(day):
    """The portal's clock at noon of that day, in Beijing."""
    noon = datetime.combine(day, time(12), clock.SHANGHAI)
    return clock.standing_at(noon)


@pytest.fixture
def middle():
    """The 20th of a month that is not now: two weeks before it lie within the month."""
    return date(clock.today().year + 1, 5, 20)


@pytest.fixture
def guided(middle):
    return make_mentorship(since=middle - timedelta(days=90), until=middle + timedelta(days=90))


def test_day_moves_within_its_month_only(middle, guided):
    with on_the(middle):
        row = signed(guided, day=middle)
        assert amended(row, day=middle - timedelta(days=3)).day == middle - timedelta(days=3)
    first = middle.replace(day=1)
    with on_the(first + timedelta(days=2)):
        row = signed(guided, day=first)
        refusal = refusal_of(lambda: amended(row, day=first - timedelta(days=1)), Invalid)
        assert (refusal.field, refusal.code) == ("day", "month")
        for month in (month_of(first), month_of(first - timedelta(days=1))):
            assert counts([guided.pk], *month)[guided.pk]["industry"] == (2 if month[0] == first else 0)


def test_day_that_was_too_late_when_it_was_signed_is_too_late_for_an_amendment(middle, guided):
    with on_the(middle):
        row = signed(guided, day=middle)
        late = middle - timedelta(days=15)
        refusal = refusal_of(lambda: amended(row, day=late))
        assert (refusal.field, refusal.code) == ("day", "late")
        assert amended(row, day=middle - timedelta(days=14)).pk


def test_correcting_months_later_keeps_a_day_that_was_in_time(middle, guided):
    with on_the(middle):
        row = signed(guided, day=middle - timedelta(days=2))
    with on_the(middle + timedelta(days=60)):
        following = amended(row, day=middle - timedelta(days=4))
        assert following.day == middle - timedelta(days=4)
        refusal = refusal_of(lambda: amended(following, day=middle + timedelta(days=1)), Invalid)
        assert (refusal.field, refusal.code) == ("day", "future")
        assert refusal_of(lambda: amended(following, day=middle - timedelta(days=16))).code == "late"
        assert amended(following, minutes=45).day == following.day


def test_reopened_day_keeps_its_day_and_another_one_asks_again(middle, guided):
    office, mentor = make_user("graduate_officer"), guided.industry.user
    with on_the(middle):
        day, other = middle - timedelta(days=17), middle - timedelta(days=16)
        decide_reopening(
            reopening=ask_reopening(mentorship=guided, by=mentor, day=day, reason="出差"),
            by=office,
            granted=True,
        )
        row = signed(guided, day=day)
        following = amended(row, minutes=45)
        assert following.day == day
        assert refusal_of(lambda: amended(following, day=other)).code == "late"
        decide_reopening(
            reopening=ask_reopening(mentorship=guided, by=mentor, day=other, reason="记错了"),
            by=office,
            granted=True,
        )
        assert amended(following, day=other).reopening.day == other


def joint_count(row):
    return counts([row.pk], *quarter_of(clock.today()))[row.pk]["joint"]


def test_countersigned_meeting_keeps_counting_while_its_amendment_waits():
    (row,), (log,) = joint(1)
    other = row.industry.user
    cosign_log(log=log, by=other)
    assert joint_count(row) == 1
    first = amended(log, minutes=60)
    second = amended(first, minutes=75)
    assert (first.cosign, second.cosign) == ("again", "again")
    assert joint_count(row) == 1 and list(to_cosign(other)) == [second]
    cosign_log(log=second, by=other)
    assert (second.cosign, joint_count(row)) == ("signed", 1)


def test_meeting_whose_amendment_is_not_countersigned_no_longer_counts_as_joint():
    (row,), (log,) = joint(1)
    other = row.industry.user
    cosign_log(log=log, by=other)
    following = amended(log, minutes=60)
    refuse_cosign(log=following, by=other, note="时长不对")
    assert joint_count(row) == 0
    assert counts([row.pk], *quarter_of(clock.today()))[row.pk]["academic"] == 1


def test_amendment_of_a_meeting_nobody_countersigned_does_not_count_as_joint():
    (row,), (log,) = joint(1)
    following = amended(log, minutes=60)
    assert following.cosign == "asked" and joint_count(row) == 0


def test_page_says_that_it_is_to_be_signed_again(client):
    (row,), (log,) = joint(1)
    cosign_log(log=log, by=row.industry.user)
    following = amended(log, minutes=60)
    client.force_login(row.industry.user)
    page = client.get(following.get_absolute_url())
    assert page.status_code == 200 and page.context["may_cosign"]
    assert reverse("log_cosign", args=[following.pk]) in page.content.decode()
    assert SupervisionLog.objects.get(pk=log.pk).cosign == "signed"
