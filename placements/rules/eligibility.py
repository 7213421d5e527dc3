"""Who may list which project: one table of rules, asked for one pair, for a whole list, and at closing.

A rule says for a student and a project (or a row with the same fields) whether it is broken, in which words, and what
the student can do. `open_to` is the same table as a filter.
"""

from collections.abc import Callable
from dataclasses import dataclass

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from consortium.enums import Degree
from consortium.reach import reach
from consortium.roles import Permission, Scope
from placements.enums import DegreeWanted, Level, PlacementState, ProjectState

LISTABLE = (ProjectState.OPEN, ProjectState.MATCHED)


@dataclass(frozen=True)
class Reason:
    """Why something cannot be: `code` for records, `sentence` and `remedy` for people, a button to the remedy."""

    code: str
    sentence: str
    remedy: str = ""
    url: str = ""
    url_label: str = ""


@dataclass(frozen=True)
class Rule:
    """`broken(student, project)`, `holds(student)` the same as a filter on projects, `say(student, project)` a Reason."""

    broken: Callable
    holds: Callable
    say: Callable


def eligibility(student, project):
    """Every reason why the student cannot be matched with the project, none when everything is in order."""
    return student_reasons(student) + project_reasons(student, project)


def student_reasons(student):
    """What is missing on the student's own side, for any project."""
    reasons = []
    if student.placements.filter(state=PlacementState.ACCEPTED).exists():
        reasons.append(
            Reason(
                "placed",
                _("You have accepted a place; who has accepted one enters no other round."),
                _("If the place has fallen through, ask the graduate school."),
            )
        )
    if student.on_leave:
        reasons.append(
            Reason(
                "on_leave",
                _("You are registered as on leave, so your list cannot take part in this round."),
                _("If that is no longer so, ask the graduate school to update it."),
            )
        )
    if student.fresh_graduate is None:
        reasons.append(
            Reason(
                "profile",
                _(
                    "One item is missing before you can submit: say whether you are a fresh graduate; "
                    "it decides your months of practice."
                ),
                _("It takes one press in your profile."),
                reverse("me") + "#fresh",
                _("Complete the profile"),
            )
        )
    return reasons


def project_reasons(student, project):
    """What speaks against this one project."""
    return [rule.say(student, project) for rule in RULES if rule.broken(student, project)]


def may_list(student, project):
    """Whether the student may put the project (or a row with its fields) on a list."""
    return not any(rule.broken(student, project) for rule in RULES)


def open_to(student):
    """The projects that the student may list, as a filter."""
    condition = Q()
    for rule in RULES:
        condition &= rule.holds(student)
    return condition


def checklist(student, project):
    """Every condition of a project with its answer, for the project page: [{"ok", "text", "note"}]."""
    wanted = DegreeWanted(project.degree).label
    rows = [
        {
            "ok": not _degree_differs(student, project),
            "text": _("Degree: %(wanted)s") % {"wanted": wanted},
            "note": _("You are registered as: %(degree)s.") % {"degree": student.get_degree_display()},
        },
    ]
    need = student.required_months
    rows.append(
        {
            "ok": None if need is None else not _too_short(student, project),
            "text": _("Length: %(months)d months of practice") % {"months": project.months},
            "note": _("Say whether you are a fresh graduate, then this can be checked.")
            if need is None
            else _("You need at least %(months)d months.") % {"months": need},
        }
    )
    if student.on_leave:
        rows.append({"ok": False, "text": _("In attendance"), "note": student_reasons(student)[0].sentence})
    return rows


def _degree_differs(student, project):
    return project.degree not in (DegreeWanted.ANY, student.degree)


def _say_degree(student, project):
    said = {Degree.MASTER: _("a master's student"), Degree.DOCTOR: _("a doctoral student")}
    return Reason(
        "degree",
        _("This project asks for %(wanted)s; you are %(degree)s.")
        % {"wanted": DegreeWanted(project.degree).label, "degree": said[student.degree]},
        _("If your degree is registered wrongly, ask the graduate school to check it before closing."),
    )


def _too_short(student, project):
    return student.required_months is not None and project.months < student.required_months


def _say_short(student, project):
    fresh = _("a fresh graduate") if student.fresh_graduate else _("not a fresh graduate")
    return Reason(
        "months",
        _("This project lasts %(months)d months; you are registered as %(fresh)s and need %(need)d.")
        % {"months": project.months, "need": student.required_months, "fresh": fresh},
        _("Choose a longer project, or correct your profile if it is wrong."),
        reverse("me") + "#fresh",
        _("Check the profile"),
    )


def _beyond_reading(student, project):
    return project.level != Level.PUBLIC and not _reads_members(student)


def _reads_members(student):
    held = reach(student.user, Permission.READ_PROJECTS)
    return held.all or Scope.MEMBER in held.scopes


def _say_level(student, project):
    return Reason(
        "level",
        _("This project is open to members of the consortium only."),
        _("Ask the graduate school whether your account has the student role."),
    )


def _not_open(student, project):
    return project.state not in LISTABLE


def _say_not_open(student, project):
    return Reason(
        "withdrawn",
        _("This project is no longer open."),
        _("Remove or replace it; your other choices are unaffected."),
    )


RULES = (
    Rule(_not_open, lambda student: Q(state__in=LISTABLE), _say_not_open),
    Rule(_degree_differs, lambda student: Q(degree__in=[DegreeWanted.ANY, student.degree]), _say_degree),
    Rule(_too_short, lambda student: Q(months__gte=student.required_months or 0), _say_short),
    Rule(
        _beyond_reading, lambda student: Q() if _reads_members(student) else Q(level=Level.PUBLIC), _say_level
    ),
)
