"""What a board does with its demands: its queue, and each act from the demand's page."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from consortium.access import permitted
from consortium.clock import now
from consortium.reach import reach
from consortium.refusals import Invalid
from consortium.roles import Permission
from placements.actions import demand as actions
from placements.enums import DemandState
from placements.queries import demand as queries
from placements.views.demand_page import act_form, find, page_of


@permitted(Permission.TRIAGE_DEMAND)
def board_queue(request, code):
    """A board's work: what waits, most urgent first, with a working-day clock; then what was answered."""
    board = get_object_or_404(queries.boards(), board_code=code)
    triage = reach(request.user, Permission.TRIAGE_DEMAND)
    if not (triage.all or board.pk in triage.boards):
        raise Http404
    visible = queries.demands_visible_to(request.user)
    days, moment = queries.WorkingDays.read(), now()
    rows = queries.queue(visible, board)
    for row in rows:
        row.paused = row.state == DemandState.MORE_WANTED
        row.days_left = days.between(row.paused_at if row.paused else moment, row.response_due)
        row.late = not row.paused and row.response_due < moment
        row.days_late = max(-row.days_left, 1)
    boards = [one for one in queries.boards() if triage.all or one.pk in triage.boards]
    tabs = [
        {
            "label": one.name,
            "url": reverse("board_queue", args=[one.board_code]),
            "on": one == board,
            "count": None,
        }
        for one in boards
    ]
    return render(
        request,
        "placements/demand_queue.html",
        {
            "board": board,
            "rows": rows,
            "answered": queries.answered(visible, board),
            "tabs": tabs if len(tabs) > 1 else [],
        },
    )


def _act(request, pk, key, act, done):
    """Clean the form, call the action; a form in error stands open on the demand's page with what was
    typed.
    """
    row = find(request, pk)
    form = act_form(key, row, request.POST)
    if form.is_valid():
        try:
            act(row, form)
        except Invalid as refusal:
            name = refusal.field if refusal.field in form.fields else next(iter(form.fields))
            form.add_error(name, str(refusal))
        else:
            messages.success(request, done)
            still = queries.demands_visible_to(request.user).filter(pk=pk).exists()
            return redirect(row if still else "demands")
    return page_of(request, row, opened=key, form=form, status=422)


@require_POST
@permitted(Permission.TRIAGE_DEMAND)
def take(request, pk):
    """The demand is this board's."""
    row = find(request, pk)
    actions.move_demand(demand=row, board=row.board, by=request.user)
    messages.success(request, _("The demand is with %(board)s.") % {"board": row.board.name})
    return redirect(row)


@require_POST
@permitted(Permission.TRIAGE_DEMAND)
def move(request, pk):
    """The demand is another board's."""

    def act(row, form):
        values = form.cleaned_data
        actions.move_demand(demand=row, board=values["board"], reason=values["reason"], by=request.user)

    return _act(request, pk, "move", act, _("The demand is with the other board; its clock runs on."))


@require_POST
@permitted(Permission.TRIAGE_DEMAND)
def answer(request, pk):
    """The board's answer."""

    def act(row, form):
        actions.answer_demand(demand=row, by=request.user, text=form.words())

    return _act(request, pk, "answer", act, _("The answer is sent."))


@require_POST
@permitted(Permission.TRIAGE_DEMAND)
def ask(request, pk):
    """A question; the clock stands still."""

    def act(row, form):
        actions.ask_more(demand=row, by=request.user, text=form.words())

    return _act(request, pk, "ask", act, _("Asked. The clock stands still until the enterprise answers."))


@require_POST
@permitted(Permission.TRIAGE_DEMAND)
def send_back(request, pk):
    """Returned with a reason."""

    def act(row, form):
        actions.return_demand(demand=row, by=request.user, reason=form.words())

    return _act(request, pk, "return", act, _("The demand is returned."))
