"""Which record is the same organisation, and why both are merged."""

from django import forms
from django.utils.translation import gettext_lazy as _

from consortium.forms.form import Form, OrganisationField


class OtherForm(Form):
    """The other record of the same organisation."""

    name = OrganisationField(
        label=_("The other record"), help_text=_("Its full name as in the directory, or its credit code.")
    )


class MergeForm(Form):
    """The reason, beside what was looked at."""

    reason = forms.CharField(
        label=_("Why both are the same organisation"),
        max_length=200,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("For example: same licence, seen on which day; registered twice by import."),
    )
    seen = forms.CharField(widget=forms.HiddenInput, max_length=16)
