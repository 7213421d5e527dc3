"""An organisation as the office types it."""

from django import forms
from django.utils.translation import gettext_lazy as _

from consortium.enums import OrganisationKind
from consortium.forms.form import DayField, Form, OrganisationField
from consortium.refusals import Invalid
from consortium.uscc import checked_uscc


class OrganisationForm(Form):
    """Everything the register holds of an organisation; only name and kind are needed."""

    name_zh = forms.CharField(
        label=_("Full Chinese name"), max_length=120, help_text=_("As on the licence or the official seal.")
    )
    renamed_on = DayField(
        label=_("First day of the new name"),
        required=False,
        help_text=_(
            "Only if it took another name; the name before stays on record. Empty: a slip is corrected."
        ),
    )
    short_zh = forms.CharField(label=_("Short name"), max_length=40, required=False)
    name_en = forms.CharField(label=_("English name"), max_length=200, required=False)
    kind = forms.ChoiceField(label=_("Kind"), choices=[("", _("Choose one")), *OrganisationKind.choices])
    uscc = forms.CharField(
        label=_("Unified social credit code"),
        max_length=40,
        required=False,
        help_text=_("18 characters from the licence; the last one is checked against the others."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false", "class": "mono"}),
    )
    parent = OrganisationField(
        label=_("Belongs to"),
        required=False,
        help_text=_("For a college or branch: the full name of its organisation."),
    )
    district = forms.CharField(label=_("District"), max_length=40, required=False)
    other_names = forms.CharField(
        label=_("Other names"),
        required=False,
        max_length=1200,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("One a line. The search finds them too."),
    )
    profile = forms.CharField(
        label=_("Profile"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("Everybody reads this."),
    )
    another = forms.BooleanField(
        label=_("It is another organisation than those that look alike"), required=False
    )
    revision = forms.CharField(widget=forms.HiddenInput, required=False, max_length=16)

    def __init__(self, *args, new=False, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields.pop("renamed_on" if new else "another")

    def clean_uscc(self):
        """The code in its one form, or a sentence about what is wrong with it."""
        try:
            return checked_uscc(self.cleaned_data["uscc"])
        except Invalid as refusal:
            raise forms.ValidationError(str(refusal)) from None

    def clean_other_names(self):
        """Names as a list, each once and short enough."""
        names = [line.strip() for line in self.cleaned_data["other_names"].splitlines()]
        names = list(dict.fromkeys(name for name in names if name))
        for name in names:
            if len(name) > 120:
                raise forms.ValidationError(
                    _("“%(name)s…” is longer than 120 characters."), params={"name": name[:20]}
                )
        return names

    def values(self):
        """What the actions take: fields and other names apart."""
        fields = {
            name: value
            for name, value in self.cleaned_data.items()
            if name not in ("other_names", "revision", "another")
        }
        return fields, self.cleaned_data["other_names"]
