"""Forms of judging one applicant."""

from django import forms
from django.utils.translation import gettext_lazy


class ScoreForm(forms.Form):
    """A whole number, 100 is best."""

    score = forms.IntegerField(
        label=gettext_lazy("Score"),
        min_value=1,
        max_value=100,
        error_messages={
            "required": gettext_lazy("Type a score, or leave the applicant blank."),
            "invalid": gettext_lazy("A score is a whole number from 1 to 100; 100 is best."),
            "min_value": gettext_lazy("A score is a whole number from 1 to 100; 100 is best."),
            "max_value": gettext_lazy("A score is a whole number from 1 to 100; 100 is best."),
        },
    )


class RefuseForm(forms.Form):
    """Why an applicant is not acceptable."""

    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=200,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("Only about fitness for this project. The graduate school can read it."),
        error_messages={
            "required": gettext_lazy("Say why the applicant is not acceptable; the applicant may ask.")
        },
    )
