"""A membership and the vote it rests on, as the minutes have it."""

from django import forms
from django.utils.translation import gettext_lazy as _

from consortium.enums import BodyKind, MembershipRank
from consortium.forms.form import DayField, Form, NumberField
from consortium.models import GovernanceBody


class MembershipForm(Form):
    """Rank, term, and the resolution's figures."""

    council = forms.ModelChoiceField(
        label=_("Council"),
        queryset=GovernanceBody.objects.filter(kind__in=[BodyKind.COUNCIL, BodyKind.ALLIANCE]).order_by("pk"),
        empty_label=_("Choose one"),
    )
    rank = forms.ChoiceField(label=_("Rank"), choices=[("", _("Choose one")), *MembershipRank.choices])
    since = DayField(label=_("First day"))
    until = DayField(label=_("Last day"))
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
    minutes = forms.FileField(
        label=_("Minutes"),
        required=False,
        max_length=200,
        help_text=_(
            "PDF, picture, DOCX or XLSX, up to 20 MB. The second person compares the figures with it."
        ),
    )


class EndForm(Form):
    """Why something ends, and when."""

    reason = forms.CharField(label=_("Reason"), max_length=200, widget=forms.Textarea(attrs={"rows": 2}))
    on = DayField(label=_("Last day"), required=False, help_text=_("Empty: today."))
