"""The rule `maximum`: as many students placed as possible, of these answers the smallest sum of choice numbers.

Of all such answers it gives the one that is best for the students in the order of the lottery: the first has the
best choice of any such answer, the second the best of those that remain, and so on. One answer has this, so neither
the machine nor the order of rows can change it.

Where caps nest, students, projects and groups are a network down to one sink: a flow of the least cost by the
primal-dual way (Ford and Fulkerson 1962; Edmonds and Karp 1972), exact at any size. Where they overlap, the exact
answer is found by branch and bound, see `packing`; the reading refuses more listed preferences than it can bear.
"""

from __future__ import annotations

from collections.abc import Iterator
from heapq import heappop, heappush

from .instance import Instance, Progress
from .keys import NOBODY, Keys, rooms_beside_pins
from .packing import heaviest


class Maximum:
    """Solves anew for each set of closed projects."""

    def solve(self, instance: Instance, keys: Keys, closed: list[int], tell: Progress) -> list[int]:
        """Per student the place in `instance.choices` that is held, or NOBODY."""
        rooms = rooms_beside_pins(instance, closed)
        open_to_any = [min(rooms[cap] for cap in caps) > 0 for caps in instance.above]
        places = [
            []
            if student in instance.pins
            else [
                place
                for place in range(instance.starts[student], instance.starts[student + 1])
                if open_to_any[instance.choices[place]] and keys.key(instance, student, place) != NOBODY
            ]
            for student in range(len(instance.students))
        ]
        best_first = keys.holder[::-1]
        if instance.overlap:
            return _by_packing(instance, rooms, places, best_first)
        flow = _Flow(instance, rooms, places, best_first)
        flow.run(tell)
        flow.settle()
        return flow.at


def _by_packing(
    instance: Instance, rooms: list[int], places: list[list[int]], best_first: list[int]
) -> list[int]:
    """First the number, then the sum, then one student after the other in the order of the lottery."""
    pairs = [(student, place) for student, listed in enumerate(places) for place in listed]
    all_in_all = len(rooms) + len(places)  # a cap over everything: the number that can be placed
    caps = [
        [*instance.above[instance.choices[place]], len(rooms) + student, all_in_all]
        for student, place in pairs
    ]
    rooms = [*rooms, *(1 for _ in places), len(pairs)]
    rooms[all_in_all] = len(heaviest([1] * len(pairs), caps, rooms) or [])
    above_any_sum = 1 + len(instance.choices)
    weights = [above_any_sum - (place - instance.starts[student] + 1) for student, place in pairs]
    found = heaviest(weights, caps, rooms) or []
    most = sum(weights[number] for number in found)
    numbers = {pair: number for number, pair in enumerate(pairs)}
    settled: list[int] = []
    for student in best_first:
        held = {pairs[number] for number in found}
        for place in places[student]:
            number = numbers[student, place]
            if (student, place) not in held:
                better = heaviest(weights, caps, rooms, [*settled, number], most, most)
                if better is None:
                    continue
                found = better
            settled.append(number)
            break
    return _seated(len(places), [pairs[number] for number in found])


def _seated(students: int, pairs: list[tuple[int, int]]) -> list[int]:
    at = [NOBODY] * students
    for student, place in pairs:
        at[student] = place
    return at


class _Flow:
    """Nodes are the caps, then the students, then the source; the sink is NOBODY.

    `price` holds the potential of each node: by them no step of the residual network has a negative cost, and
    steps that cost nothing are the tight ones, along which an answer of the same number and sum is reached.
    """

    def __init__(self, instance: Instance, rooms: list[int], places: list[list[int]], best_first: list[int]):
        self.instance, self.places, self.best_first = instance, places, best_first
        self.caps = len(rooms)
        self.left, self.used = rooms, [0] * self.caps
        self.source = self.caps + len(places)
        self.price = [0] * (self.source + 2)  # that of the sink is the last, where NOBODY points
        self.outer = [NOBODY] * self.caps
        for caps in instance.above:
            for inner, outer in zip(caps, caps[1:], strict=False):
                self.outer[inner] = outer
        self.inner: list[list[int]] = [[] for _ in range(self.caps)]
        for cap, outer in enumerate(self.outer):
            if outer != NOBODY:
                self.inner[outer].append(cap)
        self.at = [NOBODY] * len(places)
        self.sitting: list[set[int]] = [set() for _ in instance.above]
        self.unplaced: set[int] = set()
        self.zone, self.zones = [0] * len(self.price), 0

    # The least cost

    def run(self, tell: Progress) -> None:
        """Let the cheapest ways to place one more student be gone, all of one length at a time."""
        waiting = [student for student in self.best_first if self.places[student]]
        count = len(waiting) or 1
        while waiting and self._measure(waiting):
            while self._place(waiting):
                waiting = [student for student in waiting if self.at[student] == NOBODY]
            tell(0.9 * (1 - len(waiting) / count))

    def _measure(self, waiting: list[int]) -> bool:
        """Dijkstra from all who wait, up to the sink; False where it is out of reach."""
        price, far = self.price, 1 << 60
        distance = [far] * len(price)
        queue: list[tuple[int, int]] = []
        for student in waiting:
            distance[self.caps + student] = 0
            queue.append((0, self.caps + student))
        distance[self.source] = 0
        while queue:
            gone, node = heappop(queue)
            if node == NOBODY:
                break
            if gone > distance[node]:
                continue
            base = gone + price[node]
            for after, cost in self._steps(node):
                long = base + cost - price[after]
                if long < distance[after]:
                    distance[after] = long
                    heappush(queue, (long, after))
        else:
            return False
        for node, long in enumerate(distance):
            price[node] += min(long, gone)
        return True

    def _steps(self, node: int) -> Iterator[tuple[int, int]]:
        """Where one more unit may go from a node, and at what cost."""
        caps = self.caps
        if node < caps:
            if self.left[node]:
                yield self.outer[node], 0
            if node < len(self.sitting):
                starts = self.instance.starts
                for student in self.sitting[node]:
                    yield caps + student, starts[student] - self.at[student] - 1
            else:
                for cap in self.inner[node]:
                    if self.used[cap]:
                        yield cap, 0
        else:
            student = node - caps
            choices, held, before = self.instance.choices, self.at[student], self.instance.starts[student] - 1
            for place in self.places[student]:
                if place != held:
                    yield choices[place], place - before

    def _place(self, waiting: list[int]) -> bool:
        """Place all for whom a tight way is found, no blind end being entered twice; whether there was anybody."""
        seen: set[int] = set()
        found = False
        for student in waiting:
            way = self._way(self.caps + student, NOBODY, seen)
            if way:
                self._go(way)
                seen.difference_update(way)
                found = True
        return found

    def _way(self, start: int, goal: int, seen: set[int]) -> list[int]:
        """A tight way through nodes not seen yet, depth first; empty where there is none."""
        price = self.price
        way, steps = [start], [self._steps(start)]
        seen.add(start)
        while way:
            for after, cost in steps[-1]:
                if after not in seen and price[way[-1]] + cost == price[after]:
                    if after == goal:
                        return [*way, goal]
                    seen.add(after)
                    way.append(after)
                    steps.append(self._steps(after))
                    break
            else:
                way.pop()
                steps.pop()
        return []

    def _go(self, way: list[int]) -> None:
        """Change who sits where along a way."""
        for node, after in zip(way, way[1:], strict=False):
            if self._is_student(node) and 0 <= after < self.caps:
                self.unplaced.discard(node - self.caps)
                self._sit(node - self.caps, after)
            elif self._is_student(node) and after == self.source:
                self.at[node - self.caps] = NOBODY
                self.unplaced.add(node - self.caps)
            elif self._is_student(after) and 0 <= node < self.caps:
                self.sitting[node].discard(after - self.caps)
            elif 0 <= node < self.caps and self.outer[node] == after:
                self.left[node] -= 1
                self.used[node] += 1
            elif 0 <= after < self.caps and self.outer[after] == node:
                self.left[after] += 1
                self.used[after] -= 1

    def _is_student(self, node: int) -> bool:
        return self.caps <= node < self.source

    def _sit(self, student: int, project: int) -> None:
        first = self.instance.starts[student]
        self.at[student] = self.instance.choices.index(project, first, self.instance.starts[student + 1])
        self.sitting[project].add(student)

    # Of all answers of the least cost, the one that the lottery gives

    def settle(self) -> None:
        """Give each in turn the best choice of any answer of this cost that leaves those before where they are.

        Whoever is settled stands outside the network from then on. The way back from a place to who holds it is
        always tight: no other leads there.
        """
        self.roots = [cap for cap, outer in enumerate(self.outer) if outer == NOBODY]
        self.unplaced = {student for student in self.best_first if self.at[student] == NOBODY}
        for student in self.best_first:
            held = self.at[student]
            if held == NOBODY:
                self.unplaced.discard(student)
                self._better(student, held, self.source)
            else:
                goal = self.instance.choices[held]
                self.sitting[goal].discard(student)
                self._better(student, held, goal)

    def _better(self, student: int, held: int, goal: int) -> None:
        """Move the student to the best place from where a tight way leads on to the one left free."""
        price, zone = self.price, self.zone
        for place in self.places[student]:
            if place == held:
                break
            project = self.instance.choices[place]
            tight = price[self.caps + student] + place - self.instance.starts[student] + 1 == price[project]
            if not tight or zone[project] != zone[goal]:
                continue
            way, seen = self._exchange(project, goal)
            if way:
                self._go(way)
                self.at[student] = place
                break
            self.zones += 1  # no way leads out of what was seen, so no later exchange goes through its border
            for node in seen:
                zone[node] = self.zones

    def _exchange(self, start: int, goal: int) -> tuple[list[int], list[int]]:
        """The shortest tight way inside the zone, empty where there is none; and all nodes that were reached."""
        price, zone = self.price, self.zone
        inside, came, reached = zone[goal], {start: start}, [start]
        for node in reached:
            here = price[node]
            for after, cost in self._swaps(node):
                if after not in came and here + cost == price[after] and zone[after] == inside:
                    came[after] = node
                    reached.append(after)
            if goal in came:
                way = [goal]
                while way[-1] != start:
                    way.append(came[way[-1]])
                return way[::-1], reached
        return [], reached

    def _swaps(self, node: int) -> Iterator[tuple[int, int]]:
        """As `_steps`, with the ways on which one student takes the part of another."""
        if node == NOBODY:
            for cap in self.roots:
                if self.used[cap]:
                    yield cap, 0
        elif node == self.source:
            for student in self.unplaced:
                yield self.caps + student, 0
        else:
            yield from self._steps(node)
            if self._is_student(node) and self.at[node - self.caps] != NOBODY:
                yield self.source, 0
