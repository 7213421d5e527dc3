"""Memberships rest on a vote that carried, and come into force by a second person."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from consortium import clock
from consortium.actions.membership import confirm_membership, end_membership, record_membership
from consortium.enums import MembershipState
from consortium.files import store
from consortium.models import Membership, Notification, Resolution
from consortium.queries.organisation import members_on
from consortium.refusals import Forbidden, Invalid, Refused
from tests.factories import make_council, make_membership, make_organisation, make_user

pytestmark = pytest.mark.django_db


def vote(**given):
    today = clock.today()
    return {
        "council": make_council(),
        "rank": "member_unit",
        "since": today,
        "until": today + timedelta(days=1000),
        "number": "示例决议一",
        "passed_on": today - timedelta(days=3),
        "entitled": 27,
        "present": 18,
        "votes_yes": 15,
        "votes_no": 2,
        "abstentions": 1,
    } | given


def recorded(by=None, **given):
    return record_membership(
        by=by or make_user("secretary"), organisation=make_organisation(), **vote(**given)
    )


def test_recorded_membership_gives_nothing_yet():
    membership = recorded()
    assert membership.state == MembershipState.RECORDED
    assert not members_on(clock.today()).exists()


def test_colleagues_are_asked_to_confirm_and_the_recorder_is_not():
    by, colleague = make_user("secretary"), make_user("secretary")
    recorded(by)
    assert list(Notification.objects.values_list("user", flat=True)) == [colleague.pk]


def test_second_person_puts_it_in_force():
    membership, other = recorded(), make_user("secretary")
    confirm_membership(membership=membership, by=other)
    membership.refresh_from_db()
    assert membership.state == MembershipState.ACTIVE
    assert membership.resolution.confirmed_by_id == membership.confirmed_by_id == other.pk
    assert members_on(clock.today()).get() == membership.organisation


def test_recorder_cannot_confirm_and_learns_who_can():
    by, other = make_user("secretary"), make_user("secretary", name="示例另一人")
    membership = recorded(by)
    with pytest.raises(Forbidden, match=other.name):
        confirm_membership(membership=membership, by=by)
    membership.refresh_from_db()
    assert membership.state == MembershipState.RECORDED


def test_database_refuses_one_person_twice():
    membership = recorded()
    with pytest.raises(IntegrityError), transaction.atomic():
        Membership.objects.filter(pk=membership.pk).update(confirmed_by=membership.recorded_by)


def test_second_confirmation_is_refused():
    membership = recorded()
    confirm_membership(membership=membership, by=make_user("secretary"))
    with pytest.raises(Refused) as refused:
        confirm_membership(membership=membership, by=make_user("secretary"))
    assert refused.value.status == 409


@pytest.mark.parametrize(
    "entitled, present, fits", [(27, 14, True), (27, 13, False), (26, 13, True), (1, 1, True)]
)
def test_quorum_is_half_of_those_entitled(entitled, present, fits):
    given = {"entitled": entitled, "present": present, "votes_yes": present, "votes_no": 0, "abstentions": 0}
    if fits:
        assert recorded(**given).pk
        return
    with pytest.raises(Invalid, match="14") as refused:
        recorded(**given)
    assert refused.value.field == "present"
    assert not Resolution.objects.exists()


@pytest.mark.parametrize("yes, no, fits", [(9, 8, True), (8, 8, False), (7, 8, False)])
def test_more_for_than_against(yes, no, fits):
    given = {"votes_yes": yes, "votes_no": no, "abstentions": 0}
    if fits:
        assert recorded(**given).pk
        return
    with pytest.raises(Invalid) as refused:
        recorded(**given)
    assert refused.value.code == "majority"


def test_database_refuses_a_resolution_without_quorum():
    with pytest.raises(IntegrityError), transaction.atomic():
        Resolution.objects.create(
            body=make_council(),
            number="x",
            passed_on=clock.today(),
            entitled=27,
            present=13,
            votes_yes=13,
            votes_no=0,
            abstentions=0,
            recorded_by=make_user(),
            recorded_at=clock.now(),
        )


@pytest.mark.parametrize(
    "wrong, field",
    [
        ({"present": 28}, "present"),
        ({"votes_yes": 20}, "votes_yes"),
        ({"until": date(2020, 1, 1)}, "until"),
        ({"passed_on": date(2100, 1, 1)}, "passed_on"),
        ({"since": date(2020, 1, 1)}, "since"),
        ({"entitled": 0}, "entitled"),
    ],
)
def test_figures_that_cannot_be(wrong, field):
    with pytest.raises(Invalid) as refused:
        recorded(**wrong)
    assert refused.value.field == field


def test_one_active_membership_per_council():
    held = make_membership()
    with pytest.raises(Refused) as refused:
        record_membership(by=make_user("secretary"), organisation=held.organisation, **vote())
    assert refused.value.code == "active" and refused.value.url == held.get_absolute_url()


def test_one_entry_that_waits_per_council():
    first = recorded()
    with pytest.raises(Refused) as refused:
        record_membership(by=make_user("secretary"), organisation=first.organisation, **vote(number="另一份"))
    assert refused.value.code == "waiting"


def test_one_chair_unit_at_a_time():
    chair = make_membership(rank="chair_unit")
    with pytest.raises(Refused, match=chair.organisation.name_zh):
        recorded(rank="chair_unit")


def test_units_share_a_resolution_with_the_same_figures_only():
    by = make_user("secretary")
    first = recorded(by)
    second = recorded(by)
    assert first.resolution_id == second.resolution_id
    with pytest.raises(Invalid) as refused:
        recorded(by, votes_yes=14)
    assert refused.value.field == "number"


def test_ended_membership_ends_with_its_day_and_stays_in_the_past():
    held, today = make_membership(), clock.today()
    end_membership(
        membership=held, by=make_user("secretary"), reason="自愿退出", on=today - timedelta(days=10)
    )
    assert not members_on(today).exists()
    assert members_on(today - timedelta(days=11)).exists()


def test_entry_taken_back_never_was_in_force():
    membership = recorded()
    end_membership(membership=membership, by=make_user("secretary"), reason="编号抄错")
    assert not members_on(membership.since).exists()


def test_ending_needs_a_reason():
    with pytest.raises(Invalid) as refused:
        end_membership(membership=make_membership(), by=make_user("secretary"), reason="  ")
    assert refused.value.field == "reason"


# --- pages


def sent(**given):
    values = vote(**given)
    values["council"] = values["council"].pk
    return {name: str(value) for name, value in values.items()} | {"form_key": "k"}


def test_form_records_once_for_two_presses(client):
    client.force_login(make_user("secretary"))
    url = reverse("membership_new", args=[make_organisation().pk])
    data = sent()
    answers = [client.post(url, data) for _press in range(2)]
    assert [answer.status_code for answer in answers] == [302, 302]
    assert Membership.objects.count() == 1


def test_form_without_quorum_keeps_every_field(client):
    client.force_login(make_user("secretary"))
    url = reverse("membership_new", args=[make_organisation().pk])
    page = client.post(url, sent(present=12, votes_yes=11, votes_no=0, number="示例决议九"))
    assert page.status_code == 422
    text = page.content.decode()
    assert "示例决议九" in text and 'id="id_present_error"' in text
    assert not Membership.objects.exists()


def test_confirm_page_and_press(client):
    membership = recorded()
    client.force_login(make_user("secretary"))
    url = reverse("membership_confirm", args=[membership.pk])
    assert client.get(url).status_code == 200
    membership.refresh_from_db()
    assert membership.state == MembershipState.RECORDED
    assert client.post(url).status_code == 302
    assert client.post(url).status_code == 409


def test_recorder_presses_in_vain(client):
    by = make_user("secretary")
    membership = recorded(by)
    client.force_login(by)
    assert client.post(reverse("membership_confirm", args=[membership.pk])).status_code == 403


@pytest.mark.parametrize("role", ["graduate_officer", "student", "auditor", "council_director"])
def test_others_may_not_record(client, role):
    client.force_login(make_user(role))
    assert client.post(reverse("membership_new", args=[make_organisation().pk]), sent()).status_code == 403
    assert not Membership.objects.exists()


@pytest.mark.parametrize(
    "bad",
    [
        {"council": "x"},
        {"rank": "king"},
        {"since": "0000-00-00"},
        {"until": "12026-01-01"},
        {"number": ""},
        {"number": "n\x00"},
        {"passed_on": "1066-10-14"},
        {"entitled": "-1"},
        {"present": "1e9"},
        {"votes_yes": "99999999999999999999"},
        {"votes_no": "NaN"},
        {"abstentions": ""},
    ],
)
def test_bad_input_is_told_at_its_field(client, bad):
    client.force_login(make_user("secretary"))
    page = client.post(reverse("membership_new", args=[make_organisation().pk]), sent() | bad)
    assert page.status_code == 422
    assert set(page.context["form"].errors) == set(bad)


def test_second_person_reads_the_minutes_and_outsiders_do_not(client):
    paper = store(
        b"%PDF-1.7 minutes", name="纪要.pdf", media_type="application/pdf", by=make_user("secretary")
    )
    recorded(minutes=paper)
    url = reverse("file", args=[paper.pk])
    for role, status in (("secretary", 200), ("auditor", 200), ("graduate_officer", 404), ("student", 404)):
        client.force_login(make_user(role))
        assert client.get(url).status_code == status, role
