"""Sample data for the page that shows every token and component once. Nothing here is stored anywhere."""

from datetime import timedelta

from django import forms
from django.core.paginator import Paginator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from consortium import badges
from consortium.clock import reading

#: Names of the tokens, in the order of the style sheet.
TOKENS = (
    ("paper", "surface", "sunken", "line", "line-2", "ink", "ink-2", "ink-3"),
    ("teal", "teal-h", "on-teal", "teal-s", "deep", "on-deep-2", "amber", "amber-s", "amber-f"),
    ("indigo", "indigo-s", "green", "green-s", "red", "red-s", "slate", "slate-s"),
    ("c1", "c2", "c3", "c4", "c5", "c6", "c-off"),
)
HASH = "3f9a51d0c2e7b84419d4be07a1f3c21e3f9a51d0c2e7b84419d4be07a1f3c21e"


class SampleForm(forms.Form):
    """One field of each sort, two of them wrong."""

    code = forms.CharField(
        label=gettext_lazy("Unified social credit code"),
        help_text=gettext_lazy("18 characters, as printed on the licence"),
    )
    kind = forms.ChoiceField(
        label=gettext_lazy("How it took place"),
        widget=forms.RadioSelect,
        choices=[
            ("visit", gettext_lazy("On site")),
            ("video", gettext_lazy("Video")),
            ("read", gettext_lazy("Reading of a draft")),
        ],
        initial="visit",
    )
    field = forms.ChoiceField(
        label=gettext_lazy("Field of work"),
        choices=[("a", gettext_lazy("Enzymes")), ("b", gettext_lazy("Purification"))],
    )
    text = forms.CharField(
        label=gettext_lazy("What was said"), widget=forms.Textarea(attrs={"rows": 3}), required=False
    )
    agree = forms.BooleanField(label=gettext_lazy("I have read the terms on secrecy"))

    def clean_code(self):
        """Refuse a code of another length."""
        code = self.cleaned_data["code"]
        if len(code) != 18:
            raise forms.ValidationError(
                _("It has %(n)s characters and needs 18. Compare it with the licence.") % {"n": len(code)}
            )
        return code


def context():
    """Everything the page shows."""
    now = reading()
    form = SampleForm({"code": "9112000012345678X", "kind": "video", "field": "a"})
    form.is_valid()
    return {
        "now": now,
        "soon": now + timedelta(days=3, hours=6, minutes=5),
        "token_rows": TOKENS,
        "tones": [
            (badges.SLATE, _("Draft")),
            (badges.INDIGO, _("Under review")),
            (badges.AMBER, _("Your turn")),
            (badges.GREEN, _("In good standing")),
            (badges.RED, _("Not passed")),
            (badges.PAUSED, _("Paused")),
        ],
        "form": form,
        "page_obj": Paginator(range(46), 11).page(2),
        "hash": HASH,
        **_process(now),
        **_lists(now),
        **_figures(now),
    }


def _process(now):
    return {
        "rail_groups": [
            {
                "label": _("Preparation"),
                "steps": [
                    {"label": _("Planned"), "state": "done", "date": now - timedelta(days=80)},
                    {"label": _("Open for choices"), "state": "done", "date": now - timedelta(days=20)},
                ],
            },
            {
                "label": _("Computing"),
                "steps": [
                    {"label": _("Verifying"), "state": "current", "note": _("since 15:02")},
                    {"label": _("On notice"), "state": "todo"},
                    {"label": _("Published"), "state": "todo"},
                ],
            },
        ],
        "forks": [_("Sent back: while it is checked"), _("Paused: on a breach; can be resumed")],
        "steps": [
            {"label": _("Problem"), "state": "done", "url": "#"},
            {"label": _("Requirements"), "state": "done", "url": "#"},
            {"label": _("Places and mentors"), "state": "current"},
            {"label": _("Terms of the agreement"), "state": "todo"},
        ],
        "job_steps": [
            {"label": _("Queued"), "state": "done", "note": "0.3 s"},
            {"label": _("Reading the frozen lists"), "state": "done", "note": "0.8 s"},
            {"label": _("Verifying"), "state": "current", "note": _("another program, from the start")},
            {"label": _("Reasons for each person"), "state": "todo"},
        ],
        "checks": [
            {
                "count": 0,
                "label": _("Capacity exceeded"),
                "how": _("74 projects, 31 mentors, 12 bases, each counted again"),
            },
            {
                "count": 0,
                "label": _("Pairs that would rather swap"),
                "how": _("blocking pairs; 818 choices, each looked at"),
            },
        ],
        "files": [
            {"label": _("Frozen lists"), "hash": HASH, "url": "#"},
            {"label": _("Result file"), "hash": HASH[::-1], "url": "#"},
        ],
        "seats": [
            {
                "party": _("Student"),
                "name": _("Sample student 03"),
                "state": "signed",
                "at": now - timedelta(days=1),
            },
            {
                "party": _("Base"),
                "name": _("Sample enterprise A"),
                "state": "open",
                "note": _("after the school"),
            },
            {
                "party": _("School"),
                "name": _("Yours to sign"),
                "state": "turn",
                "at": now + timedelta(days=6),
            },
        ],
        "effects": [
            _("Loses at once the right to publish demands; the 2 students on site stay to the end"),
            _("To return it would have to apply anew"),
        ],
        "audit": [
            {"at": now, "who": _("Sample mentor A"), "what": _("signed the log RZ-0915-07")},
            {
                "at": now - timedelta(days=1),
                "who": _("Timed work"),
                "what": _("reminded 3 seats that have not voted"),
            },
        ],
    }


def _lists(now):
    names = [
        _("Dissolved oxygen control in perfused CHO cells"),
        _("Chromatography of a bispecific antibody"),
        _("Scaling up continuous enzyme catalysis"),
    ]
    return {
        "ranked": [
            {"id": at, "title": name, "url": "#", "detail": _("Sample enterprise A")}
            for at, name in enumerate(names, 1)
        ],
        "empties": [4, 5, 6],
        "slots": [{"number": number, "filled": number <= 3} for number in range(1, 7)],
        "quick": [
            {"label": _("Eligible"), "count": 36, "url": "?eligible=1", "on": True},
            {"label": _("Enzymes"), "count": 12, "url": "?field=a", "on": False},
        ],
        "active": [{"label": _("Purification"), "url": "?"}],
        "sorts": [
            {"label": _("Newest first"), "url": "?", "on": True},
            {"label": _("Nearest deadline first"), "url": "?sort=due"},
        ],
        "options": [
            {"label": _("Enzymes"), "count": 12, "url": "?", "on": True},
            {"label": _("Purification"), "count": 9, "url": "?", "on": False},
        ],
        "tabs": [
            {"label": _("For you"), "url": "?", "count": 3, "turn": True},
            {"label": _("All"), "url": "?", "count": 46, "on": True},
            {"label": _("On notice"), "url": "?", "count": 3},
        ],
        "facts": [
            {"label": _("Places"), "value": "2"},
            {"label": _("Length"), "value": _("12 months")},
            {"label": _("Place"), "value": _("TEDA")},
            {"label": _("Terms of the agreement"), "value": _("Show the terms"), "url": "#"},
        ],
        "rows": [
            {
                "name": _("Sample enterprise A"),
                "state": badges.AMBER,
                "word": _("Voting"),
                "next": _("Remind 3 seats"),
                "due": now + timedelta(days=3),
            },
            {
                "name": _("Sample enterprise B"),
                "state": badges.INDIGO,
                "word": _("On notice"),
                "next": _("Nothing to do"),
                "due": now + timedelta(days=2),
            },
        ],
    }


def _figures(now):
    counts = [
        (_("Choice 1"), 98, "now"),
        (_("Choice 2"), 39, ""),
        (_("Choice 3"), 17, ""),
        (_("Not placed"), 20, "rest"),
    ]
    return {
        "trail": [
            {"label": _("All figures"), "value": "50", "url": "#"},
            {"label": _("Accepted projects"), "value": "312", "url": "#"},
            {"label": "2025", "value": "58", "url": "#"},
            {"label": _("Project YS-2025-031"), "value": _("Evidence 1 of 2")},
        ],
        "bars": [
            {
                "label": label,
                "value": value,
                "percent": round(value / 98 * 100, 1),
                "note": f"{value / 1.74:.1f}%",
                "kind": kind,
            }
            for label, value, kind in counts
        ],
        "as_of": now,
        "stale": now - timedelta(days=15),
    }
