"""Forms of applying for membership: asking for the link, the application itself, the check list."""

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from consortium.actions.organisation import checked_uscc
from consortium.enums import (
    MEMBERSHIP_DOCUMENTS_NEEDED,
    MembershipCheckItem,
    MembershipDocumentKind,
    MembershipRank,
    OrganisationKind,
)
from consortium.forms.form import DayField, Form, NumberField
from consortium.queries.membership_application import boards, councils
from consortium.queries.membership_term import measures_of
from consortium.refusals import Invalid
from consortium.templatetags.portal import day_text

CODE_SIGNS = 12


class CouncilField(forms.ModelChoiceField):
    """A council by its name in the reader's language."""

    def label_from_instance(self, council):
        return council.name


class LinkForm(Form):
    """Who wants to apply: the unit, the person, the address that gets the link."""

    council = CouncilField(label=_("Council"), queryset=None, empty_label=None)
    unit_name = forms.CharField(
        label=_("Full Chinese name of the unit"),
        max_length=120,
        help_text=_("As on the licence or the official seal."),
    )
    contact_name = forms.CharField(label=_("Name of the contact"), max_length=80)
    email = forms.EmailField(label=_("Mail address"), help_text=_("The link to your application goes there."))

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["council"].queryset = councils()


class ApplicationForm(Form):
    """The application in four blocks; `complete` asks for all that handing in needs."""

    NEEDED = ("unit_name", "uscc", "unit_kind", "wishes", "contact_name", "contact_email")
    UNIT = ("unit_name", "uscc", "unit_kind", "district", "scale")
    CONTACT = ("contact_name", "contact_post", "contact_email")
    WISHES = ("rank", "board", "wishes")
    PAPERS = tuple(MembershipDocumentKind.values)

    unit_name = forms.CharField(
        label=_("Full Chinese name of the unit"),
        max_length=120,
        help_text=_("As on the licence or the official seal."),
    )
    uscc = forms.CharField(
        label=_("Unified social credit code"),
        max_length=40,
        help_text=_("18 characters from the licence; the last one is checked against the others."),
    )
    unit_kind = forms.ChoiceField(label=_("Kind"), choices=[("", _("Choose one")), *OrganisationKind.choices])
    district = forms.CharField(label=_("Park or district"), max_length=40, required=False)
    scale = forms.CharField(
        label=_("Scale"),
        max_length=120,
        required=False,
        help_text=_("For example: 320 people, of whom 80 in research."),
    )
    contact_name = forms.CharField(label=_("Name of the contact"), max_length=80)
    contact_post = forms.CharField(label=_("Post"), max_length=80, required=False)
    contact_email = forms.EmailField(
        label=_("Mail address"),
        help_text=_("Only the secretariat reads it; what has to be mended goes there."),
    )
    rank = forms.ChoiceField(label=_("Rank asked for"), choices=MembershipRank.choices)
    board = CouncilField(
        label=_("Board you want to work with"),
        queryset=None,
        required=False,
        empty_label=_("Not decided yet"),
    )
    wishes = forms.CharField(
        label=_("What you want and what you offer"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("Demands in products, technology or people; places for students, equipment, mentors."),
    )

    def __init__(self, *args, complete=True, held=(), **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["board"].queryset = boards()
        for kind, label in MembershipDocumentKind.choices:
            needed = kind in MEMBERSHIP_DOCUMENTS_NEEDED
            self.fields[kind] = forms.FileField(label=label, required=needed, max_length=200)
            self.fields[kind].error_messages["required"] = _("Choose the file.")
        # Marked as needed, and asked for only at the end: a draft may lack anything, a paper that is held is there.
        self.spared = set(held) if complete else {*self.NEEDED, *self.PAPERS}

    def full_clean(self):
        """Check the fields; what may be absent for now is not asked for."""
        spared = [self.fields[name] for name in self.spared if self.fields[name].required]
        for field in spared:
            field.required = False
        super().full_clean()
        for field in spared:
            field.required = True

    def clean_uscc(self):
        """The code in its one form, or a sentence about what is wrong with it."""
        try:
            return checked_uscc(self.cleaned_data["uscc"]) or ""
        except Invalid as refusal:
            raise forms.ValidationError(str(refusal)) from None

    def clean_contact_email(self):
        """Addresses are compared in small letters."""
        return self.cleaned_data["contact_email"].lower()

    def values(self):
        """The words of the application, without its papers; only what was valid."""
        return {name: value for name, value in self.cleaned_data.items() if name not in self.PAPERS}

    def uploads(self):
        """The papers that came with it: [(kind, upload)]."""
        return [(kind, self.cleaned_data[kind]) for kind in self.PAPERS if self.cleaned_data.get(kind)]


class CheckForm(Form):
    """Four ticks, a sentence for each that is not in order, and which record of the register the unit is."""

    def __init__(self, *args, application, alike, **kwargs):
        super().__init__(*args, **kwargs)
        for item, label in MembershipCheckItem.choices:
            self.fields[item] = forms.BooleanField(label=label, required=False)
            self.fields[f"note_{item}"] = forms.CharField(
                label=_("To the applicant: “%(item)s”") % {"item": label}, max_length=300, required=False
            )
        if alike and application.organisation_id is None:
            choices = [(str(row.pk), _("It is “%(name)s”") % {"name": row.name}) for row in alike]
            self.fields["record"] = forms.ChoiceField(
                label=_("Record in the register"),
                choices=[*choices, ("new", _("It is another unit: register it anew"))],
                widget=forms.RadioSelect,
                required=False,
            )
        self.alike = {str(row.pk): row for row in alike}

    def lines(self):
        """Each item with its tick and its sentence."""
        return [(self[item], self[f"note_{item}"]) for item in MembershipCheckItem.values]

    def ticks(self):
        """The items that were ticked."""
        return [item for item in MembershipCheckItem.values if self.cleaned_data.get(item)]

    def notes(self):
        """{item: sentence}."""
        return {item: self.cleaned_data.get(f"note_{item}", "") for item in MembershipCheckItem.values}

    def record_chosen(self):
        """The record that the unit is, or None for a new one."""
        return self.alike.get(self.cleaned_data.get("record", ""))


class ReasonForm(Form):
    """Why."""

    reason = forms.CharField(label=_("Reason"), max_length=300, widget=forms.Textarea(attrs={"rows": 2}))


class VoteForm(Form):
    """At which meeting, or until when in writing."""

    voting = forms.ChoiceField(
        label=_("How it is voted on"),
        choices=[("meeting", _("At a meeting")), ("written", _("In writing"))],
        widget=forms.RadioSelect,
        initial="meeting",
    )
    vote_day = DayField(label=_("Day of the meeting, or last day"), help_text=_("The unit is told the day."))


class ResolutionForm(Form):
    """What the minutes say of the vote, and the rank and first day it gave."""

    number = forms.CharField(
        label=_("Number of the resolution"),
        max_length=40,
        help_text=_("Several units may rest on one resolution; enter the same number and the same figures."),
    )
    passed_on = DayField(label=_("Passed on"))
    entitled = NumberField(label=_("Entitled to vote"), help_text=_("Seats, without those recused."))
    present = NumberField(label=_("Present"), help_text=_("At least half of those entitled."))
    votes_yes = NumberField(label=_("In favour"))
    votes_no = NumberField(label=_("Against"))
    abstentions = NumberField(label=_("Abstentions"))
    rank = forms.ChoiceField(label=_("Rank given"), choices=MembershipRank.choices)
    since = DayField(
        label=_("First day"),
        required=False,
        help_text=_("Empty: the day after the notice has ended; a renewal follows the present term."),
    )
    minutes = forms.FileField(
        label=_("Minutes"),
        max_length=200,
        help_text=_(
            "PDF, picture, DOCX or XLSX, up to 20 MB. The second person compares the figures with it."
        ),
        required=False,
    )


class NoticeForm(Form):
    """Title and text of the public notice; they name no person."""

    title = forms.CharField(label=_("Title"), max_length=120)
    text = forms.CharField(
        label=_("Text"),
        max_length=3000,
        widget=forms.Textarea(attrs={"rows": 8}),
        help_text=_("Everybody reads it. Name no person."),
    )


class ObjectionForm(Form):
    """Who objects, where the answer goes, and why."""

    name = forms.CharField(label=_("Your name"), max_length=80)
    contact = forms.CharField(
        label=_("Mail address or telephone"),
        max_length=120,
        help_text=_("Only the secretariat reads name and contact."),
    )
    text = forms.CharField(
        label=_("What you object to, and why"),
        min_length=10,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 5}),
        error_messages={"min_length": _("Write at least 10 characters: what you object to, and why.")},
    )


class ObjectionAnswerForm(Form):
    """The answer in words, and whether the objection holds."""

    upheld = forms.ChoiceField(
        label=_("Result"),
        choices=[
            ("no", _("The objection does not hold; the membership goes on")),
            ("yes", _("The objection holds; the council votes anew")),
        ],
        widget=forms.RadioSelect,
    )
    answer = forms.CharField(label=_("Answer"), max_length=2000, widget=forms.Textarea(attrs={"rows": 5}))


class CodeForm(Form):
    """The code that stands under the QR code of a certificate."""

    code = forms.CharField(
        label=_("Code of the certificate"),
        max_length=40,
        help_text=_("Three groups of four signs, under the QR code."),
    )

    def clean_code(self):
        """The code in its one form: signs that a hand adds or leaves out between the groups do not matter."""
        signs = [sign for sign in self.cleaned_data["code"].upper() if sign.isascii() and sign.isalnum()]
        if len(signs) != CODE_SIGNS:
            raise forms.ValidationError(
                gettext("This is not a whole code: it has %(n)d signs, three groups of four are needed.")
                % {"n": len(signs)}
            )
        plain = "".join(signs)
        return "-".join(plain[at : at + 4] for at in range(0, CODE_SIGNS, 4))


class VotesForm(Form):
    """What the minutes say of a vote that is not about an application."""

    number = forms.CharField(label=_("Number of the resolution"), max_length=40)
    passed_on = DayField(label=_("Passed on"))
    entitled = NumberField(label=_("Entitled to vote"), help_text=_("Seats, without those recused."))
    present = NumberField(label=_("Present"), help_text=_("At least half of those entitled."))
    votes_yes = NumberField(label=_("In favour"))
    votes_no = NumberField(label=_("Against"))
    abstentions = NumberField(label=_("Abstentions"))
    minutes = forms.FileField(
        label=_("Minutes"),
        max_length=200,
        help_text=_(
            "PDF, picture, DOCX or XLSX, up to 20 MB. The second person compares the figures with it."
        ),
    )


class ResolutionField(forms.ModelChoiceField):
    """A resolution by number and day."""

    def label_from_instance(self, resolution):
        return _("%(number)s of %(day)s") % {
            "number": resolution.number,
            "day": day_text(resolution.passed_on),
        }


class MeasureForm(Form):
    """Why, and the resolution it rests on."""

    measure = ResolutionField(label=_("Resolution it rests on"), queryset=None, empty_label=_("Choose one"))
    reason = forms.CharField(
        label=_("Reason"),
        max_length=200,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_(
            "The unit, the secretariat and the auditors read it; everybody else reads the state and the resolution only."
        ),
    )

    def __init__(self, *args, council, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["measure"].queryset = measures_of(council)
        self.fields["measure"].error_messages["required"] = _(
            "This needs a resolution of the council. Choose one that passed, or record it from the minutes."
        )
