"""The heaviest set of things under caps of any shape: branch and bound over linear programs.

Each program is solved by the simplex method (Dantzig 1951; Bland 1977 against going in circles) in whole numbers and
fractions, so nothing is rounded. It needs no first phase, for taking nothing is always allowed.
"""

from __future__ import annotations

from fractions import Fraction
from math import floor

Number = int | Fraction
PATIENCE = 20  # pivots without gain before the rule that cannot go in circles takes over


def heaviest(weights: list[int], caps: list[list[int]], rooms: list[int], beat: int = -1) -> list[int] | None:
    """The numbers of the things that weigh most together while no cap holds more than its room.

    `caps` lists for each thing the caps it counts under, one of them with room for one thing at most. Weights are
    above 0, rooms from 0 up. None where no set of things weighs more than `beat`.
    """
    best, answer = beat, None
    waiting: list[tuple[list[int], list[int]]] = [([], [])]
    while waiting:
        taken, left_out = waiting.pop()
        rest = list(rooms)
        for thing in taken:
            for cap in caps[thing]:
                rest[cap] -= 1
        gone = {*taken, *left_out}
        free = [
            thing
            for thing in range(len(weights))
            if thing not in gone and all(rest[cap] for cap in caps[thing])
        ]
        weight, shares = _Program(free, weights, caps, rest).solve()
        weight += sum(weights[thing] for thing in taken)
        if floor(weight) <= best:
            continue
        split = [thing for thing, share in shares.items() if share != 1]
        if not split:
            best, answer = floor(weight), [*taken, *shares]
            continue
        thing = max(split, key=lambda one: (shares[one], weights[one]))
        waiting += [(taken, [*left_out, thing]), ([*taken, thing], left_out)]
    return answer


class _Program:
    """Take shares of things, from 0 up, for the greatest weight under the caps."""

    def __init__(self, things: list[int], weights: list[int], caps: list[list[int]], rest: list[int]):
        under: dict[int, list[int]] = {}
        for thing in things:
            for cap in caps[thing]:
                under.setdefault(cap, []).append(thing)
        # a cap that all its things fit under is never felt, save that it may be what bounds the share of one
        felt = [cap for cap, inside in under.items() if len(inside) > rest[cap] or rest[cap] == 1]
        self.rows: list[dict[int, Number]] = [dict.fromkeys(under[cap], 1) for cap in felt]
        self.room: list[Number] = [rest[cap] for cap in felt]
        self.basic = [-1 - row for row in range(len(felt))]  # what is left under each cap, below the things
        self.gain: dict[int, Number] = {thing: weights[thing] for thing in things}
        self.weight: Number = 0

    def solve(self) -> tuple[Number, dict[int, Number]]:
        """The greatest weight, and the share of each thing of which any is taken."""
        idle = 0
        while (thing := self._enter(idle > PATIENCE)) is not None:
            row = self._leave(thing)
            idle = idle + 1 if self.room[row] == 0 else 0
            self._pivot(row, thing)
        shares = zip(self.basic, self.room, strict=True)
        return self.weight, {thing: share for thing, share in shares if thing >= 0 and share}

    def _enter(self, careful: bool) -> int | None:
        gaining = [thing for thing, gain in self.gain.items() if gain > 0]
        if not gaining:
            return None
        return min(gaining) if careful else max(gaining, key=lambda one: (self.gain[one], one))

    def _leave(self, thing: int) -> int:
        """The row that bounds the thing most; of equal ones that of the lowest number."""
        return min(
            (Fraction(self.room[row]) / terms[thing], self.basic[row], row)
            for row, terms in enumerate(self.rows)
            if terms.get(thing, 0) > 0
        )[2]

    def _pivot(self, row: int, thing: int) -> None:
        """The thing becomes what the row is about."""
        terms, left = self.rows[row], self.basic[row]
        by = terms.pop(thing)
        terms[left] = 1
        if by != 1:
            for one in terms:
                terms[one] = _whole(Fraction(terms[one]) / by)
            self.room[row] = _whole(Fraction(self.room[row]) / by)
        self.basic[row] = thing
        for other, others in enumerate(self.rows):
            if other != row and thing in others:
                self.room[other] -= self._less(others, others.pop(thing), terms) * self.room[row]
        gain = self.gain.pop(thing)
        self.weight += gain * self.room[row]
        self._less(self.gain, gain, terms)

    @staticmethod
    def _less(target: dict[int, Number], factor: Number, terms: dict[int, Number]) -> Number:
        """Take the terms off the target so many times."""
        for one, amount in terms.items():
            now = target.get(one, 0) - factor * amount
            if now:
                target[one] = now
            else:
                target.pop(one, None)
        return factor


def _whole(number: Fraction) -> Number:
    return number.numerator if number.denominator == 1 else number
