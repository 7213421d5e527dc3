"""Seats: one chair at a time, one seat of a unit, no gap and no overlap at a handover, who sat where on any day."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import translation

from consortium import clock, notifications
from consortium.actions import seat as actions
from consortium.audit import first_broken_link
from consortium.models import AuditEvent, Notification, Seat, SeatDelegate
from consortium.queries import seat as queries
from consortium.refusals import Forbidden, Invalid, Refused
from consortium.templatetags.portal import day_text
from tests.factories import (
    make_council,
    make_membership,
    make_organisation,
    make_seat,
    make_user,
)

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def office():
    return make_user("secretary", name="示例秘书")


def member(council=None):
    unit = make_organisation()
    make_membership(
        organisation=unit,
        council=council or make_council(),
        since=clock.today() - 900 * DAY,
        until=clock.today() + 3000 * DAY,
    )
    return unit


def given(office, **fields):
    today = clock.today()
    values = {
        "body": make_council(),
        "organisation": fields.get("organisation") or member(),
        "post": "seat",
        "since": today - 10 * DAY,
        "until": today + 700 * DAY,
        "grounds": "示例纪要第3条",
    } | fields
    return actions.give_seat(by=office, **values)


@pytest.mark.parametrize("shift", [-5, 0, 5])
def test_the_database_refuses_two_chairs_on_one_day(shift):
    chair = make_seat(post="chair")
    with pytest.raises(IntegrityError), transaction.atomic():
        make_seat(post="chair", since=chair.since + shift * DAY, until=chair.until + shift * DAY)
    after = make_seat(post="chair", since=chair.until + DAY, until=chair.until + 50 * DAY)
    with pytest.raises(IntegrityError), transaction.atomic():
        Seat.objects.filter(pk=after.pk).update(since=chair.until)


def test_the_database_refuses_two_seats_of_one_unit_and_two_delegates_of_one_seat(office):
    seat = make_seat()
    with pytest.raises(IntegrityError), transaction.atomic():
        make_seat(organisation=seat.organisation)
    make_seat(organisation=seat.organisation, body=make_council("示例联盟"))
    one, two = make_user(), make_user()
    values = {"seat": seat, "recorded_by": office, "recorded_at": clock.now()}
    SeatDelegate.objects.create(user=one, since=seat.since, until=clock.today(), **values)
    with pytest.raises(IntegrityError), transaction.atomic():
        SeatDelegate.objects.create(user=two, since=clock.today(), until=seat.until, **values)


def test_a_seat_is_given_told_and_noted(office):
    unit = member()
    admin = make_user("enterprise_admin", organisation=unit)
    seat = given(office, organisation=unit)
    assert Notification.objects.get(user=admin).kind == "seat_given"
    assert AuditEvent.objects.get(verb="seat given").object_id == str(seat.pk)
    assert first_broken_link() is None


def test_refusals_name_what_stands_in_the_way(office):
    chair = given(office, post="chair")
    with pytest.raises(Refused, match="同一时间只能有一个理事长单位") as refusal:
        given(office, post="chair")
    assert refusal.value.field == "post" and refusal.value.url == chair.get_absolute_url()
    with pytest.raises(Refused, match="在此已有席位"):
        given(office, organisation=chair.organisation)
    with pytest.raises(Refused, match="不是.*成员单位"):
        given(office, organisation=make_organisation())
    with pytest.raises(Invalid, match="早于首日"):
        given(office, until=clock.today() - 100 * DAY)
    with pytest.raises(Invalid, match="依据"):
        given(office, grounds="  ")
    with pytest.raises(Forbidden, match="请联系："):
        given(make_user("graduate_officer"))


def test_no_more_seats_than_the_charter_gives(office):
    body = make_council()
    for _ in range(2):
        given(office, body=body)
    with pytest.raises(Refused, match="已有2个席位"):
        actions.set_number_of_seats(body=body, number=1, grounds="章程", by=office)
    actions.set_number_of_seats(body=body, number=2, grounds="示例章程第8条", by=office)
    with pytest.raises(Refused, match="2个席位已满"):
        given(office, body=body)
    last = body.seats.order_by("until").last().until
    given(office, body=body, since=last + DAY, until=last + 10 * DAY)


def test_handover_leaves_no_gap_and_no_overlap(office):
    chair, deputy = given(office, post="chair"), given(office, post="deputy")
    on = clock.today() + 30 * DAY
    following = actions.hand_over_seat(
        seat=chair,
        organisation=deputy.organisation,
        since=on,
        until=on + 300 * DAY,
        grounds="换届",
        by=office,
    )
    chair.refresh_from_db()
    deputy.refresh_from_db()
    assert (chair.until, following.since, following.post) == (on - DAY, on, "chair")
    assert deputy.until == on - DAY
    assert [chair.end_cause, deputy.end_cause] == ["handed_over", "took_over"]
    for day in (clock.today(), on - DAY, on, on + DAY):
        assert chair.body.seats.held_on(day).filter(post="chair").count() == 1
    with pytest.raises(Refused, match="接续"):
        actions.hand_over_seat(
            seat=chair, organisation=member(), since=on, until=on + DAY, grounds="换届", by=office
        )


def test_why_a_seat_ended_is_read_in_the_readers_language(client, office):
    chair, deputy = given(office, post="chair"), given(office, post="deputy")
    with translation.override("zh-hans"):
        actions.hand_over_seat(
            seat=chair,
            organisation=deputy.organisation,
            since=clock.today() + 30 * DAY,
            until=clock.today() + 300 * DAY,
            grounds="换届",
            by=office,
        )
    client.cookies["django_language"] = "en"
    pages = [client.get(seat.get_absolute_url()).content.decode() for seat in (chair, deputy)]
    assert "Handed over to the unit that follows." in pages[0]
    assert "Given up for another seat in this body." in pages[1]
    assert not any("移交" in page for page in pages)


def test_messages_about_seats_say_days_in_words(office):
    seat = given(office, until=date(2099, 3, 5))
    admin = make_user("enterprise_admin", organisation=seat.organisation)
    actions.name_delegate(seat=seat, user=admin, since=clock.today(), by=admin)
    actions.end_seat(seat=seat, on=date(2099, 2, 1), reason="退出", by=office)
    with translation.override("en"):
        said = [notifications.words(row)["body"] for row in Notification.objects.filter(user=admin)]
        assert sum("1 Feb 2099" in one for one in said) == 1
        assert sum(day_text(clock.today()) in one for one in said) == 1


@pytest.mark.parametrize("after_end", [2, 40])
def test_a_handover_with_a_gap_is_refused(office, after_end):
    chair = given(office, post="chair")
    with pytest.raises(Invalid, match="交接日须在"):
        actions.hand_over_seat(
            seat=chair,
            organisation=member(),
            since=chair.until + after_end * DAY,
            until=chair.until + 400 * DAY,
            grounds="换届",
            by=office,
        )


def test_the_chair_is_not_ended_but_a_seat_is(office):
    chair, seat = given(office, post="chair"), given(office)
    with pytest.raises(Refused, match="只能移交"):
        actions.end_seat(seat=chair, on=clock.today(), reason="退出", by=office)
    actions.end_seat(seat=seat, on=clock.today(), reason="退出", by=office)
    assert not queries.seated(seat.body, office, clock.today() + DAY)[1:]


def test_a_term_is_renewed_with_its_delegate_and_ends_wait_for_the_office(office):
    seat = given(office, until=clock.today() + 60 * DAY)
    admin = make_user("enterprise_admin", organisation=seat.organisation)
    actions.name_delegate(seat=seat, user=admin, since=clock.today(), by=admin)
    assert list(queries.ending(clock.today())) == [seat]
    following = actions.renew_seat(seat=seat, until=clock.today() + 800 * DAY, grounds="换届", by=office)
    assert following.since == seat.until + DAY
    assert following.delegates.get().user == admin
    assert not queries.ending(clock.today())


def test_delegates_follow_one_another_and_are_told(office):
    seat = given(office)
    admin = make_user("enterprise_admin", organisation=seat.organisation)
    other = make_user("base_manager", organisation=seat.organisation)
    actions.name_delegate(seat=seat, user=admin, since=clock.today(), by=admin)
    actions.name_delegate(seat=seat, user=other, since=clock.today() + 9 * DAY, by=office)
    first, second = seat.delegates.order_by("since")
    assert first.until + DAY == second.since and second.until == seat.until
    assert Notification.objects.filter(kind="delegate_over", user=admin).exists()
    assert Notification.objects.filter(kind="delegate_named", user=other).exists()
    with pytest.raises(Refused, match="没有角色"):
        actions.name_delegate(seat=seat, user=office, since=clock.today() + 20 * DAY, by=office)
    with pytest.raises(Invalid, match="更晚"):
        actions.name_delegate(seat=seat, user=admin, since=clock.today() + 9 * DAY, by=office)
    with pytest.raises(Invalid, match="起始日须在"):
        actions.name_delegate(seat=seat, user=admin, since=clock.today() - DAY, by=admin)
    with pytest.raises(Forbidden):
        actions.name_delegate(
            seat=seat,
            user=admin,
            since=clock.today(),
            by=make_user("enterprise_admin", organisation=member()),
        )
    actions.end_seat(seat=seat, on=clock.today() + DAY, reason="退出", by=office)
    assert seat.delegates.get().until == clock.today() + DAY


def test_who_sat_where_on_any_day_and_who_reads_the_names(client, office):
    today = clock.today()
    old = make_seat(post="chair", since=today - 500 * DAY, until=today - 101 * DAY)
    new = make_seat(post="chair")
    admin = make_user("enterprise_admin", organisation=new.organisation, name="示例代表甲")
    actions.name_delegate(seat=new, user=admin, since=today, by=office)
    address = reverse("body", args=[new.body.pk])
    then = client.get(address, {"as_of": (today - 300 * DAY).isoformat()}).content.decode()
    table = then.partition("<table")[2].partition("</table>")[0]
    assert old.organisation.name_zh in table and new.organisation.name_zh not in table
    for reader, reads in ((None, False), (make_user("student"), False), (admin, True), (office, True)):
        if reader:
            client.force_login(reader)
        for url in (address, new.get_absolute_url()):
            page = client.get(url).content.decode()
            assert new.organisation.name_zh in page
            assert ("示例代表甲" in page.partition("<main")[2]) == reads, (reader, url)


def test_a_chair_that_ran_out_is_said(client):
    today = clock.today()
    seat = make_seat(post="chair", since=today - 500 * DAY, until=today - 3 * DAY)
    assert "理事长单位空缺" in client.get(seat.body.get_absolute_url()).content.decode()


def test_each_step_has_a_page(client, office):
    body, unit = make_council(), member()
    client.force_login(office)
    today = clock.today()
    form = {
        "organisation": unit.name_zh,
        "post": "chair",
        "since": today.isoformat(),
        "until": (today + 400 * DAY).isoformat(),
        "grounds": "示例纪要",
        "form_key": "one",
    }
    new = reverse("seat_new", args=[body.pk])
    assert client.get(new).status_code == 200
    answers = [client.post(new, form) for _ in range(2)]
    seat = Seat.objects.get()
    assert [answer.url for answer in answers] == [seat.get_absolute_url()] * 2
    again = client.post(new, form | {"form_key": "two", "organisation": member().name_zh})
    assert again.status_code == 409 and "同一时间只能有一个理事长单位" in again.content.decode()
    assert (
        client.post(reverse("seats_number", args=[body.pk]), {"number": 27, "grounds": "章程"}).status_code
        == 302
    )
    heir = member()
    steps = {
        "seat_renew": {"until": "2020-01-01", "grounds": "换届"},
        "seat_end": {"on": today.isoformat(), "reason": "退出"},
        "seat_delegate": {"user": "", "since": today.isoformat()},
    }
    for name, values in steps.items():
        address = reverse(name, args=[seat.pk])
        assert client.get(address).status_code == 200
        assert client.post(address, values).status_code in (409, 422), name
    answer = client.post(
        reverse("seat_hand_over", args=[seat.pk]),
        {
            "organisation": heir.name_zh,
            "since": (today + 40 * DAY).isoformat(),
            "until": (today + 300 * DAY).isoformat(),
            "grounds": "换届",
        },
    )
    assert answer.status_code == 302 and Seat.objects.get(follows=seat).organisation == heir
    client.force_login(make_user("enterprise_admin", organisation=unit))
    assert client.get(reverse("seat_delegate", args=[seat.pk])).status_code == 200
    assert client.get(reverse("seat_renew", args=[seat.pk])).status_code == 403
    other = make_user("enterprise_admin", organisation=heir)
    client.force_login(other)
    page = client.get(reverse("seat_delegate", args=[seat.pk]))
    assert page.status_code == 403
