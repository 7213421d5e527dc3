"""The form all others stand on says sentences of ours, whenever its fields came to be."""

from django import forms
from django.utils.translation import override

from consortium.forms.form import DayField, Form


class Late(Form):
    """A form that adds fields while it is made, as those do whose fields depend on a record."""

    early = forms.CharField()
    own = forms.CharField(error_messages={"required": "Say how."})

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields |= {"text": forms.CharField(), "day": DayField()}
        self.fields["file"] = forms.FileField()
        self.fields["file"].error_messages["required"] = "Bring the paper."


def test_fields_that_were_added_later_speak_as_the_others():
    with override("en"):
        errors = Late({}).errors
        assert errors["early"] == errors["text"] == ["Fill this in."]
        assert errors["day"] == ["Enter the day."]


def test_words_of_its_own_are_kept():
    errors = Late({}).errors
    assert errors["own"] == ["Say how."] and errors["file"] == ["Bring the paper."]
