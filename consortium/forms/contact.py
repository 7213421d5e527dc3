"""A person to talk to, and why somebody wants to see the number in full."""

from django import forms
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _

from consortium.forms.form import DayField, Form

PHONE = RegexValidator(
    r"^\+?[0-9][0-9 ()-]{5,28}$", _("Enter a phone number like 022-60000000 or 13800000000.")
)


class ContactForm(Form):
    """Name, one way to reach the person, and the consent to keep both."""

    name = forms.CharField(label=_("Name"), max_length=40)
    post = forms.CharField(label=_("Post"), max_length=60, required=False)
    phone = forms.CharField(label=_("Phone"), max_length=30, required=False, validators=[PHONE])
    email = forms.EmailField(label=_("Mail address"), required=False)
    since = DayField(label=_("Contact from"), required=False, help_text=_("Empty: today."))
    consented_on = DayField(label=_("Consent given on"))
    consent_how = forms.CharField(
        label=_("How consent was given"),
        max_length=120,
        help_text=_("For example by mail, on the application, by phone to whom."),
    )


class RevealForm(Form):
    """Why the number is needed."""

    reason = forms.CharField(label=_("What you need the number for"), max_length=120)


class FormerNameForm(Form):
    """A name that an organisation bore until a day."""

    name = forms.CharField(label=_("Former name"), max_length=120)
    since = DayField(label=_("First day"), required=False, help_text=_("Empty: not known."))
    until = DayField(label=_("Last day"))
