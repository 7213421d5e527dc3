"""Reading an instance file: its shape, every refusal, its hash. The one thing that solver and verifier share.

A fault is a `BadInput` whose text is one line that names the field and the value. Ids become numbers here:
students and projects in the order of the file, caps as projects first (same numbers) and groups after them.
"""

from __future__ import annotations

import gc
import hashlib
import json
import os
from collections.abc import Callable, Container, Iterable, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import accumulate, chain
from math import isfinite
from typing import Any, NoReturn

FORMAT = "consortium-match/1"
RULES = ("auto", "stable", "fair", "serial", "maximum")
LARGEST_FILE = 1 << 30
MOST_LISTED = 200  # preferences for which `maximum` is exact where groups overlap

Progress = Callable[[float], None]
Table = Mapping[str, float]


class BadInput(ValueError):
    """The input is refused; the text is one line naming the field and the value."""


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


# Bytes and JSON


def canonical_bytes(obj: Any) -> bytes:
    """The one way this engine writes JSON: UTF-8, sorted keys, no blanks, a newline at the end."""
    text = json.dumps(obj, ensure_ascii=False, allow_nan=False, sort_keys=True, separators=(",", ":"))
    return text.encode("utf-8") + b"\n"


def sha256(data: bytes) -> str:
    """SHA-256 of the bytes in hexadecimal."""
    return hashlib.sha256(data).hexdigest()


def load_instance(source: bytes | str | os.PathLike[str]) -> Instance:
    """Read an instance from bytes or from the file at a path; raises `BadInput`."""
    with no_collector():
        return _load(source if isinstance(source, bytes) else read_file(source))


def read_file(path: str | os.PathLike[str]) -> bytes:
    """The bytes of a file of at most 1 GiB; raises `BadInput`."""
    try:
        with open(path, "rb") as file:
            size = os.fstat(file.fileno()).st_size
            raw = b"" if size > LARGEST_FILE else file.read(LARGEST_FILE + 1)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise BadInput(f"file: cannot read {_show(os.fspath(path))}: {reason}") from None
    if max(size, len(raw)) > LARGEST_FILE:
        raise BadInput(f"file: {_show(os.fspath(path))} is above 1 GiB")
    return raw


def parse_json(raw: bytes) -> Any:
    """One strict JSON document: UTF-8 without a mark, no key twice, no lone surrogate; raises `BadInput`."""
    return _careful(_text(raw))


@contextmanager
def no_collector():
    """Hold the cycle collector: millions of fresh objects without a cycle only cost it time."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _text(raw: bytes) -> str:
    if len(raw) > LARGEST_FILE:
        raise BadInput(f"file: {len(raw)} bytes is above 1 GiB")
    if raw.startswith(b"\xef\xbb\xbf"):
        raise BadInput("file: starts with a byte order mark 'EF BB BF'")
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError as error:
        raise BadInput(f"file: not UTF-8, byte {error.start} is {raw[error.start]:#04x}") from None


def _loads(text: str, **hooks: Any) -> Any:
    try:
        return json.loads(text, **hooks)
    except BadInput:
        raise
    except RecursionError:
        raise BadInput("file: nesting too deep for one JSON document") from None
    except json.JSONDecodeError as error:
        found = _show(text[error.pos : error.pos + 20])
        what = "two documents" if error.msg.startswith("Extra data") else "not JSON"
        raise BadInput(f"file: {what}, line {error.lineno} column {error.colno} has {found}") from None
    except ValueError:  # an integer of more digits than Python reads: keep them, its field is refused later
        return _loads(text, **hooks, parse_int=_integer)


@dataclass(frozen=True, slots=True)
class _LongInteger:
    """An integer of more digits than Python reads."""

    digits: str


def _integer(digits: str) -> int | _LongInteger:
    return _LongInteger(digits) if len(digits) > 400 else int(digits)


def _careful(text: str) -> Any:
    doc = _loads(text, object_pairs_hook=_object)
    if "\\" in text:
        _refuse_surrogates(doc)
    return doc


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) != len(pairs):
        seen: set[str] = set()
        twice = next(key for key, _ in pairs if key in seen or seen.add(key))
        raise BadInput(f"{_name(twice)}: the key stands twice in one object")
    return made


def _refuse_surrogates(doc: Any) -> None:
    waiting: list[tuple[str, Any]] = [("file", doc)]
    while waiting:
        field, value = waiting.pop()
        if isinstance(value, dict):
            waiting.extend((f"{field}.key", key) for key in value)
            waiting.extend((_name(key), each) for key, each in value.items())
        elif isinstance(value, list):
            waiting.extend((field, each) for each in value)
        elif isinstance(value, str) and any("\ud800" <= sign <= "\udfff" for sign in value):
            raise BadInput(f"{field}: {_show(value)} holds a lone surrogate")


def _show(value: Any) -> str:
    """A value in one short line; containers by kind only."""
    if isinstance(value, (list, dict)):
        return "a list" if isinstance(value, list) else "an object"
    if value is None or isinstance(value, bool):
        return json.dumps(value)
    if isinstance(value, _LongInteger):
        return f"the integer {value.digits[:20]}... of {len(value.digits)} digits"
    text = repr(value)
    return text if len(text) <= 80 else text[:76] + "..." + text[-1]


def _name(key: str) -> str:
    """A key as it appears in the name of a field."""
    return key if key.isidentifier() else _show(key)


# The document


def _load(raw: bytes) -> Instance:
    digest = sha256(raw)
    text = _text(raw)
    quotes, escaped = raw.count(b'"'), b"\\" in raw
    del raw
    doc = _careful(text) if escaped else _loads(text)
    try:
        return _build(_Reading(doc, digest), None if escaped else quotes)
    except _KeyTwice:
        _careful(text)
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
                _typed(field, doc[field], str, "text")
        if doc["format"] != FORMAT:
            raise BadInput(f"format: {_show(doc['format'])} is not {FORMAT!r}")
        self.digest = digest
        self.seed: str = doc["seed"]
        self.asked: str = doc.get("rule", "auto")
        if self.asked not in RULES:
            raise BadInput(f"rule: {_show(self.asked)} is none of {', '.join(RULES)}")
        self.students = _list("students", doc["students"])
        self.projects = _list("projects", doc["projects"])
        self.groups = _list("groups", doc.get("groups", []))
        self.pins = _list("pins", doc.get("pins", []))
        self.merit: dict[str, float] = _typed("merit", doc.get("merit", {}), dict, "an object")
        self.strings = len(doc) + 2 + ("rule" in doc)  # keys and texts so far, see _build


def _build(doc: _Reading, quotes: int | None) -> Instance:
    for field in ("projects", "groups", "pins"):
        for index, entry in enumerate(getattr(doc, field)):
            _keys(f"{field}[{index}]", entry, *_ENTRY[field])
    projects = _ids("projects", doc.projects)
    groups = _ids("groups", doc.groups)
    for name in groups:
        if name in projects:
            raise BadInput(f"groups[{groups[name]}].id: {_show(name)} is also the id of a project")
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
    tree = _Tree(doc.groups, projects, groups)
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
        tables=_nearest(own, tree, list(groups), list(projects)),
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


def _rule(asked: str, scored: bool, overlap: tuple[str, str] | None, listed: int) -> str:
    if overlap:
        _refuse_overlap(asked, *map(_show, overlap), listed)
    if asked != "auto":
        return asked
    if not scored:
        return "serial"
    return "fair" if overlap else "stable"


def _refuse_overlap(asked: str, first: str, second: str, listed: int) -> None:
    if asked == "stable":
        raise BadInput(f"rule: 'stable' needs nested caps, but the groups {first} and {second} overlap")
    if asked == "maximum" and listed > MOST_LISTED:
        raise BadInput(
            f"rule: 'maximum' takes at most {MOST_LISTED} listed preferences where groups overlap, "
            f"as {first} and {second} do, and there are {listed}"
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
    _typed(field, entry, dict, "an object")
    for key in entry:
        if key not in required and key not in optional:
            raise BadInput(f"{field}.{_name(key)}: unknown key")
    for key in sorted(required):
        if key not in entry:
            raise BadInput(f"{field}.{key}: missing")


def _typed(field: str, value: Any, kind: type, called: str) -> Any:
    if type(value) is not kind:
        raise BadInput(f"{field}: {_show(value)} is not {called}")
    return value


def _list(field: str, value: Any) -> list[Any]:
    return _typed(field, value, list, "a list")


def _ids(field: str, entries: list[dict[str, Any]]) -> dict[str, int]:
    numbers: dict[str, int] = {}
    for index, entry in enumerate(entries):
        name = _typed(f"{field}[{index}].id", entry["id"], str, "text")
        if not name:
            raise BadInput(f"{field}[{index}].id: '' is empty")
        if name in numbers:
            raise BadInput(f"{field}[{index}].id: {_show(name)} is also {field}[{numbers[name]}]")
        numbers[name] = index
    return numbers


def _integer_from_zero(field: str, value: Any) -> int:
    if type(value) is not int or value < 0:
        raise BadInput(f"{field}: {_show(value)} is not an integer from 0")
    return value


def _capacity(field: str, cap: dict[str, Any]) -> int:
    return _integer_from_zero(f"{field}.capacity", cap["capacity"])


def _minimum(index: int, project: dict[str, Any]) -> int:
    field = f"projects[{index}].minimum"
    minimum = _integer_from_zero(field, project.get("minimum", 0))
    if minimum > project["capacity"]:
        raise BadInput(f"{field}: {_show(minimum)} is above the capacity {_show(project['capacity'])}")
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
        _known_once(f"students[{index}].preferences", entry["preferences"], projects, "project")
    raise AssertionError("students doubted without a fault")  # pragma: no cover - one of the above refuses


def _known_once(field: str, names: Any, known: Mapping[str, int], called: str) -> None:
    seen: set[str] = set()
    for index, name in enumerate(_list(field, names)):
        _known(f"{field}[{index}]", name, known, called, seen)
        seen.add(name)


def _known(field: str, name: Any, known: Container[str], called: str, seen: Container[str] = ()) -> None:
    _typed(field, name, str, "text")
    if name not in known:
        raise BadInput(f"{field}: {_show(name)} is not the id of a {called}")
    if name in seen:
        raise BadInput(f"{field}: {_show(name)} stands there twice")


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
            _number(f"{field}.{_name(name)}", name, value, students)
    raise AssertionError("numbers doubted without a fault")  # pragma: no cover - one of the above refuses


def _exact(scores: set[float]) -> bool:
    try:
        return all(map(isfinite, scores)) and all(float(score) == score for score in scores)
    except OverflowError:
        return False


def _number(field: str, name: str, value: Any, students: Mapping[str, int]) -> None:
    if name not in students:
        raise BadInput(f"{field}: {_show(name)} is not the id of a student")
    if isinstance(value, _LongInteger):
        raise BadInput(f"{field}: {_show(value)} is more than a 64-bit float holds exactly")
    if type(value) not in (int, float):
        raise BadInput(f"{field}: {_show(value)} is not a number")
    try:
        exact = float(value) == value and isfinite(value)
    except OverflowError:
        exact = False
    if not exact:
        wrong = "is not what a 64-bit float holds exactly" if type(value) is int else "is not finite"
        raise BadInput(f"{field}: {_show(value)} {wrong}")


def _table(field: str, cap: dict[str, Any], students: Mapping[str, int]) -> Table | None:
    if "scores" in cap and "ranking" in cap:
        raise BadInput(f"{field}.ranking: stands beside scores, {_show(cap['id'])} may have one of them")
    if "scores" in cap:
        return _typed(f"{field}.scores", cap["scores"], dict, "an object")
    if "ranking" in cap:
        return _ranking(f"{field}.ranking", _list(f"{field}.ranking", cap["ranking"]), students)
    return None


def _ranking(field: str, tiers: list[Any], students: Mapping[str, int]) -> Table:
    """Scores from n for the first tier to 1 for the last."""
    table: dict[str, int] = {}
    for index, tier in enumerate(tiers):
        tied = isinstance(tier, list)
        for place, name in enumerate(tier if tied else [tier]):
            where = f"{field}[{index}][{place}]" if tied else f"{field}[{index}]"
            if tied and isinstance(name, list):
                raise BadInput(f"{where}: {_show(name)} is a tie inside a tie")
            _known(where, name, students, "student", table)
            table[name] = len(tiers) - index
    return table


# Groups


class _Tree:
    """Which projects each group holds, which caps stand above each project, and whether groups overlap."""

    def __init__(self, groups: list[dict[str, Any]], projects: dict[str, int], numbers: dict[str, int]):
        self.count = len(projects)
        known = projects | numbers
        for index, group in enumerate(groups):
            _known_once(f"groups[{index}].members", group["members"], known, "project or group")
        inner = [[numbers[name] for name in group["members"] if name in numbers] for group in groups]
        names = list(numbers)
        order = _inside_out(inner, names)
        self.height = [0] * len(groups)
        self.holds: list[set[int]] = [set()] * len(groups)
        for group in order:
            held = {projects[name] for name in groups[group]["members"] if name in projects}
            self.holds[group] = held.union(*(self.holds[one] for one in inner[group]))
            self.height[group] = 1 + max((self.height[one] for one in inner[group]), default=0)
        self.outer: list[set[int]] = [set() for _ in groups]
        for group, ones in enumerate(inner):
            for one in ones:
                self.outer[one].add(group)
        self._holders: dict[int, set[int]] = {}
        # the fewest projects first, of equal sets the inner one; the name, lest the order of rows decide
        self.order = sorted(order, key=lambda one: (len(self.holds[one]), self.height[one], names[one]))
        self.overlap = self._climb(names)

    def _climb(self, names: list[str]) -> tuple[str, str] | None:
        """Put every group above its projects; the first two that overlap, if any."""
        above = [[project] for project in range(self.count)]
        overlap = None
        for group in self.order:
            met: dict[int, int] = {}  # how many projects of this group stand under each outermost cap so far
            for project in self.holds[group]:
                top = above[project][-1]
                met[top] = met.get(top, 0) + 1
            for top, shared in met.items():
                if overlap is None and top >= self.count and shared < len(self.holds[top - self.count]):
                    overlap = (names[top - self.count], names[group])
            for project in self.holds[group]:
                above[project].append(self.count + group)
        self.above = [tuple(caps) for caps in above]
        return overlap

    def holders(self, group: int) -> set[int]:
        """The groups that hold this one, at any depth."""
        if group not in self._holders:
            found, waiting = set(), [group]
            while waiting:
                fresh = self.outer[waiting.pop()] - found
                found |= fresh
                waiting += fresh
            self._holders[group] = found
        return self._holders[group]


def _inside_out(inner: list[list[int]], names: list[str]) -> list[int]:
    """The groups, every one after those it holds; a cycle is refused."""
    waiting = list(map(len, inner))
    outer: list[list[int]] = [[] for _ in inner]
    for group, ones in enumerate(inner):
        for one in ones:
            outer[one].append(group)
    order = [group for group, count in enumerate(waiting) if not count]
    for group in order:
        for one in outer[group]:
            waiting[one] -= 1
            if not waiting[one]:
                order.append(one)
    if len(order) < len(inner):
        group = _on_a_cycle(inner, set(order))
        raise BadInput(f"groups[{group}].members: {_show(names[group])} holds itself, a cycle of groups")
    return order


def _on_a_cycle(inner: list[list[int]], done: set[int]) -> int:
    group = next(one for one in range(len(inner)) if one not in done)
    seen: set[int] = set()
    while group not in seen:
        seen.add(group)
        group = next(one for one in inner[group] if one not in done)
    return group


def _nearest(
    own: list[Table | None], tree: _Tree, groups: list[str], projects: list[str]
) -> list[Table | None]:
    """Per project its own table, else the ranking of the nearest group that has one."""
    tables = []
    for project, caps in enumerate(tree.above):
        ranked = [cap for cap in caps if own[cap] is not None]
        if ranked and ranked[0] != project:
            _refuse_two_nearest(project, ranked, tree, groups, projects)
        tables.append(own[ranked[0]] if ranked else None)
    return tables


def _refuse_two_nearest(
    project: int, ranked: list[int], tree: _Tree, groups: list[str], projects: list[str]
) -> None:
    first, *others = [cap - tree.count for cap in ranked]
    for other in others:
        if len(tree.holds[other]) == len(tree.holds[first]) and other not in tree.holders(first):
            name, *both = map(_show, (projects[project], groups[first], groups[other]))
            raise BadInput(f"projects[{project}]: {name} has two nearest rankings, {both[0]} and {both[1]}")


# Pins


def _pins(
    entries: list[dict[str, Any]], students: dict[str, int], projects: dict[str, int], groups: dict[str, int]
) -> dict[int, int]:
    pins: dict[int, int] = {}
    for index, pin in enumerate(entries):
        student, project = f"pins[{index}].student", f"pins[{index}].project"
        name, place = pin["student"], pin["project"]
        _known(student, name, students, "student")
        if isinstance(place, str) and place in groups:
            raise BadInput(f"{project}: {_show(place)} is a group, a pin names a project")
        _known(project, place, projects, "project")
        if students[name] in pins:
            raise BadInput(f"{student}: {_show(name)} is pinned twice")
        pins[students[name]] = projects[place]
    return pins


def _refuse_full_pins(instance: Instance) -> None:
    pinned = count_by_cap(instance.above, instance.pins.values(), len(instance.capacity))
    for cap, (pins, capacity) in enumerate(zip(pinned, instance.capacity, strict=True)):
        if pins > capacity:
            name = _show(instance.cap_id(cap))
            raise BadInput(f"pins: {pins} pins are above the capacity {capacity} of {name}")


def count_by_cap(above: list[tuple[int, ...]], places: Iterable[int], caps: int) -> list[int]:
    """How many of the places each cap holds."""
    counts = [0] * caps
    for place in places:
        for cap in above[place]:
            counts[cap] += 1
    return counts
