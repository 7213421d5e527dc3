"""Giving a seat, handing it over, its next term, its end, its delegate, and how many a body has."""

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from consortium.enums import SeatPost
from consortium.forms.form import DayField, Form, NumberField, OrganisationField
from consortium.queries.seat import nobody


class GroundsField(forms.CharField):
    """One line that says what an act rests on."""

    def __init__(self, **kwargs):
        super().__init__(
            label=_("What it rests on"),
            max_length=200,
            help_text=_("The minutes, the charter or the letter, with its date. Everybody can read it."),
            **kwargs,
        )


class NumberOfSeatsForm(Form):
    """How many seats the charter gives."""

    number = NumberField(label=_("Number of seats"), least=1, most=999)
    grounds = GroundsField()


class SeatForm(Form):
    """A unit, what it does in the body, and for how long."""

    organisation = OrganisationField(label=_("Unit"), help_text=_("Full name, other name or credit code."))
    post = forms.ChoiceField(
        label=pgettext_lazy("seat", "Post"), choices=SeatPost, initial=SeatPost.SEAT, widget=forms.RadioSelect
    )
    since = DayField(label=_("First day"))
    until = DayField(label=_("Last day"))
    grounds = GroundsField()


class HandOverSeatForm(Form):
    """Who takes over, from which day, until when."""

    organisation = OrganisationField(
        label=_("Unit that takes over"), help_text=_("Full name, other name or credit code.")
    )
    since = DayField(
        label=_("Its first day"),
        help_text=_("The unit before sits until the day before: no gap, no overlap."),
    )
    until = DayField(label=_("Its last day"))
    grounds = GroundsField()


class RenewSeatForm(Form):
    """Until when the next term runs; it begins the day after this one."""

    until = DayField(label=_("Last day of the next term"))
    grounds = GroundsField()


class EndSeatForm(Form):
    """The last day, and why."""

    on = DayField(label=_("Last day"))
    reason = forms.CharField(
        label=_("Reason"), max_length=200, help_text=_("The unit and everybody who opens the seat read it.")
    )


class DelegateForm(Form):
    """Who speaks for the unit, and from when."""

    user = forms.ModelChoiceField(
        label=_("Delegate"),
        queryset=nobody(),
        empty_label=_("Choose one"),
        help_text=_("People with a role in the unit. Not there? Invite the person first."),
    )
    since = DayField(label=pgettext_lazy("seat", "From"))

    def __init__(self, *args, people, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["user"].queryset = people
        self.fields["user"].label_from_instance = lambda user: user.get_full_name()
