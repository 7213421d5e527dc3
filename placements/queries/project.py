"""Who sees which project, and a project with everything its page shows."""

from django.db.models import Exists, OuterRef, Prefetch, Q

from consortium.reach import reach
from consortium.roles import Permission, Scope
from mentors.models import Appointment
from placements.enums import CLOSED_AND_UNDECIDED, Level, ProjectState
from placements.models import MatchingRound, Project, RoundProject

# What the world may know of: a project that takes or has taken lists. Drafts and withdrawn ones are their owners'.
SHOWN = (ProjectState.OPEN, ProjectState.MATCHED)


def projects_visible_to(user):
    """Projects the user may read: open ones as far as the role reaches, one's own in every state."""
    held = reach(user, Permission.READ_PROJECTS)
    condition = Q(pk__in=[])
    if held.all:
        condition |= Q(state__in=SHOWN)
    elif Scope.MEMBER in held.scopes:
        condition |= Q(state__in=SHOWN, level__in=[Level.PUBLIC, Level.MEMBER])
    elif held:
        condition |= Q(state__in=SHOWN, level=Level.PUBLIC)
    decides = reach(user, Permission.APPROVE_PROJECT)
    if decides.all:
        return Project.objects.all()
    return Project.objects.filter(condition | _own(user, held) | Q(board__in=decides.boards))


def _own(user, held):
    """Drafts and withdrawn ones too: those of one's organisation, those one mentors or has drafted."""
    condition = Q(organisation__in=held.organisations)
    edits = reach(user, Permission.EDIT_PROJECT)
    if edits.own:
        mine = Appointment.objects.filter(user=user)
        condition |= Q(academic_mentor__in=mine) | Q(industry_mentor__in=mine) | Q(created_by=user)
    return condition


def open_projects(user, undecided=None):
    """Projects that take part in what students choose from now, as far as the user may read them.

    A project whose round has closed waits for its result and takes no list any more. `undecided`: the keys of such
    rounds, where they are known already.
    """
    projects = projects_visible_to(user).filter(state=ProjectState.OPEN)
    # The few rounds by name: PostgreSQL knows how many projects each holds, and nothing of those of some states.
    if undecided is None:
        closed = MatchingRound.objects.filter(state__in=CLOSED_AND_UNDECIDED).order_by("pk")
        undecided = list(closed.values_list("pk", flat=True))
    if not undecided:
        return projects
    return projects.filter(~Exists(RoundProject.objects.filter(project=OuterRef("pk"), round__in=undecided)))


def with_page(queryset):
    """Everything the project page shows, in a constant number of queries."""
    return queryset.select_related(
        "organisation",
        "base__organisation",
        "demand",
        "board",
        "academic_mentor__user",
        "academic_mentor__organisation",
        "industry_mentor__user",
        "industry_mentor__organisation",
    ).prefetch_related("skills_required", "skills_welcome", "base__accreditations", "changes")


def with_round(queryset, round_):
    """Each project with its entry in the round, as `in_round` (a list of none or one)."""
    entries = RoundProject.objects.filter(round=round_)
    return queryset.prefetch_related(Prefetch("round_projects", entries, to_attr="in_round"))
