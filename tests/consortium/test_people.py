"""People of an organisation: roles end at once, the last administrator stays, a representative hands over everything."""

from datetime import timedelta

import pytest
from django.urls import reverse

from consortium import clock
from consortium.actions.account import end_role, give_role
from consortium.actions.people import change_representative
from consortium.actions.seat import name_delegate
from consortium.models import Notification
from consortium.reach import active_grants
from consortium.refusals import Forbidden, Refused
from tests.factories import make_organisation, make_seat, make_user

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def unit():
    """A unit with a seat, an administrator who speaks for it, and a base manager."""
    seat = make_seat()
    seat.admin = make_user("enterprise_admin", organisation=seat.organisation, name="示例旧代表")
    seat.other = make_user("base_manager", organisation=seat.organisation, name="示例新代表")
    office = make_user("secretary")
    name_delegate(seat=seat, user=seat.admin, since=clock.today() - 9 * DAY, by=office)
    return seat


def roles(user, organisation):
    return set(user.grants.filter(organisation=organisation, ended_at=None).values_list("role", flat=True))


def test_the_last_administrator_stays_and_a_second_one_may_go(unit):
    grant = unit.admin.grants.get()
    with pytest.raises(Refused, match="唯一的管理员|only administrator") as refusal:
        end_role(grant=grant, by=make_user("secretary"))
    assert refusal.value.code == "last"
    give_role(user=unit.other, role="enterprise_admin", organisation=unit.organisation, by=None)
    end_role(grant=grant, by=unit.other)
    assert not roles(unit.admin, unit.organisation)
    assert unit.delegates.get().until == clock.today()
    with pytest.raises(Refused) as refusal:
        end_role(grant=unit.other.grants.get(role="enterprise_admin"), by=unit.other)
    assert refusal.value.code == "last"


@pytest.mark.parametrize("role", ["student", "enterprise_admin", "industry_mentor", "auditor"])
def test_nobody_else_ends_a_role(unit, role):
    needs = {"organisation": make_organisation()} if role == "enterprise_admin" else {}
    with pytest.raises(Forbidden, match="无权结束"):
        end_role(grant=unit.other.grants.get(), by=make_user(role, **needs))
    assert roles(unit.other, unit.organisation) == {"base_manager"}


def test_staff_roles_are_ended_by_who_keeps_accounts_alone():
    staff, colleague = make_user("graduate_officer"), make_user("secretary")
    with pytest.raises(Forbidden):
        end_role(grant=staff.grants.get(), by=colleague)
    end_role(grant=staff.grants.get(), by=make_user("system_admin"))
    assert not active_grants(type(staff).objects.get(pk=staff.pk))


def test_a_representative_hands_over_roles_and_seats_at_once(client, unit):
    client.force_login(unit.admin)
    assert client.get(reverse("people", args=[unit.organisation.pk])).status_code == 200
    change_representative(
        organisation=unit.organisation, leaving=unit.admin, successor=unit.other, by=unit.admin
    )
    assert roles(unit.admin, unit.organisation) == set()
    assert roles(unit.other, unit.organisation) == {"base_manager", "enterprise_admin"}
    before, after = unit.delegates.order_by("since")
    assert (before.user, before.until) == (unit.admin, clock.today() - DAY)
    assert (after.user, after.since, after.until) == (unit.other, clock.today(), unit.until)
    assert {"representative_new", "representative_over"} <= set(
        Notification.objects.values_list("kind", flat=True)
    )
    assert client.get(reverse("people", args=[unit.organisation.pk])).status_code == 403


def test_a_delegate_named_for_later_goes_over_too(unit):
    office, later = make_user("secretary"), clock.today() + 20 * DAY
    name_delegate(seat=unit, user=unit.other, since=clock.today(), by=office)
    name_delegate(seat=unit, user=unit.admin, since=later, by=office)
    change_representative(organisation=unit.organisation, leaving=unit.admin, successor=unit.other, by=office)
    assert unit.delegates.order_by("since").last().user == unit.other


@pytest.mark.parametrize("role", ["graduate_officer", "system_admin"])
def test_whoever_invites_everywhere_changes_the_representative_with_the_seats(unit, role):
    change_representative(
        organisation=unit.organisation, leaving=unit.admin, successor=unit.other, by=make_user(role)
    )
    before, after = unit.delegates.order_by("since")
    assert (before.user, before.until) == (unit.admin, clock.today() - DAY)
    assert (after.user, after.until) == (unit.other, unit.until)


def test_a_delegate_named_for_later_by_another_stays(unit):
    third = make_user("base_manager", organisation=unit.organisation, name="示例第三人")
    later = clock.today() + 20 * DAY
    name_delegate(seat=unit, user=third, since=later, by=make_user("secretary"))
    change_representative(
        organisation=unit.organisation, leaving=unit.admin, successor=unit.other, by=unit.admin
    )
    rows = [(row.user, row.since, row.until) for row in unit.delegates.order_by("since")][1:]
    assert rows == [
        (unit.other, clock.today(), later - DAY),
        (third, later, unit.until),
    ]


def test_whoever_takes_over_a_later_delegation_is_told_and_stands_for_it(unit):
    office, later = make_user("secretary"), clock.today() + 20 * DAY
    name_delegate(seat=unit, user=unit.other, since=clock.today(), by=office)
    third = make_user("base_manager", organisation=unit.organisation, name="示例第三人")
    name_delegate(seat=unit, user=unit.admin, since=later, by=office)
    change_representative(organisation=unit.organisation, leaving=unit.admin, successor=third, by=office)
    row = unit.delegates.order_by("since").last()
    assert (row.user, row.since, row.recorded_by) == (third, later, office)
    assert Notification.objects.filter(kind="delegate_named", user=third).count() == 1


def test_refusals_of_a_change(unit):
    stranger = make_user("enterprise_admin", organisation=make_organisation())
    same = {"organisation": unit.organisation, "by": unit.admin}
    with pytest.raises(Refused, match="相同"):
        change_representative(leaving=unit.admin, successor=unit.admin, **same)
    with pytest.raises(Refused, match="没有角色") as refusal:
        change_representative(leaving=unit.admin, successor=stranger, **same)
    assert str(unit.organisation.pk) in refusal.value.url
    with pytest.raises(Forbidden):
        change_representative(
            organisation=unit.organisation, leaving=unit.admin, successor=unit.other, by=stranger
        )


def test_pages_for_the_units_own_people_and_nobody_elses(client, unit):
    address = reverse("people", args=[unit.organisation.pk])
    client.force_login(unit.admin)
    page = client.get(address).content.decode()
    assert "示例旧代表" in page and "示例新代表" in page and unit.body.name_zh in page
    grant = unit.admin.grants.get()
    end = reverse("role_end", args=[unit.organisation.pk, grant.pk])
    shown = client.get(end)
    assert unit.body.name_zh in shown.content.decode() and unit.admin.grants.get().ended_at is None
    refused = client.post(end)
    assert refused.status_code == 409 and "请先" in refused.content.decode()
    change = reverse("representative", args=[unit.organisation.pk])
    wrong = client.post(change, {"leaving": unit.admin.pk, "successor": unit.admin.pk})
    assert wrong.status_code == 409
    elsewhere = make_user("enterprise_admin", organisation=make_organisation())
    for url in (address, end, change):
        for reader, status in ((elsewhere, 403), (make_user("student"), 403)):
            client.force_login(reader)
            assert client.get(url).status_code == status
    client.force_login(unit.admin)
    done = client.post(change, {"leaving": unit.admin.pk, "successor": unit.other.pk})
    assert done.status_code == 302 and roles(unit.other, unit.organisation) >= {"enterprise_admin"}
