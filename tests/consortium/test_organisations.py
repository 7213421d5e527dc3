"""The register of organisations: codes, doubles, names, and what each reader sees of it."""

import random
from datetime import date

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from consortium.actions.organisation import (
    checked_uscc,
    edit_organisation,
    register_organisation,
    revision_of,
)
from consortium.models import AuditEvent, Organisation
from consortium.refusals import Forbidden, Invalid, Stale
from tests.factories import make_membership, make_organisation, make_user

pytestmark = pytest.mark.django_db
ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
CODE = "91110000600037341L"


def test_no_code_with_one_character_changed_is_accepted():
    assert checked_uscc(CODE) == CODE
    chance = random.Random(1)
    accepted = 0
    for _turn in range(10_000):
        at = chance.randrange(18)
        other = chance.choice([letter for letter in ALPHABET if letter != CODE[at]])
        try:
            checked_uscc(CODE[:at] + other + CODE[at + 1 :])
            accepted += 1
        except Invalid:
            pass
    assert accepted == 0


@pytest.mark.parametrize("text", ["", None, "   "])
def test_no_code_is_no_code(text):
    assert checked_uscc(text) is None


def test_code_is_read_as_people_copy_it():
    assert checked_uscc(" 91110000-600037341l ") == CODE


def test_code_too_short_says_how_many_characters():
    with pytest.raises(Invalid, match="17") as refused:
        checked_uscc(CODE[:17])
    assert refused.value.field == "uscc"


def test_registering_writes_one_audit_row_and_pinyin():
    by = make_user("secretary")
    unit = register_organisation(
        by=by, name_zh="示例海河药业", kind="enterprise", aliases=["海河制药"], is_sample=True
    )
    assert unit.pinyin == "shilihaiheyaoye slhhyy haihezhiyao hhzy"
    row = AuditEvent.objects.get(verb="organisation registered")
    assert (row.actor_id, row.object_id) == (by.pk, str(unit.pk))


@pytest.mark.parametrize("role", ["graduate_officer", "enterprise_admin", "student", "auditor"])
def test_registering_is_the_secretariats(role):
    by = make_user(role, organisation=make_organisation() if role == "enterprise_admin" else None)
    with pytest.raises(Forbidden):
        register_organisation(by=by, name_zh="示例某某", kind="enterprise")
    assert not Organisation.objects.filter(name_zh="示例某某").exists()


@pytest.mark.parametrize("same", ["name", "alias", "code"])
def test_double_is_refused_with_a_link(same):
    by = make_user("secretary")
    first = register_organisation(by=by, name_zh="示例甲", kind="enterprise", uscc=CODE, aliases=["示例阿甲"])
    given = {
        "name": {"name_zh": "示例甲"},
        "alias": {"name_zh": "示例阿甲"},
        "code": {"name_zh": "示例乙", "uscc": CODE},
    }
    with pytest.raises(Invalid) as refused:
        register_organisation(by=by, kind="enterprise", **given[same])
    assert refused.value.url == first.get_absolute_url()


def test_database_refuses_a_second_of_the_name():
    make_organisation("示例同名")
    with pytest.raises(IntegrityError), transaction.atomic():
        make_organisation("示例同名")


def test_two_colleges_may_share_a_name():
    by = make_user("secretary")
    one, two = make_organisation(kind="university"), make_organisation(kind="university")
    for parent in (one, two):
        register_organisation(by=by, name_zh="示例生物学院", kind="university_unit", parent=parent)
    assert Organisation.objects.filter(name_zh="示例生物学院").count() == 2


def test_edit_notes_only_what_differs():
    by = make_user("secretary")
    unit = make_organisation("示例甲")
    edit_organisation(organisation=unit, by=by, name_zh="示例甲", district="西青区")
    row = AuditEvent.objects.get(verb="organisation edited")
    assert row.details["changed"] == {"district": ["", "西青区"]}


def test_edit_that_changes_nothing_writes_nothing():
    by, unit = make_user("secretary"), make_organisation("示例甲")
    edit_organisation(organisation=unit, by=by, name_zh="示例甲")
    assert not AuditEvent.objects.filter(verb="organisation edited").exists()


def test_edit_after_another_persons_edit_is_refused_with_theirs():
    by, unit = make_user("secretary"), make_organisation("示例甲")
    seen = revision_of(unit)
    edit_organisation(organisation=unit, by=by, district="西青区")
    with pytest.raises(Stale) as refused:
        edit_organisation(organisation=unit, by=by, district="武清区", revision=seen)
    assert refused.value.theirs.district == "西青区"
    unit.refresh_from_db()
    assert unit.district == "西青区"


def test_unit_cannot_belong_to_its_own_unit():
    by = make_user("secretary")
    top = make_organisation("示例上级", kind="university")
    under = register_organisation(by=by, name_zh="示例下级", kind="university_unit", parent=top)
    with pytest.raises(Invalid) as refused:
        edit_organisation(organisation=top, by=by, parent=under)
    assert refused.value.field == "parent"


# --- pages


def register_form(**given):
    return {"name_zh": "示例新单位", "kind": "enterprise", "form_key": "k1", **given}


def test_pressing_twice_registers_once(client):
    client.force_login(make_user("secretary"))
    first = client.post(reverse("member_new"), register_form())
    second = client.post(reverse("member_new"), register_form())
    assert first.status_code == second.status_code == 302
    assert first.url == second.url
    assert Organisation.objects.filter(name_zh="示例新单位").count() == 1


def test_double_on_the_form_keeps_the_text_and_links_the_first(client):
    client.force_login(make_user("secretary"))
    first = make_organisation("示例新单位")
    page = client.post(reverse("member_new"), register_form(profile="写了很久的简介"))
    assert page.status_code == 422
    assert "写了很久的简介" in page.content.decode()
    assert first.get_absolute_url() in page.content.decode()


def test_wrong_code_stands_at_its_field(client):
    client.force_login(make_user("secretary"))
    page = client.post(reverse("member_new"), register_form(uscc="91120000123456789X"))
    assert page.status_code == 422
    assert 'id="id_uscc_error"' in page.content.decode()


def test_second_editor_gets_both_versions(client):
    unit = make_organisation("示例甲")
    client.force_login(make_user("secretary"))
    seen = revision_of(unit)
    edit_organisation(organisation=unit, by=make_user("secretary"), district="对方写的")
    url = reverse("member_edit", args=[unit.pk])
    mine = {"name_zh": "示例甲", "kind": "enterprise", "district": "我写的", "revision": seen}
    page = client.post(url, mine)
    assert page.status_code == 409
    assert "对方写的" in page.content.decode() and "我写的" in page.content.decode()
    again = client.post(url, mine | {"revision": page.context["form"]["revision"].value()})
    assert again.status_code == 302
    unit.refresh_from_db()
    assert unit.district == "我写的"


@pytest.mark.parametrize("words", ["海河", "haihe", "hhyy", "阿河", CODE.lower(), "示例 药业"])
def test_directory_finds_by_name_pinyin_alias_and_code(client, words):
    by = make_user("secretary")
    register_organisation(
        by=by, name_zh="示例海河药业", short_zh="海河药业", kind="enterprise", uscc=CODE, aliases=["阿河"]
    )
    make_organisation("示例渤海")
    page = client.get(reverse("members"), {"q": words})
    assert [row.name_zh for row in page.context["page"]] == ["示例海河药业"]


def test_visitor_sees_neither_codes_nor_what_waits(client):
    held = make_membership(state="recorded")
    unit = held.organisation
    unit.uscc = CODE
    unit.save()
    for url in (reverse("members"), unit.get_absolute_url(), f"{reverse('members')}?tab=turn"):
        text = client.get(url).content.decode()
        assert CODE not in text
        assert held.resolution.number not in text
    csv = b"".join(client.get(reverse("members"), {"format": "csv"}).streaming_content).decode()
    assert CODE not in csv


def test_office_sees_codes(client):
    unit = make_organisation(uscc=CODE)
    client.force_login(make_user("secretary"))
    assert CODE in client.get(unit.get_absolute_url()).content.decode()


@pytest.mark.parametrize("role", [None, "secretary"])
def test_directory_asks_as_much_for_three_as_for_one(client, role):
    if role:
        client.force_login(make_user(role))
    make_membership()
    client.get(reverse("members"))
    with CaptureQueriesContext(connection) as one:
        client.get(reverse("members"))
    make_membership()
    make_membership(state="recorded")
    with CaptureQueriesContext(connection) as three:
        client.get(reverse("members"))
    assert len(three) == len(one)


def test_who_was_director_unit_on_a_day(client):
    past = make_membership(rank="director_unit", since=date(2022, 1, 1), until=date(2024, 1, 1))
    make_membership(rank="director_unit")
    query = {"tab": "active", "rank": "director_unit", "as_of": "2023-05-01"}
    page = client.get(reverse("members"), query)
    assert [row.pk for row in page.context["page"]] == [past.organisation_id]


@pytest.mark.parametrize(
    "query",
    [
        {"q": "\x00"},
        {"q": "x" * 5000},
        {"as_of": "9999-99-99"},
        {"as_of": "0001-01-01"},
        {"page": "-3"},
        {"page": "99999999999999999999"},
        {"kind": "'; drop"},
        {"council": "9" * 30},
        {"council": "²"},
        {"sort": "<b>"},
        {"tab": "turn"},
        {"format": "exe"},
        {"q": "%_\\"},
    ],
)
def test_nonsense_in_the_address_is_no_fault(client, query):
    make_organisation()
    assert client.get(reverse("members"), query).status_code == 200


@pytest.mark.parametrize(
    "bad",
    [
        {"name_zh": ""},
        {"name_zh": "a\x00b"},
        {"name_zh": "长" * 121},
        {"kind": "none"},
        {"uscc": "1" * 400},
        {"parent": "没有这个单位"},
        {"other_names": "长" * 130},
        {"profile": "长" * 3000},
        {"name_en": "x" * 300},
    ],
)
def test_bad_input_is_told_at_its_field(client, bad):
    client.force_login(make_user("secretary"))
    page = client.post(reverse("member_new"), register_form(**bad))
    assert page.status_code == 422
    assert set(page.context["form"].errors) == set(bad)
    assert not Organisation.objects.filter(name_zh="示例新单位").exists()
