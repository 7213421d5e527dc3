"""The form all others stand on: errors that say what to do, refusals of actions shown at their field."""

from datetime import date

from django import forms
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

YEARS = (1900, 2200)


class Form(forms.Form):
    """A plain form whose messages are sentences; `refuse` shows an action's refusal where it belongs."""

    def full_clean(self):
        """Clean, with sentences in place of Django's words; here, for many forms add fields while they are made."""
        for field in self.fields.values():
            _speak(field)
        super().full_clean()

    def refuse(self, refusal):
        """Show a refusal at its field, or on top when it has none or an unknown one."""
        text = format_html("{} {}", refusal.sentence, refusal.remedy)
        if refusal.url:
            text = format_html('{} <a href="{}">{}</a>', text, refusal.url, refusal.url_label)
        self.add_error(refusal.field if refusal.field in self.fields else None, text)


class DayField(forms.DateField):
    """A day, typed or picked, between 1900 and 2200."""

    widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})

    def __init__(self, **kwargs):
        super().__init__(input_formats=["%Y-%m-%d", "%Y/%m/%d", "%Y年%m月%d日"], **kwargs)

    def clean(self, value):
        """The day, within the years in which this portal has anything to record."""
        day = super().clean(value)
        if day is not None and not YEARS[0] <= day.year <= YEARS[1]:
            raise forms.ValidationError(
                _("The year %(year)d cannot be right; enter a day between 1900 and 2200.")
                % {"year": day.year}
            )
        return day


class NumberField(forms.IntegerField):
    """A whole number within bounds that its message names."""

    def __init__(self, *, least=0, most=100_000, **kwargs):
        super().__init__(min_value=least, max_value=most, **kwargs)
        message = gettext_lazy("Enter a whole number from %(least)d to %(most)d.")
        self.error_messages["invalid"] = self.error_messages["required"] = _Filled(message, least, most)
        for validator in self.validators:
            if hasattr(validator, "limit_value"):
                validator.message = self.error_messages["invalid"]


class _Filled:
    """A lazy sentence with its bounds, translated when it is read."""

    def __init__(self, message, least, most):
        self.message, self.bounds = message, {"least": least, "most": most}

    def __str__(self):
        return str(self.message) % self.bounds

    def __mod__(self, _params):
        return str(self)


class OrganisationField(forms.CharField):
    """An organisation by its full name (or credit code): the register may hold more than any menu could."""

    def __init__(self, **kwargs):
        kwargs.setdefault("max_length", 120)
        super().__init__(**kwargs)

    def prepare_value(self, value):
        """The name, also when the field was given a row."""
        return getattr(value, "name_zh", value)

    def clean(self, value):
        """The row with exactly this name, other name or code."""
        from consortium.queries.organisation import possible_doubles

        text = super().clean(value)
        if not text:
            return None
        code = text.upper() if len(text) == 18 and text.isascii() else None
        found = list(possible_doubles(name_zh=text, uscc=code)[:2])
        if len(found) == 1:
            return found[0]
        if found:
            raise forms.ValidationError(
                _("“%(name)s” is the name of several units; enter the credit code or the full name.")
                % {"name": text}
            )
        raise forms.ValidationError(
            _(
                "The register has no “%(name)s”. Enter the full name as the directory shows it, or register it first."
            )
            % {"name": text}
        )


def limits(day):
    """Whether a day is one that this portal records."""
    return isinstance(day, date) and YEARS[0] <= day.year <= YEARS[1]


def _speak(field):
    """Give a field our sentences, but where the form has set words of its own."""
    usual = {}
    for kind in reversed(type(field).__mro__):
        usual |= getattr(kind, "default_error_messages", {})
    for code, sentence in _sentences(field).items():
        if field.error_messages.get(code) is usual.get(code):
            field.error_messages[code] = sentence


def _sentences(field):
    if isinstance(field, NumberField):
        return {}
    sentences = {"required": gettext_lazy("Fill this in.")}
    if isinstance(field, forms.ChoiceField | forms.ModelChoiceField):
        sentences |= {
            "required": gettext_lazy("Choose one."),
            "invalid_choice": gettext_lazy("This is not one of the choices. Choose again."),
            "invalid_list": gettext_lazy("This is not one of the choices. Choose again."),
            "invalid_pk_value": gettext_lazy("This is not one of the choices. Choose again."),
        }
    elif isinstance(field, DayField):
        sentences |= {
            "required": gettext_lazy("Enter the day."),
            "invalid": gettext_lazy("Enter the day like 2026-03-05."),
        }
    elif isinstance(field, forms.FileField):
        sentences |= {
            "required": gettext_lazy("Choose a file."),
            "missing": gettext_lazy("Choose a file."),
            "empty": gettext_lazy("The file is empty. Choose another."),
            "invalid": gettext_lazy("The file did not arrive. Choose it again."),
        }
    elif isinstance(field, forms.EmailField):
        sentences |= {"invalid": gettext_lazy("Enter a mail address like name@example.edu.cn.")}
    return sentences
