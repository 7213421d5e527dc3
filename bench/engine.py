"""The matching engine against one plain pass over the same preferences, and against reading its file."""

import json
import subprocess
import sys
import tempfile
from functools import partial
from pathlib import Path

from bench import Figure, quickest
from placements.matching import load_instance
from placements.matching.generator import generate
from placements.matching.result import describe
from placements.matching.solver import match, prepare

PASS, READ = "one pass over all preferences", "json.loads of the file and one pass"
SIZES = ((10_000, 1_200, 2.0), (100_000, 10_000, 1.5))  # students, projects, passes at most


def one_pass(document):
    """Look up each (student, project) score once in dictionaries, as any algorithm at least must."""
    scores = {project["id"]: project["scores"] for project in document["projects"]}
    total = 0.0
    for student in document["students"]:
        name = student["id"]
        for project in student["preferences"]:
            total += scores[project][name]
    return total


def measure():
    """Solving at two sizes; the whole commands at the largest."""
    with tempfile.TemporaryDirectory() as folder:
        for students, projects, passes in SIZES:
            path = Path(folder) / f"{students}.json"
            path.write_text(json.dumps(generate(students, projects, 1, groups="nested")), encoding="utf-8")
            yield from _solving(path, students, passes)
        yield from _commands(path, students)
        yield _fair(Path(folder) / "overlapping.json")


def _fair(path, students=10_000, projects=1_200):
    path.write_text(json.dumps(generate(students, projects, 1, groups="overlapping")), encoding="utf-8")
    passing, _ = quickest(partial(one_pass, json.loads(path.read_bytes())))
    instance = load_instance(path)
    keys = prepare(instance)
    solving, _ = quickest(lambda: describe(instance, keys, match(instance, keys)))
    return Figure(
        f"solving and checking, {students:,} students, overlapping caps",
        solving,
        against=PASS,
        against_value=passing,
        at_most=6.0,
    )


def _solving(path, students, passes):
    passing, _ = quickest(partial(one_pass, json.loads(path.read_bytes())))
    instance = load_instance(path)
    keys = prepare(instance)
    solving, _ = quickest(lambda: match(instance, keys))
    yield Figure(
        f"solving, {students:,} students, nested caps",
        solving,
        against=PASS,
        against_value=passing,
        at_most=passes,
    )


def _commands(path, students):
    result = path.with_suffix(".result.json")
    reading, _ = quickest(lambda: one_pass(json.loads(path.read_bytes())), times=2)
    solving, _ = quickest(lambda: _run("solve", path, "--out", result), times=2)
    verifying, _ = quickest(lambda: _run("verify", path, result), times=2)
    yield Figure(
        f"solve command with its own check, {students:,} students",
        solving,
        against=READ,
        against_value=reading,
        at_most=2.5,
    )
    yield Figure(
        f"verify command, {students:,} students",
        verifying,
        against="the solve command",
        against_value=solving,
        at_most=5.0,
    )


def _run(*arguments):
    subprocess.run([sys.executable, "-m", "placements.matching", *map(str, arguments)], check=True)
