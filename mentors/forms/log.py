"""What a mentor types on a phone, and what a student answers."""

from datetime import timedelta

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from consortium.forms.form import DayField, Form, NumberField
from mentors.enums import LogKind
from mentors.models.log import MINUTES
from mentors.rules.log import (
    LONGEST_ANSWER,
    LONGEST_PRIVATE,
    LONGEST_REASON,
    LONGEST_TEXT,
)

LENGTHS = (30, 60, 90, 120)
ONE_SENTENCE = _("Write one sentence: what was solved, or what comes next.")
READERS = _("The student, both mentors and the graduate school read this.")


class TextOfAnyLength(forms.CharField):
    """Text whose length the action refuses in words, so that nothing is cut off in silence."""

    def __init__(self, *, rows, **kwargs):
        super().__init__(widget=forms.Textarea(attrs={"rows": rows}), **kwargs)


class MeetingForm(Form):
    """Which day, and how long: what every log begins with."""

    when = forms.ChoiceField(
        label=_("Which day"),
        choices=[("today", _("Today")), ("yesterday", _("Yesterday")), ("other", _("Another day"))],
        widget=forms.RadioSelect,
    )
    day = DayField(label=_("Day of the meeting"))
    length = forms.ChoiceField(label=_("How long"), widget=forms.RadioSelect)
    minutes = NumberField(label=pgettext_lazy("length", "Minutes"), most=9999)
    text = TextOfAnyLength(label=_("What was done"), rows=4, help_text=READERS)
    again = forms.BooleanField(label=_("This is another meeting of the same day"), required=False)

    def __init__(self, *args, today, **kwargs):
        super().__init__(*args, **kwargs)
        self.today = today
        if self.is_bound:  # the field beside a tile is asked for only with that tile
            self.fields["day"].required = self.data.get("when") == "other"
            self.fields["minutes"].required = self.data.get("length") == "other"
        self.fields["length"].choices = [
            *((str(n), _("%(n)d min") % {"n": n}) for n in LENGTHS),
            ("other", _("Other")),
        ]
        self.fields["text"].error_messages["required"] = ONE_SENTENCE
        self.fields["text"].widget.attrs["placeholder"] = _("What was done, what is stuck, what comes next")
        self.fields["day"].widget.attrs["max"] = today.isoformat()
        self.fields["minutes"].widget.attrs |= {"inputmode": "numeric", "min": MINUTES[0], "max": MINUTES[1]}

    def clean(self):
        """The day and the minutes, from a tile or from the field beside it."""
        cleaned = super().clean()
        days = {"today": self.today, "yesterday": self.today - timedelta(days=1)}
        if cleaned.get("when") in days:
            cleaned["day"] = days[cleaned["when"]]
            self.errors.pop("day", None)  # what stands in the field that is not shown counts for nothing
        if cleaned.get("length") in map(str, LENGTHS):
            cleaned["minutes"] = int(cleaned["length"])
            self.errors.pop("minutes", None)
        return cleaned


class LogForm(MeetingForm):
    """One act of guidance of one student."""

    kind = forms.ChoiceField(label=_("How"), choices=LogKind, widget=forms.RadioSelect)
    private = TextOfAnyLength(
        label=_("Note between the mentors"),
        rows=2,
        required=False,
        max_length=LONGEST_PRIVATE,
        help_text=_("Only the two mentors read this."),
    )
    file = forms.FileField(
        label=_("Photo or file"),
        required=False,
        help_text=_("PDF, JPG, PNG, DOCX or XLSX, up to 20 MB. Whoever reads the log can open it."),
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png,.pdf,.docx,.xlsx"}),
    )
    late_reason = forms.CharField(
        label=_("Why it is late"),
        max_length=LONGEST_REASON,
        required=False,
        help_text=_("The graduate school reads this."),
    )
    field_order = [
        "when",
        "day",
        "kind",
        "length",
        "minutes",
        "text",
        "private",
        "file",
        "again",
        "late_reason",
    ]

    def signed(self):
        """What the action takes."""
        values = self.cleaned_data
        return {name: values[name] for name in ("kind", "day", "minutes", "text", "private", "again")}


class JointForm(MeetingForm):
    """One meeting with several students: the text they share."""

    field_order = ["when", "day", "again", "length", "minutes", "text"]


class AmendForm(Form):
    """The whole log again, as it should have been, and why."""

    kind = forms.ChoiceField(label=_("How"), choices=LogKind, widget=forms.RadioSelect)
    day = DayField(label=_("Day of the meeting"))
    minutes = NumberField(label=pgettext_lazy("length", "Minutes"), most=9999)
    text = TextOfAnyLength(label=_("What was done"), rows=5, max_length=LONGEST_TEXT, help_text=READERS)
    reason = forms.CharField(
        label=_("Why it is amended"),
        max_length=LONGEST_REASON,
        help_text=_("Whoever reads the log reads this too."),
    )


class DiffersForm(Form):
    """What the student says differs."""

    answer = TextOfAnyLength(
        label=_("What differs"),
        rows=3,
        max_length=LONGEST_ANSWER,
        help_text=_("Both mentors read this; where it stays open, the graduate school reads it too."),
    )


class CosignForm(Form):
    """Why the other mentor does not sign."""

    note = forms.CharField(
        label=_("Why you do not sign"),
        max_length=LONGEST_REASON,
        help_text=_("The mentor who signed first reads this."),
    )


class ReopeningForm(Form):
    """The office's answer to a late day."""

    answer = forms.CharField(
        label=_("Reason"),
        max_length=LONGEST_REASON,
        required=False,
        help_text=_("Needed for a refusal; the mentor reads it."),
    )
