"""The second step of signing in: set up, asked for, kept out of strangers' reach, required of the offices."""

import base64
import re
import time

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth as totp
from cryptography.fernet import Fernet
from django.core.management import call_command
from django.test import override_settings

from consortium.actions.account import give_role, invite
from consortium.models import AuditEvent, Notification, OutboxMessage, SentMail
from tests.factories import PASSWORD, make_organisation, make_user

pytestmark = pytest.mark.django_db
REQUIRED = override_settings(SECOND_FACTOR_REQUIRED=True)


def code_of(secret, steps=0):
    """What an app with this key shows now, or so many half minutes from now."""
    return totp.format_hotp_value(totp.hotp_value(secret, int(time.time()) // 30 + steps))


def secret_of(user):
    return Authenticator.objects.get(user=user, type="totp").wrap().instance.data["secret"]


def give_app(user):
    """An app set up without the pages; returns its key."""
    secret = totp.generate_totp_secret()
    totp.TOTP.activate(user, secret)
    return secret


def sign_in(client, user, next=""):
    return client.post("/accounts/login/", {"login": user.username, "password": PASSWORD, "next": next})


def key_on(page):
    return "".join(re.search(r"key-typed\">([A-Z2-7 ]+)<", page.content.decode()).group(1).split())


def set_up(client):
    """Set an app up through the pages, with the codes kept; returns its key."""
    key = key_on(client.get("/accounts/2fa/app/"))
    answer = client.post("/accounts/2fa/app/", {"code": code_of(key)})
    assert answer.url == "/accounts/2fa/recovery-codes/"
    return key


def codes_on(page):
    return re.findall(r"<li>(\d{8})</li>", page.content.decode())


def test_an_app_is_set_up_and_asked_for_at_the_next_sign_in(client):
    user = make_user("student")
    sign_in(client, user)
    page = client.get("/accounts/2fa/app/")
    drawing = base64.b64decode(re.search(r"data:image/svg\+xml;base64,([\w+/=]+)", page.content.decode())[1])
    assert drawing.startswith(b'<svg xmlns="http://www.w3.org/2000/svg"'), "an image shows nothing without it"
    key = set_up(client)
    client.logout()
    assert sign_in(client, user, "/notifications/").url == "/accounts/2fa/authenticate/"
    assert "_auth_user_id" not in client.session
    answer = client.post("/accounts/2fa/authenticate/", {"code": code_of(key, 1)})
    assert answer.url == "/notifications/"
    event = AuditEvent.objects.get(verb="second factor added")
    assert event.actor_id == user.pk and event.details == {"kind": "totp"}
    assert Notification.objects.filter(user=user, kind="factor_added").count() == 1
    assert OutboxMessage.objects.get(notification__user=user).urgent


def test_a_wrong_first_code_keeps_the_key_that_was_read(client):
    user = make_user("student")
    sign_in(client, user)
    key = key_on(client.get("/accounts/2fa/app/"))
    page = client.post("/accounts/2fa/app/", {"code": "000000"})
    assert "验证码不对" in page.content.decode() and key_on(page) == key
    assert not Authenticator.objects.exists() and not AuditEvent.objects.filter(verb__contains="factor")


def test_the_key_rests_encrypted_and_another_key_opens_nothing(settings):
    settings.DATA_KEYS = [Fernet.generate_key().decode()]
    user = make_user("student")
    key = give_app(user)
    stored = secret_of(user)
    assert key not in stored
    old, settings.DATA_KEYS = settings.DATA_KEYS, [Fernet.generate_key().decode()]
    factor = Authenticator.objects.get(user=user).wrap()
    assert not factor.validate_code(code_of(key))
    assert not factor.validate_code(code_of("")), "an empty key has codes that anybody can compute"
    settings.DATA_KEYS = settings.DATA_KEYS + old
    call_command("rotate_data_keys")
    assert secret_of(user) != stored
    settings.DATA_KEYS = settings.DATA_KEYS[:1]
    assert Authenticator.objects.get(user=user).wrap().validate_code(code_of(key))


def test_a_code_works_once_for_as_long_as_it_could_be_right(client):
    user = make_user("student")
    key = give_app(user)
    late = code_of(key, 1)
    sign_in(client, user)
    assert client.post("/accounts/2fa/authenticate/", {"code": late}).status_code == 302
    client.logout()
    sign_in(client, user)
    from django.core.cache import cache

    # What allauth itself remembers for half a minute has run out; the code is still within the tolerance.
    cache.delete(f"allauth.mfa.totp.used?user={user.pk}&code={late}")
    page = client.post("/accounts/2fa/authenticate/", {"code": f"{late[:3]} {late[3:]}"})
    assert page.status_code == 200 and "验证码不对" in page.content.decode()


def test_wrong_codes_are_throttled_per_account_even_for_the_right_one(client):
    user = make_user("student")
    key = give_app(user)
    sign_in(client, user)
    for _try in range(5):
        client.post("/accounts/2fa/authenticate/", {"code": "000000"})
    page = client.post("/accounts/2fa/authenticate/", {"code": code_of(key)})
    assert page.status_code == 200 and "五分钟" in page.content.decode()
    assert "_auth_user_id" not in client.session


def test_recovery_codes_are_shown_once_kept_as_a_file_and_work_once(client):
    user = make_user("student")
    sign_in(client, user)
    set_up(client)
    codes = codes_on(client.get("/accounts/2fa/recovery-codes/"))
    assert len(codes) == 10
    assert codes_on(client.get("/accounts/2fa/recovery-codes/")) == codes, "a reload loses nothing"
    file = client.post("/accounts/2fa/recovery-codes/file/")
    assert "attachment" in file["Content-Disposition"] and all(
        code in file.content.decode() for code in codes
    )
    client.post("/accounts/2fa/recovery-codes/")
    assert codes_on(client.get("/accounts/2fa/recovery-codes/")) == []
    assert client.post("/accounts/2fa/recovery-codes/file/").status_code == 404
    client.logout()
    sign_in(client, user)
    assert client.post("/accounts/2fa/authenticate/", {"code": codes[3]}).status_code == 302
    assert "剩9个" in client.get("/accounts/2fa/").content.decode().replace(" ", "")
    client.logout()
    sign_in(client, user)
    assert client.post("/accounts/2fa/authenticate/", {"code": codes[3]}).status_code == 200


def test_recovery_codes_of_another_session_stay_hidden(client):
    user = make_user("student")
    sign_in(client, user)
    set_up(client)
    other = type(client)()
    other.force_login(user)
    assert codes_on(other.get("/accounts/2fa/recovery-codes/")) == []
    assert other.post("/accounts/2fa/recovery-codes/file/").status_code == 404


def test_new_codes_end_the_earlier_ones(client):
    user = make_user("student")
    sign_in(client, user)
    set_up(client)
    before = codes_on(client.get("/accounts/2fa/recovery-codes/"))
    client.post("/accounts/2fa/recovery-codes/new/")
    after = codes_on(client.get("/accounts/2fa/recovery-codes/"))
    assert len(after) == 10 and not set(before) & set(after)
    assert AuditEvent.objects.filter(verb="recovery codes made").count() == 1


def test_a_change_asks_for_what_was_proved_minutes_ago_and_with_the_factor_where_there_is_one(client):
    user = make_user("student")
    client.force_login(user)  # a session in which nothing was proved
    assert client.get("/accounts/2fa/app/").url == "/accounts/reauthenticate/?next=%2Faccounts%2F2fa%2Fapp%2F"
    client.post("/accounts/reauthenticate/?next=/accounts/2fa/app/", {"password": PASSWORD})
    set_up(client)
    other = type(client)()
    other.force_login(user)
    answer = other.post("/accounts/2fa/app/remove/")
    assert answer.url.startswith("/accounts/2fa/reauthenticate/"), "the password alone is not enough"
    assert other.get("/accounts/reauthenticate/").url == "/accounts/2fa/reauthenticate/"
    assert Authenticator.objects.filter(user=user, type="totp").exists()


def test_a_removed_app_is_no_longer_asked_for(client):
    user = make_user("student")
    sign_in(client, user)
    set_up(client)
    assert "移除" in client.get("/accounts/2fa/app/remove/").content.decode()
    client.post("/accounts/2fa/app/remove/")
    assert not Authenticator.objects.exists()
    assert AuditEvent.objects.filter(verb="second factor removed").count() == 1
    client.logout()
    assert sign_in(client, user).url == "/dashboard/"


def test_a_code_by_mail_does_not_go_round_the_second_step(client):
    user = make_user("student", email="someone@example.invalid")
    give_app(user)
    client.post("/accounts/login/code/", {"email": "someone@example.invalid"})
    code = re.search(r"\b[A-Z0-9]{3,}-[A-Z0-9]{3,}\b", SentMail.objects.get().body).group()
    assert client.post("/accounts/login/code/confirm/", {"code": code}).url == "/accounts/2fa/authenticate/"


def test_an_invitation_to_an_account_with_a_factor_does_not_go_round_it(client):
    user = make_user("student", email="someone@example.invalid")
    user.set_unusable_password()  # else signing in comes first
    user.save()
    give_app(user)
    _row, token = invite(email="someone@example.invalid", role="expert", user=user, by=None)
    data = {"username": "x", "name": "示例新人", "password": "quite-a-long-one"}
    assert client.post(f"/i/{token}/", data).url == "/accounts/2fa/authenticate/"
    assert "_auth_user_id" not in client.session


def test_the_admin_has_no_door_of_its_own(client):
    assert client.get("/admin/login/?next=/admin/").url.startswith("/accounts/login/")


# --- passkeys; what a device really answers is in tests/browser/test_second_factor.py

NO_ANSWERS = [
    "",
    "null",
    "[]",
    "7",
    '"x"',
    "{}",
    '{"id": 1}',
    '{"id": "AA", "rawId": "AA", "type": "public-key"}',
]
NO_ANSWERS += [
    '{"id": "AA", "rawId": "AA", "type": "public-key", "response": {"clientDataJSON": "AA"}}',
    '{"id": "AA", "rawId": "AA", "type": "public-key", "response": {"clientDataJSON": "e30", "attestationObject": "AA"}}',
    '{"id": "AA", "rawId": "AA", "type": "public-key", "response": {"clientDataJSON": "e30", "authenticatorData": "AA", "signature": "AA"}}',
]


@pytest.mark.parametrize("credential", NO_ANSWERS)
def test_what_no_device_answered_is_refused_in_words(client, credential):
    user = make_user("student")
    sign_in(client, user)
    client.get("/accounts/2fa/passkeys/new/")
    page = client.post("/accounts/2fa/passkeys/new/", {"name": "示例手机", "credential": credential})
    assert page.status_code == 200 and "示例手机" in page.content.decode()
    assert not Authenticator.objects.exists()
    give_app(user)
    client.logout()
    sign_in(client, user)
    page = client.post("/accounts/2fa/authenticate/", {"credential": credential})
    assert page.status_code == 200 and "_auth_user_id" not in client.session


def test_a_passkey_of_another_person_is_neither_renamed_nor_removed(client):
    other = make_user("student")
    row = Authenticator.objects.create(user=other, type="webauthn", data={"name": "别人的", "credential": {}})
    sign_in(client, make_user("student"))
    for path in ("name", "remove"):
        assert client.get(f"/accounts/2fa/passkeys/{row.pk}/{path}/").status_code == 404
        assert client.post(f"/accounts/2fa/passkeys/{row.pk}/{path}/", {"name": "x"}).status_code == 404
    assert Authenticator.objects.get().data["name"] == "别人的"


def test_an_address_of_numbers_is_named_before_the_device_is_asked(client):
    sign_in(client, make_user("student"))
    page = client.get("/accounts/2fa/passkeys/new/", headers={"host": "127.0.0.1:8000"}).content.decode()
    assert "http://localhost:8000/accounts/2fa/passkeys/new/" in page
    assert "http://localhost" not in client.get("/accounts/2fa/passkeys/new/").content.decode()


# --- required of the offices


@REQUIRED
def test_an_office_sets_up_on_its_first_sign_in_and_lands_where_it_wanted(client):
    user = make_user("secretary")
    assert sign_in(client, user, "/members/?q=%E7%94%B2").url == "/members/?q=%E7%94%B2"
    assert client.get("/members/?q=%E7%94%B2").url == "/accounts/2fa/"
    page = client.get("/accounts/2fa/").content.decode()
    assert "你的角色" in page
    set_up(client)
    assert client.post("/accounts/2fa/recovery-codes/").url == "/members/?q=%E7%94%B2"
    assert client.get("/members/?q=%E7%94%B2").status_code == 200


@REQUIRED
def test_a_form_sent_before_the_factor_is_kept(client):
    user = make_user("secretary")
    sign_in(client, user)
    answer = client.post("/invitations/", {"email": "x@example.invalid", "name": "示例新人"})
    assert answer.url == "/accounts/2fa/"
    set_up(client)
    assert client.post("/accounts/2fa/recovery-codes/").url == "/kept-form/"
    assert "示例新人" in client.get("/kept-form/").content.decode()


@REQUIRED
@pytest.mark.parametrize("role", ["secretary", "system_admin", "graduate_officer", "auditor"])
def test_nothing_of_an_office_opens_before(client, role):
    make_organisation("示例泄漏有限公司")
    sign_in(client, make_user(role))
    for path in ("/", "/dashboard/", "/members/", "/audit/", "/invitations/", "/admin/", "/nowhere-9/"):
        answer = client.get(path)
        assert (answer.status_code, answer.url if answer.status_code == 302 else "") in (
            (302, "/accounts/2fa/"),
            (404, ""),
        ), path
    assert client.post("/language/", {"language": "en"}).status_code == 302
    assert client.get("/accounts/logout/").status_code == 200


@REQUIRED
def test_a_session_from_before_shows_the_factor_first(client):
    user = make_user("secretary")
    key = give_app(user)
    client.force_login(user)
    assert client.get("/members/").url == "/accounts/2fa/reauthenticate/?next=%2Fmembers%2F"
    answer = client.post("/accounts/2fa/reauthenticate/", {"code": code_of(key), "next": "/members/"})
    assert answer.url == "/members/" and client.get("/members/").status_code == 200


@REQUIRED
def test_a_role_given_in_mid_session_asks_at_the_next_page(client):
    user = make_user("student")
    sign_in(client, user)
    assert client.get("/dashboard/").status_code == 200
    give_role(user=user, role="expert", by=None)
    assert client.get("/dashboard/").url == "/accounts/2fa/"


@REQUIRED
@pytest.mark.parametrize("role", ["student", "academic_mentor", "industry_mentor", "enterprise_admin"])
def test_others_may_do_without(client, role):
    unit = make_organisation() if role == "enterprise_admin" else None
    sign_in(client, make_user(role, organisation=unit))
    assert client.get("/dashboard/").status_code == 200


def test_the_demo_asks_nobody_and_lets_anybody_try():
    import os
    import subprocess
    import sys

    from tests.settings import ROOT

    line = "from consortium import settings; print(settings.SECOND_FACTOR_REQUIRED)"
    said = {}
    for demo in ("1", "0"):
        environment = {
            **os.environ, "DEMO": demo, "DJANGO_TEST": "0", "SECRET_KEY": "x", "DATA_KEYS": "x",
            "ALLOWED_HOSTS": "127.0.0.1",
        }  # fmt: skip
        said[demo] = subprocess.run(
            [sys.executable, "-c", line],
            env=environment,
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=True,
        ).stdout.strip()
    assert said == {"1": "False", "0": "True"}


def test_pages_speak_one_language(client):
    user = make_user("student", language="en")
    sign_in(client, user)
    paths = ["/accounts/2fa/", "/accounts/2fa/app/"]
    for path in paths:
        text = re.sub(r"<[^>]+>", " ", client.get(path).content.decode())
        assert not re.findall(r"[\u4e00-\u9fff]+", text.replace("中文", "")), path
