"""Projects that wait for approval: the queue, and one project with what differs from its demand and
its red lines.
"""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from consortium.access import permitted
from consortium.clock import now, today
from consortium.refusals import Invalid
from consortium.roles import Permission
from consortium.templatetags.portal import day_text
from placements.actions import project as actions
from placements.enums import ProjectState
from placements.forms.project import PayReviewForm, ReasonForm
from placements.queries import demand as demands
from placements.queries import owner
from placements.rules import project as rules
from placements.rules import redlines


@permitted(Permission.APPROVE_PROJECT)
def approvals(request):
    """What waits for this person, the oldest first; below it what was decided last."""
    days, moment = demands.WorkingDays.read(), now()
    waiting = list(
        owner.waiting_for_approval(request.user).select_related("organisation", "board", "submitted_by")
    )
    for row in waiting:
        row.days = days.between(row.submitted_at, moment)
    decided = (
        owner.projects_to_approve(request.user)
        .filter(approved_by__isnull=False)
        .select_related("organisation", "approved_by")
        .order_by("-approved_at", "-pk")[:10]
    )
    return render(request, "placements/approvals.html", {"rows": waiting, "decided": decided})


def _find(request, pk):
    rows = owner.projects_to_approve(request.user).exclude(state=ProjectState.DRAFTED)
    return get_object_or_404(owner.for_page(rows), pk=pk)


@permitted(Permission.APPROVE_PROJECT)
def approval(request, pk):
    """One project to decide on."""
    return _page(request, _find(request, pk), _reason())


def _reason(data=None):
    return ReasonForm(
        data,
        label=_("What would have to change"),
        help_text=_("Name the field and say it in a sentence."),
        limit=1000,
    )


def _page(request, row, form, status=200, review=None):
    lines = redlines.checklist(row, today())
    waits = row.state == ProjectState.SUBMITTED
    own = rules.is_own_approval(request.user, row)
    context = {
        "project": row,
        "lines": lines,
        "red": [line for line in lines if not line.ok],
        "compared": _compared(row),
        "facts": _facts(row),
        "form": form,
        "may_decide": waits and not own,
        "own": waits and own,
        "waits": waits,
        "opened": form.is_bound,
        "below": redlines.is_below_floor(row),
        "review": (review or PayReviewForm()) if _reviews_pay(request.user, row) else None,
    }
    return render(request, "placements/approval.html", context, status=status)


def _reviews_pay(user, row):
    waits = row.state == ProjectState.SUBMITTED and redlines.is_below_floor(row)
    return waits and rules.may_review_pay(user)


def _compared(row):
    """[(label, in the demand, in the project, whether they differ)]"""
    demand = row.demand
    if demand is None:
        return []
    pairs = [
        (_("Short title"), demand.title, row.title),
        (_("Problem"), demand.text, row.problem),
        (_("Places"), demand.places, row.places),
        (_("Base"), demand.base or "", row.base or ""),
        (_("Who may read it"), demand.get_level_display(), row.get_level_display()),
        (
            _("Needed by, end of the stay"),
            day_text(demand.needed_by),
            day_text(redlines.end_of_stay(row)),
        ),
    ]
    return [(label, before, after, before != after) for label, before, after in pairs]


def _facts(row):
    meta = row._meta
    texts = ("summary", "aims", "tasks", "deliverables", "confidentiality_terms", "ip_terms")
    return [(meta.get_field(name).verbose_name, getattr(row, name)) for name in texts if getattr(row, name)]


@require_POST
@permitted(Permission.APPROVE_PROJECT)
def approve(request, pk):
    """Approved; it enters the next round. Pay under the floor needs the reviewer's words."""
    row = _find(request, pk)
    review = PayReviewForm(request.POST) if _reviews_pay(request.user, row) else None
    if review is not None and not review.is_valid():
        return _page(request, row, _reason(), status=422, review=review)
    words = review.cleaned_data if review is not None else {}
    actions.approve_project(project=row, by=request.user, **words)
    messages.success(request, _("Project %(number)s is approved.") % {"number": row.number})
    return redirect("approvals")


@require_POST
@permitted(Permission.APPROVE_PROJECT)
def send_back(request, pk):
    """Returned with what would have to change."""
    row = _find(request, pk)
    form = _reason(request.POST)
    if form.is_valid():
        try:
            actions.return_project(project=row, by=request.user, reason=form.cleaned_data["reason"])
        except Invalid as refusal:
            form.add_error("reason", str(refusal))
        else:
            messages.success(request, _("Project %(number)s is returned.") % {"number": row.number})
            return redirect("approvals")
    return _page(request, row, form, status=422)
