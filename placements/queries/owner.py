"""What owners have: their projects, the people behind an organisation or a board, the mentors and
bases to choose.
"""

from django.db.models import Count, Exists, F, OuterRef, Q

from consortium import policy
from consortium.models import User
from consortium.queries.people import acting_for
from consortium.reach import reach
from consortium.roles import ROLES, Permission, Scope
from mentors.enums import INDUSTRY_KINDS, AppointmentKind
from mentors.models import Appointment, Mentorship
from mentors.queries import mentorship
from placements.enums import PlacementState, ProjectState
from placements.models import Base, DraftChoice, Placement, Preference, Project

HELD = (PlacementState.OFFERED, PlacementState.ACCEPTED)


def _owned(user, permission):
    granted = reach(user, permission)
    owned = Q(pk__in=[])
    if granted.organisations:
        owned |= Q(organisation__in=granted.organisations)
    if granted.own:
        owned |= Q(academic_mentor__user=user) | Q(industry_mentor__user=user)
        if permission == Permission.EDIT_PROJECT:
            owned |= Q(created_by=user)
    return owned


def projects_of(user):
    """The projects a person writes: the own organisation's, or those the person drafted or mentors."""
    return Project.objects.filter(_owned(user, Permission.EDIT_PROJECT))


def projects_to_score(user):
    """The projects whose applicants a person judges."""
    return Project.objects.filter(_owned(user, Permission.RANK_APPLICANTS))


def projects_to_approve(user):
    """The projects a person approves: all, or those of the own board."""
    granted = reach(user, Permission.APPROVE_PROJECT)
    if granted.all:
        return Project.objects.all()
    return Project.objects.filter(board__in=granted.boards)


def waiting_for_approval(user):
    """Those among them that wait now; not what the person handed in, and pay under the floor only for
    those who review it.
    """
    rows = projects_to_approve(user).filter(state=ProjectState.SUBMITTED).exclude(submitted_by=user)
    if not reach(user, Permission.REVIEW_PAY).all:
        rows = rows.alias(paid=F("stipend") * 100, asked=F("post_wage") * policy.value("pay_floor_percent"))
        rows = rows.filter(paid__gte=F("asked"))
    return rows.order_by("submitted_at", "pk")


def for_list(projects):
    """With everything a row shows."""
    return projects.select_related(
        "organisation", "base", "demand", "academic_mentor__user", "industry_mentor__user"
    ).order_by("-id")


def for_page(projects):
    """With everything the form, the red lines and the approval page show."""
    return projects.select_related(
        "organisation",
        "board",
        "base__organisation",
        "demand__organisation",
        "academic_mentor__user",
        "academic_mentor__organisation",
        "industry_mentor__user",
        "industry_mentor__organisation",
        "submitted_by",
    ).prefetch_related("base__accreditations", "skills_required", "skills_welcome")


# --- people


def people_of_board(board, permission):
    """Active people who hold the permission for this board; where it has none, those who hold it for all."""
    own = [key for key, role in ROLES.items() if Scope.BOARD in role.grants.get(permission, ())]
    every = [key for key, role in ROLES.items() if Scope.ALL in role.grants.get(permission, ())]
    active = User.objects.filter(is_active=True).distinct().order_by("pk")
    rows = (
        list(active.filter(grants__role__in=own, grants__ended_at=None, grants__board=board)) if board else []
    )
    return rows or list(active.filter(grants__role__in=every, grants__ended_at=None))


def owners_of(project):
    """Whom a message about a project reaches: who drafted and handed it in, its mentors, its
    organisation's people.
    """
    named = [project.created_by_id, project.submitted_by_id]
    named += [one.user_id for one in (project.academic_mentor, project.industry_mentor) if one is not None]
    ids = {pk for pk in named if pk}
    ids |= set(acting_for([project.organisation_id], Permission.EDIT_PROJECT).values_list("pk", flat=True))
    return User.objects.filter(pk__in=ids, is_active=True).order_by("pk")


# --- choices of the form


def appointments_of(user, day):
    """A person's own appointments in office on the day."""
    if not user.is_authenticated:
        return Appointment.objects.none()
    return Appointment.objects.in_office(day).filter(user=user).order_by("pk")


def mentors_for(organisation, day, *, academic, keep=None):
    """Mentors a project may name: in office on the day; industry ones of the organisation itself.
    `keep`: one chosen
    before, which the red lines judge, not the list."""
    kinds = [AppointmentKind.ACADEMIC] if academic else INDUSTRY_KINDS
    able = Appointment.objects.in_office(day).filter(kind__in=kinds)
    if not academic:
        able = able.filter(organisation=organisation)
    rows = Appointment.objects.filter(Q(pk__in=able.values("pk")) | Q(pk=keep))
    return rows.select_related("user", "organisation").order_by("pk")


def mentors_ever(organisation, *, academic):
    """Whom a project may have named at any time: `mentors_for` without the day."""
    kinds = [AppointmentKind.ACADEMIC] if academic else INDUSTRY_KINDS
    rows = Appointment.objects.filter(kind__in=kinds).select_related("user")
    return rows if academic else rows.filter(organisation=organisation)


def bases_for(organisation, start, end, *, keep=None):
    """The organisation's bases whose accreditation holds from the start through the whole stay."""
    valid = Base.objects.filter(organisation=organisation).valid_on(start).valid_on(end)
    return Base.objects.filter(Q(pk__in=valid.values("pk")) | Q(pk=keep)).order_by("name")


def loads(appointments):
    """How many students each mentor guides or is to guide: {appointment: number}.

    A place counts until its student is guided in it; from then on the mentorship does, whoever guides. One of an earlier
    stay, over before the project begins, says nothing about this place.
    """
    found = mentorship.loads(appointments)
    begins = OuterRef("project__starts_on")
    guided = Mentorship.objects.filter(
        Q(ended_on__gte=begins) | Q(ended_on=None, until__gte=begins), student=OuterRef("student")
    )
    held = Placement.objects.filter(
        Q(state=PlacementState.OFFERED) | ~Exists(guided), state__in=HELD
    ).order_by()
    for side in ("academic_mentor", "industry_mentor"):
        rows = held.filter(**{f"project__{side}__in": list(found)}).values_list(f"project__{side}")
        for pk, number in rows.annotate(n=Count("pk")):
            found[pk] += number
    return found


# --- students who list a project


def students_listing(project, rounds):
    """The users whose draft or latest handed-in list of these rounds names the project."""
    drafts = DraftChoice.objects.filter(round_project__project=project, application__round__in=rounds)
    latest = Preference.objects.filter(
        round_project__project=project,
        version__application__round__in=rounds,
        version__withdrawal=False,
        version__number=F("version__application__last_version"),
    )
    ids = set(drafts.order_by().values_list("application__student__user", flat=True))
    ids |= set(latest.order_by().values_list("version__application__student__user", flat=True))
    return User.objects.filter(pk__in=ids, is_active=True).order_by("pk")


def matched_students(project):
    """How many hold a place in the project now."""
    return Placement.objects.filter(project=project, state__in=HELD).count()


def placed_users(project):
    """The students who hold a place in the project now, as users."""
    held = Placement.objects.filter(project=project, state__in=HELD)
    return list(User.objects.filter(student__in=held.values("student"), is_active=True).order_by("pk"))
