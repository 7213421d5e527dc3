"""Groups of projects: what each holds, what stands above each project, overlaps, and the nearest ranking."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .strict import BadInput, known_once, show

Table = Mapping[str, float]


class Tree:
    """Which projects each group holds, which caps stand above each project, and whether groups overlap."""

    def __init__(self, groups: list[dict[str, Any]], projects: dict[str, int], numbers: dict[str, int]):
        self.count = len(projects)
        either = projects | numbers
        for index, group in enumerate(groups):
            known_once(f"groups[{index}].members", group["members"], either, "project or group")
        inner = [[numbers[name] for name in group["members"] if name in numbers] for group in groups]
        names = list(numbers)
        order = _inside_out(inner, names)
        self.height = [0] * len(groups)
        self.holds: list[set[int]] = [set()] * len(groups)
        for group in order:
            held = {projects[name] for name in groups[group]["members"] if name in projects}
            self.holds[group] = held.union(*(self.holds[one] for one in inner[group]))
            self.height[group] = 1 + max((self.height[one] for one in inner[group]), default=0)
        self.outer: list[set[int]] = [set() for _ in groups]
        for group, ones in enumerate(inner):
            for one in ones:
                self.outer[one].add(group)
        self._holders: dict[int, set[int]] = {}
        # the fewest projects first, of equal sets the inner one; the name, lest the order of rows decide
        self.order = sorted(order, key=lambda one: (len(self.holds[one]), self.height[one], names[one]))
        self.overlap = self._climb(names)

    def _climb(self, names: list[str]) -> tuple[str, str] | None:
        """Put every group above its projects; the first two that overlap, if any."""
        above = [[project] for project in range(self.count)]
        overlap = None
        for group in self.order:
            met: dict[int, int] = {}  # how many projects of this group stand under each outermost cap so far
            for project in self.holds[group]:
                top = above[project][-1]
                met[top] = met.get(top, 0) + 1
            for top, shared in met.items():
                if overlap is None and top >= self.count and shared < len(self.holds[top - self.count]):
                    overlap = (names[top - self.count], names[group])
            for project in self.holds[group]:
                above[project].append(self.count + group)
        self.above = [tuple(caps) for caps in above]
        return overlap

    def holders(self, group: int) -> set[int]:
        """The groups that hold this one, at any depth."""
        if group not in self._holders:
            found, waiting = set(), [group]
            while waiting:
                fresh = self.outer[waiting.pop()] - found
                found |= fresh
                waiting += fresh
            self._holders[group] = found
        return self._holders[group]


def _inside_out(inner: list[list[int]], names: list[str]) -> list[int]:
    """The groups, every one after those it holds; a cycle is refused."""
    waiting = list(map(len, inner))
    outer: list[list[int]] = [[] for _ in inner]
    for group, ones in enumerate(inner):
        for one in ones:
            outer[one].append(group)
    order = [group for group, count in enumerate(waiting) if not count]
    for group in order:
        for one in outer[group]:
            waiting[one] -= 1
            if not waiting[one]:
                order.append(one)
    if len(order) < len(inner):
        group = _on_a_cycle(inner, set(order))
        raise BadInput(f"groups[{group}].members: {show(names[group])} holds itself, a cycle of groups")
    return order


def _on_a_cycle(inner: list[list[int]], done: set[int]) -> int:
    group = next(one for one in range(len(inner)) if one not in done)
    seen: set[int] = set()
    while group not in seen:
        seen.add(group)
        group = next(one for one in inner[group] if one not in done)
    return group


def nearest_tables(
    own: list[Table | None], tree: Tree, groups: list[str], projects: list[str]
) -> list[Table | None]:
    """Per project its own table, else the ranking of the nearest group that has one."""
    tables = []
    for project, caps in enumerate(tree.above):
        ranked = [cap for cap in caps if own[cap] is not None]
        if ranked and ranked[0] != project:
            _refuse_two_nearest(project, ranked, tree, groups, projects)
        tables.append(own[ranked[0]] if ranked else None)
    return tables


def _refuse_two_nearest(
    project: int, ranked: list[int], tree: Tree, groups: list[str], projects: list[str]
) -> None:
    first, *others = [cap - tree.count for cap in ranked]
    for other in others:
        if len(tree.holds[other]) == len(tree.holds[first]) and other not in tree.holders(first):
            name, *both = map(show, (projects[project], groups[first], groups[other]))
            raise BadInput(f"projects[{project}]: {name} has two nearest rankings, {both[0]} and {both[1]}")
