"""The choices of the demo's story, without a database: the same everywhere, and consistent with the files."""

import hashlib
import subprocess
import sys
from collections import Counter
from datetime import date, timedelta

import pytest

from outcomes.demo import plan, world

TODAY = date(2026, 11, 24)
DIGEST = """
import hashlib
from datetime import date
from outcomes.demo import plan
rows = [
    (student, [plan.choices(student, round) for round in plan.ROUNDS])
    for student in plan.students(date(2026, 11, 24))
]
print(hashlib.sha256(repr(rows).encode()).hexdigest())
"""


def files():
    return {row["key"]: row for row in world.projects()}


def test_choices_are_the_same_in_every_process():
    digests = {
        subprocess.run(
            [sys.executable, "-c", DIGEST],
            env={"PYTHONHASHSEED": seed, "PYTHONPATH": ":".join(sys.path)},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    rows = [(s, [plan.choices(s, r) for r in plan.ROUNDS]) for s in plan.students(TODAY)]
    assert digests == {hashlib.sha256(repr(rows).encode()).hexdigest() + "\n"}


def test_every_project_is_in_one_place():
    placed = [key for round in plan.ROUNDS for key in round.projects] + list(plan.WAITING)
    assert sorted(placed) == sorted(files())
    assert len(plan.OPEN.projects) >= 28


def test_round_names_differ_on_every_day():
    for number in range(4 * 365):
        names = plan.round_names(TODAY + timedelta(days=number))
        assert len(set(names.values())) == 4
        assert all(name.endswith("（示例）") for name in names.values())


def test_students():
    students = plan.students(TODAY)
    assert len({s.number for s in students}) == len({s.username for s in students}) == 120
    assert sum(s.fresh is None for s in students) == plan.INCOMPLETE
    assert 10 <= sum(s.degree == "doctor" for s in students) <= 25
    assert 20 <= sum(s.fresh is True for s in students) <= 50
    named = {s.username: s for s in students if not s.username.startswith("S")}
    assert set(named) == {"student", "student2"}
    assert all(s.degree == "master" and s.fresh is False and s.skills for s in named.values())


@pytest.mark.parametrize("round", plan.ROUNDS, ids=lambda round: round.key)
def test_lists_name_eligible_projects_of_the_round_once(round):
    for student in plan.students(TODAY):
        keys = [key for key, _text in plan.choices(student, round)]
        assert len(keys) == len(set(keys)) <= 6
        assert set(keys) <= set(round.projects)
        assert all(plan.can_list(student, files()[key]) for key in keys)


@pytest.mark.parametrize("round", plan.ROUNDS, ids=lambda round: round.key)
def test_bases_hold_and_practice_starts_after_the_result(round):
    bases = {row["key"]: row for row in world.bases()}
    days = plan.demand_days(round.projects, round.approved_by)
    for row in (files()[key] for key in round.projects):
        base, start = bases[row["base"]], round.starts_from + row["start_offset_days"]
        assert base["valid_from"] + 1 < days[row["key"]], row["key"]
        assert start > round.scoring_ends + 10, row["key"]
        assert base["valid_to"] > start + row["months"] * 31, row["key"]


def test_scores_of_one_project_differ():
    project, taken = files()["p16"], set()
    points = []
    for student in plan.students(TODAY):
        points.append(plan.score(student, project, taken))
        taken.add(points[-1])
    given = [p for p in points if p is not None]
    assert max(Counter(given[:25]).values()) == 1
    assert 0 < points.count(None) < 30


def test_participants():
    students, taken = plan.students(TODAY), {}
    for round in plan.ROUNDS:
        lists, drafts = plan.participants(round, students, placed=set(), taken=taken)
        numbers = {student.number for student in (*lists, *drafts)}
        assert (len(lists), len(drafts)) == (round.lists, round.drafts)
        assert not numbers & set().union(*(taken[key] for key in taken if key != "finished"))
        assert all(s.fresh is not None and not s.on_leave for s in (*lists, *drafts))
        assert [s.username for s in lists if not s.username.startswith("S")] == (
            ["student2"] if round is plan.OPEN else []
        )
        taken[round.key] = numbers
    again, _drafts = plan.participants(plan.CLOSED, students, placed=taken["finished"], taken={})
    assert not {student.number for student in again} & taken["finished"]
