"""A list as a file, and which of its columns is which of ours."""

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext

from consortium.forms.form import Form


class ListFileForm(Form):
    """The list as a file."""

    file = forms.FileField(
        label=_("File with the list"),
        max_length=200,
        help_text=_(
            "XLSX or CSV (UTF-8 or GB18030), up to 20000 rows. The order of the columns does not matter."
        ),
        widget=forms.ClearableFileInput(attrs={"accept": ".xlsx,.csv,.txt"}),
    )


class ColumnsForm(Form):
    """One choice for each of our columns: the column of the file that is meant, by its heading."""

    def __init__(self, data=None, *, of, run):
        super().__init__(data)
        offered = [(str(at), f"{_letters(at)} {head}".strip()) for at, head in enumerate(run.heads)]
        for column in of.columns:
            self.fields[column.key] = forms.ChoiceField(
                label=column.label,
                required=column.needed,
                choices=[("", _("Not in the file")), *offered],
                initial=str(run.places.get(column.key, "")),
                error_messages={
                    "required": _("Choose the column of the file that holds this."),
                    "invalid_choice": _("This is not one of the choices. Choose again."),
                },
            )

    def places(self):
        """{our column: place in the file, or None}."""
        return {key: int(place) if place else None for key, place in self.cleaned_data.items()}


def _letters(at):
    """A column as a spreadsheet calls it: A, B … Z, AA."""
    letters = ""
    at += 1
    while at:
        at, rest = divmod(at - 1, 26)
        letters = chr(65 + rest) + letters
    return pgettext("column of a spreadsheet", "%(letters)s:") % {"letters": letters}
