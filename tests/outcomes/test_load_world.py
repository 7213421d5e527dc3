"""The large world of the benches: what it holds, that a seed is a world, and where it is not loaded."""

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction
from django.db.models import Count

from consortium.audit import first_broken_link
from consortium.models import AuditEvent, Membership, Organisation, RoleGrant, StudentProfile, User
from consortium.queries.organisation import searched
from mentors.models import Mentorship, SupervisionLog
from placements.enums import ApplicationState, RoundState
from placements.models import (
    Application,
    Base,
    MatchingRound,
    Preference,
    Project,
    RoundCap,
    RoundProject,
)
from placements.queries.project import open_projects
from placements.queries.round import current_preferences
from placements.rules import caps as cap_rules
from placements.rules.eligibility import eligibility
from placements.search import matching
from tests.factories import make_organisation, make_user

STUDENTS, PROJECTS, ORGANISATIONS = 14, 20, 13


def load(seed=1, **sizes):
    sizes = {"students": STUDENTS, "projects": PROJECTS, "organisations": ORGANISATIONS} | sizes
    call_command("load_world", seed=seed, verbosity=0, **sizes)


def content():
    """What the world is, without keys and moments."""
    lists = Preference.objects.order_by("version__application__student__number", "rank").values_list(
        "version__application__student__number", "rank", "round_project__code", "statement"
    )
    projects = Project.objects.order_by("number").values_list(
        "number",
        "title",
        "field",
        "organisation__name_zh",
        "base__name",
        "degree",
        "months",
        "places",
        "stipend",
    )
    caps = RoundCap.objects.order_by("code").values_list("code", "kind", "label", "capacity")
    return [list(rows) for rows in (lists, projects, caps)], MatchingRound.objects.get().seed


def refusal(**sizes):
    with pytest.raises(CommandError) as caught:
        load(**sizes)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_counts(db):
    load()
    assert Organisation.objects.count() == ORGANISATIONS + 1  # the university
    assert 0 < Membership.objects.count() < ORGANISATIONS
    assert Base.objects.exists()
    pairs = (
        Project.objects.values_list("academic_mentor__kind", "industry_mentor__kind").distinct().order_by()
    )
    assert list(pairs) == [("academic_mentor", "industry_mentor")]
    assert open_projects(User.objects.get(username="student")).count() == PROJECTS
    assert RoundProject.objects.count() == PROJECTS
    round = MatchingRound.objects.get()
    assert round.state == RoundState.OPEN
    submitted = Application.objects.filter(round=round, state=ApplicationState.SUBMITTED)
    assert submitted.count() == StudentProfile.objects.count() == STUDENTS
    lists = current_preferences(round, ApplicationState.SUBMITTED)
    assert lists.values("version").distinct().count() == STUDENTS
    assert RoleGrant.objects.filter(role="student").count() == STUDENTS


def test_every_choice_is_one_its_student_may_make(db):
    load()
    rows = Preference.objects.select_related("version__application__student__user", "round_project__project")
    for row in rows:
        assert eligibility(row.version.application.student, row.round_project.project) == []


def test_caps_nest_and_some_are_felt(db):
    load(students=60)
    held = cap_rules.members(RoundCap.objects.all(), list(Project.objects.all()))
    assert held
    assert cap_rules.overlapping(held) is None


def test_everything_invented_says_so(db):
    load()
    assert not User.objects.filter(is_sample=False).exists()
    assert not User.objects.exclude(name__startswith="示例").exists()
    assert not Organisation.objects.exclude(name_zh__startswith="示例").exists()
    assert not Project.objects.filter(is_sample=False).exists()


def test_projects_are_found_by_two_characters(db):
    load()
    project = Project.objects.order_by("pk").first()
    assert matching(Project.objects.all(), project.title[-2:]).filter(pk=project.pk).exists()


def test_the_load_is_one_act_of_the_trail(db):
    load(seed=7)
    assert AuditEvent.objects.get().details["seed"] == 7
    assert first_broken_link() is None


def test_same_seed_same_world(transactional_db):
    load(seed=3)
    first = content()
    call_command("flush", interactive=False, verbosity=0)
    load(seed=3)
    assert content() == first


def test_another_seed_another_world(transactional_db):
    load(seed=3)
    first = content()
    call_command("flush", interactive=False, verbosity=0)
    load(seed=4)
    assert content() != first


def test_refused_outside_demo_and_debug(db, settings):
    settings.LOCAL = False
    assert "never in production" in refusal()
    assert not User.objects.exists()


def test_refused_where_people_are(db):
    make_user("secretary", is_sample=True)
    assert "an empty one" in refusal()
    assert User.objects.count() == 1
    assert not Organisation.objects.exists()


def test_refused_twice(db):
    load()
    assert "an empty one" in refusal(seed=2)
    assert Project.objects.count() == PROJECTS


@pytest.mark.parametrize("name", ["students", "projects", "organisations"])
@pytest.mark.parametrize("count", [0, -1, 200_001])
def test_refused_sizes(db, name, count):
    assert f"--{name} is a number from 1 to 200,000" in refusal(**{name: count})
    assert not User.objects.exists()


def test_a_failed_load_leaves_nothing(db):
    make_organisation("示例大学", kind="university")
    with pytest.raises(IntegrityError), transaction.atomic():
        load()
    assert not User.objects.exists()
    assert Organisation.objects.count() == 1
    assert not AuditEvent.objects.exists()


def test_mentorships_keep_to_every_mentors_capacity_and_have_logs_of_both_sides(db):
    load(mentorships=STUDENTS)
    assert 5 <= Mentorship.objects.count() <= STUDENTS
    for side in ("academic", "industry"):
        of_each = Mentorship.objects.values(side, f"{side}__capacity").annotate(n=Count("pk")).order_by()
        assert all(row["n"] <= row[f"{side}__capacity"] for row in of_each)
        assert SupervisionLog.objects.filter(side=side, state="confirmed").exists()


def test_a_search_finds_the_organisations_of_the_world(db):
    load()
    some = Organisation.objects.exclude(short_zh="").order_by("pk").last()
    assert some in searched(Organisation.objects.all(), some.short_zh)


def test_there_are_no_more_mentorships_than_students(db):
    assert "--mentorships" in refusal(mentorships=STUDENTS + 1)
