"""Pages of late days: what a mentor asked, what the graduate school answers."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from consortium.access import signed_in
from consortium.refusals import Refused
from mentors.actions.reopening import decide_reopening
from mentors.enums import ReopeningState
from mentors.forms.log import ReopeningForm
from mentors.queries.log import reopenings_visible_to
from mentors.rules import log as rules


@signed_in
def reopening(request, pk):
    """One request: the mentor reads how it stands, the office decides."""
    row = get_object_or_404(reopenings_visible_to(request.user), pk=pk)
    form, status = ReopeningForm(request.POST or None), 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            granted = request.POST.get("act") == "grant"
            try:
                decide_reopening(
                    reopening=row, by=request.user, granted=granted, answer=form.cleaned_data["answer"]
                )
            except Refused as refusal:
                if refusal.field is None:
                    raise
                form.refuse(refusal)
            else:
                messages.success(
                    request,
                    _("Reopened; the mentor was told.") if granted else _("Refused; the mentor was told."),
                )
                return redirect(row)
    return render(
        request,
        "mentors/reopening.html",
        {
            "row": row,
            "form": form,
            "own": request.user.pk == row.mentor.user_id,
            "may_decide": rules.can_decide(request.user, row) and row.state == ReopeningState.ASKED,
        },
        status=status,
    )
