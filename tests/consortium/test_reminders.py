"""The directory as the office's desk: columns, kept filters, files of what is shown, reminders with a second look."""

from datetime import timedelta
from io import BytesIO

import pytest
from django.db import connection
from django.db.models import F
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation
from openpyxl import load_workbook

from consortium import clock, notifications
from consortium.actions.merge import merge_organisations
from consortium.actions.reminder import prepare_reminder, save_filter, send_reminder, take_back_reminder
from consortium.models import (
    AuditEvent,
    Membership,
    Notification,
    Organisation,
    OutboxMessage,
    Reminder,
    ReminderUnit,
    SavedFilter,
    SentMail,
)
from consortium.queries.organisation import holds, memberships_on
from consortium.refusals import Forbidden, Invalid, Refused
from tests.factories import make_demand, make_membership, make_mentorship, make_organisation, make_user

pytestmark = pytest.mark.django_db
CODE = "91110000600037341L"


def ending(days=30, *, admin=True, email=True):
    """A unit whose membership ends soon, with an administrator who has an address."""
    today = clock.today()
    held = make_membership(since=today - timedelta(days=300), until=today + timedelta(days=days))
    if admin:
        make_user("enterprise_admin", organisation=held.organisation, **({} if email else {"email": None}))
    return held.organisation


def prepared(*units, by=None, kind="renewal"):
    rows = Organisation.objects.filter(pk__in=[unit.pk for unit in units]).order_by("pk")
    return prepare_reminder(organisations=rows, kind=kind, by=by or make_user("secretary"))


# --- the list


def csv_of(client, query=None):
    answer = client.get(reverse("members"), {"format": "csv"} | (query or {}))
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    return [line.split(",") for line in text.strip().split("\r\n")]


def test_the_file_holds_the_columns_and_rows_of_the_page(client):
    client.force_login(make_user("secretary"))
    unit = make_organisation("示例甲", uscc=CODE)
    make_organisation("示例乙", kind="hospital")
    query = {"cols": ["code", "district"], "kind": "enterprise"}
    page = client.get(reverse("members"), query)
    heads, *rows = csv_of(client, query)
    assert heads[4:] == [str(one.label) for one in page.context["columns"]] == ["统一社会信用代码", "区域"]
    assert [row[0] for row in rows] == [row.name_zh for row in page.context["page"]] == [unit.name_zh]
    assert rows[0][4] == CODE
    book = client.get(reverse("members"), query | {"format": "xlsx"})
    cells = list(load_workbook(BytesIO(b"".join(book.streaming_content))).active.values)
    assert [list(line) for line in cells] == [heads, [value or None for value in rows[0]]]


def test_columns_of_the_office_are_not_for_others(client):
    make_organisation(uscc=CODE)
    for user in (None, make_user("student"), make_user("enterprise_admin", organisation=make_organisation())):
        if user:
            client.force_login(user)
        query = {"cols": ["code", "next", "contact", "demands", "students", "rank"]}
        page = client.get(reverse("members"), query)
        assert [one.key for one in page.context["columns"]] == ["rank"]
        assert CODE not in str(csv_of(client, query))


def test_columns_of_other_apps_count_what_is_open(client):
    client.force_login(make_user("secretary"))
    unit = make_organisation()
    make_demand(organisation=unit)
    guided = make_mentorship()
    page = client.get(reverse("members"), {"cols": ["demands", "students"]})
    cells = {row.pk: [text for _column, text, _url in row.cells] for row in page.context["page"]}
    assert sorted(cells[unit.pk]) == ["", "1"]
    assert "1" in cells[guided.industry.organisation_id]


@pytest.mark.parametrize("query", [{"cols": "x"}, {"cols": ["\x00", "rank"]}, {"cols": "code" * 500}])
def test_unknown_columns_are_no_fault(client, query):
    make_organisation()
    assert client.get(reverse("members"), query).status_code == 200


def test_all_columns_ask_as_much_for_nine_as_for_three(client):
    client.force_login(make_user("secretary"))
    query = {"cols": ["rank", "state", "next", "term", "source", "code", "contact", "demands", "students"]}

    def asked():
        client.get(reverse("members"), query)
        with CaptureQueriesContext(connection) as queries:
            client.get(reverse("members"), query)
        return len(queries)

    def more(number):
        for _unit in range(number):
            make_demand(organisation=ending())
            make_mentorship()

    more(3)
    three = asked()
    more(6)
    assert asked() == three


def test_a_lapsed_member_has_a_tab_of_its_own(client):
    client.force_login(make_user("secretary"))
    today = clock.today()
    lapsed = make_membership(since=today - timedelta(days=400), until=today - timedelta(days=1)).organisation
    ending()
    page = client.get(reverse("members"), {"tab": "lapsed"})
    assert [row.pk for row in page.context["page"]] == [lapsed.pk]


@pytest.mark.parametrize("state", ["suspended", "lapsed", "removed", "to_begin"])
def test_a_membership_at_rest_is_called_by_its_name_for_the_office_alone(client, state):
    today = clock.today()
    unit, far = ending(), today + timedelta(days=10)
    dates = {
        "to_begin": {"since": far, "until": far + timedelta(days=300)},
        "suspended": {"suspended_from": today},
    }
    over = {"until": today - timedelta(days=1)}
    measured = {"measure": F("resolution")} if state in ("suspended", "removed") else {}
    unit.memberships.update(state=state, **dates.get(state, over), **measured)
    page = client.get(reverse("members"))
    assert [row.standing["state"] for row in page.context["page"]] == [None]
    client.force_login(make_user("secretary"))
    page = client.get(reverse("members"))
    assert [row.standing["state"] for row in page.context["page"]] == [state]
    tab = {"suspended": "suspended", "lapsed": "lapsed", "removed": "lapsed"}.get(state)
    if tab:
        found = client.get(reverse("members"), {"tab": tab})
        assert [row.pk for row in found.context["page"]] == [unit.pk]


def test_what_was_read_of_a_membership_says_the_same_as_the_question():
    today = clock.today()
    for state in ("recorded", "active", "suspended", "ended", "lapsed", "removed", "to_begin"):
        for days in (-5, 0, 5):
            unit = ending()
            rests = {"suspended_from": today + timedelta(days=days)} if state == "suspended" else {}
            rests |= {"measure": F("resolution")} if state in ("suspended", "removed") else {}
            unit.memberships.update(state=state, until=today + timedelta(days=days), **rests)
    for day in (today - timedelta(days=6), today, today + timedelta(days=4)):
        asked = set(memberships_on(day).values_list("pk", flat=True))
        assert {row.pk for row in Membership.objects.all() if holds(row, day)} == asked


def test_the_office_finds_a_code_by_its_start_and_a_visitor_does_not(client):
    make_organisation(uscc=CODE)
    assert not client.get(reverse("members"), {"q": CODE[:8]}).context["page"].object_list
    client.force_login(make_user("secretary"))
    assert len(client.get(reverse("members"), {"q": CODE[:8].lower()}).context["page"].object_list) == 1


def test_in_the_past_nothing_is_ticked_and_links_keep_the_day(client):
    client.force_login(make_user("secretary"))
    unit = ending()
    text = client.get(reverse("members"), {"as_of": "2026-01-05"}).content.decode()
    assert 'name="unit"' not in text
    assert f"{unit.get_absolute_url()}?as_of=2026-01-05" in text


# --- kept filters


def test_a_filter_is_kept_used_and_removed_by_its_person_alone(client):
    user = make_user("secretary")
    client.force_login(user)
    client.post(
        reverse("filter_save"), {"name": "到期企业", "state": "tab=expiring&kind=enterprise&evil=1&page=7"}
    )
    saved = SavedFilter.objects.get()
    assert (saved.user, saved.query) == (user, "tab=expiring&kind=enterprise")
    assert saved.query.replace("&", "&amp;") in client.get(reverse("members")).content.decode()
    other = make_user("secretary")
    client.force_login(other)
    assert "到期企业" not in client.get(reverse("members")).content.decode()
    assert client.post(reverse("filter_drop", args=[saved.pk])).status_code == 404
    client.force_login(user)
    client.post(reverse("filter_drop", args=[saved.pk]))
    assert not SavedFilter.objects.exists()


def test_a_filter_needs_a_name_and_there_are_at_most_twenty(client):
    user = make_user("secretary")
    client.force_login(user)
    for name in ("", "长" * 41):
        assert client.post(reverse("filter_save"), {"name": name, "state": "x" * 5000}).status_code == 302
    assert not SavedFilter.objects.exists()
    for number in range(20):
        save_filter(by=user, name=f"筛选{number}", query="")
    with pytest.raises(Invalid):
        save_filter(by=user, name="再一个", query="")
    save_filter(by=user, name="筛选1", query="tab=all")
    assert SavedFilter.objects.count() == 20


# --- reminders


def test_a_reminder_goes_out_after_a_second_look_once_a_day():
    unit, by, other = ending(), make_user("secretary"), make_user("secretary")
    reminder = prepared(unit, by=by)
    assert not Notification.objects.filter(kind="reminder_renewal").exists()
    assert Notification.objects.filter(kind="reminder_waits", user=other).exists()
    with pytest.raises(Forbidden):
        send_reminder(reminder=reminder, by=by)
    assert send_reminder(reminder=reminder, by=other) == 1
    with pytest.raises(Refused):
        send_reminder(reminder=reminder, by=other)
    with pytest.raises(Invalid) as refused:
        prepared(unit)
    assert refused.value.code == "nobody"
    assert OutboxMessage.objects.filter(notification__kind="reminder_renewal").count() == 1
    with clock.moved(timedelta(minutes=11)):
        notifications.deliver()
    assert any(unit.name_zh in mail.body for mail in SentMail.objects.all()) or unit.name_zh in str(
        notifications.words(Notification.objects.get(kind="reminder_renewal"))
    )
    with clock.moved(timedelta(days=1)):
        assert prepared(unit).units.count() == 1


def test_a_reminder_says_the_day_in_the_readers_language():
    unit, by, other = ending(), make_user("secretary"), make_user("secretary")
    with translation.override("en"):
        send_reminder(reminder=prepared(unit, by=by), by=other)
    row = Notification.objects.get(kind="reminder_renewal")
    with translation.override("zh-hans"):
        assert "年" in notifications.words(row)["body"]


def test_a_unit_without_address_is_listed_for_a_call():
    nobody, deaf, reached = ending(admin=False), ending(email=False), ending()
    reminder = prepared(nobody, deaf, reached)
    fates = dict(reminder.units.values_list("organisation", "fate"))
    assert fates == {nobody.pk: "call", deaf.pk: "call", reached.pk: "mail"}
    assert send_reminder(reminder=reminder, by=make_user("secretary")) == 1


def test_who_is_not_concerned_is_left_out():
    far, coded, soon = ending(days=200), make_organisation(uscc=CODE), ending()
    assert prepared(far, soon).units.get().organisation_id == soon.pk
    with pytest.raises(Invalid):
        prepared(coded, kind="record")
    assert prepared(far, kind="record").units.get().organisation_id == far.pk


def test_a_reminder_taken_back_may_be_prepared_anew():
    unit = ending()
    first = prepared(unit)
    take_back_reminder(reminder=first, by=make_user("secretary"))
    assert not Notification.objects.filter(kind="reminder_renewal").exists()
    assert prepared(unit).pk != first.pk
    with pytest.raises(Refused):
        take_back_reminder(reminder=first, by=make_user("secretary"))


@pytest.mark.parametrize(
    "role", ["graduate_officer", "enterprise_admin", "auditor", "student", "system_admin"]
)
def test_reminders_are_the_secretariats(client, role):
    unit = ending()
    by = make_user(role, organisation=unit if role == "enterprise_admin" else None)
    with pytest.raises(Forbidden):
        prepared(unit, by=by)
    reminder = prepared(unit)
    for act in (send_reminder, take_back_reminder):
        with pytest.raises(Forbidden):
            act(reminder=reminder, by=by)
    client.force_login(by)
    assert client.get(reminder.get_absolute_url()).status_code == 403
    assert client.get(reverse("reminder_new"), {"unit": unit.pk}).status_code == 403


def test_merged_units_keep_one_reminder_of_a_day():
    kept, gone = ending(), make_organisation()
    make_user("enterprise_admin", organisation=gone)
    prepared(kept, kind="record")
    prepared(gone, kind="record")
    merge_organisations(kept=kept, gone=gone, by=make_user("secretary"), reason="同一家")
    assert ReminderUnit.objects.get().organisation == kept


def test_the_pages_preview_prepare_once_and_send(client):
    unit, silent, far = ending(), ending(admin=False), ending(days=200)
    by, other = make_user("secretary"), make_user("secretary", name="示例第二人")
    client.force_login(by)
    ticked = {"unit": [unit.pk, silent.pk, far.pk]}
    preview = client.get(reverse("reminder_new"), ticked)
    text = preview.content.decode()
    assert unit.name_zh in text and "无邮箱，电话联系" in text and "会籍即将到期" in text
    assert [one.organisation.pk for one in preview.context["left_out"]] == [far.pk]
    assert not Reminder.objects.exists()
    form = ticked | {"about": "renewal", "form_key": "k"}
    first, second = (client.post(reverse("reminder_new"), form) for _press in range(2))
    assert first.status_code == second.status_code == 302 and first.url == second.url
    assert Reminder.objects.count() == 1
    assert client.post(first.url, {"do": "send"}).status_code == 403
    client.force_login(other)
    assert "复核提醒" in client.get(reverse("dashboard")).content.decode()
    assert client.post(first.url, {"do": "send"}).status_code == 302
    assert client.post(first.url, {"do": "send"}).status_code == 409
    assert "已发出" in client.get(first.url).content.decode() or Reminder.objects.get().state == "sent"
    assert AuditEvent.objects.filter(verb="reminder to organisations sent").count() == 1


def test_all_of_a_list_are_those_that_its_conditions_leave(client):
    units = [ending() for _unit in range(3)]
    ending(days=200)
    client.force_login(make_user("secretary"))
    preview = client.get(reverse("reminder_new"), {"all": "1", "tab": "expiring"})
    assert [one.organisation.pk for one in preview.context["reached"]] == [unit.pk for unit in units]
    client.post(reverse("reminder_new"), {"all": "1", "tab": "expiring", "about": "renewal", "form_key": "k"})
    assert Reminder.objects.get().units.count() == 3


@pytest.mark.parametrize(
    "query",
    [{}, {"unit": "x"}, {"unit": "²"}, {"unit": "9" * 30}, {"about": "x"}, {"all": "1", "tab": "nonsense"}],
)
def test_nonsense_reminds_nobody(client, query):
    client.force_login(make_user("secretary"))
    assert client.get(reverse("reminder_new"), query).status_code == 200
    assert client.post(reverse("reminder_new"), query).status_code == 422
    assert not Reminder.objects.exists()
