"""Reading an instance file: its shape, every refusal, its hash. The reading is all that solver and verifier share.

A fault is a `BadInput` whose text is one line that names the field and the value. Ids become numbers here:
students and projects in the order of the file, caps as projects first (same numbers) and groups after them.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from itertools import accumulate, chain
from math import isfinite
from typing import Any, NoReturn

from .groups import Table, Tree, nearest_tables
from .strict import (
    BadInput,
    LongInteger,
    careful,
    decoded,
    known,
    known_once,
    listed,
    loads,
    name_of,
    no_collector,
    read_file,
    sha256,
    show,
    typed,
)

FORMAT = "consortium-match/1"
RULES = ("auto", "stable", "fair", "serial", "maximum")
MOST_LISTED = 200  # preferences for which `maximum` is exact where groups overlap

Progress = Callable[[float], None]


@dataclass(slots=True)
class Instance:
    """One frozen round. Caps are numbered: projects as in `projects`, then the groups."""

    sha256: str
    rule: str  # what `auto` came to
    seed: str
    students: list[str]
    projects: list[str]
    groups: list[str]
    starts: list[int]  # the list of student k is choices[starts[k]:starts[k + 1]]
    choices: list[int]
    tables: list[Table | None]  # per project, its own scores or the ranking it takes; None: nobody scores it
    scores: set[float]  # every score there is
    capacity: list[int]  # per cap
    minimum: list[int]  # per project
    above: list[tuple[int, ...]]  # per project, the caps that hold it, itself first, then from the inside out
    pins: dict[int, int]  # student to project
    merit: Table
    overlap: tuple[str, str] | None  # two groups that meet and do not hold one another

    def cap_id(self, cap: int) -> str:
        """The id of a project or a group by its cap number."""
        count = len(self.projects)
        return self.projects[cap] if cap < count else self.groups[cap - count]


def load_instance(source: bytes | str | os.PathLike[str]) -> Instance:
    """Read an instance from bytes or from the file at a path; raises `BadInput`."""
    with no_collector():
        return _load(source if isinstance(source, bytes) else read_file(source))


# The document


def _load(raw: bytes) -> Instance:
    digest = sha256(raw)
    text = decoded(raw)
    quotes, escaped = raw.count(b'"'), b"\\" in raw
    del raw
    doc = careful(text) if escaped else loads(text)
    try:
        return _build(_Reading(doc, digest), None if escaped else quotes)
    except _KeyTwice:
        careful(text)
        raise  # pragma: no cover - the careful reading names the key


class _KeyTwice(Exception):
    """Fewer strings came out of the file than stand in it."""


_ENTRY = {
    "students": ({"id", "preferences"}, set()),
    "projects": ({"id", "capacity"}, {"minimum", "scores", "ranking"}),
    "groups": ({"id", "capacity", "members"}, {"ranking"}),
    "pins": ({"student", "project"}, set()),
}
_DOCUMENT = ({"format", "seed", "students", "projects"}, {"rule", "groups", "pins", "merit"})


class _Reading:
    """The document after its outer shape was checked."""

    def __init__(self, doc: Any, digest: str):
        _keys("document", doc, *_DOCUMENT)
        for field in ("format", "rule", "seed"):
            if field in doc:
                typed(field, doc[field], str, "text")
        if doc["format"] != FORMAT:
            raise BadInput(f"format: {show(doc['format'])} is not {FORMAT!r}")
        self.digest = digest
        self.seed: str = doc["seed"]
        self.asked: str = doc.get("rule", "auto")
        if self.asked not in RULES:
            raise BadInput(f"rule: {show(self.asked)} is none of {', '.join(RULES)}")
        self.students = listed("students", doc["students"])
        self.projects = listed("projects", doc["projects"])
        self.groups = listed("groups", doc.get("groups", []))
        self.pins = listed("pins", doc.get("pins", []))
        self.merit: dict[str, float] = typed("merit", doc.get("merit", {}), dict, "an object")
        self.strings = len(doc) + 2 + ("rule" in doc)  # keys and texts so far, see _build


def _build(doc: _Reading, quotes: int | None) -> Instance:
    for field in ("projects", "groups", "pins"):
        for index, entry in enumerate(getattr(doc, field)):
            _keys(f"{field}[{index}]", entry, *_ENTRY[field])
    projects = _ids("projects", doc.projects)
    groups = _ids("groups", doc.groups)
    for name in groups:
        if name in projects:
            raise BadInput(f"groups[{groups[name]}].id: {show(name)} is also the id of a project")
    students, starts, choices = _students(doc.students, projects)
    caps = [*doc.projects, *doc.groups]
    fields = [f"projects[{index}]" for index in range(len(projects))]
    fields += [f"groups[{index}]" for index in range(len(groups))]
    capacity = [_capacity(*each) for each in zip(fields, caps, strict=True)]
    minimum = [_minimum(index, project) for index, project in enumerate(doc.projects)]
    own = [_table(*each, students) for each in zip(fields, caps, strict=True)]
    tables = [
        (f"{field}.scores", table) for field, table in zip(fields, own, strict=True) if table is not None
    ]
    scores, names = _numbers(tables, students)
    _numbers([("merit", doc.merit)], students)
    tree = Tree(doc.groups, projects, groups)
    pins = _pins(doc.pins, students, projects, groups)
    if quotes is not None and quotes != 2 * _strings(doc, own, len(choices)):
        raise _KeyTwice
    instance = Instance(
        sha256=doc.digest,
        rule=doc.asked,
        seed=doc.seed,
        students=names,
        projects=list(projects),
        groups=list(groups),
        starts=starts,
        choices=choices,
        tables=nearest_tables(own, tree, list(groups), list(projects)),
        capacity=capacity,
        minimum=minimum,
        above=tree.above,
        pins=pins,
        scores=scores,
        merit=doc.merit,
        overlap=tree.overlap,
    )
    _refuse_full_pins(instance)
    instance.rule = _rule(doc.asked, any(table is not None for table in own), tree.overlap, len(choices))
    return instance


def _rule(asked: str, scored: bool, overlap: tuple[str, str] | None, count: int) -> str:
    if overlap:
        _refuse_overlap(asked, *map(show, overlap), count)
    if asked != "auto":
        return asked
    if not scored:
        return "serial"
    return "fair" if overlap else "stable"


def _refuse_overlap(asked: str, first: str, second: str, count: int) -> None:
    if asked == "stable":
        raise BadInput(f"rule: 'stable' needs nested caps, but the groups {first} and {second} overlap")
    if asked == "maximum" and count > MOST_LISTED:
        raise BadInput(
            f"rule: 'maximum' takes at most {MOST_LISTED} listed preferences where groups overlap, "
            f"as {first} and {second} do, and there are {count}"
        )


def _strings(doc: _Reading, own: list[Table | None], choices: int) -> int:
    """How many strings the parsed document holds, keys included.

    A key that stands twice loses its first value, so there are then fewer than half the quotes of the file.
    Counting is far cheaper than watching every object while it is read.
    """
    entries = chain(doc.students, doc.projects, doc.groups, doc.pins)
    named = len(doc.students) + len(doc.projects) + len(doc.groups) + 2 * len(doc.pins)
    scored = sum(len(table) for table in own if table is not None)
    members = sum(len(group["members"]) for group in doc.groups)
    return doc.strings + sum(map(len, entries)) + named + choices + scored + members + len(doc.merit)


def _keys(field: str, entry: Any, required: set[str], optional: set[str]) -> None:
    typed(field, entry, dict, "an object")
    for key in entry:
        if key not in required and key not in optional:
            raise BadInput(f"{field}.{name_of(key)}: unknown key")
    for key in sorted(required):
        if key not in entry:
            raise BadInput(f"{field}.{key}: missing")


def _ids(field: str, entries: list[dict[str, Any]]) -> dict[str, int]:
    numbers: dict[str, int] = {}
    for index, entry in enumerate(entries):
        name = typed(f"{field}[{index}].id", entry["id"], str, "text")
        if not name:
            raise BadInput(f"{field}[{index}].id: '' is empty")
        if name in numbers:
            raise BadInput(f"{field}[{index}].id: {show(name)} is also {field}[{numbers[name]}]")
        numbers[name] = index
    return numbers


def _integer_from_zero(field: str, value: Any) -> int:
    if type(value) is not int or value < 0:
        raise BadInput(f"{field}: {show(value)} is not an integer from 0")
    return value


def _capacity(field: str, cap: dict[str, Any]) -> int:
    return _integer_from_zero(f"{field}.capacity", cap["capacity"])


def _minimum(index: int, project: dict[str, Any]) -> int:
    field = f"projects[{index}].minimum"
    minimum = _integer_from_zero(field, project.get("minimum", 0))
    if minimum > project["capacity"]:
        raise BadInput(f"{field}: {show(minimum)} is above the capacity {show(project['capacity'])}")
    return minimum


# Students and numbers: read in bulk, and looked at one by one only to name a fault


def _students(entries: list[Any], projects: dict[str, int]) -> tuple[dict[str, int], list[int], list[int]]:
    try:
        lists = [entry["preferences"] for entry in entries]
        names = [entry["id"] for entry in entries]
        numbers = dict(zip(names, range(len(names)), strict=True))
        choices = list(map(projects.__getitem__, chain.from_iterable(lists)))
        sizes = list(map(len, lists))
        sound = (
            set(map(type, entries)) <= {dict}
            and sum(map(len, entries)) == 2 * len(entries)
            and set(map(type, names)) <= {str}
            and set(map(type, lists)) <= {list}
            and len(numbers) == len(names)
            and "" not in numbers
            and list(map(len, map(set, lists))) == sizes
        )
    except (KeyError, TypeError):
        sound = False
    if not sound:
        _refuse_students(entries, projects)
    return numbers, list(accumulate(sizes, initial=0)), choices


def _refuse_students(entries: list[Any], projects: dict[str, int]) -> NoReturn:
    for index, entry in enumerate(entries):
        _keys(f"students[{index}]", entry, *_ENTRY["students"])
    _ids("students", entries)
    for index, entry in enumerate(entries):
        known_once(f"students[{index}].preferences", entry["preferences"], projects, "project")
    raise AssertionError("students doubted without a fault")  # pragma: no cover - one of the above refuses


def _numbers(
    tables: list[tuple[str, dict[str, Any]]], students: Mapping[str, int]
) -> tuple[set[float], list[str]]:
    """Refuse a wrong score or student; the distinct scores, and the ids as the keys that the tables share."""
    held = [table.values() for _, table in tables]
    scored = set().union(*(table for _, table in tables))
    sound = set(map(type, chain.from_iterable(held))) <= {int, float} and scored <= students.keys()
    scores = set().union(*held) if sound else set()
    if not sound or not _exact(scores):
        _refuse_numbers(tables, students)
    names = list(students)
    for name in scored:
        names[students[name]] = name
    return scores, names


def _refuse_numbers(tables: list[tuple[str, dict[str, Any]]], students: Mapping[str, int]) -> NoReturn:
    for field, table in tables:
        for name, value in table.items():
            _number(f"{field}.{name_of(name)}", name, value, students)
    raise AssertionError("numbers doubted without a fault")  # pragma: no cover - one of the above refuses


def _exact(scores: set[float]) -> bool:
    try:
        return all(map(isfinite, scores)) and all(float(score) == score for score in scores)
    except OverflowError:
        return False


def _number(field: str, name: str, value: Any, students: Mapping[str, int]) -> None:
    if name not in students:
        raise BadInput(f"{field}: {show(name)} is not the id of a student")
    if isinstance(value, LongInteger):
        raise BadInput(f"{field}: {show(value)} is more than a 64-bit float holds exactly")
    if type(value) not in (int, float):
        raise BadInput(f"{field}: {show(value)} is not a number")
    try:
        exact = float(value) == value and isfinite(value)
    except OverflowError:
        exact = False
    if not exact:
        wrong = "is not what a 64-bit float holds exactly" if type(value) is int else "is not finite"
        raise BadInput(f"{field}: {show(value)} {wrong}")


def _table(field: str, cap: dict[str, Any], students: Mapping[str, int]) -> Table | None:
    if "scores" in cap and "ranking" in cap:
        raise BadInput(f"{field}.ranking: stands beside scores, {show(cap['id'])} may have one of them")
    if "scores" in cap:
        return typed(f"{field}.scores", cap["scores"], dict, "an object")
    if "ranking" in cap:
        return _ranking(f"{field}.ranking", listed(f"{field}.ranking", cap["ranking"]), students)
    return None


def _ranking(field: str, tiers: list[Any], students: Mapping[str, int]) -> Table:
    """Scores from n for the first tier to 1 for the last."""
    table: dict[str, int] = {}
    for index, tier in enumerate(tiers):
        tied = isinstance(tier, list)
        for place, name in enumerate(tier if tied else [tier]):
            where = f"{field}[{index}][{place}]" if tied else f"{field}[{index}]"
            if tied and isinstance(name, list):
                raise BadInput(f"{where}: {show(name)} is a tie inside a tie")
            known(where, name, students, "student", table)
            table[name] = len(tiers) - index
    return table


# Pins


def _pins(
    entries: list[dict[str, Any]], students: dict[str, int], projects: dict[str, int], groups: dict[str, int]
) -> dict[int, int]:
    pins: dict[int, int] = {}
    for index, pin in enumerate(entries):
        student, project = f"pins[{index}].student", f"pins[{index}].project"
        name, place = pin["student"], pin["project"]
        known(student, name, students, "student")
        if isinstance(place, str) and place in groups:
            raise BadInput(f"{project}: {show(place)} is a group, a pin names a project")
        known(project, place, projects, "project")
        if students[name] in pins:
            raise BadInput(f"{student}: {show(name)} is pinned twice")
        pins[students[name]] = projects[place]
    return pins


def _refuse_full_pins(instance: Instance) -> None:
    pinned = count_by_cap(instance.above, instance.pins.values(), len(instance.capacity))
    for cap, (pins, capacity) in enumerate(zip(pinned, instance.capacity, strict=True)):
        if pins > capacity:
            name = show(instance.cap_id(cap))
            raise BadInput(f"pins: {pins} pins are above the capacity {capacity} of {name}")


def count_by_cap(above: list[tuple[int, ...]], places: Iterable[int], caps: int) -> list[int]:
    """How many of the places each cap holds."""
    counts = [0] * caps
    for place in places:
        for cap in above[place]:
            counts[cap] += 1
    return counts
