"""What may be done with a project, by whom, and which of its fields may still change."""

from consortium.reach import reach
from consortium.roles import Permission
from placements.enums import ProjectState, RoundState

EDITABLE = (ProjectState.DRAFTED, ProjectState.RETURNED)
UNDECIDED = (*EDITABLE, ProjectState.SUBMITTED)
SETTLED = (ProjectState.APPROVED, ProjectState.OPEN, ProjectState.MATCHED)
TEXTS = ("title", "title_en", "summary", "problem", "aims", "tasks", "deliverables")
TERMS = (
    "field",
    "chain",
    "talent_type",
    "bottleneck",
    "base",
    "academic_mentor",
    "industry_mentor",
    "degree",
    "months",
    "starts_on",
    "stipend",
    "post_wage",
    "pay_grounds",
    "fees",
    "hours_day",
    "hours_week",
    "housing",
    "safety_class",
    "level",
    "ip_terms",
    "confidentiality_terms",
)
DECLARED = ("safe_work_declared", "text_released")
SKILLS = ("skills_required", "skills_welcome")
FIELDS = (*TEXTS, *TERMS, "places", *DECLARED)
# What the graduate school may change after approval, with a reason. Places belong to the round by then.
AMENDABLE = tuple(name for name in TERMS if name not in ("fees", "pay_grounds"))
# A change of wording may never leave these empty.
NEVER_EMPTY = ("title", "summary", "problem", "aims", "tasks")
# Rounds in which students have the project in a list that still counts.
LISTED_IN = (RoundState.OPEN, RoundState.RANKING, RoundState.READY)
# A project may leave these, and none that is later on its way: scores complete, being computed, on notice.
LEAVES = (RoundState.OPEN, RoundState.RANKING)
HELD_BY = (
    RoundState.READY,
    RoundState.FROZEN,
    RoundState.RUNNING,
    RoundState.VERIFIED,
    RoundState.PUBLIC_NOTICE,
)


def may_edit(user, project):
    """Whether the project is the person's to write: own organisation's, drafted by or mentored by the
    person.
    """
    granted = reach(user, Permission.EDIT_PROJECT)
    if granted.all or project.organisation_id in granted.organisations:
        return True
    return granted.own and (project.created_by_id == user.pk or _mentors(user, project))


def may_score(user, project):
    """Whether the person judges the project's applicants."""
    granted = reach(user, Permission.RANK_APPLICANTS)
    if granted.all or project.organisation_id in granted.organisations:
        return True
    return granted.own and _mentors(user, project)


def _mentors(user, project):
    mentors = (project.academic_mentor, project.industry_mentor)
    return any(one is not None and one.user_id == user.pk for one in mentors)


def may_approve(user, project):
    """Whether approving is within the person's reach; who handed it in is asked separately."""
    granted = reach(user, Permission.APPROVE_PROJECT)
    return granted.all or project.board_id in granted.boards


def is_own_approval(user, project):
    """Whether the person would approve what they wrote or handed in."""
    return user.pk in (project.submitted_by_id, project.created_by_id)


def may_review_pay(user):
    """Whether the person reviews the grounds for pay under the floor: the graduate school."""
    return reach(user, Permission.REVIEW_PAY).all


def may_amend(user, project):
    """Whether the person changes terms after approval and withdraws matched projects: the graduate school."""
    return reach(user, Permission.AMEND_PROJECT).all
