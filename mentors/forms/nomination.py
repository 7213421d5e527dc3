"""Whom an employer puts forward, as its people type it; the person's answer; what the office decides."""

from django import forms
from django.utils.translation import gettext_lazy as _

from consortium.forms.form import DayField, Form, NumberField, OrganisationField
from consortium.forms.membership_application import ObjectionAnswerForm
from mentors.actions.appointment import CAPACITY_BOUNDS
from mentors.enums import INDUSTRY_KINDS, AppointmentKind, Degree, MentorCategory, TitleLevel


class NominationForm(Form):
    """The person, the qualification, the appointment. `organisations`: those the reader nominates for; None is any."""

    PERSON = ("name", "email", "born")
    QUALIFICATION = ("degree", "title", "title_level", "years", "in_post", "team", "proof")
    APPOINTMENT = ("kind", "category", "field", "since", "capacity")

    name = forms.CharField(label=_("Name"), max_length=80)
    email = forms.EmailField(
        label=_("Mail address of the person"),
        max_length=254,
        help_text=_("The person is asked there and must agree. Read by your organisation and the office."),
    )
    born = DayField(
        label=_("Date of birth"),
        help_text=_("Only for the age at appointment; forgotten when the nomination is closed."),
    )
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
    title_level = forms.ChoiceField(
        label=_("Level of the title"), choices=[("", _("Choose one")), *TitleLevel.choices]
    )
    degree = forms.ChoiceField(label=_("Highest degree"), choices=[("", _("Choose one")), *Degree.choices])
    years = NumberField(
        label=_("Years of practice"),
        least=0,
        most=60,
        help_text=_("Whole years in an employer of this kind."),
    )
    in_post = forms.BooleanField(label=_("In post with this employer now"), required=False)
    team = forms.BooleanField(
        label=_("Leads a stable team"), required=False, help_text=_("Asked of industry professors.")
    )
    field = forms.CharField(label=_("Field of work"), max_length=80, required=False)
    since = DayField(
        label=_("First day wanted"), help_text=_("It moves to the end of the public notice if that is later.")
    )
    capacity = NumberField(
        label=_("Most students at once"), least=CAPACITY_BOUNDS[0], most=CAPACITY_BOUNDS[1]
    )
    proof = forms.FileField(
        label=_("Proof of degree and title"),
        required=False,
        max_length=200,
        help_text=_(
            "PDF, picture, DOCX or XLSX, up to 20 MB. Read by your organisation, the person and the office."
        ),
    )

    def __init__(self, *args, organisations=(), renewal=False, fixed=False, **kwargs):
        super().__init__(*args, **kwargs)
        if renewal:
            for name in ("name", "email", "kind", "since"):
                del self.fields[name]
        if fixed or renewal:
            return
        if organisations is None:
            self.fields["organisation"] = OrganisationField(
                label=_("Employer"), help_text=_("Full name as in the directory.")
            )
        elif len(organisations) > 1:
            self.fields["organisation"] = forms.ChoiceField(
                label=_("Employer"), choices=[(str(row.pk), row.name) for row in organisations]
            )

    def blocks(self):
        """The fields in three blocks."""
        person = ("organisation", *self.PERSON)
        return [
            [self[name] for name in names if name in self.fields]
            for names in (person, self.QUALIFICATION, self.APPOINTMENT)
        ]

    def clean_email(self):
        """Addresses are compared in small letters."""
        return self.cleaned_data["email"].lower()

    def clean(self):
        """An industry kind has a category; the others have none."""
        data = super().clean()
        if "kind" in self.fields:
            if data.get("kind") in INDUSTRY_KINDS and not data.get("category"):
                self.add_error("category", _("Choose one: executive, technical expert or scholar."))
            if data.get("kind") == AppointmentKind.ACADEMIC:
                data["category"] = ""
        return data


class NoteForm(Form):
    """A sentence that goes to whoever nominated."""

    note = forms.CharField(
        label=_("What has to be mended"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("It goes to the employer as you write it."),
    )


class ReasonForm(Form):
    """Why."""

    reason = forms.CharField(label=_("Reason"), max_length=300, widget=forms.Textarea(attrs={"rows": 3}))


class ConfirmForm(Form):
    """Nothing to type: one press."""


class AnswerForm(ObjectionAnswerForm):
    """The answer to an objection to an appointment, and whether the objection holds."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["upheld"].choices = [
            ("no", _("The objection does not hold; the appointment goes on")),
            ("yes", _("The objection holds; the nomination is checked anew")),
        ]


class DeclineForm(Form):
    """Why not, if the person wants to say."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=300,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Your employer and the office read it. You need not give one."),
    )
