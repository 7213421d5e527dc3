"""Every figure the project claims for speed, size or memory: `make bench`, one module per subject with a `measure()`."""

import time
from dataclasses import asdict, dataclass


class Unmeasurable(Exception):
    """Why a subject cannot be measured here and what to do about it, in one line."""


@dataclass(frozen=True)
class Figure:
    """One claim: what was measured and the bound it must keep.

    With `against`, what was measured in the same run beside it, the bound is on the quotient: machines differ, that
    hardly does. Without it the bound is in the unit of the value.
    """

    name: str
    value: float
    at_most: float
    unit: str = "s"
    against: str = ""
    against_value: float | None = None

    @property
    def share(self):
        """What the bound is kept by: how many times the thing it is measured against, or the value itself."""
        return self.value / self.against_value if self.against else self.value

    @property
    def kept(self):
        """Whether the bound is kept."""
        return self.share <= self.at_most

    def as_dict(self):
        """For var/bench.json."""
        return asdict(self) | {"share": self.share, "kept": self.kept}


def quickest(act, times=3):
    """Seconds of the quickest of some runs, as what disturbs a run only adds to it; and its answer."""
    best = float("inf")
    for _ in range(times):
        started = time.perf_counter()
        answer = act()
        best = min(best, time.perf_counter() - started)
    return best, answer


def slow_one(values, share=0.95):
    """The value that this share of all does not exceed: what hardly anybody waits longer for."""
    ordered = sorted(values)
    return ordered[min(int(len(ordered) * share), len(ordered) - 1)]
