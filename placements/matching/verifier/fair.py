"""The rule `fair`: what must be true of any answer, and the one answer that decides what is closed.

The conditions are those of fairness under caps of any shape (Kamada and Kojima 2017, 2024). Several answers meet
them, and which projects miss their minimum depends on the answer; `Fair` is the one that the rule describes.
"""

from __future__ import annotations

from bisect import insort
from collections.abc import Iterator

from ..instance import Progress
from .round import Key, Round

Places = dict[str, str]
Seat = tuple[Key, str, str]  # key, student, project


def faults(round_: Round, places: Places, closed: list[str]) -> Iterator[str]:
    """Whoever is passed over by a lower key, and whoever a cutoff lowered by one key would admit and who fits."""
    lowest: dict[str, Seat] = {}
    for student, project in places.items():
        if student not in round_.pins:
            seat = (round_.key(student, project, round_.choice(student, project)), student, project)
            lowest[project] = min(lowest.get(project, seat), seat)
    for seat in sorted(_wishes(round_, places, closed)):
        _, student, project = seat
        if project in lowest and lowest[project] < seat:
            yield f"assignment.{lowest[project][1]!r}: {student!r} has a higher key at {project!r}"
    for _, student, project in _fitting(round_, places, closed):
        yield f"assignment.{student!r}: {project!r} can be filled with the student by lowering its cutoff"


def _wishes(round_: Round, places: Places, closed: list[str]) -> list[Seat]:
    """For each open project the highest key of those who would rather be there."""
    top: dict[str, Seat] = {}
    for student, listed in round_.lists.items():
        if student in round_.pins:
            continue
        for choice, project in enumerate(listed):
            if project == places.get(student):
                break
            if project not in closed and round_.eligible(student, project):
                seat = (round_.key(student, project, choice), student, project)
                top[project] = max(top.get(project, seat), seat)
    return list(top.values())


def _fitting(round_: Round, places: Places, closed: list[str]) -> list[Seat]:
    """Of these, those for whom every cap has room when the place held before is given back."""
    count = dict.fromkeys(round_.capacity, 0)
    for project in places.values():
        for cap in round_.caps[project]:
            count[cap] += 1

    def fits(student: str, project: str) -> bool:
        left = round_.caps[places[student]] if student in places else []
        return all(count[cap] - (cap in left) < round_.capacity[cap] for cap in round_.caps[project])

    return [seat for seat in _wishes(round_, places, closed) if fits(*seat[1:])]


class Fair:
    """Proposals in the order of the lottery while cutoffs rise, then the fill, one seat at a time."""

    def __init__(self, round_: Round, progress: Progress, closed: list[str]):
        self.round, self.closed = round_, set(closed)
        self.places = dict(round_.pins)
        self.held: dict[str, list[Seat]] = {cap: [] for cap in round_.capacity}
        self.refused: dict[str, Key] = {}  # by project; that and every lower key is refused for good
        self.reached = dict.fromkeys(round_.lists, 0)
        order = sorted(round_.lists.keys() - round_.pins.keys(), key=round_.lottery.__getitem__, reverse=True)
        for number, student in enumerate(order):
            if number % (len(order) // 50 + 1) == 0:
                progress(number / len(order))
            waiting = [student]
            while waiting:
                self._propose(waiting.pop(), waiting)
        while fitting := _fitting(round_, self.places, closed):
            _, student, project = max(fitting)
            self.places[student] = project

    def close(self, _project: str) -> bool:
        """Always to be done anew."""
        return False

    def _propose(self, student: str, waiting: list[str]) -> None:
        listed = self.round.lists[student]
        while self.reached[student] < len(listed):
            choice = self.reached[student]
            project = listed[choice]
            self.reached[student] += 1
            if project in self.closed or not self.round.eligible(student, project):
                continue
            key = self.round.key(student, project, choice)
            if project in self.refused and key <= self.refused[project]:
                continue
            full = [cap for cap in self.round.caps[project] if self._is_full(cap)]
            if not all(self.held[cap] for cap in full):
                continue  # pins alone fill a cap
            bar = max((self.held[cap][0][0] for cap in full), default=key)
            if key < bar:
                self._refuse(project, bar)
                continue
            for cap in sorted(full, key=lambda one: self.held[one][0], reverse=True):
                if self._is_full(cap):
                    waiting.append(self._leave(self.held[cap][0]))
            for cap in self.round.caps[project]:
                insort(self.held[cap], (key, student, project))
            self.places[student] = project
            return

    def _is_full(self, cap: str) -> bool:
        return len(self.held[cap]) >= self.round.free[cap]

    def _refuse(self, project: str, key: Key) -> None:
        self.refused[project] = max(self.refused.get(project, key), key)

    def _leave(self, seat: Seat) -> str:
        key, student, project = seat
        for cap in self.round.caps[project]:
            self.held[cap].remove(seat)
        self._refuse(project, key)
        del self.places[student]
        return student
