"""Students as the office keeps them, one by one; lists of them are in test_student_import.py."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from consortium.actions.student import edit_student, record_student, revision_of
from consortium.models import AuditEvent, StudentProfile
from consortium.refusals import Forbidden, Invalid
from tests.factories import make_organisation, make_student, make_user

pytestmark = pytest.mark.django_db
URL = "/students/import/"


@pytest.fixture
def office(client):
    user = make_user("graduate_officer")
    client.force_login(user)
    return user


@pytest.fixture
def university():
    return make_organisation("示例大学", kind="university")


def test_recorded_student_has_an_account_without_password_and_the_role(university):
    profile = record_student(
        by=make_user("graduate_officer"),
        number="2026001",
        name="示例学生",
        university=university,
        programme="生物与医药",
        degree="master",
        cohort=2026,
    )
    assert profile.user.username == "2026001"
    assert not profile.user.has_usable_password()
    assert profile.user.grants.get().role == "student"
    assert profile.required_months is None


@pytest.mark.parametrize("role", ["secretary", "student", "academic_mentor", "auditor", "system_admin"])
def test_others_do_not_keep_students(client, role, university):
    user = make_user(role)
    with pytest.raises(Forbidden):
        record_student(
            by=user, number="1", name="某", university=university, programme="x", degree="master", cohort=2026
        )
    student = make_student()
    client.force_login(user)
    for url in (reverse("students"), URL, reverse("student", args=[student.pk]), "/students/?format=csv"):
        answer = client.get(url)
        assert answer.status_code == 403
        assert student.user.name not in answer.content.decode()


def test_visitor_is_asked_to_sign_in(client):
    student = make_student()
    for url in (reverse("students"), reverse("student", args=[student.pk])):
        assert client.get(url).status_code == 302


def test_number_twice_is_refused_with_a_link(university):
    first = make_student(number="77")
    with pytest.raises(Invalid) as refused:
        record_student(
            by=make_user("graduate_officer"),
            number="77",
            name="另一人",
            university=university,
            programme="x",
            degree="master",
            cohort=2026,
        )
    assert refused.value.url == reverse("student", args=[first.pk])


def form(**given):
    return {
        "number": "2026009",
        "name": "示例学生",
        "university": "示例大学",
        "programme": "生物与医药",
        "degree": "master",
        "cohort": "2026",
        "fresh": "",
        "email": "s@example.invalid",
        "form_key": "k",
    } | given


def test_two_presses_record_one_student(client, office, university):
    answers = [client.post(reverse("student_new"), form()) for _press in range(2)]
    assert [answer.status_code for answer in answers] == [302, 302]
    assert StudentProfile.objects.count() == 1


@pytest.mark.parametrize(
    "bad",
    [
        {"number": ""},
        {"name": "长" * 81},
        {"university": "没有"},
        {"degree": "baron"},
        {"cohort": "1066"},
        {"cohort": "２０２６x"},
        {"fresh": "maybe"},
        {"email": "no"},
        {"name": "a\x00"},
        {"cohort": "9" * 40},
    ],
)
def test_bad_input_is_told_at_its_field(client, office, university, bad):
    page = client.post(reverse("student_new"), form(**bad))
    assert page.status_code == 422
    assert set(page.context["form"].errors) == set(bad)
    assert not StudentProfile.objects.exists()


def test_trail_of_an_edit_names_fields_and_no_values(office):
    student = make_student()
    edit_student(student=student, by=office, name="改后的名字")
    event = AuditEvent.objects.get(verb="student edited")
    assert event.details == {"fields": ["name"]}


def test_second_editor_gets_both_versions(client, office):
    student = make_student()
    seen = revision_of(student)
    edit_student(student=student, by=office, programme="对方写的专业")
    given = form(
        number=student.number,
        university=student.university.name_zh,
        programme="我写的专业",
        revision=seen,
        email=student.user.email,
    )
    page = client.post(reverse("student", args=[student.pk]), given)
    assert page.status_code == 409
    assert "对方写的专业" in page.content.decode() and "我写的专业" in page.content.decode()


def test_list_asks_as_much_for_three_as_for_one(client, office):
    def count():
        with CaptureQueriesContext(connection) as asked:
            client.get(reverse("students"))
        return len(asked)

    make_student()
    count()
    first = count()
    make_student(), make_student()
    assert count() == first


def test_list_finds_and_filters(client, office):
    wanted = make_student(number="ZZ9", degree="doctor", fresh_graduate=None)
    make_student()
    for query in ({"q": "zz9"}, {"q": wanted.user.name}, {"degree": "doctor"}, {"gap": "fresh"}):
        page = client.get(reverse("students"), query)
        assert [student.pk for student in page.context["page"]] == [wanted.pk], query
