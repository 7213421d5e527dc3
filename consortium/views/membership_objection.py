"""Objections to a membership on notice, which anybody makes on the notice's page: answered by the secretariat."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from consortium.access import signed_in
from consortium.actions import membership_decision as actions
from consortium.forms.membership_application import ObjectionAnswerForm
from consortium.queries import membership_application as queries
from consortium.refusals import Refused
from consortium.rules.membership_application import may_decide


@signed_in
def objection(request, pk):
    """One objection, with the form of its answer for those who may give it."""
    row = get_object_or_404(queries.objections_visible_to(request.user), pk=pk)
    form = ObjectionAnswerForm(request.POST or None)
    status = 200
    application = row.application
    barred = request.user.pk in (application.checked_by_id, application.decided_by_id)
    if request.method == "POST":
        if not may_decide(request.user):
            raise Http404
        if form.is_valid():
            try:
                actions.answer_objection(
                    objection=row,
                    by=request.user,
                    upheld=form.cleaned_data["upheld"] == "yes",
                    answer=form.cleaned_data["answer"],
                )
            except Refused as refusal:
                form.refuse(refusal)
                status = refusal.status
            else:
                messages.success(request, _("The answer is recorded and stands on the notice's page."))
                return redirect(row)
    return render(
        request,
        "consortium/membership/objection.html",
        {
            "objection": row,
            "application": application,
            "form": form,
            "barred": barred,
            "may_answer": may_decide(request.user) and not barred and row.answered_at is None,
        },
        status=422 if form.errors and status == 200 else status,
    )
