"""What a reminder is about, and under which name a filter is kept."""

from django import forms
from django.utils.translation import gettext_lazy as _

from consortium.enums import ReminderKind
from consortium.forms.form import Form


class ReminderForm(Form):
    """The kind of message."""

    kind = forms.ChoiceField(
        label=_("What it is about"), choices=ReminderKind.choices, widget=forms.RadioSelect
    )


class FilterForm(Form):
    """A name for the present state of the list."""

    name = forms.CharField(label=_("Name of the filter"), max_length=40)
