"""Figures of a round without a name: bars by choice, places by field, the unplaced by cause."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from placements.causes import Cause
from placements.enums import Field


def bar(label, number, top, whole, kind="now"):
    share = f"{100 * number / whole:.1f}%" if whole else ""
    return {
        "label": label,
        "value": number,
        "percent": f"{100 * number / (top or 1):.1f}",
        "kind": kind,
        "note": share,
        "figure": ngettext("%(n)d student", "%(n)d students", number) % {"n": number},
    }


def choice_bars(run):
    """Students by the choice they got: 1, 2, 3, 4 and later, and without a place."""
    figures = run.verdict
    groups = {}
    for choice, number in figures["at_choice"].items():
        key = int(choice) if str(choice).isdecimal() and int(choice) <= 3 else 4
        groups[key] = groups.get(key, 0) + number
    unplaced = figures["students"] - figures["placed"]
    labels = {1: _("Choice 1"), 2: _("Choice 2"), 3: _("Choice 3"), 4: _("Choice 4 or later")}
    top = max([*groups.values(), unplaced, 1])
    whole = figures["students"]
    rows = [bar(label, groups.get(key, 0), top, whole) for key, label in labels.items()]
    rows.append(bar(_("No place"), unplaced, top, whole, "open"))
    left = figures["places"] - figures["placed"]
    source = _(
        "%(n)d students in all; %(unplaced)d without a place can take part in a second round, %(left)d places are left."
    ) % {
        "n": whole,
        "unplaced": unplaced,
        "left": left,
    }
    return {
        "rows": rows,
        "source": source,
        "first": groups.get(1, 0),
        "to_third": sum(groups.get(key, 0) for key in (1, 2, 3)),
    }


def field_lines(run):
    """Places used by field."""
    labels = dict(Field.choices)
    return [
        {
            "label": labels.get(row["key"], row["key"]),
            "placed": row["placed"],
            "places": row["places"],
            "left": row["places"] - row["placed"],
        }
        for row in run.verdict.get("fields", [])
    ]


def cause_lines(run):
    """The unplaced by cause, as counts."""
    labels = dict(Cause.choices)
    causes = run.verdict.get("causes", {})
    return [
        {"label": labels.get(key, key), "count": number}
        for key, number in sorted(causes.items(), key=lambda row: -row[1])
    ]
