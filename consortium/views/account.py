"""Language and theme, invitations, and the form that was kept while the sign-in had expired."""

from allauth.account.utils import perform_login
from django.conf import settings
from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from consortium import acting, kept
from consortium.access import permitted, signed_in
from consortium.actions import account as actions
from consortium.forms.account import AcceptForm, InviteForm
from consortium.middleware import LANGUAGES
from consortium.queries.account import invitations_visible_to, owner_of
from consortium.reach import active_grants
from consortium.refusals import Refused
from consortium.roles import ROLES, Permission

YEAR = 365 * 24 * 3600


@require_POST
def set_language(request):
    """Remember the chosen language in the account, or in a cookie for visitors."""
    language = request.POST.get("language")
    response = _back(request)
    if language in LANGUAGES:
        if request.user.is_authenticated:
            actions.set_preferences(user=request.user, by=request.user, language=language)
        response.set_cookie(
            settings.LANGUAGE_COOKIE_NAME, language, max_age=YEAR, samesite="Lax", httponly=True
        )
    return response


@require_POST
def set_theme(request):
    """Remember light, dark or the system's choice."""
    theme = request.POST.get("theme")
    response = _back(request)
    if theme in ("auto", "light", "dark"):
        if request.user.is_authenticated:
            actions.set_preferences(user=request.user, by=request.user, theme=theme)
        response.set_cookie("theme", theme, max_age=YEAR, samesite="Lax", httponly=True)
    return response


@require_POST
@signed_in
def choose_role(request):
    """Act in another of the own roles from now on; its start page opens."""
    typed = request.POST.get("role", "")
    if not typed.isdigit() or len(typed) > 15:
        raise Http404
    grant = get_object_or_404(request.user.grants.select_related("organisation", "board"), pk=typed)
    actions.choose_role(grant=grant, by=request.user)
    acting.choose(request.user, grant)
    messages.success(request, _("You now act as %(role)s.") % {"role": grant.title})
    return redirect("dashboard")


def _back(request):
    url = request.POST.get("next") or request.headers.get("Referer", "/")
    if not url_has_allowed_host_and_scheme(url, {request.get_host()}):
        url = "/"
    return redirect(url)


@signed_in
def kept_form(request):
    """Show the form that was sent while the sign-in had expired, filled as it was, with a button that sends it (E1)."""
    form = kept.form_of(request)
    if not form:
        return redirect("dashboard")
    context = {"path": form["path"], "fields": kept.worded(form["fields"]), "files": form["files"]}
    return render(request, "consortium/kept_form.html", context)


@permitted(Permission.INVITE)
def invitations(request):
    """Open invitations and the form for a new one."""
    unit = acting.organisation_of(request.user)
    first = {"organisation": request.GET.get("organisation", "")[:20] or (unit.pk if unit else "")}
    form = InviteForm(request.POST or None, user=request.user, initial=first)
    link = undelivered = None
    if request.method == "POST" and form.is_valid():
        try:
            invitation, token = actions.invite(by=request.user, **form.cleaned_data)
        except Refused as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
        else:
            link = request.build_absolute_uri(f"/i/{token}/")
            undelivered = invitation.undelivered_at
            if not undelivered:
                messages.success(request, _("The invitation was sent."))
            form = InviteForm(user=request.user)
    rows = invitations_visible_to(request.user)[:100]
    context = {"form": form, "rows": rows, "link": link, "undelivered": undelivered}
    return render(request, "consortium/invitations.html", context, status=422 if form.errors else 200)


@require_POST
@permitted(Permission.INVITE)
def withdraw_invitation(request, pk):
    """Take an invitation back."""
    invitation = get_object_or_404(invitations_visible_to(request.user), pk=pk)
    actions.withdraw_invitation(invitation=invitation, by=request.user)
    messages.success(request, _("The invitation was withdrawn; its link no longer works."))
    return redirect("invitations")


def accept_invitation(request, token):
    """The page behind an invitation's link. Opening it records nothing; the press makes the account.

    Whoever has an account adds the role to it: signed in with one press, else after signing in.
    """
    invitation = actions.open_invitation(token)
    if invitation is None:
        raise Http404
    owner = owner_of(invitation)
    if request.user.is_authenticated:
        return _accept_signed_in(request, invitation, owner)
    if owner is not None and owner.has_usable_password():
        return _invitation_page(request, invitation, wants="sign_in")
    form = AcceptForm(request.POST or None, invitation=invitation, owner=owner)
    if request.method == "POST" and form.is_valid():
        try:
            user = actions.accept_invitation(invitation=invitation, **form.cleaned_data)
        except Refused as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
        else:
            # Through allauth's steps: an account that has a second factor shows it here too.
            return perform_login(request, user)
    return _invitation_page(
        request, invitation, wants="account", form=form, status=422 if form.errors else 200
    )


def _accept_signed_in(request, invitation, owner):
    if request.method == "POST":
        grant = actions.accept_with_account(invitation=invitation, by=request.user)
        if len(active_grants(request.user)) > 1:
            actions.choose_role(grant=grant, by=request.user)
            acting.choose(request.user, grant)
        messages.success(request, _("Your account has the role now: %(role)s.") % {"role": grant.title})
        return redirect("dashboard")
    if invitation.invited_by_id == request.user.pk:
        wants = "sender"
    else:
        wants = "join" if owner is None or owner.pk == request.user.pk else "other_account"
    return _invitation_page(request, invitation, wants=wants)


def _invitation_page(request, invitation, *, status=200, **context):
    context |= {"invitation": invitation, "role": ROLES[invitation.role]}
    return render(request, "consortium/accept_invitation.html", context, status=status)
