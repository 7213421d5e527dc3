"""Applicants as owners may see them: never where else they applied, nor the place the project has in
their list.
"""

from dataclasses import dataclass, field

from django.db.models import Count, F, Q

from consortium.models import StudentProfile
from placements.enums import ApplicationState, PlacementState, RoundState
from placements.models import Placement, Preference, ProjectScore, RoundProject, RoundStudent
from placements.queries import owner

# From closing on: the lists are locked, so applicants exist.
CLOSED = (
    RoundState.RANKING,
    RoundState.READY,
    RoundState.FROZEN,
    RoundState.RUNNING,
    RoundState.VERIFIED,
    RoundState.PUBLIC_NOTICE,
    RoundState.PUBLISHED,
    RoundState.ARCHIVED,
)
FINAL = (RoundState.PUBLISHED, RoundState.ARCHIVED)


@dataclass
class Applicant:
    """One applicant of one project, with the judgement so far."""

    round_student: RoundStudent
    statement: str
    score: ProjectScore | None = None
    has: list = field(default_factory=list)
    lacks: list = field(default_factory=list)
    welcome: list = field(default_factory=list)

    @property
    def pk(self):
        """Of the student's row in the round."""
        return self.round_student.pk

    @property
    def student(self) -> StudentProfile:
        """Who it is."""
        return self.round_student.student

    @property
    def points(self):
        """The score given, if any."""
        return self.score.score if self.score else None

    @property
    def refused(self):
        """Whether the owner does not accept the applicant."""
        return bool(self.score and self.score.unacceptable)

    @property
    def judged(self):
        """Whether anything was said."""
        return self.score is not None


def counted_preferences():
    """Choices of the locked lists: of each the latest version, no withdrawal, of students found eligible."""
    return Preference.objects.filter(
        version__number=F("version__application__last_version"),
        version__withdrawal=False,
        version__application__state=ApplicationState.LOCKED,
        version__application__student__round_students__round=F("version__application__round"),
        version__application__student__round_students__eligible=True,
    )


def entries_to_score(user):
    """The entries in rounds of the projects whose applicants the person judges, whatever the round's state."""
    return RoundProject.objects.filter(project__in=owner.projects_to_score(user)).select_related(
        "round", "project__organisation"
    )


def rows_to_score(user):
    """The entries of rounds whose applicants the person judges or has judged: closed rounds, newest first."""
    rows = entries_to_score(user).filter(round__state__in=CLOSED, withdrawn_at=None)
    return rows.order_by("-round__closes_at", "project__title", "pk")


def with_progress(rows):
    """Each row with how many applicants it has and how many are judged, in two queries."""
    rows = list(rows)
    ids = [row.pk for row in rows]
    wanted = counted_preferences().filter(round_project__in=ids).order_by().values_list("round_project")
    totals = dict(wanted.annotate(n=Count("pk", distinct=True)))
    scores = ProjectScore.objects.filter(round_project__in=ids, round_student__eligible=True).order_by()
    judged = dict(scores.values_list("round_project").annotate(n=Count("pk")))
    for row in rows:
        row.applicants = totals.get(row.pk, 0)
        row.judged = min(judged.get(row.pk, 0), row.applicants)
    return rows


def applicants(round_project):
    """The eligible applicants in the random order of the round, each with skills matched and the
    judgement so far.
    """
    wanted = counted_preferences().filter(round_project=round_project)
    statements = dict(wanted.order_by().values_list("version__application__student", "statement"))
    rows = (
        RoundStudent.objects.filter(round=round_project.round_id, eligible=True, student__in=list(statements))
        .select_related("student__user", "student__university")
        .prefetch_related("student__skills")
        .order_by("code")
    )
    scores = {row.round_student_id: row for row in round_project.scores.order_by("pk")}
    required = list(round_project.project.skills_required.order_by("pk"))
    welcome = list(round_project.project.skills_welcome.order_by("pk"))
    made = []
    for row in rows:
        known = set(row.student.skills.all())
        made.append(
            Applicant(
                row,
                statements[row.student_id],
                scores.get(row.pk),
                has=[skill for skill in required if skill in known],
                lacks=[skill for skill in required if skill not in known],
                welcome=[skill for skill in welcome if skill in known],
            )
        )
    return made


def is_applicant(round_project, round_student):
    """Whether the student's locked list names the project and the student is eligible."""
    return (
        round_student.round_id == round_project.round_id
        and round_student.eligible
        and counted_preferences()
        .filter(round_project=round_project, version__application__student=round_student.student_id)
        .exists()
    )


def in_order(rows):
    """Those with a score, best first; equal scores in the random order of the round."""
    return sorted(
        (row for row in rows if row.points is not None),
        key=lambda row: (-row.points, row.round_student.code),
    )


def admitted(project):
    """Who got a place of the project in rounds that are final: places that were not declined, with
    the statement.
    """
    places = (
        Placement.objects.filter(
            Q(state=PlacementState.ACCEPTED) | Q(state=PlacementState.OFFERED),
            project=project,
            round__state__in=FINAL,
        )
        .select_related("student__user", "round")
        .order_by("-round__published_at", "student__number")
    )
    places = list(places)
    statements = {
        (row[0], row[1]): row[2]
        for row in counted_preferences()
        .filter(round_project__project=project)
        .order_by()
        .values_list("version__application__round", "version__application__student", "statement")
    }
    return [(place, statements.get((place.round_id, place.student_id), "")) for place in places]


def is_final(project):
    """Whether any round with the project is final."""
    return RoundProject.objects.filter(project=project, round__state__in=FINAL).exists()
