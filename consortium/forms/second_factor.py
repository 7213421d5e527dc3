"""Forms of the second factor: allauth's checks with the portal's labels, and each code once."""

import struct

from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.webauthn.forms import (
    AddWebAuthnForm,
    AuthenticateWebAuthnForm,
    EditWebAuthnForm,
    ReauthenticateWebAuthnForm,
)
from django import forms
from django.core.cache import cache
from django.utils.translation import gettext_lazy as _

from consortium.forms.form import Form
from consortium.second_factor import MFAAdapter

# As long as a code can be right: its own half minute, and one more on either side.
CODE_SECONDS = 90
# What the library raises at an answer that no device made.
MALFORMED = (AttributeError, IndexError, KeyError, TypeError, ValueError, struct.error)


def _code(help_text):
    return forms.CharField(
        label=_("Code"),
        help_text=help_text,
        max_length=20,
        error_messages={"required": _("Fill this in.")},
        widget=forms.TextInput(
            attrs={"autocomplete": "one-time-code", "inputmode": "numeric", "spellcheck": "false"}
        ),
    )


class _OnceForm:
    """A code works once, and too many wrong ones wait, in words that fit a second factor."""

    def clean_code(self):
        """The code, refused when wrong, when used already and after too many tries."""
        try:
            code = super().clean_code()
        except forms.ValidationError as error:
            if error.code != "too_many_login_attempts":
                raise
            raise forms.ValidationError(
                _("Too many wrong codes. Wait five minutes, then enter the newest code."), code=error.code
            ) from None
        by_app = self.authenticator.type == Authenticator.Type.TOTP
        digits = "".join(sign for sign in code if sign.isdigit())
        if by_app and not cache.add(f"code-used:{self.user.pk}:{digits}", 1, CODE_SECONDS):
            raise MFAAdapter().validation_error("incorrect_code")
        return code


class SignInCodeForm(_OnceForm, AuthenticateForm):
    """The second step of signing in."""

    code = _code(_("Six digits from the app, or one of your recovery codes."))


class ProveCodeForm(_OnceForm, ReauthenticateForm):
    """Once more before something that weighs."""

    code = _code(_("Six digits from the app, or one of your recovery codes."))


class SetUpAppForm(ActivateTOTPForm):
    """The first code of an app that was just set up."""

    code = _code(_("Six digits; they change every half minute."))


def _no_passkey():
    return forms.ValidationError(
        _("This passkey does not belong to your account, or the page was open too long. Press again."),
        code="passkey",
    )


class _PasskeyForm:
    """An answer of a device: what is wrong with it is said in one sentence, whatever it is."""

    def clean_credential(self):
        """The passkey that answered."""
        try:
            return super().clean_credential()
        except forms.ValidationError as error:
            if error.code == "too_many_login_attempts":
                raise
            raise _no_passkey() from None
        except MALFORMED:
            raise _no_passkey() from None


class SignInPasskeyForm(_PasskeyForm, AuthenticateWebAuthnForm):
    """The second step of signing in, by passkey."""


class ProvePasskeyForm(_PasskeyForm, ReauthenticateWebAuthnForm):
    """Once more before something that weighs, by passkey."""


def _name(**kwargs):
    return forms.CharField(label=_("What you call it"), max_length=60, **kwargs)


class AddPasskeyForm(AddWebAuthnForm):
    """A new passkey with its name."""

    name = _name(required=False, help_text=_("For example the phone or the computer it lives in."))

    def clean(self):
        """The device's answer to what this session asked."""
        try:
            return super().clean()
        except (forms.ValidationError, *MALFORMED):
            raise forms.ValidationError(
                _("The device's answer does not fit, or the page was open too long. Press again."),
                code="passkey",
            ) from None


class RenamePasskeyForm(EditWebAuthnForm):
    """Another name for a passkey."""

    name = _name(error_messages={"required": _("Fill this in.")})


class AskResetForm(Form):
    """Why a person's second factors are to be taken off, as the second administrator reads it."""

    reason = forms.CharField(
        label=_("Reason, and how you made sure who asks"),
        help_text=_("The second administrator reads it, and nobody else."),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
