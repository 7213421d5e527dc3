"""Lists of appointments made outside the portal, sent up as a file; the engine is tested with the lists of students."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from consortium import clock
from consortium.actions import list_import as actions
from consortium.audit import first_broken_link
from consortium.models import AuditEvent, ImportJob, Invitation, Notification, OutboxMessage, RoleGrant, User
from consortium.refusals import Forbidden
from consortium.registry import registry
from mentors.actions.appointment import change_capacity, term_end
from mentors.enums import AppointmentKind, MentorCategory
from mentors.models import Appointment
from tests.consortium.import_kit import counts, csv_file, faults, lines_of, sent_up, work, written
from tests.factories import make_appointment, make_membership, make_mentorship, make_organisation, make_user

pytestmark = pytest.mark.django_db
HEADS = [
    "工号或邮箱",
    "姓名",
    "所在单位",
    "导师类别",
    "行业类型",
    "职称或职务",
    "最多同时指导",
    "聘期起",
    "聘期止",
    "聘任依据",
    "邮箱",
]
URL = "/mentors/import/"


@pytest.fixture
def office(client):
    user = make_user("graduate_officer")
    client.force_login(user)
    return user


@pytest.fixture
def university():
    return make_organisation("示例大学", kind="university", short_zh="示大")


@pytest.fixture
def firm():
    return make_organisation("示例药业有限公司", short_zh="示例药业")


def academic(account="T001", name="示例教授", **other):
    values = {
        "unit": "示例大学",
        "kind": "校内导师",
        "category": "",
        "title": "教授",
        "capacity": "3",
        "since": "2025-09-01",
        "until": "",
        "grounds": "示例：2025年聘任文件",
        "mail": "",
    } | other
    return [account, name, *values.values()]


def industry(account="G001", name="示例高工", **other):
    defaults = {"unit": "示例药业有限公司", "kind": "行业导师", "category": "技术专家", "title": "高级工程师"}
    return academic(account, name, **(defaults | other))


def mentors(*rows, **options):
    return csv_file(HEADS, *rows, **options)


def test_appointments_made_elsewhere_are_recorded_by_the_rules_of_the_single_one(
    client, office, university, firm
):
    run = sent_up(
        client,
        URL,
        mentors(academic(mail="jiao@example.invalid"), industry("gao@example.invalid", until="2026-12-31")),
    )
    assert counts(run) == (2, 0, 0, 0, 0)
    assert not Appointment.objects.exists() and User.objects.count() == 1
    written(client, run)
    first, second = Appointment.objects.order_by("pk")
    assert (first.kind, first.organisation, first.category, first.capacity) == (
        "academic_mentor",
        university,
        "",
        3,
    )
    assert first.until == term_end(first.since) and first.assess_due and first.grounds
    assert (second.kind, second.category, second.until.isoformat()) == (
        "industry_mentor",
        "mentor_technical",
        "2026-12-31",
    )
    assert not first.user.has_usable_password() and first.user.email == "jiao@example.invalid"
    assert (second.user.username, second.user.email) == ("gao@example.invalid", "gao@example.invalid")
    assert set(RoleGrant.objects.exclude(user=office).values_list("role", "organisation", "given_by")) == {
        ("academic_mentor", university.pk, office.pk),
        ("industry_mentor", firm.pk, office.pk),
    }
    assert AuditEvent.objects.filter(verb="mentor appointed", stream="imports", actor=office).count() == 2
    for model in (Notification, OutboxMessage, Invitation):
        assert not model.objects.exists(), "nobody is written to"
    assert first_broken_link() is None


def test_a_new_mentor_of_an_employer_is_refused_with_the_way_to_a_nomination(client, office, firm):
    today = clock.today().isoformat()
    run = sent_up(
        client, URL, mentors(industry(since=today), industry("G2", "示例乙", kind="产业教授", since=today))
    )
    assert faults(run) == {(2, "since", "nominate"), (3, "since", "nominate")}
    with translation.override("zh-hans"):
        shown = client.get(run.get_absolute_url()).context["rows"]
        assert "提名" in shown[0]["faults"][0]["reason"] and "提名" in shown[0]["faults"][0]["remedy"]
    assert client.post(f"/imports/{run.pk}/confirm/").status_code == 409
    assert not Appointment.objects.exists()


def test_what_a_single_record_refuses_a_list_refuses(client, office, university, firm):
    lapsed = make_organisation("示例退会公司")
    make_membership(organisation=lapsed, state="ended")
    make_user(username="T009", name="另一位")
    make_user(username="T010", name="示例停用", is_active=False)
    make_user(username="T011x", email="taken@example.invalid")
    run = sent_up(
        client,
        URL,
        mentors(
            academic("A1", unit="示例药业有限公司"),
            industry("A2", unit="示例大学"),
            industry("A3", unit="示例退会公司"),
            industry("A4", category=""),
            academic("A5", capacity="31"),
            academic("A6", until="2025-08-31"),
            academic("A7", grounds=""),
            academic("T009"),
            academic("t010", "示例停用"),
            academic("A8", mail="taken@example.invalid"),
            academic("A9", unit="没有的单位"),
            academic("A10", kind="首席"),
        ),
    )
    assert faults(run) == {
        (2, "organisation_id", "unfit"),
        (3, "organisation_id", "unfit"),
        (4, "organisation_id", "lapsed"),
        (5, "category", "category"),
        (6, "capacity", "number"),
        (7, "until", "term"),
        (8, "grounds", "empty"),
        (9, "account", "other_person"),
        (10, "account", "closed_account"),
        (11, "email", "email_taken"),
        (12, "organisation_id", "organisation"),
        (13, "kind", "choice"),
    }
    for language in ("zh-hans", "en"):
        office.language = language
        office.save()
        page = client.get(run.get_absolute_url())
        assert all(
            fault["reason"] and fault["remedy"] for one in page.context["rows"] for fault in one["faults"]
        )
        assert "%(" not in page.content.decode()


def test_a_known_person_keeps_the_account_and_a_running_appointment_changes_in_capacity_alone(
    client, office, university, firm
):
    known = make_user(username="T001", name="示例教授")
    run = written(client, sent_up(client, URL, mentors(academic("t001"))))
    appointment = Appointment.objects.get()
    assert appointment.user == known
    same = sent_up(client, URL, mentors(academic()))
    assert counts(same) == (0, 0, 1, 0, 0)
    more = sent_up(client, URL, mentors(academic(capacity="5")))
    assert counts(more) == (0, 1, 0, 0, 0)
    written(client, more)
    appointment.refresh_from_db()
    assert appointment.capacity == 5
    other = sent_up(client, URL, mentors(academic(title="副教授", capacity="5", unit="示例药业")))
    assert faults(other) == {(2, "title", "appointed"), (2, "organisation_id", "appointed")}
    assert "示例大学" in client.get(other.get_absolute_url()).content.decode()
    assert run.rows.get().target == appointment.pk


def test_the_same_name_at_the_same_place_is_asked_about(client, office, university):
    known = make_appointment(
        kind="academic_mentor", organisation=university, user=make_user(username="T1", name="示例教授")
    )
    run = sent_up(client, URL, mentors(academic("T2", capacity="7")))
    assert counts(run) == (0, 0, 0, 1, 0)
    row = run.rows.get()
    client.post(f"/imports/{run.pk}/decide/", {f"row-{row.pk}": f"merge:{known.pk}"})
    written(client, run)
    known.refresh_from_db()
    assert known.capacity == 7 and Appointment.objects.count() == 1


def test_changed_between_test_and_import_is_409(client, office, university):
    known = make_appointment(
        kind="academic_mentor", organisation=university, user=make_user(username="T001", name="示例教授")
    )
    run = sent_up(
        client,
        URL,
        mentors(
            academic(
                title=known.title, since=known.since.isoformat(), until=known.until.isoformat(), capacity="9"
            ),
            academic("T002", "示例乙"),
            academic("T003", "示例丙"),
        ),
    )
    assert counts(run) == (2, 1, 0, 0, 0)
    change_capacity(appointment=known, by=office, capacity=4)
    make_user(username="T002", name="别人")
    answer = client.post(f"/imports/{run.pk}/confirm/")
    assert answer.status_code == 409 and "2" in answer.context["refusal"].sentence
    assert not User.objects.filter(username="T003").exists()


def test_mended_rows_import_without_touching_the_others(client, office, university):
    run = written(client, sent_up(client, URL, mentors(academic(), academic("T2", "示例乙", capacity="99"))))
    lines = lines_of(client.get(f"/imports/{run.pk}/faults/", {"format": "csv"}), "csv")
    assert [line[0] for line in lines[1:]] == ["T2"]
    lines[1][6] = "2"
    mended = sent_up(client, URL, csv_file(*lines))
    assert counts(mended) == (1, 0, 0, 0, 0)
    written(client, mended)
    assert AuditEvent.objects.filter(verb="mentor appointed").count() == 2


def test_undo_takes_back_appointments_roles_and_accounts_that_nobody_used(client, office, university):
    make_user(username="T001", name="示例教授")
    run = written(
        client,
        sent_up(
            client,
            URL,
            mentors(
                academic(), academic("T002", "示例乙"), academic("T003", "示例丙"), academic("T004", "示例丁")
            ),
        ),
    )
    seen = User.objects.get(username="T003")
    seen.last_login = clock.now()
    seen.save()
    make_mentorship(academic=Appointment.objects.get(user__username="T004"))
    client.post(f"/imports/{run.pk}/undo/")
    work()
    run.refresh_from_db()
    assert run.state == "undone"
    assert list(
        Appointment.objects.filter(grounds__contains="2025年").values_list("user__username", flat=True)
    ) == ["T004"]
    assert User.objects.filter(username="T001").exists() and not User.objects.filter(username="T002").exists()
    assert not RoleGrant.objects.filter(user__username__in=["T001", "T003"], role="academic_mentor").exists()
    assert RoleGrant.objects.filter(user__username="T004", role="academic_mentor").exists()
    assert User.objects.filter(username="T003").exists(), "somebody has signed in with it"
    assert run.rows.filter(fate="kept").count() == 1
    assert first_broken_link() is None


@pytest.mark.parametrize("role", ["student", "academic_mentor", "auditor", "system_admin"])
def test_others_see_and_do_nothing(client, office, university, role):
    run = sent_up(client, URL, mentors(academic(name="不该看见的名字")))
    user = make_user(role)
    client.force_login(user)
    assert client.get(URL).status_code == 403
    assert client.get(f"/imports/{run.pk}/").status_code == 404
    for act in (actions.write_import, actions.undo_import):
        with pytest.raises(Forbidden):
            act(run=run, by=user)
    assert URL not in client.get("/mentors/").content.decode()


def test_words_of_the_list_are_those_of_the_portal():
    of = registry.import_kinds["mentors"]
    for key, enum in (("kind", AppointmentKind), ("category", MentorCategory)):
        choices = of.column(key).choices
        assert [one.value for one in choices] == list(enum.values)
        for language, word in (("zh-hans", "zh"), ("en", "en")):
            with translation.override(language):
                assert [getattr(one, word) for one in choices] == [str(label) for label in enum.labels]


def test_the_template_comes_back_unread(client, office, university):
    answer = client.get(URL, {"sample": "csv"})
    lines = lines_of(answer, "csv")
    run = sent_up(client, URL, csv_file(*lines))
    assert run.rows.count() == 0


def test_a_batch_asks_the_same_however_many_rows_it_has(client, office, university):
    def asked(act):
        with CaptureQueriesContext(connection) as found:
            act()
        return len(found)

    def whole(start, number):
        rows = [academic(f"{start}{one}", f"示例{start}{one}") for one in range(number)]
        tested = asked(lambda: sent_up(client, URL, mentors(*rows)))
        run = ImportJob.objects.order_by("-pk").first()
        return tested, asked(lambda: written(client, run)), run

    few_tested, few_written, few = whole("a", 3)
    many_tested, many_written, many = whole("b", 60)
    assert many_tested <= few_tested + 3 and many_written <= few_written + 3

    def undo(run):
        client.post(f"/imports/{run.pk}/undo/")
        work()

    assert asked(lambda: undo(many)) <= asked(lambda: undo(few)) + 1


def test_a_first_day_that_comes_after_the_test_is_held_against_the_day_of_writing(client, office, firm):
    yesterday = (clock.today() - timedelta(days=1)).isoformat()
    run = sent_up(client, URL, mentors(industry(since=yesterday)))
    make_membership(organisation=firm, state="ended")
    answer = client.post(f"/imports/{run.pk}/confirm/")
    # The membership ended since the test: the single record would refuse it too.
    assert answer.status_code in (302, 409)
    work()
    assert not Appointment.objects.exists()
