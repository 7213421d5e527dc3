"""What follows from an assignment: cutoffs, explanations and verdict, each from its definition."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from .round import Key, Round, short

BELOW_ALL: Key = ()
ABOVE_ALL: Key = (float("inf"),)


class Statements:
    """What follows from an assignment: cutoffs, explanations and verdict, each from its definition."""

    def __init__(self, round_: Round, places: dict[str, str | None], closed: list[str]):
        self.round, self.places, self.closed = round_, places, set(closed)
        self.held: dict[str, list[tuple[Key, str]]] = {cap: [] for cap in round_.capacity}  # without pins
        self.pins = dict.fromkeys(round_.capacity, 0)
        for student, project in places.items():
            if project is not None:
                self._sit(student, project)
        for seats in self.held.values():
            seats.sort()
        self.pinned = {cap for cap, capacity in round_.capacity.items() if self.pins[cap] >= capacity}
        self.bar = {cap: self._bar(cap, capacity) for cap, capacity in round_.capacity.items()}
        self.refused: set[str] = set()
        self.explanations: dict[str, list[dict[str, str]]] = {}
        self.blocking: list[list[str]] = []
        self.envy: list[list[str]] = []
        for student in round_.lists:
            if student not in round_.pins:
                self._hear(student)

    def _sit(self, student: str, project: str) -> None:
        if student in self.round.pins:
            for cap in self.round.caps[project]:
                self.pins[cap] += 1
            return
        key = self.round.key(student, project, self.round.choice(student, project))
        for cap in self.round.caps[project]:
            self.held[cap].append((key, student))

    def _bar(self, cap: str, capacity: int) -> Key:
        """What a key must be above to be taken under the cap: nothing while there is a place left."""
        if self.pins[cap] + len(self.held[cap]) < capacity:
            return BELOW_ALL
        return self.held[cap][0][0] if self.held[cap] else ABOVE_ALL

    def _hear(self, student: str) -> None:
        """Look at every project that the student likes better than the place held."""
        place, said = self.places[student], []
        for choice, project in enumerate(self.round.lists[student]):
            if project == place:
                break
            said.append({"project": project, **self._reason(student, project, choice)})
        if said:
            self.explanations[student] = said

    def _reason(self, student: str, project: str, choice: int) -> dict[str, str]:
        if not self.round.eligible(student, project):
            return {"reason": "not_eligible"}
        self.refused.add(project)
        key, caps = self.round.key(student, project, choice), self.round.caps[project]
        seats = self.held[project]
        if seats and seats[0][0] < key:
            self.envy.append([student, project, seats[0][1]])
        if project in self.closed:
            return {"reason": "closed"}
        # taken greedily in key order: every cap must have a place left when the higher keys have theirs
        over = next((cap for cap in caps if self.bar[cap] > key), None)
        if over is None:
            self.blocking.append([student, project])
        for cap in caps:
            if cap in self.pinned:
                return {"reason": "full_by_pins", "by": cap}
        if self.round.rule == "maximum":
            return {"reason": "not_in_maximum"}
        return {"reason": "below_cutoff", "by": project if over is None else over}

    def _cutoff(self, project: str) -> dict[str, Any] | None:
        if project not in self.refused:
            return None
        if not self.held[project]:
            return {"score": None, "student": None}
        _, student = self.held[project][0]
        score = None if self.round.rule == "serial" else self.round.scores[project][student]
        return {"score": score, "student": student}

    def _at_choice(self) -> dict[str, int]:
        counts: dict[str, int] = {}
        for student, project in self.places.items():
            if project is not None:
                listed = project in self.round.lists[student]
                choice = str(self.round.choice(student, project) + 1) if listed else "unlisted"
                counts[choice] = counts.get(choice, 0) + 1
        return counts

    def _verdict(self) -> dict[str, Any]:
        places = {student: project for student, project in self.places.items() if project is not None}
        return {
            "feasible": True,
            "blocking_pairs": sorted(self.blocking),
            "envy": sorted(self.envy),
            "below_minimum": sorted(each[-1] for each in short(self.round, places, with_pins=True)),
            "placed": len(places),
            "at_choice": self._at_choice(),
        }

    def faults(self, result: dict[str, Any]) -> Iterator[str]:
        """Every statement of the result that does not agree."""
        cutoffs = {project: self._cutoff(project) for project in self.round.caps}
        yield from _entries("cutoffs", result["cutoffs"], cutoffs)
        yield from _entries("explanations", result["explanations"], self.explanations)
        yield from _entries("verdict", result["verdict"], self._verdict())


def _entries(field: str, said: dict[str, Any], wanted: dict[str, Any]) -> Iterator[str]:
    yield from same_ids(field, said, wanted)
    for name, value in wanted.items():
        if name in said and not _equal(said[name], value):
            yield f"{field}.{name!r}: {said[name]!r} should be {value!r}"


def _equal(said: Any, wanted: Any) -> bool:
    """Equality as JSON has it: true is not 1."""
    if isinstance(wanted, dict):
        return (
            isinstance(said, dict)
            and said.keys() == wanted.keys()
            and all(_equal(said[key], wanted[key]) for key in wanted)
        )
    if isinstance(wanted, list) or isinstance(said, bool) or isinstance(wanted, bool):
        return type(said) is type(wanted) and said == wanted
    return said == wanted


def same_ids(field: str, said: dict[str, Any], wanted: Any) -> Iterator[str]:
    for name in wanted:
        if name not in said:
            yield f"{field}.{name!r}: missing"
    for name in said:
        if name not in wanted:
            yield f"{field}.{name!r}: should not be there"
