"""Pages of one's own second factor. What is proved is allauth's; the act, its words and what comes after are ours."""

import json
from ipaddress import ip_address

from allauth.mfa.base.views import AuthenticateView
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes import views as recovery_codes_views
from allauth.mfa.totp import views as totp_views
from allauth.mfa.webauthn import views as passkey_views
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse, reverse_lazy
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from consortium import kept, second_factor
from consortium.access import signed_in
from consortium.actions import second_factor as actions

FEW = 3


def onward(request):
    """Where a person goes who has done what was asked: the form or the page that was wanted, else home."""
    if kept.form_of(request):
        return reverse("kept_form")
    return request.session.get(second_factor.WANTED) or reverse("dashboard")


@signed_in
def factors(request):
    """One's app, passkeys and recovery codes, and what may be done with each."""
    rows = list(second_factor.factors_of(request.user))
    codes, made = second_factor.recovery_codes_of(request.user)
    context = {
        "passkeys": [row for row in rows if row.type == Authenticator.Type.WEBAUTHN],
        "app": next((row for row in rows if row.type == Authenticator.Type.TOTP), None),
        "left": len(codes),
        "made": made,
        "few": made and len(codes) <= FEW,
        "enrolled": bool(rows),
        "must": second_factor.must_have(request.user),
        "onward": onward(request) if second_factor.WANTED in request.session else "",
    }
    return render(request, "mfa/index.html", context)


class SecondStep(AuthenticateView):
    """Between the password and the session: a passkey where there is one, a code in any case."""

    def get_context_data(self, **kwargs):
        """What the device is asked; nothing when the person has no passkey."""
        context = super().get_context_data(**kwargs)
        asked = context["js_data"]["request_options"]
        factors = second_factor.factors_of(self.stage.login.user)
        return {
            **context,
            "options": json.dumps(asked) if asked["publicKey"].get("allowCredentials") else "",
            "has_app": factors.filter(type=Authenticator.Type.TOTP).exists(),
        }


class SetUpApp(totp_views.ActivateTOTPView):
    """The QR code, and the first code from the app."""

    def get_context_data(self, **kwargs):
        """The key in groups of four for whoever types it."""
        context = super().get_context_data(**kwargs)
        secret = context["form"].secret
        grouped = " ".join(secret[at : at + 4] for at in range(0, len(secret), 4))
        return {**context, "grouped": grouped, "must": second_factor.must_have(self.request.user)}

    def form_valid(self, form):
        """Keep the app as a factor."""
        return _added(self.request, Authenticator.Type.TOTP, lambda: super(SetUpApp, self).form_valid(form))


def _added(request, kind, change):
    answer = actions.change_own_factors(by=request.user, verb="second factor added", kind=kind, change=change)
    second_factor.note_shown(request, second_factor.factors_of(request.user).filter(type=kind).last())
    messages.success(request, _("The second step is set up."))
    if answer.url == reverse("mfa_view_recovery_codes"):
        request.session[second_factor.FRESH_CODES] = True
    elif second_factor.WANTED in request.session:
        return redirect(onward(request))
    return answer


class RemoveApp(totp_views.DeactivateTOTPView):
    """What ends with the app, and the button that removes it."""

    def get_context_data(self, **kwargs):
        """Whether something else is left."""
        return {**super().get_context_data(**kwargs), **_what_is_left(self.request, self.authenticator)}

    def form_valid(self, form):
        """Take the app off the account."""
        return _removed(
            self.request, Authenticator.Type.TOTP, lambda: super(RemoveApp, self).form_valid(form)
        )


class AddPasskey(passkey_views.AddWebAuthnView):
    """A passkey of this device or of a security key."""

    def get_context_data(self, **kwargs):
        """What the device is asked; an address of numbers, at which no browser makes passkeys, is named."""
        context = {**super().get_context_data(**kwargs), **kwargs}
        return {
            **context,
            "options": json.dumps(context["js_data"]["creation_options"]),
            "number_url": _by_name(self.request),
        }

    def form_valid(self, form):
        """Keep the passkey as a factor."""
        return _added(
            self.request, Authenticator.Type.WEBAUTHN, lambda: super(AddPasskey, self).form_valid(form)
        )


def _by_name(request):
    """This page at localhost when the portal runs at a loopback number; empty when the address is a name."""
    host, _colon, port = request.get_host().partition(":")
    try:
        loopback = ip_address(host).is_loopback
    except ValueError:
        return ""
    return f"http://localhost:{port}{request.path}" if loopback else ""


class RemovePasskey(passkey_views.RemoveWebAuthnView):
    """What ends with a passkey, and the button that removes it."""

    success_url = reverse_lazy("mfa_index")

    def get_context_data(self, **kwargs):
        """Whether something else is left."""
        context = super().get_context_data(**kwargs)
        return {**context, "authenticator": self.object, **_what_is_left(self.request, self.object)}

    def form_valid(self, form):
        """Take the passkey off the account."""
        return _removed(
            self.request, Authenticator.Type.WEBAUTHN, lambda: super(RemovePasskey, self).form_valid(form)
        )


class RenamePasskey(passkey_views.EditWebAuthnView):
    """Another name for a passkey."""

    success_url = reverse_lazy("mfa_index")


class ProvePasskey(passkey_views.ReauthenticateWebAuthnView):
    """Once more before something that weighs."""

    def get_context_data(self, **kwargs):
        """What the device is asked, and the fault of the answer before."""
        context = {**super().get_context_data(**kwargs), **kwargs}
        return {**context, "options": json.dumps(context["js_data"]["request_options"])}

    def form_invalid(self, form):
        """The same page with what was wrong."""
        return self.render_to_response(self.get_context_data(form=form))


def _what_is_left(request, factor):
    others = second_factor.factors_of(request.user).exclude(pk=factor.pk).exists()
    return {"last": not others, "must": second_factor.must_have(request.user)}


def _removed(request, kind, change):
    answer = actions.change_own_factors(
        by=request.user, verb="second factor removed", kind=kind, change=change
    )
    messages.success(request, _("Removed. Signing in no longer asks for it."))
    return answer


class MakeRecoveryCodes(recovery_codes_views.GenerateRecoveryCodesView):
    """A new set of recovery codes in place of the old."""

    success_url = reverse_lazy("mfa_view_recovery_codes")

    def form_valid(self, form):
        """Make them; they can be read until the person says they are kept."""
        answer = actions.change_own_factors(
            by=self.request.user,
            verb="recovery codes made",
            kind=Authenticator.Type.RECOVERY_CODES,
            change=lambda: super(MakeRecoveryCodes, self).form_valid(form),
        )
        self.request.session[second_factor.FRESH_CODES] = True
        return answer


@never_cache
@signed_in
def recovery_codes(request):
    """New codes, until the person says that they are kept; afterwards only how many are left."""
    codes, made = second_factor.recovery_codes_of(request.user)
    if not made:
        raise Http404
    fresh = request.session.get(second_factor.FRESH_CODES)
    if request.method == "POST":
        request.session.pop(second_factor.FRESH_CODES, None)
        return redirect(onward(request) if second_factor.WANTED in request.session else "mfa_index")
    return render(
        request,
        "mfa/recovery_codes/index.html",
        {"codes": codes if fresh else [], "fresh": bool(fresh), "left": len(codes), "made": made},
    )


@require_POST
@never_cache
@signed_in
def recovery_codes_file(request):
    """The new codes as a text file; only while they may be read."""
    if not request.session.get(second_factor.FRESH_CODES):
        raise Http404
    codes, _made = second_factor.recovery_codes_of(request.user)
    text = render_to_string("mfa/recovery_codes/file.txt", {"codes": codes, "person": request.user})
    response = HttpResponse(text, content_type="text/plain; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="recovery-codes.txt"'
    return response
