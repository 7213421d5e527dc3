"""The rule `maximum`: that nobody more can be placed, nor the same number at a smaller sum of choice numbers.

Where caps nest, an assignment is a flow from students to one sink. It places the most where no augmenting path is
left (Ford and Fulkerson 1956), and costs least where no cycle of the residual network has a negative cost (Klein
1967), found as Bellman and Ford do. Where caps overlap, every better assignment is ruled out by `programs`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from ..instance import Progress
from .programs import heaviest
from .round import Round

Places = dict[str, str]
Node = tuple[str, str]
Edge = tuple[Node, Node, int]
Cost = Callable[[str, int], int]  # of a student at a choice, from 1
SOURCE: Node = ("source", "")
SINK: Node = ("sink", "")


def faults(round_: Round, places: Places, closed: list[str], overlap: bool) -> Iterator[str]:
    """What shows that an assignment is not of the greatest number or not of the smallest sum."""
    number = sum(student not in round_.pins for student in places)
    total = sum(
        round_.choice(student, project) + 1
        for student, project in places.items()
        if student not in round_.pins
    )
    if overlap:
        most, least = _number_and_sum(_Things(round_, closed), number, total)
    else:
        flow = _Flow(round_, dict(places), closed, lambda _, choice: choice)
        most, least = flow.improved()
    if number != most:
        yield f"assignment: places {number} students beside the pins, {most} can be placed"
    elif total != least:
        yield f"assignment: the choice numbers add up to {total}, {least} can be had for as many students"


class Maximum:
    """The answer that decides what is closed: of the best ones that which is best for each student in turn, in the
    order of the lottery.
    """

    def __init__(self, round_: Round, _progress: Progress, closed: list[str], start: Places, overlap: bool):
        if overlap:
            self.places = round_.pins | _settled(_Things(round_, closed))
            return
        flow = _Flow(round_, start, closed, _lottery_cost(round_)[0])
        flow.improved()
        self.places = flow.places


def _lottery_cost(round_: Round) -> tuple[Cost, int]:
    """Choice numbers, and after the point one digit for each student, the first in the lottery first.

    What is saved by a better choice stands there. Also how much the number one is.
    """
    base = max(map(len, round_.lists.values()), default=0) + 2
    digit = {student: base**turn for student, turn in round_.lottery.items()}
    whole = 2 * base ** len(digit)
    return lambda student, choice: choice * whole - (base - 1 - choice) * digit[student], whole


class _Flow:
    """Nodes are the source, the students, the caps and the sink; every edge carries the cost of one unit more."""

    def __init__(self, round_: Round, places: Places, closed: list[str], cost: Cost):
        self.round, self.cost = round_, cost
        self.places = {student: project for student, project in places.items() if project not in closed}
        self.options = {
            student: {
                project: choice
                for choice, project in enumerate(listed, 1)
                if project not in closed and round_.eligible(student, project)
            }
            for student, listed in round_.lists.items()
            if student not in round_.pins
        }
        self.outer = {
            inner: outer
            for caps in round_.caps.values()
            for inner, outer in zip(caps, caps[1:], strict=False)
        }

    def improved(self) -> tuple[int, int]:
        """Make the flow the greatest and the cheapest; number and sum of choice numbers beside the pins."""
        while path := self._augmenting_path():
            self._push(path)
        while cycles := self._negative_cycles():
            for cycle in cycles:
                self._push(cycle)
        held = [
            self.options[one][project] for one, project in self.places.items() if one not in self.round.pins
        ]
        return len(held), sum(held)

    def _edges(self) -> Iterator[Edge]:
        """The residual network."""
        for student, options in self.options.items():
            held, node = self.places.get(student), ("student", student)
            yield (SOURCE, node, 0) if held is None else (node, SOURCE, 0)
            for project, choice in options.items():
                cost = self.cost(student, choice)
                yield (("cap", project), node, -cost) if project == held else (node, ("cap", project), cost)
        count = dict.fromkeys(self.round.capacity, 0)
        for project in self.places.values():
            for cap in self.round.caps[project]:
                count[cap] += 1
        pins = {cap: self.round.capacity[cap] - free for cap, free in self.round.free.items()}
        for cap, full in self.round.capacity.items():
            outer = ("cap", self.outer[cap]) if cap in self.outer else SINK
            if count[cap] < full:
                yield ("cap", cap), outer, 0
            if count[cap] > pins[cap]:
                yield outer, ("cap", cap), 0

    def _augmenting_path(self) -> list[Node]:
        """From the source to the sink, by breadth; empty where there is none."""
        after: dict[Node, list[Node]] = {}
        for start, end, _ in self._edges():
            after.setdefault(start, []).append(end)
        came: dict[Node, Node] = {SOURCE: SOURCE}
        queue = [SOURCE]
        for node in queue:
            for end in after.get(node, ()):
                if end not in came:
                    came[end] = node
                    queue.append(end)
        if SINK not in came:
            return []
        path = [SINK]
        while path[-1] != SOURCE:
            path.append(came[path[-1]])
        return path[::-1]

    def _negative_cycles(self) -> list[list[Node]]:
        """Cycles without a node in common that lower the cost, each with its first node again at the end."""
        edges = list(self._edges())
        distance = dict.fromkeys((node for edge in edges for node in edge[:2]), 0)
        came: dict[Node, Node] = {}
        changed = True
        while changed:
            changed = False
            for start, end, cost in edges:
                if distance[start] + cost < distance[end]:
                    distance[end] = distance[start] + cost
                    came[end] = start
                    changed = True
            if cycles := _cycles(came):
                return cycles
        return []

    def _push(self, path: list[Node]) -> None:
        """One unit along a path: only who sits where has to be noted, the caps are counted from that."""
        for start, end in zip(path, path[1:], strict=False):
            if start[0] == "student" and end == SOURCE:
                self.places.pop(start[1])
        for start, end in zip(path, path[1:], strict=False):
            if start[0] == "student" and end[0] == "cap":
                self.places[start[1]] = end[1]


def _cycles(came: dict[Node, Node]) -> list[list[Node]]:
    """The cycles among the last steps, in the direction of the steps."""
    seen: dict[Node, int] = {}
    cycles = []
    for number, first in enumerate(came):
        node = first
        while node in came and node not in seen:
            seen[node] = number
            node = came[node]
        if seen.get(node) == number:
            cycle = [node, came[node]]
            while cycle[-1] != node:
                cycle.append(came[cycle[-1]])
            cycles.append(cycle[::-1])
    return cycles


class _Things:
    """Every place that a student may have, the caps it counts under, and the places beside the pins."""

    def __init__(self, round_: Round, closed: list[str]):
        self.round = round_
        self.seats = [
            (student, project, choice)
            for student, listed in round_.lists.items()
            if student not in round_.pins
            for choice, project in enumerate(listed, 1)
            if project not in closed and round_.eligible(student, project)
        ]
        names: list[Any] = [*round_.capacity, *(("student", student) for student in round_.lists), "all"]
        number = {name: at for at, name in enumerate(names)}
        self.caps = [
            [*(number[cap] for cap in round_.caps[project]), number["student", student], number["all"]]
            for student, project, _ in self.seats
        ]
        self.rooms = [
            *(round_.free[cap] for cap in round_.capacity),
            *(1 for _ in round_.lists),
            len(self.seats),
        ]

    def best(self, weights: list[int], beat: int = -1) -> list[tuple[str, str, int]] | None:
        """The seats that weigh most together, None where none weigh more than `beat`."""
        found = heaviest(weights, self.caps, self.rooms, beat)
        return None if found is None else [self.seats[thing] for thing in found]


def _number_and_sum(things: _Things, number: int = -1, total: int = 0) -> tuple[int, int]:
    """The greatest number and then the smallest sum, better than those given or the same; no more are let in."""
    more = things.best([1] * len(things.seats), number)
    most = things.rooms[-1] = number if more is None else len(more)
    above = 1 + len(things.seats) * max((choice for _, _, choice in things.seats), default=0)
    known = number * above - total if more is None else -1
    cheaper = things.best([above - choice for _, _, choice in things.seats], known)
    return most, total if cheaper is None else sum(choice for _, _, choice in cheaper)


def _settled(things: _Things) -> Places:
    most, least = _number_and_sum(things)
    cost, whole = _lottery_cost(things.round)
    costs = [cost(student, choice) for student, _, choice in things.seats]
    above = 1 + len(costs) * max(map(abs, costs), default=0)
    best = things.best([above - each for each in costs], most * above - least * whole - 1)
    return {student: project for student, project, _ in best or []}
