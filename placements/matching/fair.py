"""The rule `fair`: cutoffs under caps that overlap (Kamada and Kojima 2015, 2017, 2024).

First students propose, in the order of the lottery. A key must be above the lowest key under every full cap above
the project, else it is refused; where it is, the lowest key of each such cap goes, the highest of these first and
no more than are needed for every cap to have a place again. A project that refused a key refuses for good every key
that is lower, or lower than the highest of those that kept it out, so cutoffs only rise. Whoever was sent away proposes before
anybody else, the last one sent away first.

Then the fill: of the students who would rather be at a project, the one with the highest key is the one whom a
cutoff lowered by one key admits, leaving the place held before. Of all projects where that one fits, the highest
key moves, until none fits. Nobody is passed over by a lower key at any time, and students only ever gain.
"""

from __future__ import annotations

from heapq import heapify, heappop, heappush

from .instance import Instance, Progress
from .keys import NOBODY, Keys, rooms_beside_pins

SHUT = 1 << 200  # above every key
CHUNKS = 100  # how often progress is told


class Fair:
    """Solves anew for each set of closed projects."""

    def solve(self, instance: Instance, keys: Keys, closed: list[int], tell: Progress) -> list[int]:
        """Per student the place in `instance.choices` that is held, or NOBODY."""
        seats = _Seats(instance, keys, closed)
        _propose(seats, tell)
        _Fill(seats).run()
        tell(1.0)
        return seats.at


class _Seats:
    """Who holds what, and how many places each cap has left."""

    def __init__(self, instance: Instance, keys: Keys, closed: list[int]):
        self.instance, self.keys = instance, keys
        rooms = rooms_beside_pins(instance, closed)
        self.floor = [  # a lower key is refused here for good
            SHUT if min(rooms[cap] for cap in caps) == 0 else 0 for caps in instance.above
        ]
        self.paths = _felt(instance, rooms)
        self.left = rooms
        self.at = [NOBODY] * len(instance.students)
        self.held = [NOBODY] * len(instance.students)  # the key of the place

    def fits(self, project: int, student: int) -> bool:
        """Whether every cap lets the student in who leaves the place held before."""
        left, place = self.left, self.at[student]
        full = [cap for cap in self.paths[project] if not left[cap]]
        if not full:
            return True
        leaves = () if place == NOBODY else self.paths[self.instance.choices[place]]
        return all(cap in leaves for cap in full)


def _felt(instance: Instance, rooms: list[int]) -> list[tuple[int, ...]]:
    """Per project the caps above it that can keep anybody out when the caps inside them do not."""
    through = [min(rooms[cap] for cap in caps) for caps in instance.above]
    inside = [0] * len(rooms)
    for project, caps in enumerate(instance.above):
        for cap in caps[1:]:
            inside[cap] += through[project]
    return [
        (project, *(cap for cap in caps[1:] if rooms[cap] < inside[cap] or rooms[cap] < rooms[project]))
        for project, caps in enumerate(instance.above)
    ]


def _propose(seats: _Seats, tell: Progress) -> None:
    """Let all propose. Long, and without calls to our own functions, because every proposal runs through it."""
    instance, keys = seats.instance, seats.keys
    names, starts, choices, pins = instance.students, instance.starts, instance.choices, instance.pins
    score, grade, last, known = keys.score, keys.grade, keys.last, keys.known
    holder, mask, shift = keys.holder, keys.mask, keys.shift
    paths, left, floor, at, held = seats.paths, seats.left, seats.floor, seats.at, seats.held
    heaps: list[list[int]] = [[] for _ in left]  # keys ever held; in order only once the cap was full
    ordered = [False] * len(left)
    reached = starts[:-1]
    step = len(holder) // CHUNKS + 1
    for turn, first in enumerate(reversed(holder)):
        if turn % step == 0:
            tell(turn / len(holder))
        if first in pins:
            continue
        waiting = [first]
        while waiting:
            student = waiting.pop()
            name, place, end, best = names[student], reached[student], starts[student + 1], last[student]
            while place < end:
                project = choices[place]
                key = known[place]
                if key is None:
                    points = score[project](name)
                    key = known[place] = NOBODY if points is None else grade[points] + best - place
                if key < floor[project]:
                    place += 1
                    continue
                path = paths[project]
                full = [cap for cap in path if not left[cap]]
                bar = NOBODY
                for cap in full:
                    heap = heaps[cap]
                    if not ordered[cap]:
                        heapify(heap)
                        ordered[cap] = True
                    while held[holder[(heap[0] & mask) >> shift]] != heap[0]:  # moved away since
                        heappop(heap)
                    if heap[0] > bar:
                        bar = heap[0]
                if key < bar:
                    floor[project] = bar
                    place += 1
                    continue
                if len(full) > 1:
                    full.sort(key=lambda cap: heaps[cap][0], reverse=True)
                for cap in full:
                    if left[cap]:  # whoever went for the cap before sat under this one too
                        continue
                    lost = heappop(heaps[cap])
                    loser = holder[(lost & mask) >> shift]
                    gone = choices[at[loser]]
                    at[loser] = held[loser] = NOBODY
                    floor[gone] = lost + 1
                    for freed in paths[gone]:
                        left[freed] += 1
                    waiting.append(loser)
                at[student], held[student] = place, key
                for cap in path:
                    left[cap] -= 1
                    if ordered[cap]:
                        heappush(heaps[cap], key)
                    else:
                        heaps[cap].append(key)
                place += 1
                break
            reached[student] = place


class _Fill:
    """Lowers one cutoff by one key at a time, for as long as somebody fits."""

    def __init__(self, seats: _Seats):
        self.seats, self.instance = seats, seats.instance
        self.wishers: dict[int, list[int]] = {}  # per project, keys of those who would rather be there
        self.top: dict[int, int] = {}
        self.under: dict[int, list[int]] = {}
        self.waiting: list[
            tuple[int, int]
        ] = []  # keys that may fit, negative for the heap, and their projects

    def run(self) -> None:
        """Fill until nothing more fits."""
        self._gather()
        self.waiting = [(-key, project) for project, key in self.top.items() if self._fits(key, project)]
        heapify(self.waiting)
        while self.waiting:
            key, project = heappop(self.waiting)
            if self.top.get(project) == -key and self._fits(-key, project):
                self._move(-key, project)

    def _gather(self) -> None:
        instance, keys, at = self.instance, self.seats.keys, self.seats.at
        starts, choices, known, wishers = instance.starts, instance.choices, keys.known, self.wishers
        shut = [floor == SHUT for floor in self.seats.floor]
        for student, place in enumerate(at):
            if student in instance.pins:
                continue
            first = starts[student]
            for wish in range(first, starts[student + 1] if place == NOBODY else place):
                project = choices[wish]
                if known[wish] != NOBODY and not shut[project]:
                    wishers.setdefault(project, []).append(known[wish])
        self.top = {project: max(keys) for project, keys in wishers.items()}

    def _fits(self, key: int, project: int) -> bool:
        return self.seats.fits(project, self.seats.keys.student(key))

    def _move(self, key: int, project: int) -> None:
        seats, instance = self.seats, self.instance
        student = seats.keys.student(key)
        first, end = instance.starts[student], instance.starts[student + 1]
        old = seats.at[student]
        place = instance.choices.index(project, first, end)
        seats.at[student], seats.held[student] = place, key
        freed = [] if old == NOBODY else self._leave(instance.choices[old])
        for cap in seats.paths[project]:
            seats.left[cap] -= 1
        again = {one for cap in freed if seats.left[cap] for one in self._projects_under(cap)}
        for wish in range(first, end if old == NOBODY else old):
            if wish >= place:
                self._forget(instance.choices[wish], seats.keys.known[wish])
            again.add(instance.choices[wish])
        for one in again:
            if one in self.top:
                heappush(self.waiting, (-self.top[one], one))

    def _leave(self, project: int) -> list[int]:
        """Give the place back; the caps that were full."""
        left, freed = self.seats.left, []
        for cap in self.seats.paths[project]:
            if not left[cap]:
                freed.append(cap)
            left[cap] += 1
        return freed

    def _forget(self, project: int, key: int | None) -> None:
        """The student who has this key wishes for the project no longer."""
        if key in (None, NOBODY) or project not in self.wishers:
            return
        keys = self.wishers[project]
        keys.remove(key)
        if not keys:
            del self.wishers[project], self.top[project]
        elif self.top[project] == key:
            self.top[project] = max(keys)

    def _projects_under(self, cap: int) -> list[int]:
        if not self.under:
            for project, path in enumerate(self.seats.paths):
                for one in path:
                    self.under.setdefault(one, []).append(project)
        return self.under[cap]
