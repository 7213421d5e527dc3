"""Objections to a membership on notice, which anybody makes on the notice's page: answered by the secretariat."""

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from consortium.access import signed_in
from consortium.actions import membership_decision as actions
from consortium.forms.membership_application import ObjectionAnswerForm
from consortium.queries import membership_application as queries
from consortium.rules.membership_application import may_decide
from consortium.views.step import step


@signed_in
def objection(request, pk):
    """One objection, with the form of its answer for those who may give it."""
    row = get_object_or_404(queries.objections_visible_to(request.user), pk=pk)
    application = row.application
    barred = request.user.pk in (application.checked_by_id, application.decided_by_id)
    if request.method == "POST" and not may_decide(request.user):
        raise Http404

    def act(values):
        actions.answer_objection(
            objection=row, by=request.user, upheld=values["upheld"] == "yes", answer=values["answer"]
        )
        return _("The answer is recorded and stands on the notice's page.")

    return step(
        request,
        ObjectionAnswerForm(request.POST or None),
        act,
        template="consortium/membership/objection.html",
        to=row,
        objection=row,
        application=application,
        barred=barred,
        may_answer=may_decide(request.user) and not barred and row.answered_at is None,
    )
