"""Rows of an import as its page shows them: what stood in the file, what is the matter, what would change."""

from datetime import date

from django.utils.translation import gettext as _

from consortium.enums import ImportDecision, ImportFate, ImportOutcome
from consortium.imports.faults import NOTES, words
from consortium.queries.organisation import names_of
from consortium.templatetags.portal import day_text


def shown(run, of, rows):
    """[{...}] of ImportRows; a constant number of questions for any number of rows."""
    rows = list(rows)
    numbers = {row.target for row in rows if row.target}
    numbers |= {one["id"] for row in rows for one in row.alike}
    names = of.names(numbers) if numbers else {}
    units = names_of(_references(of, rows))
    return [_row(run, of, row, names, units) for row in rows]


def faults_of(run, of, row):
    """[(heading as the file writes it, value, reason, remedy, fault)] of one row."""
    said = []
    for fault in row.faults or [{"column": "", "code": "undecided", "value": ""}]:
        column = of.column(fault["column"])
        said.append((_heading(run, of, fault["column"]), fault["value"], *words(fault, column), fault))
    return said


def _row(run, of, row, names, units):
    name, url = names.get(row.target, ("", ""))
    faulty = row.outcome == ImportOutcome.FAULTY or row.fate == ImportFate.LEFT_OUT
    return {
        "pk": row.pk,
        "line": row.line,
        "title": " ".join(filter(None, (_cell(run, row, key) for key in _first(of)))) or "—",
        "record": name,
        "url": url,
        "outcome": row.outcome,
        "fate": row.fate if row.fate != ImportFate.WAITING else "",
        "fate_label": row.get_fate_display(),
        "decision": row.decision,
        "faults": [_fault(of, *one) for one in faults_of(run, of, row)] if faulty else [],
        "notes": [
            {"column": _heading(run, of, note["column"]), "text": NOTES[note["code"]]} for note in row.notes
        ],
        "changes": _changes(of, row.changes, units),
        "values": [
            {"label": column.label, "value": said(column, row.fields.get(column.key), units)}
            for column in of.columns
            if row.fields.get(column.key) is not None
        ],
        "must_be_one": row.must_be_one,
        "alike": [
            {
                "id": one["id"],
                "name": names.get(one["id"], ("", ""))[0],
                "url": names.get(one["id"], ("", ""))[1],
                "why": of.alike_words(one["why"]),
                "sure": one.get("sure", False),
                "on": row.decision == ImportDecision.MERGE and row.target == one["id"],
            }
            for one in row.alike
            if one["id"] in names
        ],
    }


def _fault(of, heading, value, reason, remedy, fault):
    near = fault["code"] == "choice_near"
    column = of.column(fault["column"])
    return {
        "column": heading or _("Whole row"),
        "value": value,
        "reason": reason,
        "remedy": remedy,
        "key": fault["column"] if near else "",
        "nearest": column.written(fault["params"]["nearest"]) if near else "",
    }


def _changes(of, changes, units):
    return [
        {
            "label": of.column(key).label,
            "before": said(of.column(key), before, units),
            "after": said(of.column(key), after, units),
        }
        for key, before, after in changes
        if of.column(key)
    ]


def said(column, value, units):
    """A value as people read it."""
    if value in (None, ""):
        return ""
    if column.reference:
        return units.get(value, "")
    if column.is_day:
        return day_text(date.fromisoformat(value))
    return column.written(value)


def _references(of, rows):
    keys = [column.key for column in of.columns if column.reference]
    wanted = {row.fields.get(key) for row in rows for key in keys}
    for row in rows:
        wanted |= {value for key, *pair in row.changes if key in keys for value in pair}
    return wanted - {None, ""}


def _heading(run, of, key):
    """What the file itself calls the column; our own heading where it does not name it."""
    place = run.places.get(key)
    if place is not None and place < len(run.heads):
        return run.heads[place]
    column = of.column(key)
    return column.heading if column else ""


def _first(of):
    return [column.key for column in of.columns if column.needed][: of.title_columns]


def _cell(run, row, key):
    place = run.places.get(key)
    return row.cells[place][:80] if place is not None and place < len(row.cells) else ""
