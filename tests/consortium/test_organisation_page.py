"""The page of an organisation on any day: names, facts by date with source, contacts, what looks alike."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from consortium import clock
from consortium.actions.contact import end_contact, record_contact, reveal_contact
from consortium.actions.organisation import edit_organisation, record_former_name, register_organisation
from consortium.models import AuditEvent, Organisation, OrganisationAlias
from consortium.queries.lookalike import core, lookalikes
from consortium.queries.organisation_facts import facts_of, name_on
from consortium.refusals import Forbidden, Invalid, Refused
from consortium.uscc import checked_uscc
from mentors.actions.appointment import end_appointment
from tests.factories import make_appointment, make_base, make_membership, make_organisation, make_user

pytestmark = pytest.mark.django_db
CODE = "91110000600037341L"
PHONE, MAIL = "13800001234", "talk@example.invalid"


# --- the code


@pytest.mark.parametrize(
    ("code", "said"),
    [
        (CODE[:-1] + "K", ["第18位", "“K”", "应为“L”"]),
        (CODE[:4] + "O" + CODE[5:], ["第5位", "“O”", "可能是“0”"]),
        ("A" + CODE[1:], ["第1位", "“A”", "前8位都是数字"]),
        (CODE[:9] + "#" + CODE[10:], ["第10位", "“#”"]),
        (CODE + "1", ["19"]),
        (CODE[:10] + "9" + CODE[11:], ["第18位", "第9至17位"]),
        (CODE[:2] + "2" + CODE[3:], ["第18位", "第1至8位"]),
    ],
)
def test_a_wrong_code_is_told_by_its_character(code, said):
    with pytest.raises(Invalid) as refused:
        checked_uscc(code)
    assert all(part in str(refused.value) for part in said), str(refused.value)


def test_full_width_characters_are_read():
    assert checked_uscc("９１１１００００６０００３７３４１Ｌ") == CODE


# --- names over time


def renamed(unit, to, on, by=None):
    return edit_organisation(organisation=unit, by=by or make_user("secretary"), name_zh=to, renamed_on=on)


def test_a_new_name_keeps_the_old_one_for_its_days():
    unit = make_organisation("示例旧名")
    renamed(unit, "示例新名", date(2024, 3, 1))
    unit.refresh_from_db()
    assert unit.name_zh == "示例新名"
    assert name_on(unit, date(2024, 2, 29)) == "示例旧名"
    assert name_on(unit, date(2024, 3, 1)) == "示例新名"
    assert "shilijiuming" in unit.pinyin


def test_a_name_may_be_taken_twice():
    unit, by = make_organisation("示例甲名"), make_user("secretary")
    for name, day in [
        ("示例乙名", date(2020, 1, 1)),
        ("示例甲名", date(2021, 1, 1)),
        ("示例丙名", date(2022, 1, 1)),
    ]:
        renamed(unit, name, day, by)
    unit.refresh_from_db()
    told = [name_on(unit, date(year, 6, 1)) for year in (2019, 2020, 2021, 2022)]
    assert told == ["示例甲名", "示例乙名", "示例甲名", "示例丙名"]


@pytest.mark.parametrize("case", ["same", "future", "before"])
def test_a_renaming_that_cannot_be_is_refused(case):
    unit, by = make_organisation("示例旧名"), make_user("secretary")
    renamed(unit, "示例新名", date(2024, 3, 1), by)
    given = {
        "same": ("示例新名", date(2024, 5, 1)),
        "future": ("示例再名", clock.today() + timedelta(days=1)),
        "before": ("示例再名", date(2023, 5, 1)),
    }[case]
    with pytest.raises(Invalid) as refused:
        renamed(unit, *given, by)
    assert refused.value.field == "renamed_on"
    assert unit.aliases.count() == 1


def test_a_corrected_slip_leaves_no_former_name():
    unit = make_organisation("示例错字")
    edit_organisation(organisation=unit, by=make_user("secretary"), name_zh="示例正字")
    assert not OrganisationAlias.objects.exists()


def test_other_names_change_without_touching_former_ones():
    unit, by = make_organisation("示例旧名"), make_user("secretary")
    renamed(unit, "示例新名", date(2024, 3, 1), by)
    edit_organisation(organisation=unit, by=by, aliases=["示例别名"])
    edit_organisation(organisation=unit, by=by, aliases=[])
    assert [row.name for row in unit.aliases.all()] == ["示例旧名"]


def test_a_former_name_must_be_past_and_not_overlap():
    unit, by = make_organisation("示例现名"), make_user("secretary")
    record_former_name(
        organisation=unit, by=by, name="示例一", since=date(2020, 1, 1), until=date(2020, 12, 31)
    )
    bad = [
        {"until": clock.today()},
        {"since": date(2019, 5, 1), "until": date(2019, 1, 1)},
        {"since": date(2019, 5, 1), "until": date(2020, 1, 1)},
        {"until": date(2020, 6, 1)},
    ]
    for days in bad:
        with pytest.raises(Invalid) as refused:
            record_former_name(organisation=unit, by=by, name="示例二", **days)
        assert refused.value.field == "until"
    record_former_name(organisation=unit, by=by, name="示例二", until=date(2019, 12, 31))
    assert unit.aliases.count() == 2


# --- any past day


def page_on(client, unit, day=None):
    return client.get(unit.get_absolute_url(), {"as_of": day.isoformat()} if day else {})


def test_the_page_as_of_a_day_shows_what_held_and_nothing_to_change(client):
    unit, by = make_organisation("示例旧名"), make_user("secretary")
    make_membership(organisation=unit, rank="director_unit", since=date(2022, 1, 1), until=date(2024, 1, 1))
    renamed(unit, "示例新名", date(2024, 3, 1), by)
    client.force_login(by)
    text = page_on(client, unit, date(2023, 5, 1)).content.decode()
    assert "<h1>示例旧名</h1>" in text and "2023年5月1日" in text and "理事单位" in text
    for name in ("member_edit", "membership_new", "former_name", "contact_new"):
        assert reverse(name, args=[unit.pk]) not in text
    before = page_on(client, unit, date(2021, 5, 1)).content.decode()
    assert "理事单位" not in before
    today = page_on(client, unit).content.decode()
    assert "<h1>示例新名</h1>" in today and reverse("member_edit", args=[unit.pk]) in today


@pytest.mark.parametrize("text", ["9999-12-31", "nonsense", "2999-01-01", ""])
def test_a_day_that_is_not_past_is_today(client, text):
    unit = make_organisation()
    page = client.get(unit.get_absolute_url(), {"as_of": text})
    assert page.status_code == 200 and not page.context["past"]


def test_a_mentor_of_the_past_stands_on_the_days_of_the_term_only():
    today = clock.today()
    unit, by = make_organisation(), make_user("graduate_officer")
    held = make_appointment(organisation=unit, since=today - timedelta(days=400))
    end_appointment(appointment=held, by=by, reason="调离")

    def mentors(day):
        facts = facts_of(unit, by, day)
        return [fact.title for fact in facts if fact.title == held.user.name and fact.holds_on(day)]

    assert mentors(today - timedelta(days=500)) == []
    assert mentors(today - timedelta(days=100)) == [held.user.name]
    assert mentors(today + timedelta(days=1)) == []


def test_visitors_read_how_many_mentors_and_no_name(client):
    unit = make_organisation()
    held = make_appointment(organisation=unit)
    text = page_on(client, unit).content.decode()
    assert held.user.name not in text and "1位导师" in text


def test_bases_come_with_the_days_of_each_accreditation(client):
    base = make_base()
    row = base.accreditations.get()
    text = page_on(client, base.organisation).content.decode()
    assert base.name in text and row.number in text


def test_staff_names_are_not_for_visitors(client):
    by = make_user("secretary", name="示例干事某")
    unit = register_organisation(by=by, name_zh="示例甲", kind="enterprise", aliases=["示例阿甲"])
    assert "示例干事某" not in page_on(client, unit).content.decode()
    client.force_login(by)
    assert "示例干事某" in page_on(client, unit).content.decode()


def test_the_page_asks_as_often_for_nine_of_everything_as_for_three(client):
    client.force_login(make_user("secretary"))

    def asked(number):
        unit = make_organisation(kind="enterprise")
        for at in range(number):
            make_membership(
                organisation=unit, state="ended", since=date(2000 + at, 1, 1), until=date(2000 + at, 6, 1)
            )
            make_appointment(organisation=unit)
            make_base(organisation=unit)
            record_contact(
                organisation=unit,
                by=None,
                name=f"示例{at}",
                phone=PHONE,
                consented_on=date(2026, 1, 1),
                consent_how="邮件",
            )
            record_former_name(organisation=unit, by=None, name=f"示例曾名{at}", until=date(2001 + at, 1, 1))
        page_on(client, unit)
        with CaptureQueriesContext(connection) as queries:
            page_on(client, unit)
        return len(queries)

    assert asked(3) == asked(9)


# --- contacts


def contact_of(unit, **given):
    values = {"name": "示例王某", "post": "人事", "phone": PHONE, "email": MAIL}
    return record_contact(
        organisation=unit, by=None, consented_on=date(2026, 1, 5), consent_how="邮件", **(values | given)
    )


def test_contacts_are_masked_and_for_those_who_keep_them(client):
    unit = make_organisation()
    contact = contact_of(unit)
    own, other = (
        make_user("enterprise_admin", organisation=unit),
        make_user("enterprise_admin", organisation=make_organisation()),
    )
    for user, seen in [
        (None, False),
        (other, False),
        (make_user("student"), False),
        (own, True),
        (make_user("secretary"), True),
    ]:
        client.logout()
        if user:
            client.force_login(user)
        text = page_on(client, unit).content.decode()
        assert ("示例王某" in text) == seen
        assert PHONE not in text and MAIL not in text
        status = client.get(reverse("contact", args=[contact.pk])).status_code
        assert status == (200 if seen else 404 if user else 302)


def test_the_whole_number_is_shown_for_a_reason_that_stays_in_the_trail(client):
    contact = contact_of(make_organisation())
    client.force_login(make_user("secretary"))
    url = reverse("contact", args=[contact.pk])
    assert PHONE not in client.get(url).content.decode()
    refused = client.post(url, {"reason": ""})
    assert refused.status_code == 422 and PHONE not in refused.content.decode()
    shown = client.post(url, {"reason": "确认续期材料"})
    assert PHONE in shown.content.decode() and shown["Cache-Control"] == "no-store"
    assert AuditEvent.objects.get(verb="contact shown in full").details["reason"] == "确认续期材料"


def test_consent_taken_back_erases_the_person():
    contact, by = contact_of(make_organisation()), make_user("secretary")
    end_contact(contact=contact, by=by, consent_withdrawn=True)
    contact.refresh_from_db()
    assert (contact.name, contact.post, contact.phone, contact.email) == ("", "", "", "")
    with pytest.raises(Refused):
        end_contact(contact=contact, by=by, consent_withdrawn=True)
    with pytest.raises(Forbidden):
        reveal_contact(contact=contact, by=by, reason="看看")


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"phone": "", "email": ""}, "phone"),
        ({"consented_on": "2999-01-01"}, "consented_on"),
        ({"consented_on": ""}, "consented_on"),
        ({"consent_how": ""}, "consent_how"),
        ({"phone": "电话"}, "phone"),
        ({"email": "x"}, "email"),
        ({"name": "名" * 50}, "name"),
    ],
)
def test_a_contact_without_consent_or_a_way_to_reach_is_refused_at_its_field(client, given, field):
    unit = make_organisation()
    client.force_login(make_user("secretary"))
    form = {"name": "示例王某", "phone": PHONE, "consented_on": "2026-01-05", "consent_how": "邮件"}
    page = client.post(reverse("contact_new", args=[unit.pk]), form | given)
    assert page.status_code == 422 and set(page.context["form"].errors) == {field}
    assert not unit.contacts.exists()


def test_contacts_of_others_are_nobodys_to_record(client):
    unit = make_organisation()
    client.force_login(make_user("enterprise_admin", organisation=make_organisation()))
    assert client.post(reverse("contact_new", args=[unit.pk]), {}).status_code == 403


def test_pressing_twice_keeps_one_contact(client):
    unit = make_organisation()
    client.force_login(make_user("secretary"))
    form = {
        "name": "示例王某",
        "phone": PHONE,
        "consented_on": "2026-01-05",
        "consent_how": "邮件",
        "form_key": "k",
    }
    for _press in range(2):
        assert client.post(reverse("contact_new", args=[unit.pk]), form).status_code == 302
    assert unit.contacts.count() == 1


# --- what looks alike


def test_the_core_of_a_name_is_without_place_and_legal_form():
    assert core("华熙生物科技（天津）有限公司") == core("天津华熙生物科技股份有限公司") == "华熙生物科技"


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ({"name_zh": "天津示例海河药业股份有限公司"}, "alike"),
        ({"name_zh": "示例海禾药业"}, "sound"),
        ({"name_zh": "示例海河药业北方研发中心"}, "part"),
        ({"name_zh": "别的名字", "short_zh": "海河药业"}, "name"),
        ({"name_zh": "别的名字", "uscc": CODE}, "code"),
        ({"name_zh": "别的名字", "uscc": "92" + CODE[2:17] + "8"}, "code"),
    ],
)
def test_what_looks_alike_is_found(typed, why):
    unit = register_organisation(
        by=None, name_zh="示例海河药业（天津）有限公司", short_zh="海河药业", kind="enterprise", uscc=CODE
    )
    make_organisation("示例渤海", short_zh="渤海")
    assert [(row.pk, found) for row, found in lookalikes(**typed)] == [(unit.pk, why)]


@pytest.mark.parametrize(
    "typed", [{}, {"name_zh": "例"}, {"name_zh": "%"}, {"name_zh": "___"}, {"name_zh": "有限公司"}]
)
def test_nothing_to_compare_finds_nothing(typed):
    make_organisation("示例海河药业有限公司")
    assert lookalikes(**typed) == []


def test_registering_what_looks_alike_asks_first_and_keeps_the_text(client):
    first = make_organisation("示例海河药业有限公司")
    client.force_login(make_user("secretary"))
    form = {
        "name_zh": "示例海河药业股份有限公司",
        "kind": "enterprise",
        "form_key": "k",
        "profile": "写了很久",
    }
    page = client.post(reverse("member_new"), form)
    assert page.status_code == 422
    text = page.content.decode()
    assert first.get_absolute_url() in text and "写了很久" in text and 'name="another"' in text
    assert Organisation.objects.count() == 1
    assert client.post(reverse("member_new"), form | {"another": "on"}).status_code == 302
    assert Organisation.objects.count() == 2


def test_the_part_of_the_page_tells_while_typing(client):
    first = make_organisation("示例海河药业有限公司")
    url = reverse("member_alike")
    assert client.get(url, {"name_zh": "海河药业"}).status_code == 302
    client.force_login(make_user("secretary"))
    assert first.get_absolute_url() in client.get(url, {"name_zh": "海河药业"}).content.decode()
    assert client.get(url, {"name_zh": "\x00", "uscc": "x" * 500}).status_code == 200
