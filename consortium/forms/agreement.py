"""Agreements as the office types them, and what a party answers."""

from django import forms
from django.utils.translation import gettext_lazy as _

from consortium.actions.agreement import MOST_PARTIES
from consortium.enums import AgreementDisclosure, AgreementKind
from consortium.forms.form import DayField, Form, OrganisationField

PARTY_LABELS = (
    _("Party 1"),
    _("Party 2"),
    _("Party 3"),
    _("Party 4"),
    _("Party 5"),
    _("Party 6"),
)
FILE_HELP = _("PDF, picture, DOCX or XLSX, up to 20 MB.")


class AgreementForm(Form):
    """What is agreed, between whom, from when to when."""

    number = forms.CharField(label=_("Number"), max_length=40, help_text=_("As on the paper."))
    title = forms.CharField(label=_("Title of the agreement"), max_length=120)
    kind = forms.ChoiceField(label=_("Kind"), choices=[("", _("Choose one")), *AgreementKind.choices])
    subject = forms.CharField(
        label=_("What is agreed"),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=2000,
        help_text=_("In a few sentences. Read by its parties, the offices and auditors alone."),
    )
    since = DayField(label=_("First day"))
    until = DayField(
        label=_("Last day"), required=False, help_text=_("Empty: until further notice, without warnings.")
    )
    disclosure = forms.ChoiceField(
        label=_("Who may know of it"),
        choices=AgreementDisclosure.choices,
        help_text=_("Everybody reads kind, title, parties and days once it is in force, never the text."),
    )

    def __init__(self, *args, parties=(), **kwargs):
        named = {f"party_{order}": one for order, one in enumerate(parties, 1)}
        kwargs["initial"] = {
            "disclosure": AgreementDisclosure.PARTIES,
            **(kwargs.get("initial") or {}),
            **named,
        }
        super().__init__(*args, **kwargs)
        for order in range(1, MOST_PARTIES + 1):
            self.fields[f"party_{order}"] = OrganisationField(
                label=PARTY_LABELS[order - 1],
                required=order <= 2,
                help_text=_("Full name as in the directory. Parties sign in this order.")
                if order == 1
                else "",
            )

        parties = [f"party_{order}" for order in range(1, MOST_PARTIES + 1)]
        self.order_fields(["number", "title", "kind", "disclosure", "since", "until", *parties, "subject"])

    def values(self):
        """(fields, parties in their order)."""
        fields = dict(self.cleaned_data)
        named = [fields.pop(f"party_{order}") for order in range(1, MOST_PARTIES + 1)]
        return fields, [one for one in named if one]


class TextForm(Form):
    """A version of the text."""

    file = forms.FileField(label=_("File of the text"), max_length=200, help_text=FILE_HELP)
    note = forms.CharField(label=_("What is new in it"), max_length=300, required=False)


class SignForm(Form):
    """A signature given here."""

    post = forms.CharField(label=_("Your post"), max_length=80, required=False)
    read = forms.BooleanField(label=_("I have read this text and may sign for the organisation"))

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["read"].error_messages["required"] = _("Read the text, then tick this.")


class PaperForm(Form):
    """A signature given on paper."""

    signer = forms.CharField(label=_("Who signed"), max_length=80)
    post = forms.CharField(label=_("Post"), max_length=80, required=False)
    signed_on = DayField(label=_("Signed on"))
    evidence = forms.FileField(label=_("Scan of the signed paper"), max_length=200, help_text=FILE_HELP)


class WishForm(Form):
    """Why a text goes back."""

    wish = forms.CharField(
        label=_("What is to be changed"),
        widget=forms.Textarea(attrs={"rows": 4}),
        max_length=2000,
        help_text=_("Read by the parties and the offices."),
    )


class WithdrawForm(Form):
    """Why an agreement is not concluded."""

    reason = forms.CharField(label=_("Reason"), max_length=300, help_text=_("The parties read it."))


class EndForm(WithdrawForm):
    """Why and from when one in force ends early."""

    on = DayField(label=_("Last day on which it held"))

    field_order = ["on", "reason"]


class RenewForm(Form):
    """What the next agreement does not take over."""

    number = forms.CharField(label=_("Number of the next agreement"), max_length=40)
    since = DayField(label=_("First day"))
    until = DayField(
        label=_("Last day"), required=False, help_text=_("Empty: until further notice, without warnings.")
    )


class HashForm(Form):
    """The fingerprint of a file that somebody holds."""

    sha256 = forms.RegexField(
        r"^[0-9a-fA-F]{64}$",
        label=_("SHA-256 of the file"),
        error_messages={"invalid": _("A SHA-256 has 64 characters from 0 to 9 and a to f.")},
        widget=forms.TextInput(attrs={"autocapitalize": "off", "spellcheck": "false"}),
    )
