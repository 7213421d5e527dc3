"""Who leaves an organisation and who takes over."""

from django import forms
from django.utils.translation import gettext_lazy as _

from consortium.forms.form import Form
from consortium.queries.seat import nobody


class ChangeRepresentativeForm(Form):
    """Two people of the organisation."""

    leaving = forms.ModelChoiceField(label=_("Who leaves"), queryset=nobody(), empty_label=_("Choose one"))
    successor = forms.ModelChoiceField(
        label=_("Who takes over"),
        queryset=nobody(),
        empty_label=_("Choose one"),
        help_text=_("People with a role in the unit. Not there? Invite the person first."),
    )

    def __init__(self, *args, people, **kwargs):
        super().__init__(*args, **kwargs)
        for name in ("leaving", "successor"):
            self.fields[name].queryset = people
            self.fields[name].label_from_instance = lambda user: user.get_full_name()
