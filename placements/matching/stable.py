"""The rule `stable`: deferred acceptance under nested caps.

Student-proposing deferred acceptance (Gale and Shapley 1962) with greedy choice in key order under nested
caps, which is a matroid (Fleiner 2003): a proposal that finds a full cap above it forms one circuit with what
sits under the innermost such cap, and the lowest key there goes. Whoever was refused proposes to the next
choice; the order of proposals does not matter to the result.

Caps are kept tree by tree: where one cap is all that is felt, a heap of keys is enough; in the other trees a
heap may name people who were moved away since, and `held` tells.
"""

from __future__ import annotations

from collections.abc import Sequence
from heapq import heapify, heappop, heappush, heapreplace

from .instance import Instance, Progress
from .keys import NOBODY, Keys, rooms_beside_pins

SHUT = 1 << 200  # above every key
CHUNKS = 100  # how often progress is told in the first solve; later ones tell once


class Stable:
    """Deferred acceptance again and again, as projects close."""

    def __init__(self) -> None:
        self.proposals: _Proposals | None = None

    def solve(self, instance: Instance, keys: Keys, closed: list[int], tell: Progress) -> list[int]:
        """From the start, or on from where the last solve stood where that comes to the same."""
        if self.proposals is None or not self.proposals.close(closed[-1]):
            self.proposals = _Proposals(instance, keys, closed)
            self.proposals.run(tell)
        return self.proposals.at


def _paths(instance: Instance, rooms: list[int]) -> list[tuple[int, ...]]:
    """Per project the caps above it that can ever be felt, from the inside out.

    A group with room for all that the caps inside it let through is never felt, nor is a cap inside another
    that has no more room. The places that may be taken together stay the same, and with them every choice.
    """
    count = len(instance.projects)
    through = [0] * len(rooms)
    felt = [True] * len(rooms)
    for cap in range(count):
        through[cap] = rooms[cap]
    outer = {inner: cap for caps in instance.above for inner, cap in zip(caps, caps[1:], strict=False)}
    for cap in _inside_out(instance, outer):
        if cap >= count:
            felt[cap] = rooms[cap] < through[cap]
            through[cap] = min(rooms[cap], through[cap])
        if cap in outer:
            through[outer[cap]] += through[cap]
    return [_felt(caps, rooms, felt) for caps in instance.above]


def _inside_out(instance: Instance, outer: dict[int, int]) -> Sequence[int]:
    depth = dict.fromkeys(range(len(instance.projects)), 0)
    for caps in instance.above:
        for height, cap in enumerate(caps):
            depth[cap] = max(height, depth.get(cap, 0))
    return sorted(depth, key=depth.__getitem__)


def _felt(caps: tuple[int, ...], rooms: list[int], felt: list[bool]) -> tuple[int, ...]:
    kept: list[int] = []
    for cap in reversed(caps):
        if felt[cap] and not (kept and rooms[kept[-1]] <= rooms[cap]):
            kept.append(cap)
    return tuple(reversed(kept))


class _Proposals:
    """One run of deferred acceptance."""

    def __init__(self, instance: Instance, keys: Keys, closed: list[int]):
        self.instance, self.keys = instance, keys
        self.rooms = rooms_beside_pins(instance, closed)
        self.paths = _paths(instance, self.rooms)
        caps, projects = len(self.rooms), len(instance.projects)
        self.left = list(self.rooms)
        self.heaps: list[list[int] | None] = [None] * caps
        self.floor = [0] * projects  # a lower key is refused here for good
        self.alone = [NOBODY] * projects  # the cap above, in a tree where no other is felt
        self.under: dict[int, list[int]] = {}  # the projects under each cap of the other trees
        self.bags: list[list[int]] = [[]] * projects  # the keys ever held there, in the other trees
        self._plant()

    def _plant(self) -> None:
        trees: dict[int, set[tuple[int, ...]]] = {}
        for path in self.paths:
            trees.setdefault(path[-1], set()).add(path)
        for project, path in enumerate(self.paths):
            if min(self.rooms[cap] for cap in self.instance.above[project]) == 0:
                self.floor[project] = SHUT
                continue
            if len(trees[path[-1]]) == 1 and len(path) == 1:
                self.alone[project] = path[0]
                self.heaps[path[0]] = []
                continue
            self.bags[project] = []
            for cap in path:
                self.under.setdefault(cap, []).append(project)

    def close(self, project: int) -> bool:
        """Send on those who sit at the project, as if it had refused everybody; False where that is not the same.

        It is not where a cap above the project was ever full: whoever was refused there for the sake of somebody at
        this project would have to be asked again.
        """
        path = [cap for cap in self.paths[project] if cap != project]
        if any(self.heaps[cap] is not None for cap in path):
            return False
        choices = self.instance.choices
        students = [one for one, place in enumerate(self.at) if place >= 0 and choices[place] == project]
        self.floor[project] = SHUT
        for student in students:
            self.at[student] = self.held[student] = NOBODY
            for cap in path:
                self.left[cap] += 1
        self._propose(students)
        return True

    def run(self, tell: Progress) -> None:
        """Let every student propose down the list; `at` tells the place each then holds."""
        count = len(self.instance.students)
        self.at = [NOBODY] * count
        self.held = [NOBODY] * count
        self._first_choices()
        step = count // CHUNKS + 1
        for first in range(0, count, step):
            tell((1 + first) / (1 + count))
            self._propose(
                [student for student in range(first, min(first + step, count)) if self.at[student] < 0]
            )

    def _first_choices(self) -> None:
        """All first choices where several caps are felt, from the highest key down: none displaces another.

        A student who is not taken proposes again, in vain, when the turn comes.
        """
        instance, keys, paths, left = self.instance, self.keys, self.paths, self.left
        starts, choices, holder, mask, shift = (
            instance.starts,
            instance.choices,
            keys.holder,
            keys.mask,
            keys.shift,
        )
        for root, proposed in self._by_tree().items():
            proposed.sort(reverse=True)
            for key in proposed:
                if not left[root]:
                    break
                student = holder[(key & mask) >> shift]
                place = starts[student]
                project = choices[place]
                path = paths[project]
                for cap in path:
                    if not left[cap]:
                        break
                else:
                    for cap in path:
                        left[cap] -= 1
                    self.at[student], self.held[student] = place, key
                    self.bags[project].append(key)

    def _by_tree(self) -> dict[int, list[int]]:
        """The keys of the first choices, by the outermost cap that is felt."""
        instance, pins, keys = self.instance, self.instance.pins, self.keys
        names, starts, choices = instance.students, instance.starts, instance.choices
        score, grade, last, known = keys.score, keys.grade, keys.last, keys.known
        floor, alone = self.floor, self.alone
        roots = [path[-1] for path in self.paths]
        trees: dict[int, list[int]] = {root: [] for root in roots}
        for student, name in enumerate(names):
            place = starts[student]
            if place == starts[student + 1] or student in pins:
                continue
            project = choices[place]
            if alone[project] >= 0:
                continue
            key = known[place]
            if key is None:
                points = score[project](name)
                key = known[place] = NOBODY if points is None else grade[points] + last[student] - place
            if key >= floor[project]:
                trees[roots[project]].append(key)
        return trees

    def _propose(self, students: Sequence[int]) -> None:
        """The whole of deferred acceptance for these students and for all whom they displace.

        Long, and without calls to our own functions, because every proposal runs through it.
        """
        instance, keys = self.instance, self.keys
        names, starts, choices, pins = instance.students, instance.starts, instance.choices, instance.pins
        score, grade, last, holder = keys.score, keys.grade, keys.last, keys.holder
        mask, shift = keys.mask, keys.shift
        at, held, left, heaps, floor, alone = (
            self.at,
            self.held,
            self.left,
            self.heaps,
            self.floor,
            self.alone,
        )
        paths, bags, known = self.paths, self.bags, keys.known
        for student in students:
            if student in pins:
                continue
            place, end, name, best = starts[student], starts[student + 1], names[student], last[student]
            while place < end:
                project = choices[place]
                key = known[place]
                if key is None:
                    points = score[project](name)
                    key = known[place] = NOBODY if points is None else grade[points] + best - place
                if key < floor[project]:
                    place += 1
                    continue
                cap = alone[project]
                if cap >= 0:
                    heap = heaps[cap]
                    if left[cap]:
                        left[cap] -= 1
                        heap.append(key)
                        at[student] = place
                        if not left[cap]:
                            heapify(heap)
                            floor[project] = heap[0]
                        break
                    if key < heap[0]:
                        floor[project] = heap[0]
                        place += 1
                        continue
                    lost = heapreplace(heap, key)
                    floor[project] = heap[0]
                    at[student] = place
                else:
                    path = paths[project]
                    for full in path:
                        if not left[full]:
                            break
                    else:
                        at[student], held[student] = place, key
                        bags[project].append(key)
                        for cap in path:  # none was ever full, or one further out still would be: no heaps
                            left[cap] -= 1
                        break
                    heap = heaps[full]
                    if heap is None:
                        heap = heaps[full] = self._gathered(full)
                    lost = heap[0]
                    loser = holder[(lost & mask) >> shift]
                    while held[loser] != lost:  # moved away since
                        heappop(heap)
                        lost = heap[0]
                        loser = holder[(lost & mask) >> shift]
                    if key < lost:
                        floor[project] = lost
                        place += 1
                        continue
                    heapreplace(heap, key)
                    at[student], held[student] = place, key
                    held[loser] = NOBODY
                    bags[project].append(key)
                    for cap in paths[choices[at[loser]]]:  # pragma: no branch - the full cap is above both
                        if cap == full:
                            break
                        left[cap] += 1
                    inside = True
                    for cap in path:
                        if cap == full:
                            inside = False
                            continue
                        if inside:
                            left[cap] -= 1
                        if heaps[cap] is not None:
                            heappush(heaps[cap], key)
                student = holder[(lost & mask) >> shift]
                place, end, name, best = at[student] + 1, starts[student + 1], names[student], last[student]
                at[student] = NOBODY

    def _gathered(self, cap: int) -> list[int]:
        """The keys that sit under a cap: its heap is made when it is first full, for most never are."""
        held, bags, holder, mask, shift = (
            self.held,
            self.bags,
            self.keys.holder,
            self.keys.mask,
            self.keys.shift,
        )
        inside = self.under[cap]
        keys = [key for one in inside for key in bags[one] if held[holder[(key & mask) >> shift]] == key]
        heapify(keys)
        return keys
