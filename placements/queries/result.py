"""A student's own result: what was got, why not better, and nothing about anybody else."""

from django.db.models import Count, F, Min, OuterRef, Q, Subquery, Sum

from consortium import clock
from consortium.reach import reach
from consortium.roles import Permission
from placements.enums import ObjectionState, PlacementState, ProjectState, RoundState
from placements.models import (
    ApplicationVersion,
    MatchingRound,
    MatchResult,
    MatchRun,
    Placement,
    Project,
    ProjectScore,
    RoundCap,
    RoundProject,
    RoundStudent,
)
from placements.queries.application import with_preferences

WITH_RESULT = (RoundState.PUBLIC_NOTICE, RoundState.PUBLISHED, RoundState.ARCHIVED)


def rounds_with_my_result(user):
    """Rounds whose result the student may read: on notice or final, and the student took part."""
    return MatchingRound.objects.filter(state__in=WITH_RESULT, round_students__student__user=user)


def my_result(user, round_):
    """The student's result in the adopted run with its project, or None."""
    return (
        MatchResult.objects.filter(run__round=round_, run__adopted=True, round_student__student__user=user)
        .select_related(
            "run",
            "round_student__student",
            "round_project__project__organisation",
            "round_project__project__base",
            "round_project__project__academic_mentor__user",
            "round_project__project__industry_mentor__user",
        )
        .first()
    )


def former_results(user, round_):
    """The student's results of runs that were on notice and then corrected, the latest first."""
    corrected = MatchRun.objects.filter(round=round_, adopted=False, objections__state=ObjectionState.UPHELD)
    return (
        MatchResult.objects.filter(run__in=corrected, round_student__student__user=user)
        .select_related("run", "round_project__project")
        .order_by("-run__number")
    )


def locked_version(user, round_):
    """The version that took part, with its choices, or None."""
    versions = ApplicationVersion.objects.filter(
        application__round=round_,
        application__student__user=user,
        number=F("application__last_version"),
        withdrawal=False,
    )
    return with_preferences(versions).first()


def caps_by_code(round_, codes):
    """Caps of the round among these codes, by code."""
    return {cap.code: cap for cap in RoundCap.objects.filter(round=round_, code__in=codes).order_by("pk")}


def cutoffs(run, round_projects, least):
    """Lowest score admitted per round project, only where at least `least` were admitted and all were scored."""
    score = ProjectScore.objects.filter(
        round_project=OuterRef("round_project"), round_student=OuterRef("round_student")
    ).values("score")[:1]
    rows = (
        MatchResult.objects.filter(run=run, round_project__in=round_projects)
        .order_by()
        .annotate(score=Subquery(score))
        .values("round_project")
        .annotate(admitted=Count("pk"), scored=Count("score"), lowest=Min("score"))
    )
    return {
        row["round_project"]: row["lowest"]
        for row in rows
        if row["admitted"] >= least and row["scored"] == row["admitted"]
    }


def admitted(run, round_projects):
    """How many were admitted per round project."""
    rows = MatchResult.objects.filter(run=run, round_project__in=round_projects).order_by()
    return dict(rows.values_list("round_project").annotate(n=Count("pk")))


def place_of(user, round_):
    """The place offered to the student in the round, or None."""
    return (
        Placement.objects.filter(student__user=user, round=round_)
        .select_related("project", "round", "student")
        .first()
    )


def my_places(user):
    """Places ever offered to the user."""
    return Placement.objects.filter(student__user=user).select_related(
        "round", "student__user", "project__academic_mentor__user", "project__industry_mentor__user"
    )


def to_answer(user):
    """Places that wait for this user's answer."""
    return my_places(user).filter(state=PlacementState.OFFERED).order_by("answer_due_at", "pk")


def next_round(round_):
    """The round after this one that is planned or open, or None."""
    return (
        MatchingRound.objects.filter(
            state__in=[RoundState.PLANNED, RoundState.CONFIGURED, RoundState.OPEN],
            opens_at__gt=round_.opens_at,
            closes_at__gt=clock.now(),
        )
        .order_by("opens_at", "pk")
        .first()
    )


def places_left(round_, condition, fields):
    """Places of the round that nobody holds, in projects under the condition and of these fields."""
    projects = (
        Project.objects.filter(condition, field__in=fields) if fields else Project.objects.filter(condition)
    )
    rows = RoundProject.objects.filter(
        round=round_, withdrawn_at=None, project__in=projects.exclude(state=ProjectState.WITHDRAWN)
    )
    offered = rows.aggregate(n=Sum("places"))["n"] or 0
    taken = MatchResult.objects.filter(run__round=round_, run__adopted=True, round_project__in=rows).count()
    return max(offered - taken, 0)


def took_part(user, round_):
    """The student's entry in the round as fixed at closing, or None."""
    return RoundStudent.objects.filter(round=round_, student__user=user).select_related("student").first()


def may_object(user, round_):
    """Whether the round's result concerns the user: took part, mentors a project in it, or speaks for its enterprise."""
    held = reach(user, Permission.OBJECT_TO_MATCH)
    if not held:
        return False
    if RoundStudent.objects.filter(round=round_, student__user=user).exists():
        return True
    return RoundProject.objects.filter(
        Q(project__academic_mentor__user=user)
        | Q(project__industry_mentor__user=user)
        | Q(project__organisation__in=held.organisations),
        round=round_,
    ).exists()
