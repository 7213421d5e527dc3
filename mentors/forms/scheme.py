"""A rule of a scheme as the office enters it."""

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from consortium.enums import Degree
from consortium.forms.form import DayField, Form, NumberField
from consortium.templatetags.portal import day_text
from mentors.models.scheme import MOST_LOGS
from mentors.rules.scheme import LONGEST_REASON, LONGEST_SOURCE


def _grounds():
    """The two fields that every rule has."""
    return {
        "source": forms.CharField(
            label=_("Where the rule comes from"),
            max_length=LONGEST_SOURCE,
            help_text=_("The paper with its number, or the meeting that decided it."),
        ),
        "reason": forms.CharField(
            label=_("Why it changes"), max_length=LONGEST_REASON, widget=forms.Textarea(attrs={"rows": 2})
        ),
    }


class MinimumForm(Form):
    """The least numbers of one scheme. `programmes`: those of the students; `months`: first days to choose from."""

    programme = forms.ChoiceField(label=_("Programme"), required=False)
    degree = forms.ChoiceField(
        label=_("Degree"),
        required=False,
        choices=[("", pgettext_lazy("scheme", "Every degree")), *Degree.choices],
        help_text=_("A programme's own rule goes before a degree's; without either it is everybody's."),
    )
    academic = NumberField(label=_("Logs of the academic mentor a month"), least=0, most=MOST_LOGS)
    industry = NumberField(label=_("Logs of the industry mentor a month"), least=0, most=MOST_LOGS)
    joint = NumberField(label=_("Joint meetings a quarter"), least=0, most=MOST_LOGS)
    since = forms.TypedChoiceField(
        label=_("From which month on"),
        help_text=_("Joint meetings follow with the quarter that begins then or next."),
    )

    def __init__(self, *args, programmes, months, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields |= _grounds()
        self.fields["programme"].choices = [
            ("", pgettext_lazy("scheme", "Every programme")),
            *((name, name) for name in programmes),
        ]
        by_word = {day.isoformat(): day for day in months}
        self.fields["since"].choices = [(word, day_text(day)) for word, day in by_word.items()]
        self.fields["since"].coerce = by_word.get


class LimitForm(Form):
    """Another limit for one rule: its number, how far an exception goes, the least word, as the rule has them."""

    word = forms.ChoiceField(label=_("At least"))
    number = NumberField(label=_("Limit"), least=0, most=100)
    utmost = NumberField(label=_("Utmost by an exception"), least=0, most=100)
    since = DayField(
        label=_("Holds from"),
        help_text=_("What is checked before that day keeps the limit it was checked by."),
    )

    def __init__(self, *args, rule, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields |= _grounds()
        if rule.least:
            self.fields["word"].choices = rule.words.choices
        for name, has in (("word", rule.least), ("number", rule.policy), ("utmost", rule.utmost)):
            if not has:
                del self.fields[name]
