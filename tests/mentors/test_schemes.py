"""Rules of schemes: entered by one, agreed by another, in force from their day on, asked everywhere alike."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from consortium import clock
from consortium.models import AuditEvent, Notification
from consortium.refusals import Forbidden, Invalid, Refused
from mentors.actions.scheme import agree, enter_limit, enter_minimum, withdraw
from mentors.models import SchemeLimit, SupervisionMinimum
from mentors.queries.overview import late_first
from mentors.rules.rhythm import DAYS_THAT_COUNT, Rhythm, Rhythms, month_before, month_of, standings
from tests.factories import make_log, make_mentorship, make_nomination, make_student, make_user

pytestmark = pytest.mark.django_db
PAGE = "/supervision/minimums/"


@pytest.fixture
def office():
    """Two people of the graduate school."""
    return make_user("graduate_officer"), make_user("graduate_officer")


def next_month(number=1):
    first = clock.today()
    for _ in range(number):
        first = month_of(first)[1] + timedelta(days=1)
    return first


def entered(by, **other):
    values = {
        "degree": "",
        "programme": "",
        "academic": 2,
        "industry": 4,
        "joint": 3,
        "since": next_month(),
        "source": "示例研〔2026〕1号",
        "reason": "加强过程指导",
    }
    return enter_minimum(by=by, **(values | other))


def in_force(office, since=None, **other):
    """A set that both have agreed on, holding from a day that may be long ago."""
    row = agree(row=entered(office[0], **other), by=office[1])
    if since:
        SupervisionMinimum.objects.filter(pk=row.pk).update(since=since)
    return row


def guided(degree="master", programme="生物与医药", **other):
    student = make_student(degree=degree, programme=programme)
    return make_mentorship(student=student, since=clock.today() - timedelta(days=200), **other)


# --- two persons


def test_second_person_agrees_and_it_holds_from_its_month_on(office):
    first, second = office
    row = entered(first)
    assert Notification.objects.filter(kind="scheme_rule_to_agree", user=second).count() == 1
    assert Rhythms().on(next_month())["", ""] == Rhythm(1, 2, 1)
    with pytest.raises(Forbidden, match=second.name):
        agree(row=row, by=first)
    agree(row=row, by=second)
    assert Rhythms().on(next_month())["", ""] == Rhythm(2, 4, 3)
    assert Rhythms().on(clock.today())["", ""] == Rhythm(1, 2, 1)
    assert [one.verb for one in AuditEvent.objects.filter(object_id=str(row.pk)).order_by("pk")][-2:] == [
        "supervision minimum entered",
        "supervision minimum agreed",
    ]
    with pytest.raises(Refused):
        agree(row=row, by=second)


def test_database_refuses_one_person_for_both(office):
    row = entered(office[0])
    with pytest.raises(IntegrityError), transaction.atomic():
        SupervisionMinimum.objects.filter(pk=row.pk).update(
            state="agreed", agreed_by=office[0], agreed_at=clock.now()
        )


@pytest.mark.parametrize(
    "wrong, field",
    [
        ({"source": " "}, "source"),
        ({"reason": ""}, "reason"),
        ({"academic": 32}, "academic"),
        ({"joint": -1}, "joint"),
        ({"degree": "bachelor"}, "degree"),
        ({"since": date(2020, 1, 1)}, "since"),
    ],
)
def test_entry_that_cannot_be_right_is_refused_at_its_field(office, wrong, field):
    with pytest.raises(Invalid) as refused:
        entered(office[0], **wrong)
    assert refused.value.field == field and not SupervisionMinimum.objects.exists()


def test_month_that_has_begun_keeps_its_numbers(office):
    for since in (month_of(clock.today())[0], next_month() + timedelta(days=1)):
        with pytest.raises(Invalid):
            entered(office[0], since=since)
    row = entered(office[0])
    with clock.moved(next_month() - clock.today()), pytest.raises(Refused) as refused:
        agree(row=row, by=office[1])
    assert refused.value.code == "late"


def test_one_entry_waits_at_a_time_and_one_holds_from_a_day(office):
    first, second = office
    row = entered(first)
    with pytest.raises(Refused) as refused:
        entered(second)
    assert refused.value.code == "waits"
    entered(second, degree="doctor")
    agree(row=row, by=second)
    again = entered(first, academic=5)
    with pytest.raises(Refused) as refused:
        agree(row=again, by=second)
    assert refused.value.code == "same"
    withdraw(row=row, by=first)
    again.refresh_from_db()
    agree(row=again, by=second)
    assert Rhythms().on(next_month())["", ""].academic == 5


def test_what_holds_is_followed_and_not_taken_back(office):
    row = in_force(office, since=month_before(clock.today())[0])
    row.refresh_from_db()
    with pytest.raises(Refused) as refused:
        withdraw(row=row, by=office[0])
    assert refused.value.code == "holds"


@pytest.mark.parametrize("role", ["secretary", "industry_mentor", "student", "auditor"])
def test_others_neither_enter_nor_agree(client, office, role):
    row, other = entered(office[0]), make_user(role)
    for act in (lambda: entered(other, degree="doctor"), lambda: agree(row=row, by=other)):
        with pytest.raises(Forbidden):
            act()
    client.force_login(other)
    assert client.get(PAGE).status_code == 200
    assert client.get(f"{PAGE}new/").status_code == 403
    for step in ("agree", "withdraw"):
        assert client.post(f"{PAGE}{row.pk}/{step}/").status_code == 403
    row.refresh_from_db()
    assert row.state == "proposed"


# --- asked everywhere alike


def test_narrowest_scheme_counts(office):
    long_ago = month_before(clock.today())[0]
    for given in (
        {"academic": 2},
        {"academic": 3, "degree": "doctor"},
        {"academic": 4, "programme": "生物与医药"},
        {"academic": 5, "programme": "生物与医药", "degree": "doctor"},
    ):
        in_force(office, since=long_ago, **given)
    rows = [
        guided("master", "材料与化工"),
        guided("doctor", "材料与化工"),
        guided("master"),
        guided("doctor"),
    ]
    found = standings(rows, clock.today())
    assert [found[row.pk].least.academic for row in rows] == [2, 3, 4, 5]
    months = (month_before(clock.today()), month_of(clock.today()))
    least = tuple(Rhythms().logs_on(first) for first, _last in months)
    overseen = late_first(office[0], clock.today(), months, least, DAYS_THAT_COUNT)
    assert {one.pk: one.academic_least for one in overseen.rows} == {
        row.pk: number for row, number in zip(rows, (2, 3, 4, 5), strict=True)
    }


def test_each_month_asks_what_held_then(client, office):
    """From this month on a doctoral student needs more: last month is judged by the numbers of last month."""
    now, before = month_of(clock.today())[0], month_before(clock.today())[0]
    in_force(office, since=now, degree="doctor", academic=1, industry=3)
    doctor, master = guided("doctor"), guided("master")
    for row in (doctor, master):
        for first in (now, before):
            make_log(mentorship=row, side="academic", day=first)
            make_log(mentorship=row, side="industry", day=first)
            make_log(mentorship=row, side="industry", day=first)
    client.force_login(office[0])
    rows = {row.pk: row.overseen for row in client.get("/supervision/").context["page"]}
    assert (rows[doctor.pk].lack_before, rows[doctor.pk].lack_now) == (0, 1)
    assert (rows[master.pk].lack_before, rows[master.pk].lack_now) == (0, 0)
    client.force_login(doctor.industry.user)
    assert doctor.student.user.name in client.get("/dashboard/").content.decode()
    assert client.get("/mentorships/?month=missing").context["page"].paginator.count == 1
    client.force_login(master.industry.user)
    assert client.get("/mentorships/?month=missing").context["page"].paginator.count == 0


def test_joint_meetings_follow_with_the_quarter():
    class Stub(Rhythms):
        def __init__(self):
            self._general = Rhythm(1, 2, 1)
            self._rows = [
                SupervisionMinimum(
                    since=date(2026, 5, 1), academic=2, industry=2, joint=4, degree="", programme=""
                )
            ]

    student = make_mentorship().student
    assert Stub().of(student, date(2026, 5, 1), date(2026, 4, 1)) == Rhythm(2, 2, 1)
    assert Stub().of(student, date(2026, 7, 1), date(2026, 7, 1)) == Rhythm(2, 2, 4)


def test_mentor_reads_the_least_numbers_of_the_student(client, office):
    in_force(office, since=month_before(clock.today())[0], degree="doctor", academic=7)
    row = guided("doctor")
    for reader in (row.student.user, row.industry.user, office[0]):
        client.force_login(reader)
        assert client.get(row.get_absolute_url()).context["least"].academic == 7


# --- pages


def test_office_enters_by_page_and_the_second_person_agrees(client, office):
    first, second = office
    client.force_login(first)
    sent = {
        "programme": "",
        "degree": "doctor",
        "academic": "1",
        "industry": "3",
        "joint": "1",
        "since": next_month().isoformat(),
        "source": "示例研〔2026〕1号",
        "reason": "博士在企业时间更长",
    }
    page = client.post(f"{PAGE}new/", sent | {"industry": "99"})
    assert page.status_code == 422 and "示例研〔2026〕1号" in page.content.decode()
    assert client.post(f"{PAGE}new/", sent | {"since": "2020-01-01"}).status_code == 422
    assert client.post(f"{PAGE}new/", sent).url == PAGE
    row = SupervisionMinimum.objects.get()
    assert client.post(f"{PAGE}{row.pk}/agree/").status_code == 403
    client.force_login(second)
    home = client.get("/dashboard/").content.decode()
    assert "博士在企业时间更长" in home
    assert client.post(f"{PAGE}{row.pk}/agree/").url == PAGE
    row.refresh_from_db()
    assert (row.state, row.agreed_by, row.industry) == ("agreed", second, 3)
    text = client.get(PAGE).content.decode()
    assert first.name in text and second.name in text and "示例研〔2026〕1号" in text


def test_page_counts_each_student_where_the_rule_is_narrowest(client, office):
    in_force(office, since=month_before(clock.today())[0], degree="doctor")
    guided("doctor"), guided("master"), guided("master")
    client.force_login(office[0])
    assert [one["students"] for one in client.get(PAGE).context["sets"]] == [2, 1]


@pytest.mark.parametrize("address", [PAGE, "/appointments/schemes/industry_mentor/age/"])
def test_page_asks_as_much_for_three_as_for_one(client, office, address):
    client.force_login(office[0])

    def asked():
        with CaptureQueriesContext(connection) as seen:
            assert client.get(address).status_code == 200
        return len(seen)

    def more(number):
        in_force(office, since=next_month(number + 1), programme=f"示例{number}")
        set_limit(office, since=clock.today() + timedelta(days=number))

    more(1)
    asked()
    one = asked()
    more(2), more(3)
    assert asked() == one


# --- limits of appointments


def set_limit(office, **other):
    values = {
        "kind": "industry_mentor",
        "rule": "age",
        "number": 68,
        "utmost": 70,
        "since": clock.today(),
        "source": "示例产教〔2026〕3号",
        "reason": "紧缺方向",
    }
    row = enter_limit(by=office[0], **(values | other))
    return agree(row=row, by=office[1])


def age_line(nomination):
    from mentors.actions.nomination import lines_of

    return next(line for line in lines_of(nomination) if line["rule"] == "age")


def test_agreed_limit_is_what_a_check_holds_against(office):
    row = make_nomination(born=clock.today() - timedelta(days=67 * 366))
    assert not age_line(row)["ok"]
    set_limit(office, since=clock.today() + timedelta(days=1))
    assert not age_line(row)["ok"]
    with clock.moved(timedelta(days=1)):
        line = age_line(row)
    assert (line["ok"], line["limit"], line["source"]) == (True, 68, "示例产教〔2026〕3号")


def test_what_was_checked_keeps_its_limit(office, client):
    from mentors.actions.nomination import pass_check

    checker = make_user("secretary")
    row = pass_check(nomination=make_nomination(), by=checker)
    set_limit(office, number=20, utmost=21)
    row.refresh_from_db()
    client.force_login(checker)
    line = next(line for line in client.get(row.get_absolute_url()).context["lines"] if line["code"] == "age")
    assert line["ok"] and "65" in line["limit"]


def test_word_of_a_list_and_number_of_one_rule(office):
    set_limit(office, rule="title", number=10, utmost=None, word="associate_senior")
    row = make_nomination(title_level="senior_technician", years=9)
    from mentors.actions.nomination import lines_of

    line = next(line for line in lines_of(row) if line["rule"] == "title")
    assert (line["ok"], line["limit"], line["least"]) == (False, 10, "associate_senior")


@pytest.mark.parametrize(
    "wrong, field",
    [
        ({"rule": "in_post"}, "rule"),
        ({"rule": "nothing"}, "rule"),
        ({"number": None}, "number"),
        ({"utmost": 60}, "utmost"),
        ({"rule": "degree", "word": "great"}, "word"),
        ({"since": date(2020, 1, 1)}, "since"),
        ({"source": ""}, "source"),
    ],
)
def test_limit_that_cannot_be_right_is_refused_at_its_field(office, wrong, field):
    with pytest.raises(Invalid) as refused:
        set_limit(office, **wrong)
    assert refused.value.field == field and not SchemeLimit.objects.exists()


def test_limit_is_changed_by_page(client, office):
    first, second = office
    url = reverse("scheme_limit", args=["industry_mentor", "age"])
    client.force_login(first)
    sent = {"number": "66", "utmost": "70", "source": "示例3号", "reason": "示例原因"}
    sent["since"] = clock.today().isoformat()
    assert client.get("/appointments/schemes/").status_code == client.get(url).status_code == 200
    page = client.post(url, sent | {"utmost": "60"})
    assert page.status_code == 422 and "示例原因" in page.content.decode()
    assert client.post(url, sent).url == url
    row = SchemeLimit.objects.get()
    assert client.post(reverse("scheme_limit_agree", args=[row.pk])).status_code == 403
    client.force_login(second)
    assert client.post(reverse("scheme_limit_agree", args=[row.pk])).url == url
    assert "66" in client.get("/appointments/schemes/").content.decode()
    assert client.post(reverse("scheme_limit_withdraw", args=[row.pk])).status_code == 409
    client.force_login(make_user("industry_mentor"))
    assert client.get(url).status_code == 200
    assert client.post(url, sent).status_code == 403
    for kind, rule in (("nobody", "age"), ("industry_mentor", "in_post"), ("industry_mentor", "nothing")):
        assert client.get(reverse("scheme_limit", args=[kind, rule])).status_code == 404
