"""Projects as their owners work on them: my projects, drafting, wording after approval, terms, taking
one back.
"""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from consortium.access import permitted, signed_in
from consortium.acting import listing
from consortium.clock import today
from consortium.form_keys import create_once
from consortium.reach import reach
from consortium.refusals import Invalid, Refused, Stale
from consortium.roles import Permission
from placements.actions import project as actions
from placements.enums import DemandState, Level, ProjectState
from placements.forms.project import AmendForm, ProjectForm, ReasonForm, WordingForm
from placements.models import Project
from placements.queries import demand as demands
from placements.queries import owner
from placements.queries.project import projects_visible_to
from placements.rules import project as rules
from placements.rules import redlines

PAGE = 20
GROUPS = {
    "work": (ProjectState.DRAFTED, ProjectState.RETURNED),
    "approval": (ProjectState.SUBMITTED,),
    "live": (ProjectState.APPROVED, ProjectState.OPEN, ProjectState.MATCHED),
    "gone": (ProjectState.WITHDRAWN,),
}


@permitted(Permission.EDIT_PROJECT)
def my_projects(request):
    """The person's projects by where they stand."""
    reader = listing(request.user, Permission.EDIT_PROJECT)
    mine = owner.projects_of(reader)
    chosen = request.GET.get("state", "")
    rows = mine.filter(state__in=GROUPS[chosen]) if chosen in GROUPS else mine
    counts = demands.counts(mine, "state")
    labels = {
        "": _("All"),
        "work": _("In draft"),
        "approval": _("In approval"),
        "live": _("Approved"),
        "gone": _("Withdrawn"),
    }
    tabs = [
        {
            "label": label,
            "url": f"?state={key}" if key else "?",
            "on": key == (chosen if chosen in GROUPS else ""),
            "count": sum(counts.get(state, 0) for state in GROUPS[key]) if key else sum(counts.values()),
        }
        for key, label in labels.items()
    ]
    return render(
        request,
        "placements/owner_projects.html",
        {
            "page_obj": Paginator(owner.for_list(rows), PAGE).get_page(request.GET.get("page")),
            "tabs": tabs,
            "answered": _answered(reader).count(),
            "work": GROUPS["work"],
            "live": GROUPS["live"],
        },
    )


def _answered(user):
    """Answered demands that the person may turn into a project."""
    visible = demands.demands_visible_to(user).filter(state=DemandState.RESPONDED)
    granted = reach(user, Permission.EDIT_PROJECT)
    own = visible.filter(organisation__in=granted.organisations)
    if not granted.own:
        return own
    mine = list(owner.appointments_of(user, today()))
    others = visible.exclude(level=Level.BOARD)
    if not any(one.is_academic for one in mine):
        others = others.filter(organisation__in=[one.organisation_id for one in mine])
    return visible.filter(pk__in=own.values("pk")) | visible.filter(pk__in=others.values("pk"))


@permitted(Permission.EDIT_PROJECT)
def new(request):
    """Choose the answered demand, then begin the project filled from it."""
    typed = request.POST.get("demand") if request.method == "POST" else request.GET.get("demand")
    demand = None
    if typed is not None:
        if not typed.isdigit() or len(typed) > 9:
            raise Http404
        demand = get_object_or_404(demands.for_page(demands.demands_visible_to(request.user)), pk=typed)
    if request.method == "POST":
        if demand is None:
            raise Http404

        def make():
            project = actions.draft_project(demand=demand, by=request.user)
            return reverse("project_edit", args=[project.pk])

        return create_once(request, "project", make)
    rows = demands.for_list(_answered(listing(request.user, Permission.EDIT_PROJECT)))
    if demand is not None:
        rows = [demand] if demand.state == DemandState.RESPONDED else []
    return render(request, "placements/owner_new.html", {"rows": rows, "demand": demand})


def find(request, pk):
    """The project, if it is the person's to write or to amend; else it is not there."""
    row = get_object_or_404(owner.for_page(projects_visible_to(request.user)), pk=pk)
    if not (rules.may_edit(request.user, row) or rules.may_amend(request.user, row)):
        raise Http404
    return row


@signed_in
def edit(request, pk):
    """The draft in four sections with the red lines beside it; after approval, what may still change."""
    row = find(request, pk)
    if row.state in rules.EDITABLE and rules.may_edit(request.user, row):
        if request.method == "POST":
            return _save(request, row)
        return _form_page(request, row, ProjectForm(instance=row))
    if request.method == "POST":
        return _save_late(request, row)
    return _standing_page(request, row)


def _save(request, row):
    form = ProjectForm(request.POST, instance=row)
    submit = request.POST.get("do") == "submit"
    if not form.is_valid():
        return _form_page(request, row, form, status=422)
    try:
        saved = actions.save_project(
            project=row, by=request.user, version=_version(request, row), **form.values()
        )
    except Stale as stale:
        return _form_page(request, row, form, stale=stale, status=409)
    except Invalid as refusal:
        _add(form, refusal)
        return _form_page(request, row, form, status=422)
    if not submit:
        messages.success(request, _("The draft is saved."))
        return redirect(f"{reverse('project_edit', args=[row.pk])}{_anchor(request)}")
    try:
        actions.submit_project(project=saved, by=request.user)
    except Invalid as refusal:
        # What was typed is saved by now; the page shows it with every red line that is open.
        fresh = find(request, row.pk)
        form = ProjectForm(request.POST, instance=fresh)
        form.is_valid()
        for line in redlines.broken(fresh, today()):
            _add(form, line)
        if not form.errors:
            _add(form, refusal)
        return _form_page(request, fresh, form, status=422)
    messages.success(
        request,
        _("Handed in for approval. You will get a message when it is approved or returned."),
    )
    return redirect("my_projects")


def _save_late(request, row):
    """A press on a page that was open while the project moved on: what was typed is shown beside what
    stands.
    """
    raise Refused(
        _("This project is “%(state)s”, so it can no longer be edited freely.")
        % {"state": row.get_state_display()},
        remedy=_(
            "After approval its wording can be changed; anything else goes through the graduate school."
        ),
        url=reverse("project_edit", args=[row.pk]),
        url_label=_("Open the project"),
    )


def _add(form, refusal):
    sentence = getattr(refusal, "sentence", "")
    form.add_error(refusal.field if refusal.field in form.fields else None, sentence)


def _version(request, row):
    typed = request.POST.get("version", "")
    return int(typed) if typed.isdigit() and len(typed) < 10 else row.version


def _anchor(request):
    section = request.POST.get("section", "")
    return f"#{section}" if section.isalpha() else ""


def _form_page(request, row, form, *, stale=None, status=200):
    lines = redlines.checklist(row, today())
    theirs = stale.theirs if stale else None
    floor = redlines.pay_floor(row.post_wage) if row.post_wage else None
    context = {
        "project": row,
        "form": form,
        "sections": form.sections(),
        "lines": lines,
        "kept": sum(line.ok for line in lines),
        "open_lines": sum(not line.ok for line in lines),
        "version": theirs.version if theirs else row.version,
        "stale": stale,
        "differences": _differences(form, theirs) if theirs else [],
        "floor": floor,
        "below": redlines.is_below_floor(row),
        "end": redlines.end_of_stay(row),
    }
    return render(request, "placements/owner_edit.html", context, status=status)


def _differences(form, theirs):
    rows = []
    for name in form.Meta.fields:
        if name in rules.SKILLS:
            continue
        mine, there = form.cleaned_data.get(name), getattr(theirs, name)
        if name in form.fields and mine != there:
            rows.append((form[name].label, mine, there))
    return rows


# --- after approval


def _standing_page(request, row):
    changes = row.changes.select_related("by").order_by("-pk")
    return render(
        request,
        "placements/owner_standing.html",
        {
            "project": row,
            "changes": [_said(change) for change in changes[:30]],
            "may_reword": row.state in rules.SETTLED and rules.may_edit(request.user, row),
            "may_amend": row.state in rules.SETTLED and rules.may_amend(request.user, row),
            "may_withdraw": row.state != ProjectState.WITHDRAWN,
            "is_open": row.state in rules.SETTLED,
            "below": redlines.is_below_floor(row),
            "demand": demands.demands_visible_to(request.user).filter(pk=row.demand_id).first(),
        },
    )


def _said(change):
    field = Project._meta.get_field(change.field).verbose_name
    return {"at": change.at, "who": change.by.get_full_name(), "field": field, "change": change}


@signed_in
def wording(request, pk):
    """Change texts after approval."""
    row = find(request, pk)
    if not rules.may_edit(request.user, row):
        raise Http404
    return _late_change(request, row, WordingForm, actions.change_wording, "wording")


@signed_in
def amend(request, pk):
    """The graduate school changes terms, with a reason."""
    row = find(request, pk)
    if not rules.may_amend(request.user, row):
        raise Http404
    return _late_change(request, row, AmendForm, actions.amend_project, "terms")


def _late_change(request, row, form_class, act, what):
    form = form_class(request.POST or None, instance=row)
    stale, status = None, 422 if form.is_bound else 200
    if form.is_bound and form.is_valid():
        values = form.values()
        if "reason" in form.cleaned_data:
            values["reason"] = form.cleaned_data["reason"]
        try:
            act(project=row, by=request.user, version=_version(request, row), **values)
        except Stale as refusal:
            stale, status = refusal, 409
        except Invalid as refusal:
            _add(form, refusal)
        else:
            messages.success(request, _("Changed; all students who list the project are told."))
            return redirect("project_edit", row.pk)
    theirs = stale.theirs if stale else None
    context = {
        "project": row,
        "form": form,
        "what": what,
        "stale": stale,
        "version": theirs.version if theirs else row.version,
        "differences": _differences(form, theirs) if theirs else [],
    }
    return render(request, "placements/owner_change.html", context, status=status)


@signed_in
def withdraw(request, pk):
    """Says what follows, asks why, then takes the project back."""
    row = find(request, pk)
    form = ReasonForm(request.POST or None, help_text=_("Students who list the project read it."))
    if request.method == "POST" and form.is_valid():
        actions.withdraw_project(project=row, by=request.user, reason=form.cleaned_data["reason"])
        messages.success(request, _("The project is withdrawn."))
        return redirect(_after_withdrawing(request.user, row))
    matched = owner.matched_students(row)
    context = {"project": row, "form": form, "matched": matched, "effects": _effects(row, matched)}
    return render(request, "placements/owner_withdraw.html", context, status=422 if form.is_bound else 200)


def _after_withdrawing(user, row):
    """The demand, where the next step is offered; without one the person's own list."""
    demand = demands.demands_visible_to(user).filter(pk=row.demand_id).first()
    return demand or ("my_projects" if rules.may_edit(user, row) else "demands")


def _effects(row, matched):
    effects = [_("The project leaves its round at once; nobody can choose it any more.")]
    if row.state == ProjectState.OPEN:
        effects.append(_("All students who list it are told today; their other choices stay."))
    if matched:
        effects.append(
            ngettext(
                "%(n)d student is matched and needs another place.",
                "%(n)d students are matched and need other places.",
                matched,
            )
            % {"n": matched}
        )
    if row.demand is not None:
        effects.append(
            _(
                "Its demand %(number)s stands answered again: another project can be drafted, or it is withdrawn too."
            )
            % {"number": row.demand.number}
        )
    return effects
