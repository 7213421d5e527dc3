"""One account, several roles: the choice narrows what is shown, never what is allowed, and ends with its role."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from consortium import clock
from consortium.acting import KEY, acting_as, as_acting, shown_here
from consortium.actions.account import choose_role, end_role, give_role, invite
from consortium.models import AuditEvent, RoleGrant, User
from consortium.reach import may, reach
from consortium.refusals import Forbidden, Refused
from consortium.roles import Permission
from mentors.models import Nomination
from tests.factories import (
    make_appointment,
    make_board,
    make_demand,
    make_log,
    make_mentorship,
    make_organisation,
    make_project,
    make_student,
    make_user,
)

pytestmark = pytest.mark.django_db
CHOICE = 'action="/acting/"'


def grant_of(user, role, organisation=None):
    return user.grants.get(role=role, organisation=organisation, ended_at=None)


@pytest.fixture
def both():
    """An academic mentor who also administers two enterprises."""
    user = make_appointment(kind="academic_mentor").user
    user.units = [
        make_organisation("示例甲有限公司", short_zh="示例甲"),
        make_organisation("示例乙有限公司", short_zh="示例乙"),
    ]
    for unit in user.units:
        give_role(user=user, role="enterprise_admin", organisation=unit, by=None)
        make_demand(
            organisation=unit, title=f"{unit.name_zh}的需求", state="more_wanted", paused_at=clock.now()
        )
    return user


def choose(client, grant):
    return client.post(reverse("choose_role"), {"role": grant.pk})


def page(client, address="/dashboard/"):
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


def test_the_first_role_holds_until_one_is_chosen_and_then_the_choice(client, both):
    client.force_login(both)
    assert "shell-app" in page(client) and "我的学生" in page(client)
    assert choose(client, grant_of(both, "enterprise_admin", both.units[1])).url == "/dashboard/"
    shown = page(client)
    assert "企业管理员 · " in shown and "示例乙有限公司的需求" in shown
    assert "示例甲有限公司的需求" not in shown and "我的学生" not in shown
    assert AuditEvent.objects.filter(verb="role chosen", actor_id=both.pk).count() == 1
    choose(client, grant_of(both, "enterprise_admin", both.units[1]))
    assert AuditEvent.objects.filter(verb="role chosen").count() == 1


def test_a_choice_hides_no_deadline(client, both):
    make_log(
        mentorship=make_mentorship(academic=both.appointments.get()),
        side="academic",
        state="differs",
        answer="是60分钟",
        answered_at=clock.now(),
    )
    client.force_login(both)
    choose(client, grant_of(both, "enterprise_admin", both.units[0]))
    shown = page(client)
    assert "你的其他身份" in shown
    elsewhere = shown.split('id="elsewhere"')[1]
    assert "校内导师" in elsewhere and "示例乙" in elsewhere and elsewhere.count("件事待办") == 2


def test_permission_and_deep_links_stay_the_union(client, both):
    rows = [make_project(organisation=unit) for unit in both.units]
    client.force_login(both)
    choose(client, grant_of(both, "enterprise_admin", both.units[0]))
    for row in rows:
        assert client.get(row.get_absolute_url()).status_code == 200
        assert client.get(reverse("project_edit", args=[row.pk])).status_code == 200
    held = reach(User.objects.get(pk=both.pk), Permission.EDIT_PROJECT)
    assert held.own and held.organisations == {unit.pk for unit in both.units}


def test_lists_of_ones_own_follow_the_choice(client, both):
    for unit in both.units:
        make_project(organisation=unit, title=f"{unit.name_zh}的项目")
    client.force_login(both)
    for at, unit in enumerate(both.units):
        choose(client, grant_of(both, "enterprise_admin", unit))
        for address in ("/projects/mine/", "/demands/?mine=1"):
            shown = page(client, reverse("my_projects") if "projects" in address else address)
            assert f"{unit.name_zh}的" in shown and f"{both.units[1 - at].name_zh}的" not in shown


def test_forms_propose_the_organisation_acted_for_and_take_any_of_ones_own(client, both):
    make_board("enterprise")
    make_board("technology")
    make_board("integration")
    client.force_login(both)
    choose(client, grant_of(both, "enterprise_admin", both.units[1]))
    for address in (
        reverse("demand_new") + "?list=talent",
        reverse("nomination_new"),
        reverse("membership_apply"),
        reverse("invitations"),
    ):
        shown = page(client, address)
        assert f'value="{both.units[1].pk}" selected' in shown, address
        assert f'value="{both.units[0].pk}" selected' not in shown, address
    assert not Nomination.objects.exists()


def test_one_role_shows_no_choice_and_asks_no_more(client):
    user = make_user("enterprise_admin", organisation=make_organisation())
    client.force_login(user)
    shown = page(client)
    assert CHOICE not in shown and "acting-line" not in shown
    assert CHOICE not in page(client, "/me/")
    assert as_acting(user) is user and KEY not in client.session


def test_a_session_keeps_its_choice_and_the_next_one_begins_with_the_last(client, both):
    here, elsewhere = client, Client()
    here.force_login(both)
    elsewhere.force_login(both)
    page(elsewhere)  # has begun as the first role
    with clock.moved(timedelta(minutes=1)):
        choose(here, grant_of(both, "enterprise_admin", both.units[1]))
    assert "示例乙有限公司的需求" in page(here)
    assert "我的学生" in page(elsewhere)
    later = Client()
    later.force_login(both)
    assert "示例乙有限公司的需求" in page(later)


def test_a_role_that_ends_falls_back_at_once(client, both):
    client.force_login(both)
    chosen = grant_of(both, "enterprise_admin", both.units[1])
    choose(client, chosen)
    give_role(user=make_user(), role="enterprise_admin", organisation=both.units[1], by=None)
    end_role(grant=chosen, by=None)
    assert "我的学生" in page(client)
    refused = choose(client, chosen)
    assert refused.status_code == 409 and "另选" in refused.content.decode()
    assert client.session[KEY] != chosen.pk


@pytest.mark.parametrize("typed", ["", "x", "0", "9" * 40])
def test_what_is_no_role_of_ones_own_is_not_found(client, both, typed):
    client.force_login(both)
    assert client.post("/acting/", {"role": typed}).status_code == 404
    assert choose(client, make_user("secretary").grants.get()).status_code == 404
    assert client.get("/acting/").status_code == 405


def test_the_action_refuses_another_persons_role_and_an_ended_one(both):
    other = make_user("secretary")
    with pytest.raises(Forbidden):
        choose_role(grant=other.grants.get(), by=both)
    grant = both.grants.first()
    RoleGrant.objects.filter(pk=grant.pk).update(ended_at=clock.now())
    with pytest.raises(Refused) as refusal:
        choose_role(grant=grant, by=both)
    assert refusal.value.code == "ended"


def test_a_student_who_also_works_for_an_enterprise_sees_each_side_in_its_role():
    student = make_student().user
    give_role(user=student, role="enterprise_admin", organisation=make_organisation(), by=None)
    assert acting_as(student).role == "student" and shown_here(as_acting(student), "student")
    choose_role(grant=grant_of(student, "enterprise_admin", student.grants.last().organisation), by=student)
    student = User.objects.get(pk=student.pk)
    assert not shown_here(as_acting(student), "student")
    # What is one's own without a role is shown in every one.
    assert shown_here(as_acting(student), "industry_mentor")
    assert may(student, Permission.SUBMIT_APPLICATION)


def test_the_head_says_the_role_in_both_languages(client, both):
    client.force_login(both)
    choose(client, grant_of(both, "enterprise_admin", both.units[1]))
    assert "当前身份" in page(client)
    User.objects.filter(pk=both.pk).update(language="en")
    assert "Acting as Enterprise administrator" in page(client)


@pytest.mark.parametrize("address", ["/dashboard/", "/me/", "/projects/", "/demands/"])
def test_as_many_questions_for_many_rows_as_for_few(client, both, address):
    client.force_login(both)
    choose(client, grant_of(both, "enterprise_admin", both.units[0]))
    page(client, address)
    counts = []
    for number in (1, 3):
        for unit in both.units:
            for _one in range(number):
                make_demand(organisation=unit, state="more_wanted", paused_at=clock.now())
        with CaptureQueriesContext(connection) as asked:
            page(client, address)
        counts.append(len(asked))
    assert counts[0] == counts[1]


# --- an invitation for somebody who has an account


@pytest.fixture
def second(both):
    unit = make_organisation("示例丙有限公司", short_zh="示例丙")
    _invitation, token = invite(email=both.email.upper(), role="base_manager", organisation=unit, by=None)
    return f"/i/{token}/", unit


def test_a_second_invitation_adds_its_role_to_the_account(client, both, second):
    address, unit = second
    assert "/accounts/login/?next=" in page(client, address)
    before = User.objects.count(), User.objects.get(pk=both.pk).password
    taken = {"username": "newcomer", "name": "示例人", "password": "quite-a-long-one"}
    assert client.post(address, taken).status_code == 200
    assert (User.objects.count(), User.objects.get(pk=both.pk).password) == before
    client.force_login(both)
    assert "加入我的账号" in page(client, address)
    assert not both.grants.filter(organisation=unit).exists()
    assert client.post(address).url == "/dashboard/"
    assert grant_of(both, "base_manager", unit) and both.grants.filter(ended_at=None).count() == 4
    shown = page(client)
    assert "基地负责人 · 示例丙" in shown
    assert client.post(address).status_code == 404


def test_signing_in_leads_back_to_the_invitation(client, both, second):
    address, _unit = second
    from tests.factories import PASSWORD

    answer = client.post(
        f"/accounts/login/?next={address}", {"login": both.username, "password": PASSWORD, "next": address}
    )
    assert answer.url == address


def test_an_invitation_for_another_account_is_not_taken(client, both, second):
    address, unit = second
    client.force_login(make_user("expert"))
    assert "退出登录" in page(client, address)
    assert client.post(address).status_code == 403
    assert not RoleGrant.objects.filter(organisation=unit).exists()
    assert client.get(address).status_code == 200  # and the link still works


def test_an_address_without_an_account_may_be_anothers_second_one(client, both):
    _invitation, token = invite(email="second@example.invalid", role="expert", by=None)
    client.force_login(both)
    assert client.post(f"/i/{token}/").url == "/dashboard/"
    assert grant_of(both, "expert")
    assert not User.objects.filter(email="second@example.invalid").exists()


def test_nobody_gives_a_role_to_themselves(client):
    secretary = make_user("secretary")
    _invitation, token = invite(email="second@example.invalid", role="graduate_officer", by=secretary)
    client.force_login(secretary)
    assert "你自己发出的" in page(client, f"/i/{token}/")
    assert client.post(f"/i/{token}/").status_code == 403
    assert [grant.role for grant in secretary.grants.all()] == ["secretary"]
    client.logout()
    assert client.get(f"/i/{token}/").status_code == 200  # for whom it was meant


def test_an_account_recorded_by_staff_is_taken_over_by_a_later_invitation(client):
    recorded = make_user(email="waits@example.invalid")
    recorded.set_unusable_password()
    recorded.save()
    _invitation, token = invite(email="waits@example.invalid", role="expert", by=None)
    sent = {"username": "other", "name": "别人", "password": "quite-a-long-one"}
    assert client.post(f"/i/{token}/", sent).url == "/dashboard/"
    recorded.refresh_from_db()
    assert recorded.has_usable_password() and recorded.username != "other" and grant_of(recorded, "expert")


def test_a_link_never_sets_a_new_password_for_an_account_that_has_one(client, both):
    unit = make_organisation()
    _invitation, token = invite(
        email="elsewhere@example.invalid", role="base_manager", organisation=unit, user=both, by=None
    )
    client.post(f"/i/{token}/", {"username": "x", "name": "x", "password": "quite-a-long-one"})
    assert User.objects.get(pk=both.pk).password == both.password
    assert not both.grants.filter(organisation=unit).exists()
