"""Under which name a filter is kept."""

from django import forms
from django.utils.translation import gettext_lazy as _

from consortium.forms.form import Form


class FilterForm(Form):
    """A name for the present state of the list."""

    name = forms.CharField(label=_("Name of the filter"), max_length=40)
