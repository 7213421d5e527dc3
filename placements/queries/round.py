"""Rounds as pages and rules need them: who sees which, candidates before opening, progress, figures."""

from collections import Counter

from django.db.models import Count, Exists, F, OuterRef, Prefetch, Q, Sum

from consortium.models import Notification, StudentProfile, User
from consortium.reach import may
from consortium.roles import Permission
from mentors.models import Appointment
from placements.enums import ApplicationState, CapKind, PlacementState, ProjectState, RoundState
from placements.models import (
    Application,
    ApplicationVersion,
    BaseAccreditation,
    MatchingRound,
    MatchResult,
    MatchRun,
    Objection,
    Placement,
    Preference,
    Project,
    RoundProject,
    RoundRequest,
)

# The message that goes to everybody who may publish when a run is verified, and the one that somebody sends after.
RUN_VERIFIED, PUBLISHER_ASKED = "round_verified", "round_awaits_publisher"
NOT_YET_SHOWN = (RoundState.PLANNED, RoundState.CONFIGURED, RoundState.CANCELLED)
WITH_RESULT = (RoundState.PUBLIC_NOTICE, RoundState.PUBLISHED, RoundState.ARCHIVED)


def sees_inside(user):
    """Whether the person sees how a round is prepared and run: those who run rounds, and auditors."""
    return may(user, Permission.RUN_ROUND) or may(user, Permission.READ_MATCH_FILES)


def rounds_visible_to(user):
    """Staff who run rounds and auditors see all, everybody else from opening on."""
    rounds = MatchingRound.objects.select_related(
        "created_by", "notice_started_by", "published_by", "instance"
    )
    return rounds if sees_inside(user) else rounds.exclude(state__in=NOT_YET_SHOWN)


def counts_by_state_and_year(rounds):
    """How many of these rounds stand in each state, and how many open in each year: ({state: n}, {year: n})."""
    states, years = Counter(), Counter()
    rows = rounds.order_by().values_list("state", "opens_at__year").annotate(n=Count("pk"))
    for state, year, number in rows:
        states[state] += number
        years[year] += number
    return states, years


def objections_visible_to(user):
    """Those who answer and auditors see all, everybody else their own."""
    rows = Objection.objects.select_related("round", "run", "by", "answered_by", "file")
    if may(user, Permission.ANSWER_OBJECTION) or may(user, Permission.READ_AUDIT):
        return rows
    return rows.filter(by=user) if user.is_authenticated else rows.none()


def requests_visible_to(user):
    """What one person asked of a second one: for those who run rounds, and auditors."""
    rows = RoundRequest.objects.select_related("round")
    return rows if sees_inside(user) else rows.none()


def _no_samples(round, field):
    """Invented projects and people never enter a real round."""
    return {} if round.is_sample else {field: False}


def candidates(round):
    """Approved projects that may enter the round; for a second round also those with places left."""
    wanted = Q(state=ProjectState.APPROVED)
    if round.clearing:
        wanted |= Q(state=ProjectState.MATCHED)
    projects = (
        Project.objects.filter(wanted, **_no_samples(round, "is_sample"))
        .select_related("base", "organisation", "academic_mentor__user", "industry_mentor__user")
        .prefetch_related(Prefetch("base__accreditations", BaseAccreditation.objects.order_by("valid_from")))
        .order_by("pk")
    )
    if round.clearing:
        held = Count(
            "placements", filter=Q(placements__state__in=[PlacementState.OFFERED, PlacementState.ACCEPTED])
        )
        projects = projects.annotate(held=held).filter(held__lt=F("places"))
    return projects


def places_of(project):
    """Places a project offers in the next round: its own, less those held."""
    return project.places - getattr(project, "held", 0)


def load_of_mentors():
    """Accepted students per appointment."""
    accepted = Placement.objects.filter(state=PlacementState.ACCEPTED).order_by()
    load = Counter()
    for side in ("project__academic_mentor", "project__industry_mentor"):
        load.update(dict(accepted.values_list(side).annotate(n=Count("pk"))))
    return load


def taken_places(year):
    """A function (kind, subject id) -> places in use: a mentor's accepted students, a base's starts of the year."""
    mentors = load_of_mentors()
    bases = dict(
        Placement.objects.filter(state=PlacementState.ACCEPTED, project__starts_on__year=year)
        .order_by()
        .values_list("project__base")
        .annotate(n=Count("pk"))
    )
    return lambda kind, subject: (mentors if kind == CapKind.MENTOR else bases).get(subject, 0)


def label_of(kind, subject_id):
    """The name of what a cap stands over, or None when there is no such record."""
    from consortium.models import Organisation
    from placements.models import Base

    if kind == CapKind.MENTOR:
        row = Appointment.objects.select_related("user").filter(pk=subject_id).first()
        return row and row.user.get_full_name()
    row = (Base if kind == CapKind.BASE else Organisation).objects.filter(pk=subject_id).first()
    return row and row.name


def round_projects(round):
    """The projects of a round with what its pages and caps need."""
    return round.round_projects.select_related(
        "project__organisation",
        "project__base",
        "project__academic_mentor__user",
        "project__industry_mentor__user",
    ).order_by("project__field", "pk")


def students_of(round):
    """Students who may take part: in the register, active, not on leave, without an accepted place."""
    placed = Placement.objects.filter(student=OuterRef("pk"), state=PlacementState.ACCEPTED)
    return StudentProfile.objects.filter(
        ~Exists(placed), on_leave=False, user__is_active=True, **_no_samples(round, "user__is_sample")
    ).order_by("pk")


def without_a_list(round):
    """Students who may take part and have handed in nothing that stands."""
    handed_in = Application.objects.filter(
        round=round, student=OuterRef("pk"), state__in=[ApplicationState.SUBMITTED, ApplicationState.LOCKED]
    )
    return students_of(round).filter(~Exists(handed_in)).select_related("user")


def progress(round):
    """Hand-ins as counts only: submitted, drafts, none, of all; and submitted of all by degree."""
    students = students_of(round).order_by()
    states = dict(
        Application.objects.filter(round=round, student__in=students)
        .order_by()
        .values_list("state")
        .annotate(n=Count("pk"))
    )
    handed_in = Application.objects.filter(
        round=round, student=OuterRef("pk"), state=ApplicationState.SUBMITTED
    )
    by_degree = list(
        students.annotate(done=Exists(handed_in))
        .values("degree")
        .annotate(total=Count("pk"), submitted=Count("pk", filter=Q(done=True)))
        .order_by("degree")
    )
    total = sum(row["total"] for row in by_degree)
    submitted, drafts = states.get(ApplicationState.SUBMITTED, 0), states.get(ApplicationState.DRAFT, 0)
    return {
        "total": total,
        "submitted": submitted,
        "drafts": drafts,
        "none": max(total - submitted - drafts, 0),
        "by_degree": by_degree,
    }


def current_versions(round, *states):
    """The list that counts of every application in one of the states: its latest version, no withdrawal."""
    return ApplicationVersion.objects.filter(
        application__round=round,
        application__state__in=states,
        number=F("application__last_version"),
        withdrawal=False,
    )


def current_preferences(round, *states):
    """The choices of the lists that count, as one join: a further filter on students or projects keeps it small."""
    return Preference.objects.filter(
        version__application__round=round,
        version__application__state__in=states,
        version__number=F("version__application__last_version"),
        version__withdrawal=False,
    )


def bands(round):
    """How many projects have how many lists, by field, in bands: [(field, {"0-2": n, "3-5": n, "6+": n})]."""
    lists = current_preferences(round, ApplicationState.SUBMITTED, ApplicationState.LOCKED)
    wanted = dict(lists.order_by().values_list("round_project").annotate(n=Count("pk")))
    fields = {}
    rows = RoundProject.objects.filter(round=round, withdrawn_at=None).order_by("project__field", "pk")
    for pk, field in rows.values_list("pk", "project__field"):
        fields.setdefault(field, Counter())[_band(wanted.get(pk, 0))] += 1
    return list(fields.items())


def _band(number):
    return "low" if number <= 2 else "middle" if number <= 5 else "high"


def scoring(round):
    """How far the owners are: projects with applicants, done, still open (in rows)."""
    wanted = current_preferences(round, ApplicationState.LOCKED).filter(round_project=OuterRef("pk"))
    rows = round_projects(round).filter(Exists(wanted), withdrawn_at=None)
    open_rows = [row for row in rows if row.scores_done_at is None]
    return {"total": len(rows), "done": len(rows) - len(open_rows), "open": open_rows}


def head_figures(round):
    """Students, projects, places and choices of a round as its page's first line says them."""
    projects = RoundProject.objects.filter(round=round, withdrawn_at=None).aggregate(
        n=Count("pk"), places=Sum("places")
    )
    figures = {
        "projects": projects["n"],
        "places": projects["places"] or 0,
        "students": None,
        "choices": None,
    }
    if round.closed_at:
        figures["students"] = round.round_students.count()
        figures["choices"] = current_preferences(round, ApplicationState.LOCKED).count()
    return figures


def runner_ids(round):
    """Ids of the people who started a run of the round: they neither publish nor answer objections."""
    return set(MatchRun.objects.filter(round=round).order_by("pk").values_list("started_by_id", flat=True))


def adopted_run(round):
    """The run that people publish, or None."""
    return round.runs.filter(adopted=True).select_related("started_by", "result", "job").first()


def told_publishers(run):
    """Messages about this run to those who may publish it, the first one first."""
    about = Q(dedupe_key__startswith=f"{RUN_VERIFIED}:{run.pk}:") | Q(
        dedupe_key__startswith=f"{PUBLISHER_ASKED}:{run.pk}:"
    )
    return Notification.objects.filter(about).select_related("user").order_by("created_at", "pk")


def asked_key(run, day):
    """What makes the message that asks for publication one a day: for this run, on this day."""
    return f"{run.pk}:{day:%Y%m%d}"


def people_of(round):
    """Everybody whose list is in the round."""
    return list(User.objects.filter(student__round_students__round=round).order_by("pk"))


def without_a_place(run):
    """Results of a run (None: no result) that gave no place, by cause, with the student."""
    rows = MatchResult.objects.filter(run=run, round_project=None) if run else MatchResult.objects.none()
    return rows.select_related("round_student__student__user").order_by("cause", "pk")


def live_run(round):
    """The run that works now, or None."""
    return round.runs.filter(state="running").select_related("started_by", "job").first()


def open_request(round, kind):
    """The request of the kind that waits for a second person, or None."""
    return (
        round.requests.filter(kind=kind, agreed_at=None, withdrawn_at=None)
        .select_related("requested_by")
        .first()
    )


def agreed_request(round, kind):
    """The last request of the kind that two persons agreed to, or None."""
    rows = round.requests.filter(kind=kind, agreed_at__isnull=False, withdrawn_at=None)
    return rows.select_related("requested_by", "agreed_by").first()


def open_objections(round):
    """Objections of the round without an answer."""
    return round.objections.filter(state="open").order_by("due_at", "pk")


def upheld_against(run):
    """Objections against a run that were found right: they need a new computation."""
    return Objection.objects.filter(run=run, state="upheld")
