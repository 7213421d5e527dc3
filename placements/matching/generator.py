"""Invented instances of any size, the same for the same numbers on every machine and Python."""

from __future__ import annotations

from bisect import bisect
from itertools import accumulate
from random import Random
from typing import Any

from .instance import FORMAT

CHOICES = 8


def generate(students: int, projects: int, seed: int, groups: str | None = None) -> dict[str, Any]:
    """An instance document with eight choices a student and about as many places as students.

    `groups` is None, "nested" (mentors inside enterprises) or "overlapping" (mentors across degree types).
    """
    draw = Random(seed).random  # the only method of Random that every Python keeps as it is
    names = [f"p{number:05d}" for number in range(1, projects + 1)]
    scores: dict[str, dict[str, float]] = {name: {} for name in names}
    people = [_student(number, names, scores, draw) for number in range(1, students + 1)]
    mean = students / max(projects, 1)
    rows = [
        {"id": name, "capacity": max(1, round(mean * (0.6 + draw()))), "scores": scores[name]}
        for name in names
    ]
    made = {None: _none, "nested": _nested, "overlapping": _overlapping}[groups](rows, draw)
    return {
        "format": FORMAT,
        "rule": "auto",
        "seed": f"generated-{seed}",
        "students": people,
        "projects": rows,
        "groups": made,
    }


def _student(number: int, names: list[str], scores: dict[str, dict[str, float]], draw: Any) -> dict[str, Any]:
    """One student who likes the first projects a little more than the last, and is scored wherever listed."""
    student, strength = f"s{number:06d}", 40 + 50 * draw()
    chosen: dict[str, None] = {}
    while len(chosen) < min(CHOICES, len(names)):
        chosen[names[int(len(names) * draw() ** 1.5)]] = None
    for name in chosen:
        scores[name][student] = round(strength + 10 * draw(), 1)
    return {"id": student, "preferences": list(chosen)}


def _none(_rows: list[dict[str, Any]], _draw: Any) -> list[dict[str, Any]]:
    return []


def _bundles(
    rows: list[dict[str, Any]], smallest: int, largest: int, share: float, name: str, draw: Any
) -> Any:
    """Neighbours bound together, each bundle with a share of the places inside it."""
    sizes = [smallest + int(draw() * (largest - smallest + 1)) for _ in rows]
    ends = list(accumulate(sizes))
    ends = [*ends[: bisect(ends, len(rows) - 1)], len(rows)]
    bundles = [rows[start:end] for start, end in zip([0, *ends], ends, strict=False) if start < end]
    return [
        {
            "id": f"{name}{number:05d}",
            "capacity": max(1, int(share * sum(row["capacity"] for row in bundle))),
            "members": [row["id"] for row in bundle],
        }
        for number, bundle in enumerate(bundles, 1)
    ]


def _nested(rows: list[dict[str, Any]], draw: Any) -> list[dict[str, Any]]:
    mentors = _bundles(rows, 1, 4, 0.9, "mentor", draw)
    return [*mentors, *_bundles(mentors, 3, 8, 0.95, "enterprise", draw)]


def _overlapping(rows: list[dict[str, Any]], draw: Any) -> list[dict[str, Any]]:
    mentors = _bundles(rows, 1, 4, 0.9, "mentor", draw)
    mixed = sorted(rows, key=lambda _: draw())
    half = max(1, len(rows) // 3)
    return [*mentors, *_bundles(mixed, half, half, 0.9, "degree", draw)]
