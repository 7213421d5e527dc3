"""The secretariat's check: the application on the left, the list with a sentence for each item on the right."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _

from consortium.access import permitted
from consortium.actions import membership_application as actions
from consortium.actions.organisation import checked_uscc
from consortium.enums import MembershipApplicationState as S
from consortium.enums import MembershipCheckItem
from consortium.forms.membership_application import CheckForm
from consortium.queries import membership_application as queries
from consortium.refusals import Forbidden, Invalid
from consortium.roles import Permission
from consortium.rules import membership_application as rules
from consortium.views.step import step


@permitted(Permission.CHECK_MEMBERSHIP)
def check(request, pk):
    """Tick what is in order and pass, or return with a sentence for what is not."""
    application = get_object_or_404(queries.applications_visible_to(request.user), pk=pk)
    if not rules.may_check(request.user, application):
        raise Forbidden(
            _("You can read this application but not check it."),
            remedy=_("The secretariat, or the board it names, checks it; never the unit's own people."),
        )
    if application.state != S.SUBMITTED and request.method != "POST":
        return redirect(application)
    alike = queries.perhaps_the_same(application)
    documents = list(application.documents.select_related("file"))
    initial = {MembershipCheckItem.CODE: not _code_fault(application)}
    form = CheckForm(request.POST or None, initial=initial, application=application, alike=alike)
    return step(
        request,
        form,
        lambda values: _decide(request, application, form, alike),
        template="consortium/membership/check.html",
        to=application,
        application=application,
        alike=alike,
        may_turn_away=rules.may_turn_away(request.user, application),
        same_code=queries.with_the_same_code(application),
        documents=documents,
        code_fault=_code_fault(application),
        missing=rules.missing_documents({row.kind for row in documents}),
    )


def _decide(request, application, form, alike):
    if request.POST.get("do") == "return":
        actions.return_application(
            application=application, by=request.user, ticks=form.ticks(), notes=form.notes()
        )
        messages.success(request, _("Returned; the applicant was told what to mend."))
        return redirect("memberships")
    if alike and application.organisation_id is None and not form.cleaned_data.get("record"):
        raise Invalid(
            _("The register has records that may be this unit."),
            remedy=_("Choose which one it is, or that it is another unit."),
            field="record",
        )
    actions.pass_check(
        application=application,
        by=request.user,
        ticks=form.ticks(),
        notes=form.notes(),
        organisation=form.record_chosen(),
    )
    return _("“%(unit)s” is ready for the vote.") % {"unit": application.organisation.name}


def _code_fault(application):
    try:
        checked_uscc(application.uscc)
    except Invalid as refusal:
        return str(refusal)
    return ""
