"""What a year of a term was worth."""

from django import forms
from django.utils.translation import gettext_lazy as _

from consortium.forms.form import Form
from mentors.enums import YearGrade


class AssessmentForm(Form):
    """The grade, and why it is not simply passed."""

    grade = forms.ChoiceField(label=_("Grade"), choices=YearGrade.choices, widget=forms.RadioSelect)
    comment = forms.CharField(
        label=_("Comment"),
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Needed unless the year is passed. The mentor, the employer and the office read it."),
    )
