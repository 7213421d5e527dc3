"""The heaviest set of things under caps of any shape, exactly: branch and bound over linear programs.

The programs are solved by the simplex method (Dantzig 1951) in floating point, and nothing rests on their rounding:
the prices they end with are turned into whole numbers, and whatever prices there are, the rooms at these prices and
what the things weigh beyond them bound every set (weak duality). A poor program costs time, never the answer.
"""

from __future__ import annotations

from collections.abc import Sequence

SCALE = 1 << 20  # whole prices are this many parts of one
NOISE, TINY = 1e-7, 1e-11
PIVOTS = 20  # at most so many for each row and column


def heaviest(
    weights: Sequence[int],
    caps: Sequence[Sequence[int]],
    rooms: Sequence[int],
    taken: Sequence[int] = (),
    at_least: int = 0,
    enough: int | None = None,
) -> list[int] | None:
    """The numbers of the things that weigh most together while no cap holds more than its room, None if none do.

    `caps` lists for each thing the caps it counts under, one of them with room for one thing at most. Weights are
    above 0, rooms from 0 up. The set holds all of `taken` and weighs `at_least` so much; one that weighs `enough`
    is taken as it is.
    """
    best, answer = at_least - 1, None
    waiting: list[tuple[list[int], set[int]]] = [(list(taken), set())]
    while waiting and (enough is None or best < enough):
        inside, outside = waiting.pop()
        rest = _rest(caps, rooms, inside)
        if rest is None:
            continue
        free = _free(caps, rest, outside.union(inside))
        sure = sum(weights[thing] for thing in inside)
        program = _Program(free, weights, caps, rest)
        shares, bound = program.solve()
        if sure + bound <= best:
            continue
        whole = _greedy(free, shares, caps, rest)
        weight = sure + sum(weights[thing] for thing in whole)
        if weight > best:
            best, answer = weight, [*inside, *whole]
        if sure + bound <= best:
            continue
        must, cannot = program.settled(best - sure)
        inside, outside = [*inside, *must], outside | cannot
        undecided = [one for one in free if one not in cannot and one not in must]
        if not undecided:  # pragma: no cover - the greedy set was then short of the bound by rounding only
            waiting.append((inside, outside))
            continue
        thing = max(undecided, key=lambda one: (NOISE < shares[one] < 1 - NOISE, shares[one], weights[one]))
        waiting += [(inside, outside | {thing}), ([*inside, thing], outside)]
    return answer


def _rest(caps: Sequence[Sequence[int]], rooms: Sequence[int], inside: list[int]) -> list[int] | None:
    """The rooms that are left, None where there is too little."""
    rest = list(rooms)
    for thing in inside:
        for cap in caps[thing]:
            rest[cap] -= 1
    return None if min(rest, default=0) < 0 else rest


def _free(caps: Sequence[Sequence[int]], rest: list[int], gone: set[int]) -> list[int]:
    return [thing for thing, over in enumerate(caps) if thing not in gone and all(rest[cap] for cap in over)]


def _greedy(
    free: list[int], shares: dict[int, float], caps: Sequence[Sequence[int]], rest: list[int]
) -> list[int]:
    """Whole things, those with the greatest shares first, for as long as they fit."""
    left, whole = list(rest), []
    for thing in sorted(free, key=lambda one: (-shares[one], one)):
        if all(left[cap] for cap in caps[thing]):
            whole.append(thing)
            for cap in caps[thing]:
                left[cap] -= 1
    return whole


class _Program:
    """Take shares of things, from 0 up, for the greatest weight under the caps."""

    def __init__(
        self, things: list[int], weights: Sequence[int], caps: Sequence[Sequence[int]], rest: list[int]
    ):
        self.things, self.weights, self.caps, self.rest = things, weights, caps, rest
        under: dict[int, list[int]] = {}
        for column, thing in enumerate(things):
            for cap in caps[thing]:
                under.setdefault(cap, []).append(column)
        # a cap that all its things fit under is never felt, save that it may be what bounds the share of one
        self.felt = [cap for cap, inside in under.items() if len(inside) > rest[cap] or rest[cap] == 1]
        self.rows = [[0.0] * len(things) for _ in self.felt]
        for row, cap in zip(self.rows, self.felt, strict=True):
            for column in under[cap]:
                row[column] = 1.0
        # a little more room, another bit for each, lest the search go in circles
        self.room = [rest[cap] + NOISE * (1 + at / 7) for at, cap in enumerate(self.felt)]
        self.gain = [float(weights[thing]) for thing in things]
        self.in_row = [-1 - row for row in range(len(self.felt))]  # what is left under a cap is below 0
        self.in_column = list(range(len(things)))

    def solve(self) -> tuple[dict[int, float], int]:
        """The share of each thing, and a whole number that no set of them can weigh more than."""
        for _ in range(PIVOTS * (len(self.felt) + len(self.things))):
            column = max(range(len(self.gain)), key=self.gain.__getitem__, default=0)
            if not self.gain or self.gain[column] <= NOISE:
                break
            self._pivot(self._tightest(column), column)
        shares = dict.fromkeys(self.things, 0.0)
        for name, share in zip(self.in_row, self.room, strict=True):
            if name >= 0:
                shares[self.things[name]] = share
        return shares, self._bound()

    def _tightest(self, column: int) -> int:
        """The row that bounds what stands in the column most."""
        ratios = [
            (room / row[column], at)
            for at, (row, room) in enumerate(zip(self.rows, self.room, strict=True))
            if row[column] > NOISE
        ]
        return min(ratios)[1]

    def _pivot(self, at: int, column: int) -> None:
        """What stands in the column and what the row is about change places."""
        row, by = self.rows[at], self.rows[at][column]
        row[column] = 1.0
        row = [value / by if value else 0.0 for value in row]
        room = self.room[at] / by
        filled = [(each, value) for each, value in enumerate(row) if value]
        for other, terms in enumerate(self.rows):
            factor = terms[column]
            if other != at and factor:
                _less(terms, factor, column, filled)
                self.room[other] -= factor * room
        _less(self.gain, self.gain[column], column, filled)
        self.rows[at], self.room[at] = row, room
        self.in_row[at], self.in_column[column] = self.in_column[column], self.in_row[at]

    def _bound(self) -> int:
        """In whole numbers throughout."""
        prices: dict[int, int] = {}
        for name, gain in zip(self.in_column, self.gain, strict=True):
            if name < 0 and gain < 0:
                prices[self.felt[-1 - name]] = round(-gain * SCALE)
        self.beyond = {
            thing: self.weights[thing] * SCALE - sum(prices.get(cap, 0) for cap in self.caps[thing])
            for thing in self.things
        }
        self.total = sum(self.rest[cap] * price for cap, price in prices.items())
        self.total += sum(max(0, beyond) for beyond in self.beyond.values())
        return self.total // SCALE

    def settled(self, best: int) -> tuple[list[int], set[int]]:
        """What any set that weighs more than `best` must hold, and what it cannot: the bound without it says so."""
        enough = (best + 1) * SCALE
        must = [thing for thing, beyond in self.beyond.items() if beyond > 0 and self.total - beyond < enough]
        cannot = {
            thing for thing, beyond in self.beyond.items() if beyond < 0 and self.total + beyond < enough
        }
        return must, cannot


def _less(terms: list[float], factor: float, column: int, filled: list[tuple[int, float]]) -> None:
    """Take a row off another so many times; what is next to nothing becomes nothing."""
    terms[column] = 0.0
    for each, value in filled:
        left = terms[each] - factor * value
        terms[each] = left if left > TINY or left < -TINY else 0.0
