"""Forms of rounds. Times are Beijing time; what is right is decided by the actions."""

from django import forms
from django.utils.translation import gettext_lazy as _

from placements.enums import CapKind

BLANK_CAPS = 3


def _moment(label, help_text=""):
    return forms.DateTimeField(
        label=label,
        help_text=help_text,
        widget=forms.DateTimeInput(format="%Y-%m-%dT%H:%M", attrs={"type": "datetime-local"}),
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M"],
    )


class RefusingForm(forms.Form):
    """A form that shows an action's refusal at the field it names."""

    def refuse(self, refusal):
        """Add the refusal's words to its field, or to the form."""
        self.add_error(refusal.field if refusal.field in self.fields else None, str(refusal))
        return refusal.status


class RoundForm(RefusingForm):
    """Settings of a round before it opens."""

    name = forms.CharField(
        label=_("Name of the round"), max_length=60, help_text=_("With year and season, as students know it.")
    )
    opens_at = _moment(
        _("Opens (Beijing time)"), _("From then on students can hand in lists; settings are locked.")
    )
    closes_at = _moment(_("Closes (Beijing time)"), _("To the second, by the clock of the database."))
    scoring_ends_at = _moment(
        _("Scoring ends (Beijing time)"),
        _("Who has no score then falls to the default tier, below every score given."),
    )
    max_preferences = forms.IntegerField(
        label=_("Choices in one list, at most"), min_value=1, max_value=30, help_text=_("Between 1 and 30.")
    )
    public_note = forms.CharField(
        label=_("Public note"),
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Everybody can read it on the page of the round."),
    )
    contact = forms.CharField(
        label=_("Contact for questions"),
        max_length=120,
        required=False,
        help_text=_("An office and a way to reach it, no private number."),
    )
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    @staticmethod
    def values_of(round):
        """What the form shows of a round."""
        names = (
            "name",
            "opens_at",
            "closes_at",
            "scoring_ends_at",
            "max_preferences",
            "public_note",
            "contact",
            "version",
        )
        return {name: getattr(round, name) for name in names}


class CapsForm(RefusingForm):
    """All caps of a round, one row each; an empty row is none."""

    def __init__(self, data=None, *, caps=(), choices=()):
        super().__init__(data)
        self.rows = max(len(caps), self._sent_rows(data)) + BLANK_CAPS
        for number in range(self.rows):
            cap = caps[number] if number < len(caps) else None
            self.fields[f"subject_{number}"] = forms.ChoiceField(
                label=_("Cap for"),
                required=False,
                choices=choices,
                initial=f"{cap.kind}:{cap.subject_id}" if cap else "",
            )
            self.fields[f"capacity_{number}"] = forms.IntegerField(
                label=_("At most (places)"),
                required=False,
                min_value=1,
                max_value=1000,
                initial=cap.capacity if cap else None,
            )

    @staticmethod
    def _sent_rows(data):
        if data is None:
            return 0
        numbers = [key.partition("_")[2] for key in data if key.startswith("subject_") and data[key]]
        return min(max((int(one) + 1 for one in numbers if one.isdecimal()), default=0), 200)

    def pairs(self):
        """The rows as pairs of bound fields, for the page."""
        return [(self[f"subject_{number}"], self[f"capacity_{number}"]) for number in range(self.rows)]

    def clean(self):
        cleaned = super().clean()
        for number in range(self.rows):
            subject, capacity = cleaned.get(f"subject_{number}"), cleaned.get(f"capacity_{number}")
            if subject and capacity is None and f"capacity_{number}" not in self.errors:
                self.add_error(f"capacity_{number}", _("Say how many places at most."))
            if capacity is not None and not subject and f"subject_{number}" not in self.errors:
                self.add_error(f"subject_{number}", _("Choose what the cap is for."))
        return cleaned

    def caps(self):
        """What `set_caps` takes."""
        rows = []
        for number in range(self.rows):
            subject = self.cleaned_data.get(f"subject_{number}")
            if subject:
                kind, _colon, pk = subject.partition(":")
                rows.append(
                    {"kind": kind, "subject_id": int(pk), "capacity": self.cleaned_data[f"capacity_{number}"]}
                )
        return rows


def subject_choices(projects, caps):
    """Mentors, bases and enterprises of the projects, grouped, with the places each offers; and those capped already."""
    offered = {kind: {} for kind in CapKind.values}
    for project in projects:
        subjects = {
            CapKind.MENTOR: [
                (m.pk, m.user.get_full_name()) for m in (project.academic_mentor, project.industry_mentor)
            ],
            CapKind.BASE: [(project.base_id, project.base.name)],
            CapKind.ENTERPRISE: [(project.organisation_id, project.organisation.name)],
        }
        for kind, rows in subjects.items():
            for pk, label in rows:
                entry = offered[kind].setdefault(pk, [label, 0])
                entry[1] += project.places
    for cap in caps:
        offered[cap.kind].setdefault(cap.subject_id, [cap.label, 0])
    groups = [
        (
            CapKind(kind).label,
            [
                (f"{kind}:{pk}", _("%(label)s, offers %(n)d") % {"label": label, "n": places})
                for pk, (label, places) in sorted(rows.items(), key=lambda row: row[1][0])
            ],
        )
        for kind, rows in offered.items()
        if rows
    ]
    return [("", _("No cap in this row")), *groups]


class ExtensionForm(RefusingForm):
    """A later closing time with its public reason."""

    new_closes_at = _moment(_("New closing time (Beijing time)"))
    reason = forms.CharField(
        label=_("Public reason"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Students and everybody else will read it."),
    )


class NoticeForm(RefusingForm):
    """The public note that goes with a provisional result."""

    public_note = forms.CharField(
        label=_("Public note"),
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Everybody will read it above the notice. Name no person."),
    )


class ReasonForm(RefusingForm):
    """A public reason for a new computation."""

    reason = forms.CharField(
        label=_("Public reason"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Everybody will read it. Name no person."),
    )


class AnswerForm(RefusingForm):
    """An answer to an objection, in words."""

    upheld = forms.ChoiceField(
        label=_("What was found"),
        widget=forms.RadioSelect,
        choices=[
            ("no", _("Not upheld: the result stands")),
            ("yes", _("Upheld: the round must be computed anew")),
        ],
    )
    answer = forms.CharField(
        label=_("Answer"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_(
            "What was checked and what was found. The person who objected and the office can read it."
        ),
    )
