"""Forms of demands: writing one, sorting it, answering it."""

import re

from django import forms
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from consortium.clock import today
from consortium.enums import OrganisationKind
from consortium.models import Organisation
from consortium.reach import reach
from consortium.roles import Permission
from placements.enums import Level
from placements.models import Demand
from placements.queries import demand as queries

# Up to the first mark that ends a clause.
FIRST_WORDS = re.compile(r".[^，。；：！？,;!?\n]*")
# Who will read it, in words: the level's own name says too little.
READERS = {
    Level.PUBLIC: gettext_lazy("Public: everybody, also without signing in"),
    Level.MEMBER: gettext_lazy("Members: signed-in members, mentors, council and staff; not students"),
    Level.BOARD: gettext_lazy(
        "The board only: your organisation, its board, the secretariat and those who oversee them"
    ),
}


class DateInput(forms.DateInput):
    """A day, with the browser's own calendar."""

    input_type = "date"

    def __init__(self, **kwargs):
        super().__init__(format="%Y-%m-%d", **kwargs)


class WrittenByAction:
    """A model form that only reads and cleans: the action writes the row and refuses in its own words."""

    def _post_clean(self):
        pass


def own_organisations(user):
    """The organisations a person states demands for: the own ones; for the secretariat any enterprise."""
    granted = reach(user, Permission.EDIT_DEMAND)
    rows = Organisation.objects.order_by("name_zh", "pk")
    if granted.all:
        return rows.filter(kind=OrganisationKind.ENTERPRISE)
    return rows.filter(pk__in=granted.organisations)


class DemandForm(WrittenByAction, forms.ModelForm):
    """A demand in one page. Only its title is asked for while it is a draft."""

    title = forms.CharField(
        label=gettext_lazy("Short title"),
        max_length=60,
        required=False,
        help_text=gettext_lazy(
            "As you would say it to a colleague. Left empty, the first words of the problem are taken."
        ),
    )
    text = forms.CharField(
        label=gettext_lazy("The problem"),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 7}),
        help_text=gettext_lazy(
            "How it is now, how it should be, by when. No names of customers, no secrets."
        ),
    )
    needed_by = forms.DateField(label=gettext_lazy("Needed by"), required=False, widget=DateInput)
    places = forms.IntegerField(label=gettext_lazy("Students wanted"), min_value=1, max_value=20, initial=1)
    level = forms.ChoiceField(
        label=gettext_lazy("Who will read it"), widget=forms.RadioSelect, initial=Level.MEMBER
    )

    class Meta:
        model = Demand
        fields = ["title", "text", "needed_by", "places", "base", "level", "board"]

    def __init__(self, *args, user, organisation=None, **kwargs):
        super().__init__(*args, **kwargs)
        # While it is a draft nothing is asked for; the page shows what handing in will ask for.
        self.fields["text"].required = not self.is_bound or self.data.get("do") == "submit"
        self.fields["level"].choices = [(value, READERS[value]) for value in Level]
        self.fields["board"].queryset = queries.boards()
        self.fields["board"].empty_label = None
        self.fields["board"].label_from_instance = lambda board: board.name
        self.fields["board"].label = pgettext_lazy("field", "Board")
        self.fields["board"].help_text = gettext_lazy(
            "Proposed from the list; change it if another one fits better."
        )
        self._organisations(user, organisation)

    def _organisations(self, user, organisation):
        allowed = own_organisations(user)
        if self.instance.pk:
            organisation = self.instance.organisation
        elif organisation is None:
            only = list(allowed[:2])
            organisation = only[0] if len(only) == 1 else None
        self.owner = organisation
        if organisation is None:
            self.fields["organisation"] = forms.ModelChoiceField(allowed, label=gettext_lazy("Organisation"))
            self.order_fields(["organisation", *self.fields])
            bases = queries.bases_of(allowed)
        else:
            bases = queries.bases_of([organisation])
        self.fields["base"].queryset = bases
        valid = bases.valid_on(today())
        self.fields["base"].empty_label = _("Not decided yet")
        self.fields["base"].choices = [
            ("", _("Not decided yet")),
            *(
                (row.pk, row.name)
                for row in bases.filter(Q(pk__in=valid) | Q(pk=self.instance.base_id)).order_by("name")
            ),
        ]
        self.fields["base"].help_text = _("Only your own bases whose accreditation holds today.")

    def clean(self):
        cleaned = super().clean()
        if "title" in cleaned and not cleaned["title"].strip() and cleaned.get("text", "").strip():
            cleaned["title"] = FIRST_WORDS.match(cleaned["text"].strip()).group()[:20]
        return cleaned

    def chosen_organisation(self):
        """Whose demand it is."""
        return self.owner or self.cleaned_data["organisation"]

    def values(self):
        """What the action writes: the fields that were read without an error."""
        return {name: self.cleaned_data[name] for name in self.Meta.fields if name in self.cleaned_data}


class MoveForm(forms.Form):
    """To which board, and why."""

    board = forms.ModelChoiceField(None, label=gettext_lazy("To which board"), empty_label=None)
    reason = forms.CharField(
        label=gettext_lazy("Reason"), max_length=500, widget=forms.Textarea(attrs={"rows": 2})
    )

    def __init__(self, *args, demand, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["board"].queryset = queries.boards().exclude(pk=demand.board_id)
        self.fields["board"].label_from_instance = lambda board: board.name


class WordsForm(forms.Form):
    """One text: what was asked for, or a reason."""

    text = forms.CharField(max_length=2000, widget=forms.Textarea(attrs={"rows": 4}))

    def __init__(self, *args, label, help_text="", **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["text"].label = label
        self.fields["text"].help_text = help_text


ANSWERS = {
    "project": gettext_lazy(
        "The problem is clear and fit for a project. Please draft it: aims, places, start and months."
    ),
    "mentors": gettext_lazy(
        "We have asked mentors of the field; their opinion on feasibility follows within a week."
    ),
    "service": gettext_lazy(
        "A testing or research platform fits better; it will contact you within 5 working days."
    ),
}
QUESTIONS = {
    "vague": gettext_lazy("Please add: how it is now, how it should be, by when."),
    "means": gettext_lazy("Please add: which equipment, data and people the enterprise can provide."),
    "people": gettext_lazy("Please add: how many students, for how long, and who would guide them."),
}
RETURNS = {
    "double": gettext_lazy("It asks for the same as an earlier demand of yours; please go on there."),
    "scope": gettext_lazy("It is outside of what the consortium can do with students."),
    "secret": gettext_lazy("The text names customers or secrets; please remove them, then hand it in again."),
}


class SentencesForm(forms.Form):
    """A text made of a ready sentence, words of one's own, or both."""

    sentence = forms.ChoiceField(
        label=gettext_lazy("Ready sentence"), required=False, widget=forms.RadioSelect
    )
    text = forms.CharField(
        label=gettext_lazy("In your own words"),
        max_length=1800,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args, sentences, **kwargs):
        super().__init__(*args, **kwargs)
        self.sentences = sentences
        self.fields["sentence"].choices = [(key, text) for key, text in sentences.items()]

    def words(self):
        """The whole text, the ready sentence first."""
        ready = str(self.sentences.get(self.cleaned_data.get("sentence"), ""))
        return "\n".join(part for part in (ready, self.cleaned_data.get("text", "").strip()) if part)
