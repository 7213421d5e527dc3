"""Solves an instance by its rule: students choosing in one order, or the rules of `stable`, `fair` and `maximum`.

A key is one integer: score, then lottery, then the student's own order, see `Keys`. It tells who holds it.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Protocol

from .fair import Fair
from .instance import Instance, Progress
from .keys import NOBODY, Keys, prepare, rooms_beside_pins
from .maximum import Maximum
from .result import describe
from .stable import Stable
from .strict import no_collector

__all__ = ["Answer", "match", "prepare", "solve"]


def solve(instance: Instance, progress: Progress | None = None) -> dict[str, Any]:
    """The result document of an instance; raises `CheckFailed` where the engine finds its own answer wrong.

    `progress` is told fractions from 0 to 1, some hundred times at most.
    """
    keys = prepare(instance)
    answer = match(instance, keys, progress)
    return describe(instance, keys, answer)


@dataclass(slots=True)
class Answer:
    """Per student the place in `instance.choices` that is held, or NOBODY; and what was closed, in order."""

    at: list[int]
    closed: list[int]


class Rule(Protocol):
    """What gives an answer when the projects of `closed` take nobody; asked with one more of them each time."""

    def solve(self, instance: Instance, keys: Keys, closed: list[int], tell: Progress) -> list[int]:
        """Per student the place in `instance.choices` that is held, or NOBODY."""


# Rounds


def match(instance: Instance, keys: Keys, progress: Progress | None = None) -> Answer:
    """Solve, close the project that misses its minimum most, and solve again until none does.

    Progress goes from 0 to 1; nobody knows the number of closings, so each takes a part of what is left.
    """
    closed: list[int] = []
    tell = progress or _silent
    rule: Rule = RULES[instance.rule]()
    share = 0.5 if any(instance.minimum) else 1.0
    with no_collector():
        at = rule.solve(instance, keys, closed, lambda done: tell(share * done))
        while (worst := _worst(instance, at)) is not None:
            closed.append(worst)
            tell(1 - 0.5 / len(closed))
            at = rule.solve(instance, keys, closed, _silent)
    tell(1.0)
    return Answer(at, closed)


def _silent(_done: float) -> None:
    pass


def _worst(instance: Instance, at: list[int]) -> int | None:
    """The project to close: the lowest filled/minimum, of equal ones the lower hash."""
    if not any(instance.minimum):
        return None
    filled = [0] * len(instance.projects)
    for place in at:
        if place != NOBODY:
            filled[instance.choices[place]] += 1
    pinned = set(instance.pins.values())
    short = [
        (Fraction(count, least), _project_hash(instance, project), project)
        for project, (count, least) in enumerate(zip(filled, instance.minimum, strict=True))
        if 0 < count < least and project not in pinned
    ]
    return min(short)[2] if short else None


def _project_hash(instance: Instance, project: int) -> bytes:
    return hashlib.sha256(f"{instance.seed}|{instance.projects[project]}".encode()).digest()


class Serial:
    """Each in turn takes the best place that every cap above it still has."""

    def solve(self, instance: Instance, keys: Keys, closed: list[int], _tell: Progress) -> list[int]:
        """Per student the place in `instance.choices` that is held, or NOBODY."""
        rooms = rooms_beside_pins(instance, closed)
        starts, choices, above = instance.starts, instance.choices, instance.above
        at = [NOBODY] * len(instance.students)
        for student in reversed(keys.holder):
            if student in instance.pins:
                continue
            for place in range(starts[student], starts[student + 1]):
                caps = above[choices[place]]
                if all(rooms[cap] for cap in caps) and keys.key(instance, student, place) != NOBODY:
                    for cap in caps:
                        rooms[cap] -= 1
                    at[student] = place
                    break
        return at


RULES: dict[str, type[Rule]] = {"serial": Serial, "stable": Stable, "fair": Fair, "maximum": Maximum}
