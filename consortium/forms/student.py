"""A student as the graduate office types it, and the list it sends up."""

from django import forms
from django.utils.translation import gettext_lazy as _

from consortium.enums import Degree
from consortium.forms.form import Form, NumberField, OrganisationField

FRESH = {"": None, "yes": True, "no": False}


class StudentForm(Form):
    """Number, name, address, and what a round needs to know."""

    number = forms.CharField(
        label=_("Student number"), max_length=32, help_text=_("It is the user name too.")
    )
    name = forms.CharField(label=_("Name"), max_length=80)
    email = forms.EmailField(
        label=_("Mail address"),
        required=False,
        max_length=254,
        help_text=_("Messages and the sign-in code go there. Only the student and the office see it."),
    )
    university = OrganisationField(
        label=_("University or college"), help_text=_("Full name as in the directory.")
    )
    programme = forms.CharField(label=_("Programme"), max_length=80)
    degree = forms.ChoiceField(label=_("Degree"), choices=[("", _("Choose one")), *Degree.choices])
    cohort = NumberField(label=_("Year of entry"), least=1990, most=2100)
    fresh = forms.ChoiceField(
        label=_("Straight from a first degree"),
        required=False,
        choices=[
            ("", _("Not known yet")),
            ("yes", _("Yes: 12 months of practice")),
            ("no", _("No: 6 months of practice")),
        ],
        help_text=_("It decides the months of practice; unknown is not “no”."),
    )
    on_leave = forms.BooleanField(label=_("On leave: takes part in no round"), required=False)
    revision = forms.CharField(widget=forms.HiddenInput, required=False, max_length=16)

    def values(self):
        """What the actions take."""
        data = dict(self.cleaned_data)
        data.pop("revision")
        data["fresh_graduate"] = FRESH[data.pop("fresh")]
        return data
