"""Checks a result against its instance, claim by claim, with the plainest textbook algorithms.

It shares the reading of the file with the solver and nothing else: keys are tuples here, caps keep sorted
lists, and every statement of a result is worked out anew from its definition.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ..instance import Instance, Progress
from ..strict import no_collector
from . import fair, maximum
from .fair import Fair
from .maximum import Maximum
from .ordered import Serial, Stable
from .round import Round, short
from .statements import Statements, same_ids

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


def verify(instance: Instance, result: Any, progress: Progress | None = None) -> list[str]:
    """What is wrong with a result, one line each; nothing when it is right.

    `progress` is told fractions from 0 to 1.
    """
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


class _Closings:
    """The places after the last closing, and the projects closed in their order."""

    def __init__(self, round_: Round, progress: Progress, start: dict[str, str], overlap: bool):
        self.round, self.start, self.overlap = round_, start, overlap
        self.closed: list[str] = []
        solved = self._solve(lambda done: progress(done / 3))
        while missing := short(round_, solved.places, with_pins=False):
            self.closed.append(min(missing)[-1])
            progress(0.6 - 0.2 / len(self.closed))
            if round_.rule == "maximum" or not solved.close(self.closed[-1]):
                solved = self._solve(lambda _: None)
        self.places: dict[str, str] = solved.places

    def _solve(self, progress: Progress) -> Any:
        if self.round.rule == "maximum":
            solved = Maximum(self.round, progress, self.closed, self.start, self.overlap)
            self.start = solved.places  # the next answer is not far from this one
            return solved
        rule = {"serial": Serial, "stable": Stable, "fair": Fair}[self.round.rule]
        return rule(self.round, progress, self.closed)


class _Check:
    """One result under examination; `faults` goes from what everything rests on to what follows from it."""

    def __init__(self, instance: Instance, result: dict[str, Any], progress: Progress):
        self.instance, self.result, self.progress = instance, result, progress
        self.round, self.overlap = Round(instance), instance.overlap is not None

    def faults(self) -> Iterator[str]:
        """Every fault, as one line."""
        yield from self._heading()
        unfit = list(self._places())
        yield from unfit
        best, closed = self._closings([] if unfit else self._held().items())
        yield from self._differ("closed", self.result["closed"], closed)
        yield from self._differ("rounds", self.result["rounds"], len(closed) + 1)
        if unfit:
            return  # what is said about an impossible assignment has no meaning
        yield from self._promise(best, closed)
        self.progress(0.6)
        yield from Statements(self.round, self.result["assignment"], closed).faults(self.result)
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
        yield from same_ids("assignment", said, self.round.lists)
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

    def _held(self) -> dict[str, str]:
        return {student: place for student, place in self.result["assignment"].items() if place is not None}

    def _closings(self, held: Any) -> tuple[dict[str, str] | None, list[str]]:
        """What the rule gives, where it gives one answer only or a minimum makes it matter which; what it closes."""
        if self.round.rule in PROMISE or any(self.round.minimum.values()):
            found = _Closings(self.round, self.progress, self.round.pins | dict(held), self.overlap)
            return found.places, found.closed
        return None, []

    def _promise(self, best: dict[str, str] | None, closed: list[str]) -> Iterator[str]:
        if self.round.rule in PROMISE:
            for student, project in self.result["assignment"].items():
                if project != best.get(student):
                    promise = PROMISE[self.instance.rule]
                    yield f"assignment.{student!r}: {project!r} is not {best.get(student)!r}, {promise}"
            return
        held = self._held()
        for *_, project in short(self.round, held, with_pins=False):
            yield f"assignment: {project!r} has fewer students than its minimum and is not closed"
        if self.round.rule == "fair":
            yield from fair.faults(self.round, held, closed)
        else:
            yield from maximum.faults(self.round, held, closed, self.overlap)
