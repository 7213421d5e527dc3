"""The rules `serial` and `stable` by the plainest algorithms."""

from __future__ import annotations

from bisect import bisect_left, insort

from ..instance import Progress
from .round import Key, Round


class Serial:
    """Each student in the order of choosing takes the first project of the list that can take one more."""

    def __init__(self, round_: Round, _progress: Progress, closed: list[str]):
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


class Stable:
    """Gale and Shapley, one proposal at a time, with the keys held under each cap in a sorted list.

    A proposal that finds a full cap above it takes the place of the lowest key under the innermost such cap, or is
    refused where its own key is lower.
    """

    def __init__(self, round_: Round, progress: Progress, closed: list[str]):
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
