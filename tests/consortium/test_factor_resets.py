"""A lost second factor: one administrator asks, another confirms, the person learns of both."""

from datetime import timedelta

import pytest
from allauth.mfa.models import Authenticator
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from consortium import clock
from consortium.actions.second_factor import ask_reset, confirm_reset, withdraw_reset
from consortium.models import AuditEvent, FactorReset, Notification, OutboxMessage
from consortium.refusals import Forbidden, Invalid, Refused
from tests.consortium.test_second_factor import REQUIRED, code_of, give_app, sign_in
from tests.factories import PASSWORD, make_user

pytestmark = pytest.mark.django_db
WHY = "已按登记的电话回拨核实，手机丢失。"


@pytest.fixture
def first():
    return make_user("system_admin", name="示例甲管理员")


@pytest.fixture
def second():
    return make_user("system_admin", name="示例乙管理员")


@pytest.fixture
def person():
    user = make_user("secretary", name="示例失主")
    give_app(user)
    return user


def ask(user, by):
    return ask_reset(user=user, reason=WHY, by=by)


def prove(client, user):
    """A session in which the person has just proved who it is."""
    sign_in(client, user)


def told(user):
    return set(Notification.objects.filter(user=user).values_list("kind", flat=True))


def test_two_administrators_reset_and_everybody_is_told(first, second, person):
    reset = ask(person, first)
    assert Authenticator.objects.filter(user=person).exists(), "nothing happens before the second one"
    assert told(second) == {"factor_reset_waits"} and told(first) == set()
    confirm_reset(reset=reset, by=second)
    assert not Authenticator.objects.filter(user=person).exists()
    assert told(person) == {"factor_reset_asked", "factor_reset_done"}
    mails = OutboxMessage.objects.filter(notification__user=person)
    assert mails.count() == 2 and all(row.urgent for row in mails)
    events = AuditEvent.objects.filter(verb__startswith="factor reset").order_by("number")
    assert [(row.verb, row.actor_id) for row in events] == [
        ("factor reset asked", first.pk),
        ("factor reset confirmed", second.pk),
    ]
    assert all(WHY not in str(row.details) for row in events), "what cannot be erased holds no free words"


def test_every_sign_in_of_the_person_ends_and_the_next_sets_up_anew(client, first, second, person):
    client.force_login(person)
    assert client.get("/dashboard/").status_code == 200
    confirm_reset(reset=ask(person, first), by=second)
    assert client.get("/dashboard/").url.startswith("/accounts/login/")
    with REQUIRED:
        assert sign_in(client, person, "/members/").url == "/members/"
        assert client.get("/members/").url == "/accounts/2fa/"


def test_nobody_confirms_what_he_asked_or_his_own(first, second, person):
    reset = ask(person, first)
    with pytest.raises(Forbidden, match="示例乙管理员|管理员"):
        confirm_reset(reset=reset, by=first)
    give_app(second)
    own = ask(second, first)
    with pytest.raises(Forbidden):
        confirm_reset(reset=own, by=second)
    with pytest.raises(Forbidden):
        withdraw_reset(reset=own, by=second)
    with pytest.raises(Forbidden):
        ask(first, first)
    assert set(FactorReset.objects.values_list("state", flat=True)) == {"waiting"}


@pytest.mark.parametrize("role", ["secretary", "graduate_officer", "auditor", "student", "enterprise_admin"])
def test_others_neither_ask_nor_confirm(first, person, role):
    from tests.factories import make_organisation

    other = make_user(role, organisation=make_organisation() if role == "enterprise_admin" else None)
    reset = ask(person, first)
    for act in (
        lambda: ask_reset(user=person, reason=WHY, by=other),
        lambda: confirm_reset(reset=reset, by=other),
        lambda: withdraw_reset(reset=reset, by=other),
    ):
        with pytest.raises(Forbidden):
            act()
    assert Authenticator.objects.filter(user=person).exists()


def test_refused_in_words(first, second, person):
    with pytest.raises(Invalid):
        ask_reset(user=person, reason="丢了  ", by=first)
    with pytest.raises(Refused, match="没有设置"):
        ask(make_user("student"), first)
    reset = ask(person, first)
    with pytest.raises(Refused, match="待确认"):
        ask(person, second)
    with clock.moved(timedelta(days=4)), pytest.raises(Refused, match="三天"):
        confirm_reset(reset=reset, by=second)
    withdraw_reset(reset=reset, by=first)
    with pytest.raises(Refused, match="已由他人处理"):
        confirm_reset(reset=reset, by=second)
    assert Authenticator.objects.filter(user=person).exists()
    assert "factor_reset_withdrawn" in told(person)


def test_the_database_holds_what_must_never_be(first, second, person):
    reset = ask(person, first)
    for wrong in (
        {"state": "done", "decided_by": first, "decided_at": clock.now()},
        {"state": "done", "decided_by": person, "decided_at": clock.now()},
        {"state": "done"},
        {"asked_by": person},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            FactorReset.objects.filter(pk=reset.pk).update(**wrong)


def test_the_pages_from_asking_to_the_end(client, first, second, person):
    prove(client, first)
    page = client.get(f"/second-factors/?q={person.username}").content.decode()
    assert "示例失主" in page and f"/second-factors/{person.pk}/reset/" in page
    url = f"/second-factors/{person.pk}/reset/"
    short = client.post(url, {"reason": "丢了"})
    assert short.status_code == 422 and "丢了" in short.content.decode()
    answer = client.post(url, {"reason": WHY, "form_key": "k1"})
    assert client.post(url, {"reason": WHY, "form_key": "k1"}).url == answer.url, "two presses make one row"
    reset = FactorReset.objects.get()
    assert answer.url == reset.get_absolute_url()
    page = client.get(answer.url).content.decode()
    assert "确认重置" not in page and "撤回申请" in page
    assert client.post(answer.url, {"do": "confirm"}).status_code == 403
    client.logout()
    prove(client, second)
    assert "示例失主" in client.get("/dashboard/").content.decode()
    page = client.get(answer.url).content.decode()
    assert WHY in page and "确认重置" in page
    assert client.post(answer.url, {"do": "confirm"}).url == answer.url
    assert client.post(answer.url, {"do": "confirm"}).status_code == 409
    assert "已重置" in client.get(answer.url).content.decode()


def test_acts_ask_for_a_fresh_proof_and_the_form_goes_on_by_itself(client, first, second, person):
    client.force_login(first)
    url = f"/second-factors/{person.pk}/reset/"
    assert client.get(url).status_code == 200
    answer = client.post(url, {"reason": WHY})
    assert answer.url.startswith("/accounts/reauthenticate/") and not FactorReset.objects.exists()
    client.post(answer.url, {"password": PASSWORD, "next": url})
    assert FactorReset.objects.get().reason == WHY


def test_an_administrator_with_a_factor_proves_it_with_the_factor(client, first, second, person):
    reset = ask(person, first)
    key = give_app(second)
    client.force_login(second)
    url = reset.get_absolute_url()
    answer = client.post(url, {"do": "confirm"})
    assert answer.url.startswith("/accounts/2fa/reauthenticate/")
    client.post(answer.url, {"code": code_of(key), "next": url})
    assert FactorReset.objects.get().state == "done"


def test_the_list_leaks_nothing_to_others(client, person):
    client.force_login(make_user("secretary"))
    assert client.get("/second-factors/").status_code == 403
    assert client.get(f"/second-factors/{person.pk}/reset/").status_code == 403


def test_the_list_asks_as_often_for_three_as_for_one(client, first, second, person):
    client.force_login(first)
    client.get("/second-factors/")
    found = []
    for number in (1, 3):
        for _more in range(number):
            give_app(make_user("student"))
        ask(Authenticator.objects.order_by("pk").last().user, second)
        with CaptureQueriesContext(connection, ) as asked:  # fmt: skip
            assert client.get("/second-factors/").status_code == 200
        found.append(len(asked))
    assert found[0] == found[1]


def test_offices_without_a_factor_are_found(client, first, person):
    make_user("graduate_officer", name="示例未设者")
    make_user("student", name="示例学生甲")
    client.force_login(first)
    page = client.get("/second-factors/?kind=missing").content.decode()
    assert "示例未设者" in page and "示例学生甲" not in page and "示例失主" not in page


def test_the_command_line_resets_where_administrators_are_too_few(client, person, capsys):
    client.force_login(person)
    call_command("reset_factor", person.username)
    assert not Authenticator.objects.exists() and told(person) == {"factor_reset_done"}
    assert AuditEvent.objects.get(verb="factor reset at the server").actor_id is None
    assert client.get("/dashboard/").status_code == 302
    for name in (person.username, "nobody"):
        with pytest.raises(CommandError):
            call_command("reset_factor", name)
