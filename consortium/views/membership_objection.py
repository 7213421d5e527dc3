"""Objections to a membership on notice: made on the notice's page by anybody, answered by the secretariat."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from consortium import clock, throttle
from consortium.access import signed_in
from consortium.actions import membership_decision as actions
from consortium.forms.membership_application import ObjectionAnswerForm, ObjectionForm
from consortium.queries import membership_application as queries
from consortium.queries.notice import begun_notices
from consortium.refusals import Refused
from consortium.rules.membership_application import may_decide


@require_POST
def object_to(request, pk):
    """Object to a membership on notice; whatever goes wrong, the page comes back with what was typed."""
    notice = get_object_or_404(begun_notices(clock.now()), pk=pk, kind="membership")
    form = ObjectionForm(request.POST)
    status = 422
    if form.is_valid():
        try:
            throttle.refuse_too_many(request, "object", str(notice.pk))
            actions.object_to(
                notice=notice,
                by=request.user if request.user.is_authenticated else None,
                **form.cleaned_data,
            )
        except Refused as refusal:
            form.refuse(refusal)
            status = refusal.status
        else:
            messages.success(
                request,
                _("Your objection was received. The membership does not begin before it is answered."),
            )
            return redirect(notice)
    from consortium.views.notices import notice_page

    return notice_page(request, notice, form=form, status=status)


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
