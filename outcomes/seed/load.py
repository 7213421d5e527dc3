"""Loading the real organisations: one act, all of it or nothing, and a second time nothing more."""

from pathlib import Path

from consortium.actions.organisation import record_role, register_organisation
from consortium.audit import action, record
from consortium.enums import RecordKind
from consortium.models import DocumentRecord, GovernanceBody, Organisation, Platform, Vehicle
from outcomes.seed import check, document

PATH = Path(__file__).parent / "seed_organisations.json"


def load(path=PATH):
    """Check the file and load it; returns {"kind": (there before, made now)}. Raises SeedFaulty with every fault."""
    entries = check.read(path)
    if faults := check.faults_in(entries):
        raise check.SeedFaulty(faults)
    return load_entries(entries=entries)


@action
def load_entries(*, entries):
    """Write checked entries. What is there stays as people have it; only what is missing is added."""
    counts = {}
    for entry in entries:
        if entry["load_as"] in check.BODIES:
            _count(counts, "bodies", _body(entry))
    # Units last: what they belong to may stand further down in the file.
    for kind in check.ORGANISATIONS:
        for entry in entries:
            if entry["load_as"] == kind:
                _count(counts, "organisations", _organisation(entry))
    for entry in entries:
        for role in entry.get("roles", ()):
            _count(counts, "roles", _role(entry, role))
        if "platform_class" in entry:
            _count(counts, "platforms", _platform(entry))
        if "vehicle_class" in entry:
            _count(counts, "vehicles", _vehicle(entry))
        if entry["load_as"] in RecordKind.values:
            _count(counts, "records", _record(entry))
    _set_parents(entries)
    return counts


def _count(counts, kind, made):
    before, now = counts.get(kind, (0, 0))
    counts[kind] = (before + (not made), now + bool(made))


def _source(entry):
    return {
        "source_document": document.KEY,
        "source_line": entry["evidence_line"],
        "source_quote": entry["evidence_quote"],
        "source_note": entry.get("note", ""),
    }


def _named(model, entry, name=None, **fields):
    row, made = model.objects.get_or_create(
        name_zh=name or entry["name_zh"],
        defaults={
            "name_en": entry["name_en"],
            "statement": entry["statement"],
            "other_names": entry.get("aliases_zh", []),
            **_source(entry),
            **fields,
        },
    )
    if made:
        record("recorded from the document", row, by=None, line=row.source_line)
    return row, made


def _body(entry):
    return _named(GovernanceBody, entry, kind=entry["kind"], board_code=entry.get("board_code"))[1]


def _organisation(entry):
    if Organisation.objects.filter(name_zh=entry["name_zh"]).exists():
        return False
    parent = Organisation.objects.filter(name_zh=entry["parent"]).first() if "parent" in entry else None
    register_organisation(
        by=None,
        name_zh=entry["name_zh"],
        name_en=entry["name_en"],
        kind=entry["kind"],
        parent=parent,
        aliases=entry.get("aliases_zh", ()),
        statement=entry["statement"],
        source={
            "document": document.KEY,
            "line": entry["evidence_line"],
            "quote": entry["evidence_quote"],
            "note": entry.get("note", ""),
        },
    )
    return True


def _role(entry, role):
    organisation = Organisation.objects.get(name_zh=entry["name_zh"])
    body = GovernanceBody.objects.get(name_zh=role["body"])
    if organisation.roles.filter(body=body, role=role["role"]).exists():
        return False
    record_role(
        by=None,
        organisation=organisation,
        body=body,
        role=role["role"],
        statement=role["statement"],
        source={"document": document.KEY, "line": role["line"], "quote": role["quote"]},
    )
    return True


def _platform(entry):
    return _named(Platform, entry, platform_class=entry["platform_class"])[1]


def _vehicle(entry):
    """A vehicle; where the document means an organisation, it is linked and quoted where it is called one."""
    given = entry.get("vehicle")
    if given is None:
        return _named(Vehicle, entry, vehicle_class=entry["vehicle_class"])[1]
    row, made = _named(
        Vehicle,
        entry,
        name=given["name_zh"],
        vehicle_class=entry["vehicle_class"],
        source_line=given["line"],
        source_quote=given["quote"],
        other_names=[],
    )
    if made:
        row.organisations.add(Organisation.objects.get(name_zh=entry["name_zh"]))
    return made


def _record(entry):
    return _named(DocumentRecord, entry, kind=entry["load_as"])[1]


def _set_parents(entries):
    for entry in entries:
        if "parent" in entry and entry["load_as"] in check.BODIES:
            parent = GovernanceBody.objects.get(name_zh=entry["parent"])
            GovernanceBody.objects.filter(name_zh=entry["name_zh"], parent=None).exclude(pk=parent.pk).update(
                parent=parent
            )
