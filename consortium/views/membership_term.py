"""The page of a membership, and what the secretariat does with it: suspend, restore, remove; resolutions they rest on."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from consortium import clock, files, form_keys
from consortium.access import permitted
from consortium.actions import certificate as certificates
from consortium.actions import membership_term as actions
from consortium.enums import MEMBERSHIP_OVER, MembershipState
from consortium.forms.membership_application import MeasureForm, VotesForm
from consortium.models import GovernanceBody
from consortium.queries.membership import memberships_visible_to
from consortium.queries.membership_term import resolutions_visible_to
from consortium.queries.organisation import EXPIRING_DAYS, sees_register
from consortium.refusals import Forbidden
from consortium.registry import registry
from consortium.roles import Permission
from consortium.rules import membership_term as rules
from consortium.rules.membership_application import may_apply_for, may_decide
from consortium.rules.organisation import can_confirm, quorum
from consortium.templatetags.portal import day, day_text
from consortium.views.membership_page import forks, steps_of_membership
from consortium.views.step import step


def page(request, pk):
    """One membership: where it stands in its life, the vote it rests on, its certificate, what can be done."""
    membership = _found(request, pk)
    user, today = request.user, clock.today()
    office, own = sees_register(user), may_apply_for(user, membership.organisation)
    steps, at = steps_of_membership(membership, today)
    certificate = getattr(membership, "certificate", None)
    soon = membership.state == MembershipState.ACTIVE and (membership.until - today).days <= EXPIRING_DAYS
    return render(
        request,
        "consortium/membership/membership.html",
        {
            "membership": membership,
            "organisation": membership.organisation,
            "resolution": membership.resolution,
            "needed": quorum(membership.resolution.entitled),
            "application": getattr(membership, "application", None) if office or own else None,
            "certificate": certificate,
            "may_read_file": office or own,
            "office": office,
            "own": own,
            "rail": [{"label": "", "steps": steps}],
            "position": at + 1,
            "total": len(steps),
            "forks": forks(),
            "soon": soon,
            "state": "expiring" if soon else membership.state,
            "whose": _whose(membership, soon),
            "due": day(membership.until) if membership.state not in MEMBERSHIP_OVER else "",
            "may_renew": own and membership.state in (MembershipState.ACTIVE, MembershipState.LAPSED),
            "renew_url": _renew_url(membership),
            "rank_url": f"{reverse('membership_apply')}?kind=rank_change&council={membership.council_id}",
            "may_issue": may_decide(user)
            and certificate is None
            and membership.state in (MembershipState.ACTIVE, MembershipState.TO_BEGIN),
            "may_suspend": may_decide(user) and rules.can_suspend(membership),
            "may_restore": may_decide(user) and rules.can_lift(membership),
            "may_remove": may_decide(user) and rules.can_remove(membership),
            "may_confirm": can_confirm(user, membership),
            "over": membership.state in MEMBERSHIP_OVER,
            "why": membership.end_words if rules.reads_reason(user, membership) else "",
        },
    )


def _whose(membership, soon):
    if membership.state == MembershipState.RECORDED:
        return _("A second person of the secretariat")
    if membership.state == MembershipState.SUSPENDED:
        return _("The secretariat")
    if soon or membership.state == MembershipState.LAPSED:
        return _("The unit: apply for renewal")
    return _("Nobody: it is done")


def _renew_url(membership):
    kind = "admission" if membership.state == MembershipState.LAPSED else "renewal"
    return f"{reverse('membership_apply')}?kind={kind}&council={membership.council_id}"


@require_POST
@permitted(Permission.RECORD_MEMBERSHIP)
def issue_certificate(request, pk):
    """Issue the certificate of a membership that was entered from the minutes; pressed twice it stays one."""
    membership = _found(request, pk)
    certificate = certificates.issue(membership=membership, by=request.user)
    messages.success(request, _("Certificate %(number)s is issued.") % {"number": certificate.number})
    return redirect(membership)


@permitted(Permission.RECORD_MEMBERSHIP)
def suspend(request, pk):
    """Suspend, its effects shown first."""
    membership = _found(request, pk)
    effects = [
        *_effects(membership, request.user),
        _("The membership keeps its term; it can be restored at any time."),
    ]

    def act(values):
        actions.suspend_membership(membership=membership, by=request.user, **values)
        return _("The membership is suspended; the unit was told.")

    return _measure_page(
        request,
        membership,
        act,
        title=_("Suspend the membership"),
        effects=effects,
        allowed=rules.can_suspend,
    )


@permitted(Permission.RECORD_MEMBERSHIP)
def remove(request, pk):
    """Remove by the council's vote, its effects shown first."""
    membership = _found(request, pk)
    effects = [
        *_effects(membership, request.user),
        _("The membership ends today. It cannot be undone; a new one needs a new application."),
    ]

    def act(values):
        actions.remove_membership(membership=membership, by=request.user, **values)
        return _("The membership is removed; the unit was told.")

    return _measure_page(
        request, membership, act, title=_("Remove the membership"), effects=effects, allowed=rules.can_remove
    )


@permitted(Permission.RECORD_MEMBERSHIP)
def restore(request, pk):
    """Lift a suspension."""
    membership = _found(request, pk)
    form = MeasureForm(request.POST or None, council=membership.council)
    effects = [_("The unit can hand in demands and projects again at once, and is told.")]

    def act(values):
        actions.restore_membership(membership=membership, by=request.user, **values)
        return _("The suspension is lifted; the unit was told.")

    return _act(
        request,
        membership,
        form,
        act,
        title=_("Lift the suspension"),
        effects=effects,
        allowed=rules.can_lift,
        danger=False,
    )


def _effects(membership, user):
    """What follows, counted by each app from its own rows."""
    return [
        sentence
        for effects in registry.membership_effects
        for sentence in effects(membership.organisation, user)
    ]


def _measure_page(request, membership, act, *, title, effects, allowed):
    form = MeasureForm(request.POST or None, council=membership.council)
    return _act(request, membership, form, act, title=title, effects=effects, allowed=allowed, danger=True)


def _act(request, membership, form, act, *, title, effects, allowed, danger):
    """Decide here, confirm here: effects, ground, reason; a refusal comes back at its field."""
    if request.method != "POST" and not allowed(membership):
        return redirect(membership)
    return step(
        request,
        form,
        act,
        template="consortium/membership/measure.html",
        to=membership,
        membership=membership,
        organisation=membership.organisation,
        title=title,
        submit=title,
        effects=effects,
        danger=danger,
        back_url=membership.get_absolute_url(),
        new_url=reverse("resolution_new", args=[membership.council_id]) if "measure" in form.fields else "",
    )


# --- resolutions


@permitted(Permission.RECORD_MEMBERSHIP)
def new_resolution(request, pk):
    """Type a resolution of the council from its minutes."""
    council = get_object_or_404(GovernanceBody, pk=pk)
    form = VotesForm(request.POST or None, request.FILES or None, initial={"abstentions": 0})

    def act(values):
        def make():
            minutes = files.store_upload(values.pop("minutes"), by=request.user)
            return actions.record_council_resolution(
                by=request.user, council=council, minutes=minutes, **values
            )

        return form_keys.create_once(request, "council resolution", make)

    return step(
        request,
        form,
        act,
        template="consortium/membership/resolution_form.html",
        to=council,
        council=council,
        submit=_("Record the resolution"),
        grid=True,
        back_url=council.get_absolute_url(),
    )


def resolution(request, pk):
    """One resolution; the second person confirms it here."""
    row = get_object_or_404(resolutions_visible_to(request.user), pk=pk)
    if request.method == "POST":
        if not may_decide(request.user):
            raise Forbidden(_("Your role does not keep memberships."), remedy=_("Ask the secretariat."))
        actions.confirm_council_resolution(resolution=row, by=request.user)
        messages.success(request, _("The resolution is confirmed."))
        return redirect(row)
    office = sees_register(request.user)
    return render(
        request,
        "consortium/membership/resolution.html",
        {
            "resolution": row,
            "needed": quorum(row.entitled),
            "office": office,
            "may_confirm": rules.may_confirm_council_resolution(request.user, row),
            "passed": day_text(row.passed_on),
        },
    )


def _found(request, pk):
    rows = memberships_visible_to(request.user).select_related(
        "organisation", "council", "resolution__minutes", "measure", "recorded_by", "confirmed_by"
    )
    return get_object_or_404(rows, pk=pk)
