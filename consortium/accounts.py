"""How allauth behaves here: nobody signs up alone, codes come by mail, and refusals are the portal's."""

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from consortium import kept, second_factor


class AccountAdapter(DefaultAccountAdapter):
    """Closed sign-up; after signing in, a form kept from before comes first."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "too_many_login_attempts": _(
            "Too many failed tries. Signing in to this account waits five minutes; a code sent by mail works at once."
        ),
        "email_password_mismatch": _(
            "The name or the password is not right. Check both, or ask for a code by mail."
        ),
        "username_password_mismatch": _(
            "The name or the password is not right. Check both, or ask for a code by mail."
        ),
        "incorrect_password": _("This is not your password. Try once more, or ask for a code by mail."),
        "rate_limited": _("Too many wrong codes. Wait five minutes, then enter the newest code."),
        "incorrect_code": _("This code is not right. Check the newest mail, or ask for a new code."),
        "account_inactive": _("This account is closed. Ask the secretariat if you think this is a mistake."),
    }

    def is_open_for_signup(self, request):
        return False

    def add_message(self, *args, **kwargs):
        """A page that one is signed in to needs no message saying so."""

    def get_login_redirect_url(self, request):
        return reverse("kept_form") if kept.form_of(request) else reverse("dashboard")

    def is_reauthentication_required(self, *, app, **kwargs):
        """A sign-in of the last minutes counts; with a second factor, only one in which it was shown."""
        return not second_factor.recently_proved(context.request)

    def get_reauthentication_methods(self, user):
        """Whoever has a second factor shows it; a password alone would make it worth no more than the password."""
        methods = super().get_reauthentication_methods(user)
        return [one for one in methods if one["id"].startswith("mfa")] or methods
