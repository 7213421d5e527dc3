"""Pages of memberships: recorded from the minutes, confirmed by a second person, ended."""

from django.contrib import messages
from django.http import HttpResponseNotAllowed
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from consortium import files, form_keys
from consortium.access import permitted
from consortium.actions import membership as membership_actions
from consortium.enums import MembershipState
from consortium.forms.membership import EndForm, MembershipForm
from consortium.models import Organisation
from consortium.queries import organisation as queries
from consortium.queries.membership import memberships_visible_to
from consortium.refusals import Refused
from consortium.roles import Permission
from consortium.rules import organisation as rules


@permitted(Permission.RECORD_MEMBERSHIP)
def record_membership(request, pk):
    """Record a membership with the resolution it rests on."""
    organisation = get_object_or_404(Organisation, pk=pk)
    council = queries.main_council()
    form = MembershipForm(
        request.POST or None,
        request.FILES or None,
        initial={"council": council.pk if council else None, "abstentions": 0},
    )
    status = 200
    if request.method == "POST" and form.is_valid():
        values = dict(form.cleaned_data)

        def make():
            upload = values.pop("minutes")
            minutes = files.store_upload(upload, by=request.user) if upload else None
            return membership_actions.record_membership(
                by=request.user, organisation=organisation, minutes=minutes, **values
            )

        try:
            return form_keys.create_once(request, "record membership", make)
        except Refused as refusal:
            refusal.field = "minutes" if refusal.field == "file" else refusal.field
            form.refuse(refusal)
            status = refusal.status
    context = {"form": form, "organisation": organisation}
    return render(
        request,
        "consortium/membership_form.html",
        context,
        status=max(status, _status(form)) if status == 200 else status,
    )


@permitted(Permission.RECORD_MEMBERSHIP)
def confirm_membership(request, pk):
    """The second person's page: the figures beside the minutes, and one press to confirm."""
    membership = get_object_or_404(memberships_visible_to(request.user), pk=pk)
    if request.method == "POST":
        membership_actions.confirm_membership(membership=membership, by=request.user)
        messages.success(
            request, _("The membership of “%(name)s” is in force.") % {"name": membership.organisation.name}
        )
        return redirect(membership.organisation)
    context = {
        "membership": membership,
        "organisation": membership.organisation,
        "resolution": membership.resolution,
        "needed": rules.quorum(membership.resolution.entitled),
        "may_confirm": rules.can_confirm(request.user, membership),
        "waits": membership.state == MembershipState.RECORDED,
    }
    return render(request, "consortium/membership_confirm.html", context)


@permitted(Permission.RECORD_MEMBERSHIP)
def end_membership(request, pk):
    """End an active membership, or take back one that waits."""
    membership = get_object_or_404(memberships_visible_to(request.user), pk=pk)
    if request.method not in ("GET", "HEAD", "POST"):
        return HttpResponseNotAllowed(["GET", "POST"])
    form = EndForm(request.POST or None)
    status = 200
    if request.method == "POST" and form.is_valid():
        try:
            membership_actions.end_membership(membership=membership, by=request.user, **form.cleaned_data)
        except Refused as refusal:
            form.refuse(refusal)
            status = refusal.status
        else:
            messages.success(
                request, _("The membership of “%(name)s” has ended.") % {"name": membership.organisation.name}
            )
            return redirect(membership.organisation)
    context = {
        "form": form,
        "membership": membership,
        "organisation": membership.organisation,
        "waits": membership.state == MembershipState.RECORDED,
    }
    return render(
        request, "consortium/membership_end.html", context, status=status if status != 200 else _status(form)
    )


def _status(form):
    return 422 if form.is_bound and form.errors else 200
