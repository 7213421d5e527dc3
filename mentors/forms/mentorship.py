"""A mentorship as the office assigns it."""

from django import forms
from django.utils.translation import gettext_lazy as _

from consortium.forms.form import DayField, Form
from mentors.actions.mentorship import LONGEST_NOTE, LONGEST_REASON
from mentors.queries.mentorship import able


class MentorField(forms.ModelChoiceField):
    """One appointment, named by person and organisation."""

    def label_from_instance(self, appointment):
        """Who, and from where."""
        return f"{appointment.user.get_full_name()} · {appointment.organisation.name}"


def _reason(label):
    return forms.CharField(
        label=label,
        max_length=LONGEST_REASON,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("The student, both mentors and the office read it."),
    )


class MentorsForm(Form):
    """Both mentors, from the appointments that hold on `day`."""

    academic = MentorField(label=_("Academic mentor"), queryset=None)
    industry = MentorField(label=_("Industry mentor"), queryset=None)

    def __init__(self, *args, day, now=None, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["academic"].queryset = able("academic", day, now and now.academic_id)
        self.fields["industry"].queryset = able("industry", day, now and now.industry_id)


class MentorshipForm(MentorsForm):
    """A mentorship begun by hand."""

    student = forms.CharField(label=_("Student number"), max_length=32)
    topic = forms.CharField(
        label=_("Topic"),
        max_length=120,
        help_text=_("The project or task; the student and both mentors read it."),
    )
    since = DayField(label=_("First day"))
    until = DayField(label=_("Last day"))
    reason = _reason(_("Why by hand"))
    field_order = ["student", "academic", "industry", "topic", "since", "until", "reason"]


class ChangeMentorsForm(MentorsForm):
    """Another mentor on one side or both."""

    since = DayField(label=_("First day of the new mentor"))
    reason = _reason(_("Why the mentor changes"))
    handover = forms.CharField(
        label=_("Handover note"),
        max_length=LONGEST_NOTE,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_(
            "Where the work stands, what comes next. The mentors who take over and the office read it."
        ),
    )


class EndMentorshipForm(Form):
    """Why it ends."""

    reason = _reason(_("Reason"))
