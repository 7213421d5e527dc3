"""Objections: the list of a round for those who answer, one objection with its answer."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from consortium.access import signed_in
from consortium.clock import now
from consortium.reach import may
from consortium.refusals import Forbidden, Invalid
from consortium.roles import Permission
from placements.actions import notice as notices
from placements.enums import ObjectionState, RoundState
from placements.forms.round import AnswerForm
from placements.queries import round as queries
from placements.rules import round as rules
from placements.views.round.entry import visible_round


@signed_in
@require_GET
def objections(request, pk):
    """All objections of a round by due date, for those who answer and auditors; others see their own."""
    round = visible_round(request, pk)
    rows = queries.objections_visible_to(request.user).filter(round=round).order_by("state", "due_at", "pk")
    return render(
        request,
        "placements/objection_list.html",
        {
            "round": round,
            "rows": rows,
            "moment": now(),
            "barred": rules.is_barred_as_runner(round, request.user, Permission.ANSWER_OBJECTION),
            "answerers": rules.names(rules.answerers(round)),
            "may_recompute": may(request.user, Permission.RUN_ROUND)
            and round.state == RoundState.PUBLIC_NOTICE
            and any(row.state == ObjectionState.UPHELD and row.run.adopted for row in rows),
        },
    )


@signed_in
@require_http_methods(["GET", "POST"])
def detail(request, pk):
    """One objection; the form of the answer for those who may give it."""
    objection = get_object_or_404(queries.objections_visible_to(request.user), pk=pk)
    may_answer = may(request.user, Permission.ANSWER_OBJECTION)
    barred = rules.is_barred_as_runner(objection.round, request.user, Permission.ANSWER_OBJECTION)
    form = AnswerForm(request.POST or None)
    status = 200
    if request.method == "POST":
        if not may_answer:
            raise Forbidden(_("You can read this objection but not answer it."))
        status = 422
        if form.is_valid():
            try:
                notices.answer_objection(
                    objection=objection,
                    by=request.user,
                    upheld=form.cleaned_data["upheld"] == "yes",
                    answer=form.cleaned_data["answer"],
                )
            except Invalid as refusal:
                status = form.refuse(refusal)
            else:
                messages.success(request, _("Answer recorded. The person who objected was told."))
                return redirect(objection)
    if objection.round.state in queries.NOT_YET_SHOWN:
        raise Http404
    context = {
        "objection": objection,
        "round": objection.round,
        "may_answer": may_answer,
        "barred": barred,
        "form": form,
        "is_open": objection.state == ObjectionState.OPEN,
        "answerers": rules.names(rules.answerers(objection.round)),
        "mine": objection.by_id == request.user.pk,
    }
    return render(request, "placements/objection.html", context, status=status)
