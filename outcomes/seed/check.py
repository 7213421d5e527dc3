"""Whether a seed file may be loaded: every row and field is looked at, all faults are told at once."""

import json
from dataclasses import dataclass

from consortium.enums import (
    BoardCode,
    BodyKind,
    OrganisationKind,
    PartyRole,
    PlatformClass,
    RecordKind,
    VehicleClass,
)
from outcomes.seed import document

ORGANISATIONS = ("Organisation", "OrganisationUnit")
BODIES = ("Consortium", "Council", "GovernanceBody", "Board")
LOAD_AS = (*ORGANISATIONS, *BODIES, "Platform", "Vehicle", *RecordKind.values)
TEXTS = ("name_zh", "name_en", "statement", "evidence_quote", "load_as", "kind")
CHOICES = {
    "board_code": BoardCode.values,
    "platform_class": PlatformClass.values,
    "vehicle_class": VehicleClass.values,
}


@dataclass(frozen=True)
class Fault:
    """One fault: the entry (from 1), its field, what is wrong."""

    row: int
    field: str
    reason: str

    def __str__(self):
        return f"entry {self.row}, {self.field}: {self.reason}"


class SeedFaulty(Exception):
    """The file cannot be loaded; `faults` names every reason. Nothing was written."""

    def __init__(self, faults):
        super().__init__("\n".join(map(str, faults)))
        self.faults = faults


def read(path):
    """The entries of a seed file; raises SeedFaulty when it is no such file."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise SeedFaulty([Fault(0, "file", f"cannot be read ({type(error).__name__})")]) from None
    except json.JSONDecodeError as error:
        raise SeedFaulty([Fault(0, "file", f"is not JSON: line {error.lineno}, {error.msg}")]) from None
    entries = content.get("entries") if isinstance(content, dict) else None
    if not isinstance(entries, list):
        raise SeedFaulty([Fault(0, "entries", "is missing or not a list")])
    return entries


def faults_in(entries):
    """Every fault of every entry, in the order of the file."""
    faults, names = [], {}
    known = {entry.get("name_zh") for entry in entries if isinstance(entry, dict)}
    for row, entry in enumerate(entries, 1):
        if not isinstance(entry, dict):
            faults.append(Fault(row, "entry", "is not an object"))
            continue
        found = list(_texts(row, entry))
        faults += found
        if any(fault.field in TEXTS for fault in found):
            continue
        name = (entry["load_as"] in ORGANISATIONS, entry["name_zh"])
        if name in names:
            faults.append(
                Fault(row, "name_zh", f"“{entry['name_zh']}” stands in entry {names[name]} already")
            )
        names.setdefault(name, row)
        faults += _kinds(row, entry)
        faults += _quote(
            row, "evidence_line", "evidence_quote", entry.get("evidence_line"), entry["evidence_quote"]
        )
        faults += _parts(row, entry, known)
    return faults


def _texts(row, entry):
    for field in TEXTS:
        value = entry.get(field)
        if not isinstance(value, str) or not value.strip():
            yield Fault(row, field, "is missing or not a text")
        elif "\x00" in value:
            yield Fault(row, field, "holds a NUL character")
    for field, most in (("name_zh", 120), ("name_en", 200)):
        if isinstance(entry.get(field), str) and len(entry[field]) > most:
            yield Fault(row, field, f"is longer than {most} characters")
    aliases = entry.get("aliases_zh", [])
    if not isinstance(aliases, list) or not all(
        isinstance(name, str) and 0 < len(name) <= 120 for name in aliases
    ):
        yield Fault(row, "aliases_zh", "is not a list of names of at most 120 characters")
    if not isinstance(entry.get("note", ""), str):
        yield Fault(row, "note", "is not a text")


def _kinds(row, entry):
    load_as = entry["load_as"]
    if load_as not in LOAD_AS:
        yield Fault(row, "load_as", f"“{load_as}” is not known")
    if load_as in ORGANISATIONS and entry["kind"] not in OrganisationKind.values:
        yield Fault(row, "kind", f"“{entry['kind']}” is no kind of organisation")
    if load_as in BODIES and entry["kind"] not in BodyKind.values:
        yield Fault(row, "kind", f"“{entry['kind']}” is no kind of body")
    for field, values in CHOICES.items():
        if field in entry and entry[field] not in values:
            yield Fault(row, field, f"“{entry[field]}” is not known")
    for needing, field in (
        ("Board", "board_code"),
        ("Platform", "platform_class"),
        ("Vehicle", "vehicle_class"),
    ):
        if load_as == needing and field not in entry:
            yield Fault(row, field, "is missing")


def _quote(row, line_field, quote_field, number, quote):
    if isinstance(number, bool) or document.line(number) is None:
        yield Fault(row, line_field, f"{number!r} is no line of the document")
    elif not isinstance(quote, str) or not quote or quote not in document.line(number):
        yield Fault(row, quote_field, f"“{quote}” does not stand in line {number}")


def _parts(row, entry, known):
    if "parent" in entry and entry["parent"] not in known:
        yield Fault(row, "parent", f"“{entry['parent']}” is not in the file")
    roles = entry.get("roles", [])
    if not isinstance(roles, list):
        yield Fault(row, "roles", "is not a list")
        return
    for at, role in enumerate(roles, 1):
        field = f"roles[{at}]"
        if not isinstance(role, dict):
            yield Fault(row, field, "is not an object")
            continue
        if role.get("role") not in PartyRole.values:
            yield Fault(row, f"{field}.role", f"“{role.get('role')}” is not known")
        if role.get("body") not in known:
            yield Fault(row, f"{field}.body", f"“{role.get('body')}” is not in the file")
        yield from _quote(row, f"{field}.line", f"{field}.quote", role.get("line"), role.get("quote"))
    vehicle = entry.get("vehicle")
    if vehicle is not None:
        if not isinstance(vehicle, dict) or not isinstance(vehicle.get("name_zh"), str):
            yield Fault(row, "vehicle", "is not an object with a name")
        else:
            yield from _quote(row, "vehicle.line", "vehicle.quote", vehicle.get("line"), vehicle.get("quote"))
