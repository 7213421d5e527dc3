"""The page of one demand, as its readers, its writers and its board see it."""

from dataclasses import dataclass

from django import forms
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _

from consortium.clock import now, today
from consortium.reach import may, reach
from consortium.roles import Permission
from placements.enums import DemandState, Level, ProjectState
from placements.forms.demand import ANSWERS, QUESTIONS, RETURNS, MoveForm, SentencesForm, WordsForm
from placements.queries import demand as queries
from placements.queries import owner
from placements.queries.project import projects_visible_to
from placements.rules import demand as rules
from placements.rules import project as project_rules


def find(request, pk):
    """The demand, if the reader may see it at all."""
    return get_object_or_404(queries.for_page(queries.demands_visible_to(request.user)), pk=pk)


def page_of(request, row, *, opened="", form=None, status=200):
    """The page; `opened` names the form that came back with errors."""
    user, moment = request.user, now()
    project = row.project
    former = [one for one in row.projects.all() if one.state == ProjectState.WITHDRAWN]
    inside = rules.may_read_inside(user, row)
    days = queries.WorkingDays.read()
    officer = rules.may_triage(user, row)
    writer = rules.may_edit(user, row)
    since = row.submitted_at
    if row.state == DemandState.RESPONDED:
        since = max([row.first_response_at, *(one.withdrawn_at for one in former)])
    steps = rules.steps(row, project, days.between(since, moment) if since else None)
    at = rules.position(row, project)
    context = {
        "demand": row,
        "inside": inside,
        "officer": officer,
        "writer": writer,
        "entries": list(row.entries.select_related("by").order_by("-pk")) if inside else [],
        "rail": [{"label": "", "steps": steps}],
        "position": at + 1,
        "now_label": steps[at]["label"],
        "whose": rules.whose_turn(row, project),
        "turn": rules.is_users_turn(user, row, project),
        "waiting": row.state in queries.WAITING,
        "late": row.state in queries.WAITING and row.response_due < moment,
        "days_left": _days_left(days, row, moment),
        "editable": writer and row.state in (DemandState.DRAFT, DemandState.RETURNED),
        "withdrawable": writer and row.state not in (DemandState.DRAFTED, DemandState.WITHDRAWN),
        "draftable": row.state == DemandState.RESPONDED and _may_draft(user, row),
        "project": project if project is not None and _sees_project(user, project) else None,
        "project_url": _project_url(user, project),
        "former": [one for one in former if _sees_project(user, one)],
        "wanted": queries.last_paused_entry(row) if row.state == DemandState.MORE_WANTED and inside else None,
        "complete_form": None,
        "vague": writer and row.state == DemandState.SUBMITTED and rules.is_vague(row.text, row.needed_by),
        "panel": panel(row, opened, form) if officer and row.state in queries.WAITING else None,
        "opened": opened,
    }
    if writer and row.state == DemandState.MORE_WANTED:
        context["complete_form"] = form if opened == "complete" else complete_form()
    return render(request, "placements/demand.html", context, status=status)


def _days_left(days, row, moment):
    if row.state == DemandState.MORE_WANTED and row.paused_at:
        return max(days.between(row.paused_at, row.response_due), 1)
    return days.between(moment, row.response_due) if row.response_due else None


def _may_draft(user, row):
    if not may(user, Permission.EDIT_PROJECT):
        return False
    own = row.organisation_id in reach(user, Permission.EDIT_PROJECT).organisations
    if row.level == Level.BOARD and not own:
        return False
    return rules.may_draft_project(user, row, appointments=list(owner.appointments_of(user, today())))


def _project_url(user, project):
    """A draft opens where it is written, for those who write it; everything else on its own page."""
    if project is None:
        return ""
    if project.state in project_rules.EDITABLE and project_rules.may_edit(user, project):
        return reverse("project_edit", args=[project.pk])
    return project.get_absolute_url()


def _sees_project(user, project):
    return projects_visible_to(user).filter(pk=project.pk).exists()


def complete_form(data=None):
    return WordsForm(data, label=_("Your answer to the board"))


@dataclass
class Act:
    """One thing an officer can do on the demand's page."""

    key: str
    title: str
    verb: str
    hint: str
    form: forms.Form
    url: str
    open: bool = False
    quiet: bool = True


def panel(row, opened="", form=None):
    """The acts of a waiting demand, the answer first and open."""
    acts = [
        Act(
            "answer",
            _("Answer"),
            _("Send the answer"),
            _("The enterprise can then draft a project."),
            None,
            "",
            quiet=False,
        ),
        Act(
            "ask",
            _("Ask for more"),
            _("Ask and stop the clock"),
            _("The clock stands still until the enterprise answers."),
            None,
            "",
        ),
        Act(
            "move",
            _("Give to another board"),
            _("Give to this board"),
            _("The clock runs on; the other board is told."),
            None,
            "",
        ),
        Act(
            "return",
            _("Return"),
            _("Return the demand"),
            _("It counts as the first answer; the enterprise can change it and hand it in again."),
            None,
            "",
        ),
    ]
    for act in acts:
        act.form = form if act.key == opened and form is not None else act_form(act.key, row)
        act.url = reverse(f"demand_{act.key}", args=[row.pk])
        act.open = act.key == (opened or "answer")
    return acts


def act_form(key, row, data=None):
    if key == "move":
        return MoveForm(data, demand=row, prefix="move")
    sentences = {"answer": ANSWERS, "ask": QUESTIONS, "return": RETURNS}[key]
    return SentencesForm(data, sentences=sentences, prefix=key)
