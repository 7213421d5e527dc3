"""Pages of the people of an organisation: who has which role, the end of a role, a change of representative."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from consortium import clock, form_keys
from consortium.access import permitted
from consortium.actions import account as account_actions
from consortium.actions import people as actions
from consortium.forms.people import ChangeRepresentativeForm
from consortium.models import Organisation
from consortium.queries import people as queries
from consortium.queries.account import invitations_visible_to
from consortium.refusals import Refused
from consortium.roles import ROLES, Permission
from consortium.rules.people import can_end


@permitted(Permission.INVITE)
def people(request, pk):
    """Everybody with a role in the organisation, their seats, and who was invited."""
    organisation = _organisation(request, pk)
    rows = queries.people_in(organisation)
    for person in rows:
        for grant in person.grants:
            grant.may_end = grant.role in queries.OF_THE_UNIT and can_end(request.user, grant)
    return render(
        request,
        "consortium/people.html",
        {
            "organisation": organisation,
            "rows": rows,
            "invite_url": f"{reverse('invitations')}?organisation={organisation.pk}",
            "invited": list(invitations_visible_to(request.user).filter(organisation=organisation)[:50]),
        },
    )


@permitted(Permission.INVITE)
def role_end(request, pk, grant_pk):
    """What ends with a role, and the button that ends it at once."""
    organisation = _organisation(request, pk)
    grant = get_object_or_404(queries.grants_in(organisation), pk=grant_pk, role__in=queries.OF_THE_UNIT)
    refusal = None
    if request.method == "POST":
        try:
            account_actions.end_role(grant=grant, by=request.user)
        except Refused as refused:
            refusal = refused
        else:
            messages.success(
                request, _("The role of %(name)s has ended.") % {"name": grant.user.get_full_name()}
            )
            if grant.user_id == request.user.pk:
                return redirect("dashboard")
            return redirect("people", pk=organisation.pk)
    others = [one for one in queries.grants_in(organisation).filter(user=grant.user) if one.pk != grant.pk]
    speaks = queries.delegations_in(organisation, clock.today()).filter(user=grant.user)
    context = {
        "organisation": organisation,
        "grant": grant,
        "role": ROLES[grant.role],
        "speaks": [] if others else list(speaks),
        "refusal": refusal,
    }
    return render(request, "consortium/role_end.html", context, status=refusal.status if refusal else 200)


@permitted(Permission.INVITE)
def representative(request, pk):
    """Another person takes over what one holds for the organisation."""
    organisation = _organisation(request, pk)
    form = ChangeRepresentativeForm(
        request.POST or None,
        people=queries.people_of(organisation),
        initial={"leaving": request.GET.get("leaving", "")[:20]},
    )
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                answer = form_keys.create_once(
                    request, "representative", lambda: _changed(organisation, form.cleaned_data, request.user)
                )
            except Refused as refusal:
                form.refuse(refusal)
                status = refusal.status
            else:
                messages.success(request, _("Handed over. Both are told."))
                return answer
    context = {
        "organisation": organisation,
        "form": form,
        "rows": [row for row in queries.people_in(organisation) if row.grants],
    }
    return render(request, "consortium/representative.html", context, status=status)


def _changed(organisation, values, by):
    actions.change_representative(organisation=organisation, by=by, **values)
    return f"{organisation.get_absolute_url()}people/"


def _organisation(request, pk):
    organisation = get_object_or_404(Organisation, pk=pk)
    actions.must_keep_people(request.user, organisation)
    return organisation
