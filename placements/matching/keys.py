"""What every rule of the solver works on: one comparable number a choice, and the places beside the pins."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass

from .instance import Instance
from .strict import no_collector

NOBODY = -1


@dataclass(slots=True)
class Keys:
    """What turns one choice into one comparable number.

    The key of a choice by its place in `instance.choices` is `grade[score] + last[student] - place`: the rank
    of the score in the high bits, then the student's rank in the lottery, then the student's own order.
    """

    score: list[Callable[[str], float | None]]  # per project, by student id
    grade: dict[float, int]
    last: list[int]
    holder: list[int]  # student by lottery rank
    mask: int
    shift: int
    known: list[int | None]  # the key of each choice that was ever looked at; NOBODY where not eligible

    def key(self, instance: Instance, student: int, place: int) -> int:
        """The key of a choice, or NOBODY."""
        key = self.known[place]
        if key is None:
            points = self.score[instance.choices[place]](instance.students[student])
            key = NOBODY if points is None else self.grade[points] + self.last[student] - place
            self.known[place] = key
        return key

    def student(self, key: int) -> int:
        """Whose key it is."""
        return self.holder[(key & self.mask) >> self.shift]


@dataclass(slots=True)
class Answer:
    """Per student the place in `instance.choices` that is held, or NOBODY; and what was closed, in order."""

    at: list[int]
    closed: list[int]


def prepare(instance: Instance) -> Keys:
    """The arrays the solver works on."""
    with no_collector():
        return _keys(instance)


def _keys(instance: Instance) -> Keys:
    serial = instance.rule == "serial"
    holder = _merit_order(instance) if serial else _lottery_order(instance)
    starts = instance.starts
    shift = max(map(int.__sub__, starts[1:], starts), default=0).bit_length()
    width = shift + len(holder).bit_length()
    last = [0] * len(holder)
    for rank, student in enumerate(holder):
        last[student] = (rank << shift) + starts[student + 1]
    everybody: Callable[[str], float | None] = (lambda _: 0) if serial else (lambda _: None)
    tables = instance.tables
    grades = instance.scores | {0}
    return Keys(
        score=[everybody if table is None else table.get for table in tables],
        grade=dict.fromkeys(grades, 0)
        if serial
        else {grade: rank << width for rank, grade in enumerate(sorted(grades))},
        last=last,
        holder=holder,
        mask=(1 << width) - 1,
        shift=shift,
        known=[None] * len(instance.choices),
    )


def _lottery_order(instance: Instance) -> list[int]:
    """Students from the last to the first in the lottery."""
    start = (instance.seed + "|").encode()
    digests = [hashlib.sha256(start + name.encode()).digest() for name in instance.students]
    return sorted(range(len(digests)), key=digests.__getitem__, reverse=True)


def _merit_order(instance: Instance) -> list[int]:
    """Students from the last to the first under `serial`: without merit, then by merit, then by lottery."""
    merit = [instance.merit.get(name, float("-inf")) for name in instance.students]
    return sorted(_lottery_order(instance), key=merit.__getitem__)


def rooms_beside_pins(instance: Instance, closed: list[int]) -> list[int]:
    """Places of each cap beside the pins."""
    rooms = list(instance.capacity)
    for project in instance.pins.values():
        for cap in instance.above[project]:
            rooms[cap] -= 1
    for project in closed:
        rooms[project] = 0
    return rooms
