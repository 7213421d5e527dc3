"""What may be done with a demand, by whom, and where it stands on its way."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext

from consortium.enums import BoardCode
from consortium.reach import reach
from consortium.roles import Permission
from placements.enums import DemandList, DemandState, ProjectState

# Each list is proposed to the board whose work it is; the enterprise may choose another.
BOARD_OF_LIST = {
    DemandList.PRODUCT: BoardCode.ENTERPRISE,
    DemandList.TECHNOLOGY: BoardCode.TECHNOLOGY,
    DemandList.TALENT: BoardCode.INTEGRATION,
}
EDITABLE = (DemandState.DRAFT, DemandState.RETURNED, DemandState.MORE_WANTED)
# The board has something to do with it, or will have when the enterprise has answered.
WITH_BOARD = (DemandState.SUBMITTED, DemandState.TRIAGED, DemandState.MORE_WANTED)
FEW_WORDS = 40


def _holds_for(user, permission, demand):
    granted = reach(user, permission)
    return granted.all or demand.organisation_id in granted.organisations or demand.board_id in granted.boards


def may_edit(user, demand):
    """Whether the demand is the person's to write: the own organisation's, or any for the secretariat."""
    return _holds_for(user, Permission.EDIT_DEMAND, demand)


def may_triage(user, demand):
    """Whether the person answers for the board that has the demand."""
    return _holds_for(user, Permission.TRIAGE_DEMAND, demand)


def may_read_inside(user, demand):
    """Whether the person reads what was said about the demand: its own people, its board, those who
    read all.
    """
    return _holds_for(user, Permission.READ_DEMANDS, demand)


def may_draft_project(user, demand, *, appointments=()):
    """Whether the person may turn the demand into a project: its organisation's people, or a mentor
    in office.

    An industry mentor does it for the own organisation; an academic mentor for any demand that is visible.
    """
    granted = reach(user, Permission.EDIT_PROJECT)
    if granted.all or demand.organisation_id in granted.organisations:
        return True
    return granted.own and any(
        one.is_academic or one.organisation_id == demand.organisation_id for one in appointments
    )


def is_vague(text, needed_by):
    """Whether one more sentence would help whoever must answer. A hint, never a refusal."""
    return len(text.strip()) < FEW_WORDS or needed_by is None


# --- the ten steps of the way from a demand to its outcome


STEPS = (
    (gettext_lazy("Handed in"), gettext_lazy("Board")),
    (gettext_lazy("With the board"), gettext_lazy("Board")),
    (gettext_lazy("Answered"), gettext_lazy("Enterprise")),
    (gettext_lazy("Project in draft"), gettext_lazy("Enterprise and mentors")),
    (gettext_lazy("Project in approval"), gettext_lazy("Graduate school or board")),
    (gettext_lazy("Open for students"), gettext_lazy("Graduate school")),
    (gettext_lazy("Matched"), gettext_lazy("Graduate school")),
    (gettext_lazy("Practice running"), gettext_lazy("Student and both mentors")),
    (gettext_lazy("Delivered and accepted"), gettext_lazy("Enterprise")),
    (gettext_lazy("Fed back into teaching"), gettext_lazy("University and enterprise")),
)


def steps(demand, project=None, waiting=None):
    """The ten steps with the present one marked: label, state, date, and as note whose step it is.

    `waiting`: working days that the present step has lasted.
    """
    at = position(demand, project)
    dates = {0: demand.submitted_at, 2: demand.first_response_at}
    if project is not None:
        dates |= {3: project.created_at, 4: project.submitted_at, 5: project.approved_at}
    made = []
    for number, (label, owner) in enumerate(STEPS):
        note = str(owner)
        if number == at and waiting:
            note += pgettext("between facts", ", ") + ngettext(
                "%(n)d working day", "%(n)d working days", waiting
            ) % {"n": waiting}
        made.append(
            {
                "label": str(label),
                "state": "done" if number < at else "current" if number == at else "todo",
                "date": dates.get(number) if number <= at else None,
                "note": note,
            }
        )
    return made


def position(demand, project=None):
    """The number of the present step, from 0; a demand that ended on its way stands where it ended."""
    if demand.state == DemandState.DRAFTED:
        state = project.state if project is not None else ProjectState.DRAFTED
        return {
            ProjectState.SUBMITTED: 4,
            ProjectState.APPROVED: 5,
            ProjectState.OPEN: 5,
            ProjectState.MATCHED: 6,
        }.get(state, 3)
    return {
        DemandState.DRAFT: 0,
        DemandState.SUBMITTED: 0,
        DemandState.RETURNED: 0,
        DemandState.TRIAGED: 1,
        DemandState.MORE_WANTED: 1,
        DemandState.RESPONDED: 2,
    }.get(demand.state, 0)


def whose_turn(demand, project=None):
    """In words: who has to act now."""
    if demand.state == DemandState.WITHDRAWN:
        return _("Nobody: the demand was withdrawn")
    if demand.state in (DemandState.DRAFT, DemandState.RETURNED, DemandState.MORE_WANTED):
        return demand.organisation.short
    if demand.state in (DemandState.SUBMITTED, DemandState.TRIAGED):
        return demand.board.name
    if demand.state == DemandState.DRAFTED and project is not None:
        if project.state == ProjectState.WITHDRAWN:
            return _("Nobody: the project was withdrawn")
        if project.state == ProjectState.SUBMITTED:
            return _("Graduate school or board")
        if project.state in (ProjectState.APPROVED, ProjectState.OPEN, ProjectState.MATCHED):
            return _("Graduate school")
    return demand.organisation.short


def is_users_turn(user, demand, project=None):
    """Whether the person reading is the one who has to act."""
    if demand.state in (DemandState.SUBMITTED, DemandState.TRIAGED):
        return may_triage(user, demand)
    if demand.state in (*EDITABLE, DemandState.RESPONDED):
        return may_edit(user, demand)
    if demand.state == DemandState.DRAFTED and project is not None:
        return project.state in (ProjectState.DRAFTED, ProjectState.RETURNED) and may_edit(user, demand)
    return False
