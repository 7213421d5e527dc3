"""Checks a result against its instance, claim by claim, with the plainest textbook algorithms.

It shares the reading of the file with the solver and nothing else: keys are tuples here, caps keep sorted
lists, and every statement of a result is worked out anew from its definition.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Iterator
from fractions import Fraction
from hashlib import sha256
from typing import Any

from .instance import BadInput, Instance, Progress, no_collector

FORMAT = "consortium-match-result/1"
FIELDS = {
    "format": str,
    "rule": str,
    "engine": str,
    "instance_sha256": str,
    "assignment": dict,
    "cutoffs": dict,
    "closed": list,
    "rounds": int,
    "explanations": dict,
    "verdict": dict,
}
VERDICT = {
    "feasible": bool,
    "blocking_pairs": list,
    "envy": list,
    "below_minimum": list,
    "placed": int,
    "at_choice": dict,
}
PROMISE = {
    "stable": "the best place of any stable result",
    "serial": "what the order of choosing gives",
}

Key = tuple  # compared from left to right, the greater is the higher
BELOW_ALL: Key = ()
ABOVE_ALL: Key = (float("inf"),)


def verify(instance: Instance, result: Any, progress: Progress | None = None) -> list[str]:
    """What is wrong with a result, one line each; nothing when it is right.

    Raises `BadInput` where the rule of the instance is not built.
    """
    if instance.rule not in PROMISE:
        raise BadInput(f"rule: {instance.rule!r} cannot be verified, it is not built")
    with no_collector():
        faults = _shape(result)
        if faults:
            return faults
        return list(_Check(instance, result, progress or (lambda _: None)).faults())


def _shape(result: Any) -> list[str]:
    if type(result) is not dict:
        return ["result: is not an object"]
    faults = list(_fields("", result, FIELDS))
    if type(result.get("verdict")) is dict:
        faults += _fields("verdict.", result["verdict"], VERDICT)
    if not faults and result["format"] != FORMAT:
        faults.append(f"format: {result['format']!r} is not {FORMAT!r}")
    return faults


def _fields(prefix: str, found: dict[str, Any], wanted: dict[str, type]) -> Iterator[str]:
    for field, kind in wanted.items():
        if field not in found:
            yield f"{prefix}{field}: missing"
        elif type(found[field]) is not kind:
            yield f"{prefix}{field}: is not of the type {kind.__name__}"
    for field in sorted(found.keys() - wanted.keys()):
        yield f"{prefix}{field!r}: unknown key"


class _Round:
    """The instance as section 1 tells it: ids, lists, keys and caps."""

    def __init__(self, instance: Instance):
        self.rule, self.seed = instance.rule, instance.seed
        ids = [*instance.projects, *instance.groups]
        self.students = instance.students
        self.lists = {
            name: [instance.projects[project] for project in instance.choices[start:stop]]
            for name, start, stop in zip(
                instance.students, instance.starts, instance.starts[1:], strict=False
            )
        }
        self.scores = dict(zip(instance.projects, instance.tables, strict=True))
        self.capacity = dict(zip(ids, instance.capacity, strict=True))
        self.minimum = dict(zip(instance.projects, instance.minimum, strict=True))
        self.caps = {
            project: [ids[cap] for cap in caps]
            for project, caps in zip(instance.projects, instance.above, strict=True)
        }
        self.pins = {
            instance.students[student]: instance.projects[project]
            for student, project in instance.pins.items()
        }
        self.merit = instance.merit
        drawn = sorted(instance.students, key=self.draw)  # the last one wins
        self.lottery = {name: turn for turn, name in enumerate(drawn)}
        self.free = dict(self.capacity)  # places beside the pins
        for project in self.pins.values():
            for cap in self.caps[project]:
                self.free[cap] -= 1

    def draw(self, name: str) -> int:
        """The number of a student or project: the lower digest wins, so the greater number does."""
        return -int.from_bytes(sha256(f"{self.seed}|{name}".encode()).digest(), "big")

    def eligible(self, student: str, project: str) -> bool:
        """Whether the project may take the student."""
        scores = self.scores[project]
        return self.rule == "serial" if scores is None else student in scores

    def key(self, student: str, project: str, choice: int) -> Key:
        """What decides between two (student, project) pairs; the choice counts from 0."""
        if self.rule == "serial":
            return (*self.turn(student), -choice)
        return (self.scores[project][student], self.lottery[student], -choice)

    def turn(self, student: str) -> Key:
        """The place of a student in the order of choosing under `serial`."""
        return (student in self.merit, self.merit.get(student, 0), self.lottery[student])

    def choice(self, student: str, project: str) -> int:
        """Where the project stands in the student's list, from 0."""
        return self.lists[student].index(project)


# What the rule gives


class _Serial:
    """Each student in the order of choosing takes the first project of the list that can take one more."""

    def __init__(self, round_: _Round, _progress: Progress, closed: list[str]):
        free, self.places = dict(round_.free), dict(round_.pins)
        for student in sorted(round_.lists.keys() - round_.pins.keys(), key=round_.turn, reverse=True):
            for project in round_.lists[student]:
                caps = round_.caps[project]
                fits = project not in closed and all(free[cap] for cap in caps)
                if fits and round_.eligible(student, project):
                    for cap in caps:
                        free[cap] -= 1
                    self.places[student] = project
                    break

    def close(self, _project: str) -> bool:
        """Always to be done anew."""
        return False


class _Stable:
    """Gale and Shapley, one proposal at a time, with the keys held under each cap in a sorted list.

    A proposal that finds a full cap above it takes the place of the lowest key under the innermost such cap, or is
    refused where its own key is lower.
    """

    def __init__(self, round_: _Round, progress: Progress, closed: list[str]):
        self.round, self.closed = round_, set(closed)
        self.held: dict[str, list[tuple[Key, str, str]]] = {cap: [] for cap in round_.capacity}
        self.places = dict(round_.pins)
        self.reached = dict.fromkeys(round_.lists, 0)
        self.refusing: set[str] = set()  # the caps for whose sake somebody was ever refused
        for number, student in enumerate(round_.lists):
            if number % (len(round_.lists) // 50 + 1) == 0:
                progress(number / len(round_.lists))
            if student not in round_.pins:
                self._propose(student)

    def _propose(self, proposer: str) -> None:
        student: str | None = proposer
        while student is not None and self.reached[student] < len(self.round.lists[student]):
            choice = self.reached[student]
            project = self.round.lists[student][choice]
            self.reached[student] += 1
            if project in self.closed or not self.round.eligible(student, project):
                continue
            seat = (self.round.key(student, project, choice), student, project)
            caps = self.round.caps[project]
            full = next((cap for cap in caps if len(self.held[cap]) >= self.round.free[cap]), None)
            loser = None
            if full is not None:
                self.refusing.add(full)
                if not self.held[full] or seat < self.held[full][0]:
                    continue
                loser = self._leave(self.held[full][0])
            for cap in caps:
                insort(self.held[cap], seat)
            self.places[student] = project
            student = loser

    def _leave(self, seat: tuple[Key, str, str]) -> str:
        """Take a seat away; the student who had it."""
        _, student, project = seat
        for cap in self.round.caps[project]:
            del self.held[cap][bisect_left(self.held[cap], seat)]
        del self.places[student]
        return student

    def close(self, project: str) -> bool:
        """Refuse all who are at the project; False where only a new start tells, as a cap above it refused others."""
        if not self.refusing.isdisjoint(set(self.round.caps[project]) - {project}):
            return False
        self.closed.add(project)
        for student in [self._leave(seat) for seat in list(self.held[project])]:
            self._propose(student)
        return True


def _closings(round_: _Round, progress: Progress) -> tuple[dict[str, str], list[str]]:
    """The places after the last closing, and the projects closed in their order."""
    rule = _Serial if round_.rule == "serial" else _Stable
    closed: list[str] = []
    solved = rule(round_, lambda done: progress(done / 3), closed)
    while short := _short(round_, solved.places, with_pins=False):
        closed.append(min(short)[-1])
        progress(0.6 - 0.2 / len(closed))
        if not solved.close(closed[-1]):
            solved = rule(round_, lambda _: None, closed)
    return solved.places, closed


def _short(round_: _Round, places: dict[str, str], *, with_pins: bool) -> list[tuple[Fraction, int, str]]:
    """Projects with some students but too few: share of the minimum, hash, id."""
    filled: dict[str, int] = {}
    for project in places.values():
        filled[project] = filled.get(project, 0) + 1
    pinned = set(round_.pins.values())
    return [
        (Fraction(count, round_.minimum[project]), -round_.draw(project), project)
        for project, count in filled.items()
        if count < round_.minimum[project] and (project in pinned) is with_pins
    ]


# What a result says


class _Check:
    """One result under examination; `faults` goes from what everything rests on to what follows from it."""

    def __init__(self, instance: Instance, result: dict[str, Any], progress: Progress):
        self.instance, self.result, self.progress = instance, result, progress
        self.round = _Round(instance)

    def faults(self) -> Iterator[str]:
        """Every fault, as one line."""
        yield from self._heading()
        unfit = list(self._places())
        yield from unfit
        best, closed = _closings(self.round, self.progress)
        yield from self._differ("closed", self.result["closed"], closed)
        yield from self._differ("rounds", self.result["rounds"], len(closed) + 1)
        if unfit:
            return  # what is said about an impossible assignment has no meaning
        yield from self._promise(best)
        self.progress(0.6)
        yield from _Statements(self.round, self.result["assignment"], closed).faults(self.result)
        self.progress(1.0)

    def _heading(self) -> Iterator[str]:
        if self.result["instance_sha256"] != self.instance.sha256:
            yield f"instance_sha256: {self.result['instance_sha256']!r} is not {self.instance.sha256!r}"
        if self.result["rule"] != self.instance.rule:
            yield f"rule: {self.result['rule']!r} is not {self.instance.rule!r}"
        if not self.result["engine"]:
            yield "engine: '' is empty"

    def _differ(self, field: str, said: Any, found: Any) -> Iterator[str]:
        if said != found:
            yield f"{field}: {said!r} should be {found!r}"

    def _places(self) -> Iterator[str]:
        """Ids, pins, lists, eligibility and caps."""
        said: dict[str, Any] = self.result["assignment"]
        yield from _same_ids("assignment", said, self.round.lists)
        held = dict.fromkeys(self.round.capacity, 0)
        for student, project in said.items():
            if student not in self.round.lists or project is None:
                continue
            if not isinstance(project, str) or project not in self.round.caps:
                yield f"assignment.{student!r}: {project!r} is not the id of a project"
                continue
            for cap in self.round.caps[project]:
                held[cap] += 1
            yield from self._may_sit(student, project)
        for student, project in self.round.pins.items():
            if said.get(student) != project:
                yield f"assignment.{student!r}: {said.get(student)!r} is not the pin {project!r}"
        for cap, count in held.items():
            if count > self.round.capacity[cap]:
                capacity = self.round.capacity[cap]
                yield f"assignment: {count} places under {cap!r} are above its capacity {capacity}"

    def _may_sit(self, student: str, project: str) -> Iterator[str]:
        if student in self.round.pins:
            return
        if project not in self.round.lists[student]:
            yield f"assignment.{student!r}: {project!r} is not on the list"
        elif not self.round.eligible(student, project):
            yield f"assignment.{student!r}: {project!r} does not take the student"
        elif project in self.result["closed"]:
            yield f"assignment.{student!r}: {project!r} is closed"

    def _promise(self, best: dict[str, str]) -> Iterator[str]:
        for student, project in self.result["assignment"].items():
            if project != best.get(student):
                promise = PROMISE[self.instance.rule]
                yield f"assignment.{student!r}: {project!r} is not {best.get(student)!r}, {promise}"


def _same_ids(field: str, said: dict[str, Any], wanted: Any) -> Iterator[str]:
    for name in wanted:
        if name not in said:
            yield f"{field}.{name!r}: missing"
    for name in said:
        if name not in wanted:
            yield f"{field}.{name!r}: should not be there"


class _Statements:
    """What follows from an assignment: cutoffs, explanations and verdict, each from its definition."""

    def __init__(self, round_: _Round, places: dict[str, str | None], closed: list[str]):
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
            "below_minimum": sorted(each[-1] for each in _short(self.round, places, with_pins=True)),
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
    yield from _same_ids(field, said, wanted)
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
