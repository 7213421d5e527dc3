"""Signing in and being invited: what works, what is refused, and that nothing is told to strangers."""

import re
from datetime import timedelta
from smtplib import SMTPRecipientsRefused

import pytest
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.utils import translation

from consortium import clock
from consortium.actions.account import end_role, invite
from consortium.models import Invitation, RoleGrant, SentMail, User
from consortium.refusals import Forbidden, Refused
from tests.factories import PASSWORD, make_organisation, make_user

pytestmark = pytest.mark.django_db


def test_open_sign_up_is_off(client):
    response = client.post(
        "/accounts/signup/", {"username": "new", "password1": PASSWORD, "password2": PASSWORD}
    )
    assert not User.objects.filter(username="new").exists()
    assert "邀请" in response.content.decode()


@pytest.mark.parametrize("name", ["someone", "someone@example.invalid"])
def test_sign_in_by_name_or_mail_leads_home(client, name):
    make_user("student", username="someone", email="someone@example.invalid")
    response = client.post("/accounts/login/", {"login": name, "password": PASSWORD})
    assert response.url == "/dashboard/"


def test_unknown_name_and_wrong_password_read_the_same(client):
    make_user(username="someone")
    texts = []
    for name in ("someone", "nobody"):
        page = client.post(
            "/accounts/login/", {"login": name, "password": "wrong-wrong-wrong"}
        ).content.decode()
        texts.append(re.findall(r'id="[^"]*error[^"]*"[^>]*>(.*?)</', page, re.S))
    assert texts[0] and texts[0] == texts[1]


def test_sign_in_is_throttled_per_account(client):
    make_user(username="someone")
    for _try in range(5):
        client.post("/accounts/login/", {"login": "someone", "password": "wrong-wrong-wrong"})
    page = client.post("/accounts/login/", {"login": "someone", "password": PASSWORD})
    assert page.status_code != 302
    assert "五分钟" in page.content.decode()


def test_sign_in_by_a_code_from_the_mail(client):
    make_user("student", username="someone", email="someone@example.invalid")
    client.post("/accounts/login/code/", {"email": "someone@example.invalid"})
    code = re.search(
        r"\b(?=[A-Z0-9-]*\d|[A-Z0-9-]*[A-Z]{3})[A-Z0-9-]{6,}\b", SentMail.objects.get().body
    ).group()
    response = client.post("/accounts/login/code/confirm/", {"code": code})
    assert response.url == "/dashboard/"


def test_password_reset_by_code_changes_nothing_on_get(client):
    user = make_user(username="someone", email="someone@example.invalid")
    client.post("/accounts/password/reset/", {"email": "someone@example.invalid"})
    before = user.password
    client.get("/accounts/password/reset/confirm/")
    user.refresh_from_db()
    assert user.password == before
    assert SentMail.objects.count() == 1


def test_form_sent_after_the_sign_in_expired_is_kept(client):
    make_user("secretary", username="someone")
    response = client.post(
        "/invitations/", {"email": "x@example.invalid", "name": "示例新人", "password": "secret"}
    )
    assert response.url.startswith("/accounts/login/")
    response = client.post("/accounts/login/", {"login": "someone", "password": PASSWORD})
    assert response.url == "/kept-form/"
    page = client.get("/kept-form/").content.decode()
    assert "示例新人" in page and "secret" not in page


def test_kept_form_speaks_like_its_own_page_and_is_gone_once_sent(client):
    make_user("secretary", username="someone")
    sent = {"email": "x@example.invalid", "name": "示例新人", "role": "expert", "revision": "7"}
    letter = SimpleUploadedFile("聘书.pdf", b"%PDF-")
    client.post("/invitations/", {**sent, "letter": letter})
    client.post("/accounts/login/", {"login": "someone", "password": PASSWORD})
    page = client.get("/kept-form/").content.decode()
    assert ">邮箱<" in page and ">角色<" in page and ">email<" not in page
    assert 'type="hidden" name="role" value="expert"' in page and "（按您原来的选择）" in page
    assert '<input type="hidden" name="revision" value="7">' in page, "what no person typed goes along unseen"
    assert "聘书.pdf" in page
    assert client.post("/invitations/", sent).status_code == 200
    assert Invitation.objects.get().name == "示例新人"
    assert client.get("/kept-form/").url == "/dashboard/"


def test_invited_person_makes_an_account_once(client):
    unit = make_organisation()
    admin = make_user("enterprise_admin", organisation=unit)
    invitation, token = invite(
        email="New@Example.invalid", role="enterprise_admin", organisation=unit, by=admin
    )
    assert client.get(f"/i/{token}/").status_code == 200
    assert Invitation.objects.get(pk=invitation.pk).accepted_at is None
    data = {"username": "newcomer", "name": "示例新人", "password": "quite-a-long-one"}
    assert client.post(f"/i/{token}/", data).url == "/dashboard/"
    assert RoleGrant.objects.filter(user__username="newcomer", organisation=unit, ended_at=None).exists()
    client.logout()
    assert client.get(f"/i/{token}/").status_code == 404


def test_weak_password_is_refused_at_its_field_and_nothing_is_lost(client):
    _invitation, token = invite(email="new@example.invalid", role="expert", by=None)
    response = client.post(f"/i/{token}/", {"username": "newcomer", "name": "示例新人", "password": "12345"})
    assert response.status_code == 422
    assert "示例新人" in response.content.decode()
    assert not User.objects.filter(username="newcomer").exists()


@pytest.mark.parametrize(("by_in", "language"), [("zh-hans", "en"), ("en", "zh-hans")])
@pytest.mark.django_db(transaction=True)
def test_an_invitation_is_written_in_the_language_of_who_gets_it(by_in, language):
    known = make_user(language=language)
    with translation.override(by_in):
        invite(email="known@example.invalid", role="expert", user=known, by=None)
        invite(email="new@example.invalid", role="expert", by=None)
    subjects = dict(SentMail.objects.values_list("recipient", "subject"))
    words = {"en": "Invitation to the consortium portal", "zh-hans": "邀请"}
    assert words[language] in subjects["known@example.invalid"]
    assert words["zh-hans"] in subjects["new@example.invalid"]  # who has no account yet has chosen nothing


@pytest.mark.django_db(transaction=True)
def test_an_invitation_that_no_server_takes_is_shown_as_such(client, monkeypatch):
    """Its link still stands on the page, so that it can be handed over."""

    def refusing(*args, **kwargs):
        raise SMTPRecipientsRefused({"nobody@example.invalid": (550, b"no such user")})

    monkeypatch.setattr(mail, "send_mail", refusing)
    unit = make_organisation()
    client.force_login(make_user("secretary"))
    sent = {
        "email": "nobody@example.invalid",
        "role": "enterprise_admin",
        "organisation": unit.pk,
        "name": "示例",
    }
    text = client.post("/invitations/", sent).content.decode()
    assert "邮件未送达" in text and "/i/" in text
    assert "邮件未送达" in client.get(f"/members/{unit.pk}/people/").content.decode()


def test_expired_invitation_is_not_found(client):
    _invitation, token = invite(email="new@example.invalid", role="expert", by=None)
    with clock.moved(timedelta(days=15)):
        assert client.get(f"/i/{token}/").status_code == 404


def test_enterprise_invites_only_its_own_people():
    unit, other = make_organisation(), make_organisation()
    admin = make_user("enterprise_admin", organisation=unit)
    with pytest.raises(Forbidden):
        invite(email="x@example.invalid", role="enterprise_admin", organisation=other, by=admin)
    with pytest.raises(Forbidden):
        invite(email="x@example.invalid", role="secretary", by=admin)


def test_secretary_cannot_make_an_administrator():
    with pytest.raises(Forbidden):
        invite(email="x@example.invalid", role="system_admin", by=make_user("secretary"))


def test_invitations_of_others_are_not_seen(client):
    unit, other = make_organisation(), make_organisation()
    invitation, _token = invite(
        email="leak@example.invalid", role="base_manager", organisation=other, by=None
    )
    client.force_login(make_user("enterprise_admin", organisation=unit))
    assert "leak@example.invalid" not in client.get("/invitations/").content.decode()
    assert client.post(f"/invitations/{invitation.pk}/withdraw/").status_code == 404


def test_last_administrator_cannot_be_removed():
    unit = make_organisation()
    first = make_user("enterprise_admin", organisation=unit)
    with pytest.raises(Refused):
        end_role(grant=first.grants.get(), by=None)
    make_user("enterprise_admin", organisation=unit)
    end_role(grant=first.grants.get(), by=None)
    assert not first.grants.filter(ended_at=None).exists()


def test_invite_admin_prints_a_link_that_works_once(client, capsys):
    call_command("invite_admin", "boss@example.invalid")
    link = re.search(r"/i/[^/]+/", capsys.readouterr().out).group()
    assert client.get(link).status_code == 200
    with pytest.raises(CommandError):
        call_command("invite_admin", "no-address")


def test_demo_door_opens_for_sample_accounts_alone(client):
    make_user("student", username="student", is_sample=True)
    make_user("system_admin", username="admin", is_sample=False)
    assert client.post("/demo/sign-in/", {"username": "student"}).url == "/dashboard/"
    assert client.post("/demo/sign-in/", {"username": "admin"}).status_code == 404
    assert client.get("/demo/sign-in/").status_code == 405
