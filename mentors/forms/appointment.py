"""An appointment as the office types it."""

from django import forms
from django.utils.translation import gettext_lazy as _

from consortium.forms.form import DayField, Form, NumberField, OrganisationField
from mentors.actions.appointment import CAPACITY_BOUNDS
from mentors.enums import INDUSTRY_KINDS, AppointmentKind, MentorCategory


class AppointmentForm(Form):
    """Who, from where, as what, for how long, for how many students."""

    name = forms.CharField(label=_("Name"), max_length=80)
    account = forms.CharField(
        label=_("Work number or mail address"),
        max_length=150,
        help_text=_(
            "Known here already: the appointment is added to that account. New: an account without password is made."
        ),
    )
    email = forms.EmailField(
        label=_("Mail address for the invitation"),
        required=False,
        max_length=254,
        help_text=_("For a new person: the one-time link to set a password goes there."),
    )
    organisation = OrganisationField(label=_("Organisation"), help_text=_("Full name as in the directory."))
    kind = forms.ChoiceField(label=_("Kind"), choices=[("", _("Choose one")), *AppointmentKind.choices])
    category = forms.ChoiceField(
        label=_("Category"),
        required=False,
        choices=[("", _("Does not apply")), *MentorCategory.choices],
        help_text=_("For industry mentors and professors."),
    )
    title = forms.CharField(
        label=_("Title"), max_length=60, help_text=_("Professional title or post, such as senior engineer.")
    )
    field = forms.CharField(label=_("Field of work"), max_length=80, required=False)
    capacity = NumberField(
        label=_("Most students at once"), least=CAPACITY_BOUNDS[0], most=CAPACITY_BOUNDS[1]
    )
    since = DayField(label=_("First day"))
    until = DayField(label=_("Last day"), required=False, help_text=_("Empty: the usual term."))
    grounds = forms.CharField(
        label=_("Why by hand"),
        max_length=200,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_(
            "The paper it rests on, such as an appointment made before this portal. Read by the office and auditors."
        ),
    )
    document = forms.FileField(
        label=_("Letter of appointment"),
        required=False,
        max_length=200,
        help_text=_("PDF, picture, DOCX or XLSX, up to 20 MB."),
    )

    def clean(self):
        """An industry kind has a category; the others have none."""
        data = super().clean()
        if data.get("kind") in INDUSTRY_KINDS and not data.get("category"):
            self.add_error("category", _("Choose one: executive, technical expert or scholar."))
        if data.get("kind") == AppointmentKind.ACADEMIC:
            data["category"] = ""
        return data


class CapacityForm(Form):
    """How many students at once."""

    capacity = NumberField(
        label=_("Most students at once"), least=CAPACITY_BOUNDS[0], most=CAPACITY_BOUNDS[1]
    )


class EndAppointmentForm(Form):
    """Why an appointment ends."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=200,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("The mentor and the office read it."),
    )
