"""Appointments: who may be one, for how long, for how many, and who reads the names."""

from datetime import date, timedelta

import pytest
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from consortium import clock
from consortium.models import Notification, User
from consortium.refusals import Forbidden, Invalid, Refused
from mentors.actions.appointment import change_capacity, end_appointment, record_appointment, term_end
from mentors.enums import AppointmentState
from mentors.models import Appointment
from tests.factories import make_appointment, make_membership, make_organisation, make_user

pytestmark = pytest.mark.django_db


def given(**other):
    return {
        "by": make_user("graduate_officer"),
        "organisation": make_organisation(),
        "kind": "industry_mentor",
        "category": "mentor_technical",
        "title": "高级工程师",
        "capacity": 3,
        "since": clock.today() - timedelta(days=1),
        "grounds": "示例：2025年纸质聘书",
        "name": "示例张工",
        "username": "G1001",
        "email": "zhang@example.invalid",
    } | other


def test_new_person_gets_an_account_a_role_and_an_invitation(django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        appointment = record_appointment(**given())
    user = appointment.user
    assert not user.has_usable_password()
    assert user.grants.get().role == "industry_mentor"
    assert user.invitations.get().email == "zhang@example.invalid"


def test_known_person_is_told_and_keeps_the_account():
    user = make_user("academic_mentor")
    appointment = record_appointment(**given(user=user))
    assert appointment.user == user
    assert Notification.objects.get().user == user


@pytest.mark.parametrize(
    "since, until", [(date(2026, 3, 1), date(2029, 2, 28)), (date(2024, 2, 29), date(2027, 2, 28))]
)
def test_usual_term_ends_the_day_before_its_anniversary(since, until):
    assert term_end(since) == until


@pytest.mark.parametrize("capacity", [0, 31, -1, 10**6])
def test_capacity_has_bounds(capacity):
    with pytest.raises(Invalid) as refused:
        record_appointment(**given(capacity=capacity))
    assert refused.value.field == "capacity"
    assert not User.objects.filter(username="G1001").exists()


@pytest.mark.parametrize(
    "kind, unit, fits",
    [
        ("academic_mentor", "university", True),
        ("academic_mentor", "enterprise", False),
        ("industry_mentor", "university", False),
        ("industry_professor", "hospital", True),
    ],
)
def test_kind_fits_the_organisation(kind, unit, fits):
    values = given(kind=kind, organisation=make_organisation(kind=unit))
    if fits:
        assert record_appointment(**values).pk
    else:
        with pytest.raises(Invalid) as refused:
            record_appointment(**values)
        assert refused.value.field == "organisation"


def test_one_active_appointment_of_a_kind():
    first = make_appointment()
    with pytest.raises(Refused) as refused:
        record_appointment(**given(user=first.user))
    assert refused.value.url == first.get_absolute_url()
    with pytest.raises(IntegrityError), transaction.atomic():
        make_appointment(user=first.user)


def test_lapsed_member_sends_no_new_mentor():
    ended = make_membership(state="ended")
    with pytest.raises(Refused):
        record_appointment(**given(organisation=ended.organisation))


@pytest.mark.parametrize("role", ["student", "enterprise_admin", "industry_mentor", "auditor"])
def test_others_do_not_record(role):
    by = make_user(role, organisation=make_organisation() if role == "enterprise_admin" else None)
    with pytest.raises(Forbidden):
        record_appointment(**given(by=by))


def test_by_hand_needs_grounds_and_is_not_for_new_mentors_of_employers():
    with pytest.raises(Invalid) as refused:
        record_appointment(**given(grounds=" "))
    assert refused.value.field == "grounds"
    with pytest.raises(Refused) as refused:
        record_appointment(**given(since=clock.today()))
    assert refused.value.code == "nominate" and refused.value.url == reverse("nomination_new")
    university = make_organisation(kind="university")
    assert record_appointment(
        **given(since=clock.today(), kind="academic_mentor", category="", organisation=university)
    ).pk
    with pytest.raises(IntegrityError), transaction.atomic():
        make_appointment(grounds="")


def test_end_keeps_the_reason_tells_the_mentor_and_ends_the_role():
    appointment = record_appointment(**given())
    end_appointment(appointment=appointment, by=make_user("secretary"), reason="调离原单位")
    appointment.refresh_from_db()
    assert (appointment.state, appointment.end_reason) == (AppointmentState.ENDED, "调离原单位")
    assert not appointment.user.grants.filter(ended_at=None).exists()
    assert Notification.objects.filter(user=appointment.user, kind="appointment_ended").exists()
    with pytest.raises(Refused):
        end_appointment(appointment=appointment, by=make_user("secretary"), reason="再一次")


def test_role_stays_while_another_appointment_needs_it():
    unit = make_organisation()
    first = record_appointment(**given(organisation=unit))
    record_appointment(**given(organisation=unit, user=first.user, kind="industry_professor"))
    end_appointment(appointment=first, by=make_user("secretary"), reason="改聘产业教授")
    assert first.user.grants.filter(ended_at=None).exists()


def test_capacity_of_an_ended_one_stays():
    appointment = make_appointment()
    Appointment.objects.filter(pk=appointment.pk).update(state="ended")
    with pytest.raises(Refused):
        change_capacity(appointment=appointment, by=make_user("secretary"), capacity=9)


# --- pages


def test_visitors_read_numbers_and_no_names(client):
    appointment = make_appointment()
    text = client.get(reverse("mentors")).content.decode()
    assert appointment.user.name not in text and appointment.user.email not in text
    assert appointment.organisation.name_zh in text
    assert client.get(reverse("mentors"), {"format": "csv"}).status_code == 200
    assert appointment.user.name not in client.get(reverse("mentors"), {"format": "csv"}).content.decode()
    assert (
        appointment.user.name not in client.get(appointment.organisation.get_absolute_url()).content.decode()
    )


@pytest.mark.parametrize("role", ["student", "academic_mentor", "secretary"])
def test_people_of_the_portal_read_names_and_no_addresses(client, role):
    appointment = make_appointment()
    client.force_login(make_user(role))
    for url in (
        reverse("mentors"),
        appointment.get_absolute_url(),
        appointment.organisation.get_absolute_url(),
    ):
        text = client.get(url).content.decode()
        assert appointment.user.name in text
        assert appointment.user.email not in text


def test_account_without_a_role_is_a_visitor(client):
    appointment = make_appointment()
    client.force_login(make_user())
    assert appointment.user.name not in client.get(reverse("mentors")).content.decode()
    assert client.get(appointment.get_absolute_url()).status_code == 404


def test_reason_of_the_end_is_for_the_office_and_the_mentor(client):
    appointment = make_appointment()
    Appointment.objects.filter(pk=appointment.pk).update(state="ended", end_reason="内部原因")
    for user, sees in (
        (make_user("student"), False),
        (make_user("secretary"), True),
        (appointment.user, True),
    ):
        client.force_login(user)
        assert ("内部原因" in client.get(appointment.get_absolute_url()).content.decode()) is sees


def form(**other):
    return {
        "name": "示例张工",
        "account": "G1001",
        "email": "zhang@example.invalid",
        "organisation": "示例药业",
        "kind": "industry_mentor",
        "category": "mentor_technical",
        "title": "高级工程师",
        "field": "",
        "capacity": "3",
        "since": "2026-03-01",
        "grounds": "示例：2026年3月纸质聘书",
        "until": "",
        "form_key": "k",
    } | other


def test_form_records_once_for_two_presses_with_its_letter(client):
    make_organisation("示例药业")
    client.force_login(make_user("graduate_officer"))
    answers = [
        client.post(reverse("appointment_new"), form(document=SimpleUploadedFile("聘书.pdf", b"%PDF-1.7 x")))
        for _press in range(2)
    ]
    assert [answer.status_code for answer in answers] == [302, 302]
    appointment = Appointment.objects.get()
    letter = reverse("file", args=[appointment.document_id])
    for reader in (make_user("secretary"), appointment.user):
        client.force_login(reader)
        assert client.get(letter).status_code == 200
    client.force_login(make_user("student"))
    assert client.get(letter).status_code == 404
    assert not mail.outbox


@pytest.mark.parametrize(
    "bad",
    [
        {"name": ""},
        {"account": ""},
        {"email": "x"},
        {"organisation": "没有"},
        {"kind": "lord"},
        {"category": ""},
        {"title": "长" * 61},
        {"capacity": "31"},
        {"capacity": "三"},
        {"since": "2026-13-40"},
        {"until": "2020-01-01"},
        {"grounds": ""},
        {"name": "a\x00"},
    ],
)
def test_bad_input_is_told_at_its_field(client, bad):
    make_organisation("示例药业")
    client.force_login(make_user("graduate_officer"))
    page = client.post(reverse("appointment_new"), form(**bad))
    assert page.status_code == 422
    assert set(page.context["form"].errors) == set(bad)
    assert not Appointment.objects.exists() and not User.objects.filter(username="G1001").exists()


def test_account_of_another_name_is_refused(client):
    make_organisation("示例药业")
    make_user(username="G1001", name="示例李工")
    client.force_login(make_user("graduate_officer"))
    page = client.post(reverse("appointment_new"), form())
    assert page.status_code == 422
    assert "name" in page.context["form"].errors
    assert "示例李工" not in page.content.decode()


def test_file_of_another_kind_is_refused_at_its_field(client):
    make_organisation("示例药业")
    client.force_login(make_user("graduate_officer"))
    page = client.post(
        reverse("appointment_new"), form(document=SimpleUploadedFile("聘书.pdf", b"MZ\x90 program"))
    )
    assert page.status_code == 422
    assert "document" in page.context["form"].errors


@pytest.mark.parametrize("role", [None, "student", "secretary"])
def test_list_asks_as_much_for_three_as_for_one(client, role):
    if role:
        client.force_login(make_user(role))

    def count():
        with CaptureQueriesContext(connection) as asked:
            client.get(reverse("mentors"))
        return len(asked)

    make_appointment()
    count()
    first = count()
    make_appointment(), make_appointment()
    assert count() == first


def test_tabs_tell_terms_apart(client):
    client.force_login(make_user("secretary"))
    today = clock.today()
    make_appointment()
    soon = make_appointment(days=30)
    over = make_appointment(days=-1, since=today - timedelta(days=400))
    for tab, rows in (("ending", {soon.pk}), ("over", {over.pk})):
        assert {row.pk for row in client.get(reverse("mentors"), {"tab": tab}).context["page"]} == rows
