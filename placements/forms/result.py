"""Forms about a result: an objection, and declining a place."""

from django import forms
from django.utils.translation import gettext_lazy as _

from consortium.forms.form import Form
from placements.enums import ObjectionKind


class ObjectionForm(Form):
    """What is wrong, in which words, with what proof."""

    kind = forms.ChoiceField(
        label=_("What your objection is about"), choices=ObjectionKind, widget=forms.RadioSelect
    )
    text = forms.CharField(
        label=_("Explanation"),
        help_text=_("20 to 500 characters: what is recorded, and what you think is right."),
        widget=forms.Textarea(attrs={"rows": 5}),
    )
    file = forms.FileField(
        label=_("Proof"), help_text=_("PDF, picture, DOCX or XLSX, up to 20 MB"), required=False
    )


class DeclineForm(Form):
    """Why a place is given up."""

    reason = forms.CharField(
        label=_("Reason"), help_text=_("At least 10 characters"), widget=forms.Textarea(attrs={"rows": 4})
    )
