"""Pages of the people to talk to: recording one, seeing number and address for a reason, ending."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from consortium import form_keys
from consortium.access import signed_in
from consortium.actions import contact as actions
from consortium.forms.contact import ContactForm, RevealForm
from consortium.models import Organisation
from consortium.queries.contact import contacts_visible_to
from consortium.refusals import Forbidden, Refused
from consortium.rules.contact import can_keep


@signed_in
def record_contact(request, pk):
    """Keep a person to talk to at an organisation."""
    organisation = get_object_or_404(Organisation, pk=pk)
    if not can_keep(request.user, organisation):
        raise Forbidden(
            _("Your role does not keep the contacts of this organisation."),
            remedy=_("Ask its administrator or the secretariat."),
        )
    form = ContactForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            return form_keys.create_once(
                request,
                "record contact",
                lambda: actions.record_contact(
                    organisation=organisation, by=request.user, **form.cleaned_data
                ),
            )
        except Refused as refusal:
            form.refuse(refusal)
    context = {
        "form": form,
        "organisation": organisation,
        "title": _("Record a contact"),
        "submit": _("Record the contact"),
        "note": _(
            "Only the secretariat and the organisation's own administrators see contacts, masked until they say why."
        ),
    }
    return render(request, "consortium/member_part.html", context, status=_status(form))


@signed_in
def contact(request, pk):
    """One contact: masked, and in full to whoever has said why. Each look is in the trail."""
    shown = get_object_or_404(contacts_visible_to(request.user), pk=pk)
    form, full = RevealForm(request.POST or None), False
    if request.method == "POST" and form.is_valid():
        try:
            actions.reveal_contact(contact=shown, by=request.user, reason=form.cleaned_data["reason"])
            full = True
        except Refused as refusal:
            form.refuse(refusal)
    context = {"contact": shown, "organisation": shown.organisation, "form": form, "full": full}
    answer = render(request, "consortium/contact.html", context, status=_status(form))
    answer["Cache-Control"] = "no-store"
    return answer


@signed_in
def end_contact(request, pk):
    """End a contact, or erase it because the person took the consent back."""
    shown = get_object_or_404(contacts_visible_to(request.user), pk=pk)
    if request.method == "POST":
        withdrawn = request.POST.get("do") == "withdraw"
        actions.end_contact(contact=shown, by=request.user, consent_withdrawn=withdrawn)
        messages.success(request, _("The contact is erased.") if withdrawn else _("The contact has ended."))
        return redirect(shown.organisation)
    return render(
        request, "consortium/contact_end.html", {"contact": shown, "organisation": shown.organisation}
    )


def _status(form):
    return 422 if form.is_bound and form.errors else 200
