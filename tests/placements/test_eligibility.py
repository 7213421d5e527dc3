"""Who may list which project: the same table as a question, as words and as a filter."""

import pytest

from consortium import clock
from placements.enums import DegreeWanted
from placements.models import Placement, Project
from placements.rules.eligibility import eligibility, may_list, open_to, project_reasons, student_reasons
from tests import factories

pytestmark = pytest.mark.django_db


def codes(reasons):
    return [reason.code for reason in reasons]


def test_a_student_in_order_meets_a_project_in_order():
    student = factories.make_student(fresh_graduate=True)
    assert eligibility(student, factories.make_project(months=12)) == []


@pytest.mark.parametrize(
    ("degree", "wanted", "expected"),
    [
        ("master", DegreeWanted.ANY, []),
        ("master", DegreeWanted.MASTER, []),
        ("master", DegreeWanted.DOCTOR, ["degree"]),
        ("doctor", DegreeWanted.MASTER, ["degree"]),
        ("doctor", DegreeWanted.DOCTOR, []),
    ],
)
def test_the_degree_must_be_the_one_asked_for(degree, wanted, expected):
    student = factories.make_student(degree=degree)
    assert codes(project_reasons(student, factories.make_project(degree=wanted))) == expected


@pytest.mark.parametrize(
    ("fresh", "months", "expected"),
    [(True, 12, []), (True, 11, ["months"]), (False, 6, []), (False, 5, ["months"]), (None, 1, [])],
)
def test_months_must_reach_what_the_student_needs(fresh, months, expected):
    student = factories.make_student(fresh_graduate=fresh)
    assert codes(project_reasons(student, factories.make_project(months=months))) == expected


def test_an_incomplete_profile_leave_and_an_accepted_place_bar_the_student_for_every_project():
    student = factories.make_student(fresh_graduate=None, on_leave=True)
    assert codes(student_reasons(student)) == ["on_leave", "profile"]
    round_ = factories.make_round()
    Placement.objects.create(
        round=round_,
        student=student,
        project=factories.make_project(),
        state="accepted",
        offered_at=clock.now(),
        answer_due_at=clock.now(),
    )
    assert codes(student_reasons(student)) == ["placed", "on_leave", "profile"]


def test_a_withdrawn_project_and_a_draft_are_not_for_listing():
    student = factories.make_student()
    for state in ("withdrawn", "drafted", "approved"):
        assert codes(project_reasons(student, factories.make_project(state=state))) == ["withdrawn"]


def test_member_level_is_read_by_students_but_not_by_an_account_without_a_role():
    project = factories.make_project(level="member")
    assert eligibility(factories.make_student(), project) == []
    outsider = factories.make_student(user=factories.make_user())
    assert codes(project_reasons(outsider, project)) == ["level"]


def test_the_filter_and_the_question_always_agree():
    """Every student against every project, through both forms of the one table."""
    students = [
        factories.make_student(degree=degree, fresh_graduate=fresh)
        for degree in ("master", "doctor")
        for fresh in (True, False, None)
    ]
    students.append(factories.make_student(user=factories.make_user()))
    for state in ("open", "withdrawn"):
        for degree in DegreeWanted.values:
            for months in (5, 6, 12):
                for level in ("public", "member"):
                    factories.make_project(state=state, degree=degree, months=months, level=level)
    projects = list(Project.objects.order_by("pk"))
    for student in students:
        filtered = set(Project.objects.filter(open_to(student)).values_list("pk", flat=True))
        assert filtered == {project.pk for project in projects if may_list(student, project)}
    assert filtered, "the last student may list something, or nothing is compared"


def test_every_reason_says_what_to_do():
    student = factories.make_student(fresh_graduate=True, on_leave=True)
    reasons = eligibility(student, factories.make_project(months=6, degree="doctor", state="withdrawn"))
    assert len(reasons) == 4
    assert all(reason.sentence and reason.remedy for reason in reasons)
