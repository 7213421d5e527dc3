"""One's own page: what a student changes, what nobody else changes, what is only read."""

import pytest
from django.urls import reverse

from consortium.actions import profile as actions
from consortium.models import AuditEvent
from consortium.refusals import Forbidden, Invalid
from tests import factories

pytestmark = pytest.mark.django_db


def test_a_student_says_freshness_goal_and_skills(client):
    student = factories.make_student(fresh_graduate=None)
    skill = factories.make_skill()
    client.force_login(student.user)
    sent = {"part": "student", "fresh_graduate": "yes", "goal": "scientist", "skills": [skill.pk]}
    page = client.post(reverse("me"), sent, follow=True)
    assert "资料已保存" in page.content.decode()
    student.refresh_from_db()
    assert student.fresh_graduate is True and student.required_months == 12 and student.goal == "scientist"
    assert list(student.skills.all()) == [skill]
    changed = AuditEvent.objects.get(verb="profile.changed").details["changed"]
    assert changed["fresh_graduate"] == [None, True]


def test_saving_without_a_change_leaves_no_trace(client):
    student = factories.make_student(fresh_graduate=True)
    actions.update_profile(student=student, by=student.user, fresh_graduate=True, goal="", skills=[])
    assert not AuditEvent.objects.filter(verb="profile.changed").exists()


def test_what_is_not_named_stays():
    student = factories.make_student(fresh_graduate=False, goal="industrial")
    student.skills.add(factories.make_skill())
    actions.update_profile(student=student, by=student.user, goal="scientist")
    student.refresh_from_db()
    assert student.fresh_graduate is False and student.skills.count() == 1


def test_nobody_else_changes_a_profile():
    student = factories.make_student()
    for who in (factories.make_student().user, factories.make_user("graduate_officer"), None):
        with pytest.raises(Forbidden):
            actions.update_profile(student=student, by=who, goal="scientist")


def test_the_page_does_not_take_what_others_keep(client):
    student = factories.make_student(degree="master")
    client.force_login(student.user)
    client.post(
        reverse("me"),
        {"part": "student", "degree": "doctor", "on_leave": "on", "number": "1", "cohort": "2000"},
    )
    student.refresh_from_db()
    assert student.degree == "master" and student.cohort == 2026 and student.number != "1"


@pytest.mark.parametrize(
    "sent", [{"fresh_graduate": "perhaps"}, {"goal": "king"}, {"skills": ["999999"]}, {"skills": ["x"]}]
)
def test_a_wrong_value_is_refused_and_nothing_is_saved(client, sent):
    student = factories.make_student(fresh_graduate=None)
    client.force_login(student.user)
    response = client.post(reverse("me"), {"part": "student"} | sent)
    assert response.status_code == 422 and "error-summary" in response.content.decode()
    student.refresh_from_db()
    assert student.fresh_graduate is None and student.goal == ""


def test_language_theme_and_mail_are_anybodys_own(client):
    user = factories.make_user("secretary")
    client.force_login(user)
    sent = {"part": "account", "language": "en", "theme": "dark", "email": "New@Example.invalid"}
    page = client.post(reverse("me"), sent, follow=True).content.decode()
    user.refresh_from_db()
    assert (user.language, user.theme, user.email) == ("en", "dark", "new@example.invalid")
    assert "Your settings are saved." in page and "Kept by others" in page


def test_an_address_of_another_account_is_refused_without_saying_whose(client):
    other = factories.make_user(email="taken@example.invalid")
    user = factories.make_user("secretary")
    with pytest.raises(Invalid) as refusal:
        actions.set_mail_address(user=user, email="Taken@example.invalid", by=user)
    assert other.name not in str(refusal.value)


def test_the_page_is_for_the_signed_in_alone(client):
    assert client.get(reverse("me")).status_code == 302
