"""The columns of the directory: which there are, which the address asks for, and what a file says in each."""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext

from consortium.queries.reminder import last_contact
from consortium.registry import registry
from consortium.templatetags.portal import day_text


@dataclass(frozen=True)
class Column:
    """One column. `text` says a row's cell in a file, and on the page where the page has no shape of its own for it."""

    key: str
    label: str
    text: object = None
    office: bool = False
    standard: bool = True


def _terms(row):
    return "；".join(f"{one.since}–{one.until}" for one in row.standing["terms"])


def _sources(row):
    lines = [str(_("line %(n)s") % {"n": line}) for line in row.standing["sources"]]
    return "；".join(lines + [one.resolution.number for one in row.standing["terms"]])


def _stage(row):
    return str(row.standing["stage"] or _("To be completed"))


COLUMNS = (
    Column("rank", _("Rank"), lambda row: row.standing["rank"]),
    Column("state", _("Stage"), _stage),
    Column("next", _("Next"), lambda row: row.standing["next"] or str(_("Nothing to do")), office=True),
    Column("term", _("Membership term"), _terms),
    Column("source", _("Source"), _sources),
    Column("code", _("Unified social credit code"), lambda row: row.uscc or "", office=True, standard=False),
    Column("district", _("District"), lambda row: row.district, standard=False),
    Column("english", _("English name"), lambda row: row.name_en, standard=False),
    Column("contact", _("Last reminded"), None, office=True, standard=False),
)
SHAPED = {"rank", "state", "next", "term", "source"}


def offered(office):
    """All columns that this reader may choose, those of other apps too."""
    more = tuple(Column(one.key, one.label, office=True, standard=False) for one in registry.member_columns)
    return [one for one in COLUMNS + more if office or not one.office]


def chosen(request, office):
    """The columns that the address asks for (`cols=rank&cols=term`), in the order in which they are offered."""
    wanted = set(request.GET.getlist("cols"))
    every = offered(office)
    found = [one for one in every if one.key in wanted]
    return found or [one for one in every if one.standard]


def fill(rows, columns, user, day):
    """Give each row `cells`: {key: (text, address)} of columns without a shape of their own. Constant reads a column."""
    keys, makers = [row.pk for row in rows], {one.key: one.cells for one in registry.member_columns}
    filled = {one.key: makers[one.key](keys, user, day) for one in columns if one.key in makers}
    if any(one.key == "contact" for one in columns):
        filled["contact"] = {pk: (day_text(on), "") for pk, on in last_contact(keys).items()}
    for row in rows:
        row.cells = [
            (one, *(filled[one.key].get(row.pk, ("", "")) if one.key in filled else (one.text(row), "")))
            for one in columns
            if one.key not in SHAPED
        ]


def file_columns(columns):
    """The same columns for a file, after what the first cell of the page says."""
    first = [
        (_("Full Chinese name"), lambda row: row.name_zh),
        (_("Kind"), lambda row: row.standing["kind"]),
        (_("Belongs to"), lambda row: row.parent.name_zh if row.parent else ""),
        (_("Sample"), lambda row: pgettext("column of a file", "sample") if row.is_sample else ""),
    ]
    return first + [(one.label, _cell(one)) for one in columns]


def _cell(column):
    if column.key in SHAPED:
        return column.text
    return lambda row: next(text for one, text, _url in row.cells if one.key == column.key)
