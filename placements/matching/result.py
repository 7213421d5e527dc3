"""The result document of an answer: who sits where, cutoffs, why not, and the solver's check of itself."""

from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING, Any

from .instance import Instance
from .strict import no_collector

if TYPE_CHECKING:
    from .solver import Answer, Keys

FORMAT = "consortium-match-result/1"
ENGINE = "1.0"
RULED_OUT = {  # what may stand against an answer under no circumstances
    "stable": ("blocking_pairs", "envy"),
    "serial": ("blocking_pairs", "envy"),
    "fair": ("envy",),
    "maximum": (),
}
NOBODY = -1
ALL_LOWER = 1 << 200  # no key is higher


class CheckFailed(RuntimeError):
    """The engine found its own answer wrong; nothing may be written."""


def result_bytes(result: dict[str, Any]) -> bytes:
    """What `canonical_bytes` gives, faster: the many explanations are few different objects."""
    texts: dict[int, str] = {}

    def text(entry: dict[str, str]) -> str:
        made = texts[id(entry)] = _json(entry)
        return made

    said = [
        f"{_json(name)}:[{','.join([texts.get(id(entry)) or text(entry) for entry in entries])}]"
        for name, entries in result["explanations"].items()
    ]
    fields = {field: _json(value) for field, value in result.items() if field != "explanations"}
    fields["explanations"] = f"{{{','.join(said)}}}"
    return ("{" + ",".join(f'"{field}":{fields[field]}' for field in sorted(fields)) + "}\n").encode()


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def describe(instance: Instance, keys: Keys, answer: Answer) -> dict[str, Any]:
    """The result document; raises `CheckFailed` where the answer breaks what its rule promises."""
    with no_collector():
        seats = _Seats(instance, keys, answer)
        seats.check()
        explanations, verdict = _look_up(seats)
        result = {
            "format": FORMAT,
            "rule": instance.rule,
            "engine": ENGINE,
            "instance_sha256": instance.sha256,
            "assignment": seats.assignment(),
            "cutoffs": seats.cutoffs(),
            "closed": [instance.projects[project] for project in answer.closed],
            "rounds": len(answer.closed) + 1,
            "explanations": explanations,
            "verdict": verdict,
        }
    for objection in RULED_OUT[instance.rule]:
        if verdict[objection]:
            raise CheckFailed(
                f"{objection}: {verdict[objection][0]} stands against the rule {instance.rule!r}"
            )
    return result


class _Seats:
    """Who sits under each cap, seen from the answer alone."""

    def __init__(self, instance: Instance, keys: Keys, answer: Answer):
        self.instance, self.keys, self.answer = instance, keys, answer
        self.closed = set(answer.closed)
        caps, projects = len(instance.capacity), len(instance.projects)
        self.taken = [0] * caps  # pins count
        self.filled = [0] * projects  # pins count
        self.lowest = [ALL_LOWER] * caps  # key without a pin
        self.refused = [False] * projects  # whether an eligible student would rather be there
        for project in instance.pins.values():
            self._sit(project)
        self.by_pins = [
            taken >= capacity for taken, capacity in zip(self.taken, instance.capacity, strict=True)
        ]
        for student, place in enumerate(answer.at):
            if place != NOBODY:
                self._take(student, place)
        self.bar = [  # a key must be above it to be taken under the cap
            lowest if taken >= capacity else NOBODY
            for lowest, taken, capacity in zip(self.lowest, self.taken, instance.capacity, strict=True)
        ]

    def _sit(self, project: int) -> None:
        self.filled[project] += 1
        for cap in self.instance.above[project]:
            self.taken[cap] += 1

    def _take(self, student: int, place: int) -> None:
        instance, keys = self.instance, self.keys
        project = instance.choices[place]
        listed = instance.starts[student] <= place < instance.starts[student + 1]
        key = keys.key(instance, student, place) if listed else NOBODY
        if key == NOBODY or project in self.closed or student in instance.pins:
            name = instance.students[student]
            raise CheckFailed(f"assignment: {name!r} may not sit at {instance.projects[project]!r}")
        self._sit(project)
        for cap in instance.above[project]:
            if key < self.lowest[cap]:
                self.lowest[cap] = key

    def check(self) -> None:
        """Refuse an answer that is not feasible."""
        for cap, (taken, capacity) in enumerate(zip(self.taken, self.instance.capacity, strict=True)):
            if taken > capacity:
                raise CheckFailed(
                    f"assignment: {taken} places under {self.instance.cap_id(cap)!r} of {capacity}"
                )

    def project(self, student: int) -> int:
        """Where the student sits, or NOBODY."""
        place = self.answer.at[student]
        return self.instance.pins.get(student, NOBODY) if place == NOBODY else self.instance.choices[place]

    def assignment(self) -> dict[str, str | None]:
        """Student id to project id or None."""
        projects, names = self.instance.projects, self.instance.students
        places = [
            None if (place := self.project(one)) == NOBODY else projects[place] for one in range(len(names))
        ]
        return dict(sorted(zip(names, places, strict=True)))

    def cutoffs(self) -> dict[str, Any]:
        """Project id to the lowest key admitted without a pin, None where nobody was refused."""
        cutoffs = [self._cutoff(project) if refused else None for project, refused in enumerate(self.refused)]
        return dict(sorted(zip(self.instance.projects, cutoffs, strict=True)))

    def _cutoff(self, project: int) -> dict[str, Any]:
        if self.lowest[project] == ALL_LOWER:
            return {"score": None, "student": None}
        name = self.instance.students[self.keys.student(self.lowest[project])]
        score = None if self.instance.rule == "serial" else self.instance.tables[project][name]
        return {"score": score, "student": name}


def _look_up(seats: _Seats) -> tuple[dict[str, Any], dict[str, Any]]:
    """Explanations and verdict, from every choice that a student likes better than the place held."""
    instance, keys, answer = seats.instance, seats.keys, seats.answer
    names, projects, starts, choices = instance.students, instance.projects, instance.starts, instance.choices
    known = keys.known
    lowest, refused = seats.lowest, seats.refused
    tallest = [max(seats.bar[cap] for cap in caps) for caps in instance.above]
    not_eligible = [{"project": name, "reason": "not_eligible"} for name in projects]
    fixed = [_fixed(seats, project) for project in range(len(projects))]
    ladders = [_ladder(seats, project) for project in range(len(projects))]
    explanations, blocking, envy, at_choice = {}, [], [], Counter()
    for student in sorted(range(len(names)), key=names.__getitem__):
        first, place = starts[student], answer.at[student]
        if student in instance.pins:
            at_choice[_choice_of_pin(instance, student)] += 1
            continue
        if place == NOBODY:
            place = starts[student + 1]
        else:
            at_choice[place - first + 1] += 1
        if first == place:
            continue
        name = names[student]
        entries = explanations[name] = []
        for at in range(first, place):
            project = choices[at]
            key = known[at]
            if key is None:
                key = keys.key(instance, student, at)
            if key < 0:
                entries.append(not_eligible[project])
                continue
            refused[project] = True
            if fixed[project] is not None:
                entries.append(fixed[project])
                continue
            if key > tallest[project]:
                blocking.append([name, projects[project]])
            if lowest[project] < key:
                envy.append([name, projects[project], names[keys.student(lowest[project])]])
            entries.append(next(entry for bar, entry in ladders[project] if key < bar))
    verdict = {
        "feasible": True,
        "blocking_pairs": sorted(blocking),
        "envy": sorted(envy),
        "below_minimum": _below_minimum(seats),
        "placed": sum(at_choice.values()),
        "at_choice": {str(choice): count for choice, count in sorted(at_choice.items(), key=_choices_first)},
    }
    return explanations, verdict


def _fixed(seats: _Seats, project: int) -> dict[str, str] | None:
    """Why nobody at all could be taken, if so."""
    name = seats.instance.projects[project]
    if project in seats.closed:
        return {"project": name, "reason": "closed"}
    for cap in seats.instance.above[project]:
        if seats.by_pins[cap]:
            return {"project": name, "reason": "full_by_pins", "by": seats.instance.cap_id(cap)}
    return None


def _ladder(seats: _Seats, project: int) -> list[tuple[int, dict[str, str]]]:
    """The full caps above, from the inside out: the bar of each, and what to say below it."""
    instance, name = seats.instance, seats.instance.projects[project]
    if instance.rule == "maximum":
        return [(ALL_LOWER, {"project": name, "reason": "not_in_maximum"})]
    full = [(seats.bar[cap], cap) for cap in instance.above[project] if seats.bar[cap] != NOBODY]
    return [
        (bar, {"project": name, "reason": "below_cutoff", "by": instance.cap_id(cap)})
        for bar, cap in [*full, (ALL_LOWER, project)]
    ]


def _choice_of_pin(instance: Instance, student: int) -> int | str:
    listed = instance.choices[instance.starts[student] : instance.starts[student + 1]]
    project = instance.pins[student]
    return listed.index(project) + 1 if project in listed else "unlisted"


def _choices_first(item: tuple[int | str, int]) -> tuple[bool, int | str]:
    return isinstance(item[0], str), item[0]


def _below_minimum(seats: _Seats) -> list[str]:
    instance, pinned = seats.instance, set(seats.instance.pins.values())
    short = [
        instance.projects[project] for project in pinned if seats.filled[project] < instance.minimum[project]
    ]
    return sorted(short)
