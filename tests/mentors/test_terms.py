"""Mentors in their years: assessed, warned of the end, over by the clock, revoked."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from consortium import clock
from consortium.models import Notification, RoleGrant
from consortium.refusals import Forbidden, Invalid, Refused
from mentors.actions import appointment_term
from mentors.actions import nomination as nominating
from mentors.actions.appointment import revoke_appointment
from mentors.actions.assessment import assess_year
from mentors.models import Appointment, Nomination, YearlyAssessment
from mentors.rules.assessment import end_of_year, first_of_year
from mentors.rules.qualification import failed_of
from tests.factories import (
    make_appointment,
    make_log,
    make_mentorship,
    make_nomination,
    make_organisation,
    make_user,
)

pytestmark = pytest.mark.django_db


def due(**fields):
    """A mentor whose first year ends in ten days."""
    today = clock.today()
    until = today + timedelta(days=10)
    since = first = date(until.year - 1, until.month, min(until.day, 28)) + timedelta(days=1)
    end = end_of_year(first, today + timedelta(days=700), today)
    return make_appointment(since=since, assess_due=end, **fields)


# --- the years of a term


@pytest.mark.parametrize(
    ("since", "until", "day", "end"),
    [
        (date(2026, 3, 1), date(2029, 2, 28), date(2026, 3, 1), date(2027, 2, 28)),
        (date(2026, 3, 1), date(2029, 2, 28), date(2027, 2, 28), date(2027, 2, 28)),
        (date(2026, 3, 1), date(2029, 2, 28), date(2027, 3, 1), date(2028, 2, 29)),
        (date(2026, 3, 1), date(2027, 8, 31), date(2027, 3, 1), date(2027, 8, 31)),
        (date(2026, 3, 1), date(2027, 8, 31), date(2027, 9, 1), None),
        (date(2024, 2, 29), date(2027, 2, 28), date(2024, 2, 29), date(2025, 2, 28)),
    ],
)
def test_years_follow_each_other_and_end_with_the_term(since, until, day, end):
    assert end_of_year(since, until, day) == end
    if end:
        assert first_of_year(since, end) <= day <= end


# --- assessed


def test_a_year_is_assessed_once_with_its_figures():
    appointment = due()
    mentorship = make_mentorship(industry=appointment)
    make_log(mentorship=mentorship)
    boss = make_user("enterprise_admin", organisation=appointment.organisation)
    until = appointment.assess_due
    row = assess_year(appointment=appointment, by=make_user("graduate_officer"), until=until, grade="pass")
    assert (row.students, row.logs, row.until) == (1, 1, until)
    appointment.refresh_from_db()
    assert appointment.assess_due > until
    told = set(Notification.objects.filter(kind="mentor_assessed").values_list("user", flat=True))
    assert told == {appointment.user_id, boss.pk}
    with pytest.raises(Refused):
        assess_year(appointment=appointment, by=make_user("secretary"), until=until, grade="pass")
    assert YearlyAssessment.objects.count() == 1


def test_a_year_that_is_not_open_is_not_assessed():
    appointment = make_appointment(assess_due=clock.today() + timedelta(days=200))
    with pytest.raises(Refused) as refused:
        assess_year(
            appointment=appointment,
            by=make_user("secretary"),
            until=appointment.assess_due,
            grade="pass",
        )
    assert refused.value.code == "early"


@pytest.mark.parametrize("grade", ["excellent", "fail"])
def test_other_than_passed_says_why(grade):
    appointment = due()
    with pytest.raises(Invalid) as refused:
        assess_year(
            appointment=appointment,
            by=make_user("secretary"),
            until=appointment.assess_due,
            grade=grade,
            comment=" ",
        )
    assert refused.value.field == "comment"
    with pytest.raises(IntegrityError), transaction.atomic():
        YearlyAssessment.objects.create(
            appointment=appointment,
            since=appointment.since,
            until=appointment.assess_due,
            grade=grade,
            students=0,
            logs=0,
            assessed_by=appointment.user,
            assessed_at=clock.now(),
        )


def test_neither_the_mentor_nor_the_employer_assesses():
    from consortium.actions.account import give_role

    appointment = due()
    give_role(user=appointment.user, role="secretary", by=None)
    two_hats = make_user("secretary")
    give_role(user=two_hats, role="enterprise_admin", by=None, organisation=appointment.organisation)
    boss = make_user("enterprise_admin", organisation=appointment.organisation)
    for by in (appointment.user, two_hats, boss, make_user("auditor"), make_user("student")):
        with pytest.raises(Forbidden):
            assess_year(appointment=appointment, by=by, until=appointment.assess_due, grade="pass")


def test_two_years_not_passed_revoke_the_appointment():
    appointment, by = due(), make_user("graduate_officer")
    assess_year(
        appointment=appointment, by=by, until=appointment.assess_due, grade="fail", comment="未按期指导"
    )
    assert appointment.state == "active"
    with clock.moved(timedelta(days=366)):
        assess_year(
            appointment=appointment, by=by, until=appointment.assess_due, grade="fail", comment="仍未指导"
        )
    appointment.refresh_from_db()
    assert (appointment.state, appointment.assess_due) == ("revoked", None)
    assert Notification.objects.filter(kind="appointment_revoked", user=appointment.user).exists()


def test_an_excellent_year_opens_the_way_to_professor():
    appointment = due()
    given = {"kind": "industry_professor", "team": True, "person": appointment.user}
    row = make_nomination(state="consented", **given)
    assert [line["rule"] for line in failed_of(nominating.lines_of(row))] == ["excellent"]
    assess_year(
        appointment=appointment,
        by=make_user("secretary"),
        until=appointment.assess_due,
        grade="excellent",
        comment="成效突出",
    )
    assert failed_of(nominating.lines_of(row)) == []
    nominating.pass_check(nomination=row, by=row.checker)
    assert row.state == "qualified"


def test_a_renewal_holds_the_years_against_the_mentor():
    today = clock.today()
    appointment = make_appointment(
        since=today - timedelta(days=700), days=40, assess_due=today - timedelta(days=335)
    )
    row = Nomination(
        process="renewal",
        renews=appointment,
        user=appointment.user,
        kind="industry_mentor",
        born=date(1980, 1, 1),
        since=today,
        degree="master",
        title_level="senior",
        years=9,
        in_post=True,
    )
    line = next(line for line in nominating.lines_of(row) if line["rule"] == "assessed")
    assert (line["value"], line["limit"], line["ok"], line["excusable"]) == (0, 1, False, True)


def test_assessing_on_the_page_and_the_second_press(client):
    appointment = due()
    officer = make_user("graduate_officer")
    client.force_login(officer)
    url = reverse("mentor_assess", args=[appointment.pk])
    assert "assess" in client.get(reverse("dashboard")).content.decode()
    rows = client.get(reverse("mentors"), {"tab": "assess"}).context["page"]
    assert [row.pk for row in rows] == [appointment.pk]
    assert url in client.get(appointment.get_absolute_url()).content.decode()
    assert client.get(url).status_code == 200
    until = str(appointment.assess_due)
    assert client.post(url, {"grade": "fail", "comment": "", "until": until}).status_code == 422
    given = {"grade": "excellent", "comment": "成效突出", "until": until}
    assert client.post(url, given).status_code == 302
    assert client.post(url, given).status_code == 409
    assert YearlyAssessment.objects.count() == 1
    for reader, sees in (
        (appointment.user, True),
        (make_user("enterprise_admin", organisation=appointment.organisation), True),
        (make_user("student"), False),
        (make_user("enterprise_admin", organisation=make_organisation()), False),
    ):
        client.force_login(reader)
        assert ("成效突出" in client.get(appointment.get_absolute_url()).content.decode()) is sees


# --- the end


def warnings():
    return Notification.objects.filter(kind="appointment_ends_soon")


def test_warned_at_90_30_and_7_days_once_each():
    today = clock.today()
    appointment = make_appointment(days=100, since=today - timedelta(days=500))
    boss = make_user("enterprise_admin", organisation=appointment.organisation)
    officer = make_user("secretary")
    for days, expected in ((0, 0), (9, 0), (10, 1), (40, 1), (70, 2), (92, 2), (93, 3), (99, 3)):
        with clock.moved(timedelta(days=days)):
            appointment_term.advance()
            appointment_term.advance()
        for person in (appointment.user, boss, officer):
            assert warnings().filter(user=person).count() == expected


def test_late_clock_gives_the_nearest_warning_only():
    make_appointment(days=5, since=clock.today() - timedelta(days=500))
    appointment_term.advance()
    assert {row.params["days"] for row in warnings()} == {5} and Appointment.objects.get().warned == 7


def test_no_warning_while_the_next_term_is_under_way():
    appointment = make_appointment(days=60, since=clock.today() - timedelta(days=500))
    by = make_user("enterprise_admin", organisation=appointment.organisation)
    nominating.nominate_again(
        by=by,
        appointment=appointment,
        born=date(1980, 1, 1),
        category="mentor_technical",
        title="高级工程师",
        title_level="senior",
        degree="master",
        years=9,
        in_post=True,
        team=False,
        field="",
        capacity=2,
    )
    appointment_term.advance()
    assert not warnings().exists()


def test_a_term_that_is_over_ends_by_the_clock_and_frees_the_kind(client):
    appointment = make_appointment(days=1, since=clock.today() - timedelta(days=500))
    RoleGrant.objects.filter(user=appointment.user).update(organisation=appointment.organisation)
    with clock.moved(timedelta(days=1)):
        appointment_term.advance()
        appointment.refresh_from_db()
        assert appointment.state == "active"
    with clock.moved(timedelta(days=2)):
        appointment_term.advance()
        appointment_term.advance()
        appointment.refresh_from_db()
        assert (appointment.state, appointment.ended_on) == ("ended", appointment.until)
        assert appointment.user.grants.filter(ended_at=None).exists(), "late logs can still be signed"
        client.force_login(make_user("secretary"))
        page = client.get(appointment.get_absolute_url())
        assert page.context["badge"] == "expired"
    assert Notification.objects.filter(kind="appointment_lapsed", user=appointment.user).count() == 1
    with clock.moved(timedelta(days=20)):
        appointment_term.advance()
        assert not appointment.user.grants.filter(ended_at=None).exists()
    nominating.nominate(
        by=make_user("enterprise_admin", organisation=appointment.organisation),
        organisation=appointment.organisation,
        name=appointment.user.name,
        email=appointment.user.email,
        born=date(1980, 1, 1),
        kind="industry_mentor",
        category="mentor_technical",
        title="高级工程师",
        title_level="senior",
        degree="master",
        years=9,
        in_post=True,
        team=False,
        field="",
        capacity=2,
        since=clock.today() + timedelta(days=5),
    )


def test_the_role_stays_while_another_appointment_there_goes_on():
    appointment = make_appointment(days=1, since=clock.today() - timedelta(days=500))
    RoleGrant.objects.filter(user=appointment.user).update(organisation=appointment.organisation)
    make_appointment(kind="industry_professor", user=appointment.user, organisation=appointment.organisation)
    with clock.moved(timedelta(days=30)):
        appointment_term.advance()
    assert appointment.user.grants.filter(ended_at=None).exists()


# --- revoked


def test_revoking_asks_why_and_is_not_for_the_own_appointment(client):
    appointment = make_appointment()
    RoleGrant.objects.filter(user=appointment.user).update(organisation=appointment.organisation)
    officer = make_user("secretary")
    with pytest.raises(Invalid):
        revoke_appointment(appointment=appointment, by=officer, reason=" ")
    own = make_appointment(user=officer)
    with pytest.raises(Forbidden):
        revoke_appointment(appointment=own, by=officer, reason="误")
    for role in ("student", "auditor", "industry_mentor"):
        with pytest.raises(Forbidden):
            revoke_appointment(appointment=appointment, by=make_user(role), reason="误")
    client.force_login(officer)
    url = reverse("appointment_revoke", args=[appointment.pk])
    assert client.get(url).status_code == 200
    assert client.post(url, {"reason": ""}).status_code == 422
    assert client.post(url, {"reason": "违反师德师风规定"}).status_code == 302
    appointment.refresh_from_db()
    assert appointment.state == "revoked"
    assert not appointment.user.grants.filter(ended_at=None).exists()
    assert client.post(url, {"reason": "再一次"}).status_code == 409
    assert client.get(appointment.get_absolute_url()).context["badge"] == "revoked"


def test_the_employer_is_led_to_the_next_term(client):
    appointment = make_appointment(days=60, since=clock.today() - timedelta(days=500))
    client.force_login(make_user("enterprise_admin", organisation=appointment.organisation))
    text = client.get(reverse("dashboard")).content.decode()
    assert appointment.user.name in text and appointment.get_absolute_url() in text
