"""Pages for what goes wrong, in the reader's language."""

import pytest
from django.db import connection
from django.test import Client

from tests.factories import make_user

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("language", "words"), [("zh-hans", "没有找到这个页面"), ("en", "This page does not exist")]
)
def test_missing_page_speaks_the_readers_language(client, language, words):
    client.cookies["django_language"] = language
    response = client.get("/nothing-here/")
    assert response.status_code == 404
    assert words in response.content.decode()


def test_page_beyond_ones_role_is_a_403_in_words(client):
    client.force_login(make_user("student"))
    response = client.get("/invitations/")
    assert response.status_code == 403
    assert "你的角色" in response.content.decode()


def test_form_from_another_site_is_a_403_in_words():
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(make_user("student"))
    response = strict.post("/theme/", {"theme": "dark"})
    assert response.status_code == 403
    assert "没有提交" in response.content.decode()


def test_headers_of_every_page(client):
    response = client.get("/nothing-here/")
    policy = response["Content-Security-Policy"]
    assert "unsafe-inline" not in policy and "default-src 'none'" in policy
    assert response["X-Frame-Options"] == "DENY"
    assert response["X-Request-Id"]


def test_language_can_be_chosen_by_a_visitor_and_by_an_account(client):
    client.post("/language/", {"language": "en", "next": "/nothing-here/"})
    assert "This page does not exist" in client.get("/nothing-here/").content.decode()
    user = make_user("student")
    client.force_login(user)
    client.post("/language/", {"language": "en"})
    user.refresh_from_db()
    assert user.language == "en"


def test_way_back_never_leads_to_another_site(client):
    response = client.post("/language/", {"language": "en", "next": "https://example.invalid/"})
    assert response.url == "/"


def test_form_larger_than_the_limit_is_a_413_in_words(client, settings):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1000
    response = client.post("/accounts/login/", {"login": "x" * 2000, "password": "y"})
    assert response.status_code == 413
    assert "超出限制" in response.content.decode()


def test_too_many_tries_from_one_address_are_a_429_in_words(client):
    for number in range(21):
        response = client.post("/accounts/password/reset/", {"email": f"person{number}@example.invalid"})
    assert response.status_code == 429 and int(response["Retry-After"]) == 60
    assert "请等一分钟" in response.content.decode()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("table", ["consortium_organisation", "consortium_user", "django_session"])
@pytest.mark.parametrize(
    ("language", "words"), [("zh-hans", "这一步没有完成"), ("en", "This step was not completed")]
)
def test_a_fault_of_ours_is_a_page_in_words_with_a_number_and_no_trace(table, language, words):
    """Provoked by taking a table away, as a botched release might."""
    browser = Client(raise_request_exception=False)
    browser.force_login(make_user("secretary", language=language))
    browser.cookies["django_language"] = language
    with connection.schema_editor() as editor:
        editor.execute(f"ALTER TABLE {table} RENAME TO taken_away")
    try:
        response = browser.get("/members/")
    finally:
        with connection.schema_editor() as editor:
            editor.execute(f"ALTER TABLE taken_away RENAME TO {table}")
    text = response.content.decode()
    assert response.status_code == 500
    assert words in text and response["X-Request-Id"] in text
    assert "Traceback" not in text and table not in text
