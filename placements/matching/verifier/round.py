"""The instance as people know it: ids, lists, keys and caps; and which projects have too few students."""

from __future__ import annotations

from fractions import Fraction
from hashlib import sha256

from ..instance import Instance

Key = tuple  # compared from left to right, the greater is the higher


class Round:
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


def short(round_: Round, places: dict[str, str], *, with_pins: bool) -> list[tuple[Fraction, int, str]]:
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
