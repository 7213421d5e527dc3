"""A student's list as pages and rules need it: the round it belongs to, the draft, what was handed in."""

from dataclasses import dataclass, field

from django.db.models import F, Prefetch

from placements.enums import CLOSED_AND_UNDECIDED, ApplicationState, RoundState
from placements.models import (
    Application,
    ApplicationVersion,
    DraftChoice,
    MatchingRound,
    Preference,
    RoundProject,
)

SHOWN = (
    RoundState.OPEN,
    RoundState.RANKING,
    RoundState.READY,
    RoundState.FROZEN,
    RoundState.RUNNING,
    RoundState.VERIFIED,
    RoundState.PUBLIC_NOTICE,
    RoundState.PUBLISHED,
    RoundState.ARCHIVED,
)
NAMES = (
    "application",
    "rank",
    "statement",
    "round_project__code",
    "round_project__project__title",
    "round_project__project__title_en",
    "round_project__project__organisation__name_zh",
    "round_project__project__organisation__name_en",
    "round_project__project__organisation__short_zh",
)
WITH_PROJECT = ("round_project__project__organisation", "round_project__project__base")


@dataclass
class MyList:
    """One student's list in one round: the draft's rows in order and the version that counts."""

    round: object
    student: object
    application: object = None
    rows: list = field(default_factory=list)
    latest: object = None
    # The choices of the latest version in order.
    handed_in: list = field(default_factory=list)

    @property
    def stands(self):
        """The version that takes part in matching, or None: none handed in, or withdrawn."""
        return None if self.latest is None or self.latest.withdrawal else self.latest

    @property
    def next_number(self):
        """The number the next version gets."""
        return (self.application.last_version if self.application else 0) + 1

    @property
    def changed(self):
        """Whether the draft differs from the version that counts."""
        return self.draft != (content(self.handed_in) if self.stands else [])

    @property
    def draft(self):
        """The draft as comparable content."""
        return content(self.rows)

    @property
    def revision(self):
        """Which state of the draft this is."""
        return self.application.revision if self.application else 0

    def place_of(self, project_id):
        """The project's place in the draft, or None."""
        return self.places.get(project_id)

    @property
    def places(self):
        """Project id to its place in the draft."""
        return {row.round_project.project_id: row.rank for row in self.rows}


def content(rows):
    """What makes two lists the same: the entries in order with their statements."""
    return [(row.round_project_id, row.statement) for row in rows]


def student_of(user):
    """The user's student profile, or None."""
    return getattr(user, "student", None) if user.is_authenticated else None


def current_round():
    """The round students are concerned with: the open one that closes first, else the latest that was open."""
    open_ = MatchingRound.objects.filter(state=RoundState.OPEN).order_by("closes_at", "pk").first()
    return open_ or MatchingRound.objects.filter(state__in=SHOWN).order_by("-opens_at", "-pk").first()


def open_round():
    """The round that takes lists now, or None."""
    return MatchingRound.objects.filter(state=RoundState.OPEN).order_by("closes_at", "pk").first()


def rounds_now():
    """The round that takes lists now or None, and the keys of those that closed and wait for their result: together
    in one question, for the page that students open most."""
    rows = list(
        MatchingRound.objects.filter(state__in=[RoundState.OPEN, *CLOSED_AND_UNDECIDED]).order_by(
            "closes_at", "pk"
        )
    )
    open_ = next((row for row in rows if row.state == RoundState.OPEN), None)
    return open_, tuple(sorted(row.pk for row in rows if row.state != RoundState.OPEN))


def entry_of(project, round_):
    """The project's row in a round, or None."""
    return RoundProject.objects.filter(project=project, round=round_).first() if round_ else None


def entries_of(round_):
    """The projects' rows in a round, with what names them."""
    return RoundProject.objects.filter(round=round_).select_related("project__organisation", "round")


def my_list(student, round_, *, brief=False):
    """The student's list in a round, in a constant number of queries.

    `brief`: only names of what is on the draft, and nothing of the projects of what was handed in.
    """
    choices, preferences = DraftChoice.objects.order_by("rank"), Preference.objects.order_by("rank")
    if brief:
        choices = choices.select_related("round_project__project__organisation").only(*NAMES)
        preferences = preferences.select_related("version__application")
    else:
        choices = choices.select_related(*WITH_PROJECT)
        preferences = preferences.select_related("version__application", *WITH_PROJECT)
    handed_in = list(
        preferences.filter(
            version__application__student=student,
            version__application__round=round_,
            version__number=F("version__application__last_version"),
        )
    )
    latest = handed_in[0].version if handed_in else _without_choices(student, round_)
    application = (
        latest.application if latest else Application.objects.filter(student=student, round=round_).first()
    )
    if application is None:
        return MyList(round_, student)
    return MyList(
        round_, student, application, list(choices.filter(application=application)), latest, handed_in
    )


def _without_choices(student, round_):
    """A latest version that holds nothing, as one that withdraws; None where there is no version."""
    return (
        ApplicationVersion.objects.filter(
            application__student=student, application__round=round_, number=F("application__last_version")
        )
        .select_related("application")
        .first()
    )


def versions_of(user):
    """Versions the user handed in; a receipt is the student's own."""
    return ApplicationVersion.objects.filter(application__student__user=user).select_related(
        "application__round", "application__student"
    )


def with_preferences(versions):
    """Versions with their choices in order."""
    rows = Preference.objects.select_related(*WITH_PROJECT).order_by("rank")
    return versions.prefetch_related(Prefetch("preferences", rows))


def differences(before, after):
    """What changed from one list to the next: [{"title", "was", "now"}], places or None, in the order of the new one."""
    was = {row.round_project_id: row for row in before}
    now = {row.round_project_id: row for row in after}
    rows = [
        {
            "title": row.round_project.project.name,
            "was": was[key].rank if key in was else None,
            "now": row.rank,
        }
        for key, row in now.items()
        if key not in was or was[key].rank != row.rank
    ]
    gone = [
        {"title": row.round_project.project.name, "was": row.rank, "now": None}
        for key, row in was.items()
        if key not in now
    ]
    return rows + gone


def latest_preferences(round_):
    """Rows of every list of a round that counts: the last version of each that is no withdrawal."""
    return Preference.objects.filter(
        version__application__round=round_,
        version__number=F("version__application__last_version"),
        version__withdrawal=False,
        version__application__state__in=[ApplicationState.SUBMITTED, ApplicationState.LOCKED],
    )
