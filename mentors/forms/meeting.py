"""A meeting as a mentor plans it."""

from datetime import datetime

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from consortium.clock import SHANGHAI
from consortium.forms.form import DayField, Form, NumberField
from mentors.models.log import MINUTES


class MeetingPlanForm(Form):
    """When, how long, where."""

    day = DayField(label=_("Day"))
    at = forms.TimeField(
        label=_("Begins (Beijing time)"),
        widget=forms.TimeInput(format="%H:%M", attrs={"type": "time"}),
        error_messages={"invalid": _("Enter the time like 14:30.")},
    )
    minutes = NumberField(
        label=pgettext_lazy("length", "Minutes"), least=MINUTES[0], most=MINUTES[1], initial=60
    )
    place = forms.CharField(
        label=_("Place or meeting number"),
        max_length=120,
        required=False,
        help_text=_("The student and both mentors read this."),
    )

    def planned(self):
        """What the action takes."""
        values = self.cleaned_data
        return {
            "starts_at": datetime.combine(values["day"], values["at"], SHANGHAI),
            "minutes": values["minutes"],
            "place": values["place"],
        }
