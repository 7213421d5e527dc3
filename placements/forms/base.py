"""A base and its accreditation as the office types them."""

from django import forms
from django.utils.translation import gettext_lazy as _

from consortium.forms.form import DayField, Form, NumberField, OrganisationField
from placements.actions.base import PLACES_BOUNDS
from placements.enums import BaseKind


class BaseForm(Form):
    """Where students practise."""

    name = forms.CharField(label=_("Name of the base"), max_length=80)
    organisation = OrganisationField(label=_("Organisation"), help_text=_("Full name as in the directory."))
    district = forms.CharField(label=_("District"), max_length=40, help_text=_("Students choose by it."))
    kind = forms.ChoiceField(label=_("Kind"), choices=[("", _("Choose one")), *BaseKind.choices])
    places_per_year = NumberField(label=_("Places a year"), least=PLACES_BOUNDS[0], most=PLACES_BOUNDS[1])


class AccreditationForm(Form):
    """The paper that lets a base take students."""

    number = forms.CharField(label=_("Number of the accreditation"), max_length=40)
    valid_from = DayField(label=_("Valid from"))
    valid_to = DayField(
        label=_("Valid until"), required=False, help_text=_("Empty: the usual term. The day itself counts.")
    )
    document = forms.FileField(
        label=_("Document"),
        required=False,
        max_length=200,
        help_text=_("PDF, picture, DOCX or XLSX, up to 20 MB."),
    )
