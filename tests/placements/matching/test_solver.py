"""The answers of the engine: the examples, and on random nested rounds what the definitions demand."""

import itertools
import json
import random
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from placements.matching import canonical_bytes, load_instance, sha256, solve, stable, verify
from placements.matching.generator import generate
from placements.matching.verifier import ordered
from tests.placements.matching.rounds import FIXED, Oracle, documents, shuffled

HERE = Path(__file__).parent
ANSWERS = json.loads((HERE / "answers.json").read_text(encoding="utf-8"))
EXAMPLE = b"""{"format": "consortium-match/1", "rule": "auto", "seed": "2026-autumn",
 "students": [{"id": "s1", "preferences": ["p2", "p1"]}, {"id": "s2", "preferences": ["p2"]},
              {"id": "s3", "preferences": ["p1", "p2"]}],
 "projects": [{"id": "p1", "capacity": 2, "minimum": 0, "scores": {"s1": 87.5}},
              {"id": "p2", "capacity": 1, "ranking": ["s1", ["s2", "s3"]]}],
 "groups":   [{"id": "m1", "capacity": 2, "members": ["p1", "p2"], "ranking": ["s1", "s2"]}],
 "pins":     [{"student": "s2", "project": "p1"}],
 "merit":    {"s1": 91.0}}"""


def solved(document):
    return solve(load_instance(canonical_bytes(document)))


def a_round(students, projects, **more):
    return {
        "format": "consortium-match/1",
        "seed": "x",
        "students": [{"id": name, "preferences": listed} for name, listed in students.items()],
        "projects": [{"id": name, **project} for name, project in projects.items()],
        **more,
    }


@pytest.mark.parametrize("name", sorted(set(ANSWERS) - {"caps_that_overlap"}))
def test_example_has_the_known_answer(name):
    instance = load_instance(HERE / "instances" / f"{name}.json")
    result = solve(instance)
    assert {field: result[field] for field in ("rule", "assignment", "closed")} == {
        field: ANSWERS[name][field] for field in ("rule", "assignment", "closed")
    }
    assert verify(instance, result) == []


def test_the_documented_instance_gives_the_documented_result():
    assert solve(load_instance(EXAMPLE)) == {
        "format": "consortium-match-result/1",
        "rule": "stable",
        "engine": "1.0",
        "instance_sha256": sha256(EXAMPLE),
        "assignment": {"s1": "p2", "s2": "p1", "s3": None},
        "cutoffs": {"p1": None, "p2": {"score": 2, "student": "s1"}},
        "closed": [],
        "rounds": 1,
        "explanations": {
            "s3": [
                {"project": "p1", "reason": "not_eligible"},
                {"project": "p2", "reason": "below_cutoff", "by": "p2"},
            ]
        },
        "verdict": {
            "feasible": True,
            "blocking_pairs": [],
            "envy": [],
            "below_minimum": [],
            "placed": 2,
            "at_choice": {"1": 1, "unlisted": 1},
        },
    }


@FIXED
@given(documents())
def test_every_student_has_the_best_place_of_all_stable_assignments(document):
    oracle, places = Oracle(document), solved(document)["assignment"]
    stable = list(oracle.stable_places()) if not oracle.serial else []
    if oracle.serial:
        return
    assert places in stable
    for student in oracle.lists.keys() - oracle.pins.keys():
        ranks = {oracle.rank(student, other[student]) for other in stable}
        assert oracle.rank(student, places[student]) == min(ranks)


@FIXED
@given(documents(students=5, projects=3), st.data())
def test_no_other_list_gets_a_student_a_better_place(document, data):
    names = [project["id"] for project in document["projects"]]
    for student in document["students"]:
        student["preferences"] = data.draw(st.permutations(names))
    document["rule"] = "stable"
    student = data.draw(st.sampled_from(document["students"]))
    true = student["preferences"]
    rank = {project: at for at, project in enumerate([*true, None])}
    honest = rank.get(solved(document)["assignment"][student["id"]])
    for size in range(len(names) + 1):
        for told in itertools.permutations(names, size):
            student["preferences"] = list(told)
            assert rank[solved(document)["assignment"][student["id"]]] >= honest


@FIXED
@given(documents(students=12, projects=6, minimums=True))
def test_nothing_blocks_and_pins_are_kept_and_the_verifier_agrees(document):
    oracle, instance = Oracle(document), load_instance(canonical_bytes(document))
    result = solve(instance)
    places = result["assignment"]
    assert oracle.feasible(places)
    assert oracle.pins.items() <= places.items()
    assert not set(places.values()) & set(result["closed"])
    assert oracle.blocking_pairs(places, result["closed"]) == []
    assert verify(instance, result) == []


@FIXED
@given(documents(students=8, projects=5, minimums=True, serial=True))
def test_serial_gives_each_in_turn_the_best_that_is_left(document):
    oracle, result = Oracle(document), solved(document)
    if not oracle.serial or result["closed"]:
        return
    merit = document["merit"]
    order = sorted(oracle.lists, key=lambda name: (-merit.get(name, float("-inf")), oracle.draw(name)))
    places = dict.fromkeys(oracle.lists) | oracle.pins
    for student in order:
        if student not in oracle.pins:
            fits = [None]
            for project in oracle.lists[student]:
                if oracle.eligible(student, project) and oracle.feasible(places | {student: project}):
                    fits.insert(-1, project)
            places[student] = fits[0]
    assert result["assignment"] == places
    assert verify(load_instance(canonical_bytes(document)), result) == []


@FIXED
@given(documents(students=7, projects=5, minimums=True, serial=True), st.data())
def test_order_of_rows_changes_nothing_but_the_hash(document, data):
    first, second = solved(document), solved(data.draw(shuffled(document)))
    del first["instance_sha256"], second["instance_sha256"]
    assert canonical_bytes(first) == canonical_bytes(second)
    assert list(first["assignment"]) == list(second["assignment"])


def test_of_two_places_with_one_score_the_one_liked_better_is_higher():
    document = a_round(
        {"s1": ["p1", "p2"]},
        {"p1": {"capacity": 1, "scores": {"s1": 1}}, "p2": {"capacity": 1, "scores": {"s1": 1}}},
        groups=[{"id": "g", "capacity": 1, "members": ["p1", "p2"]}],
    )
    assert solved(document)["assignment"] == {"s1": "p1"}


def test_group_smaller_than_its_projects_takes_the_highest_of_them_all():
    document = a_round(
        {"a": ["p"], "b": ["q"], "c": ["q"]},
        {"p": {"capacity": 2, "scores": {"a": 5}}, "q": {"capacity": 1, "scores": {"b": 3, "c": 6}}},
        groups=[{"id": "g", "capacity": 1, "members": ["p", "q"]}],
    )
    result = solved(document)
    assert result["assignment"] == {"a": None, "b": None, "c": "q"}
    assert result["explanations"]["a"] == [{"project": "p", "reason": "below_cutoff", "by": "g"}]


def test_lottery_breaks_ties_by_the_lower_digest():
    people = [f"s{number}" for number in range(20)]
    document = a_round(
        dict.fromkeys(people, ["p"]), {"p": {"capacity": 3, "scores": dict.fromkeys(people, 4)}}, seed="2026"
    )
    winners = sorted(people, key=lambda name: sha256(f"2026|{name}".encode()))[:3]
    assert {name for name, place in solved(document)["assignment"].items() if place} == set(winners)


def test_every_reason_names_the_cap_that_decided():
    document = a_round(
        {
            "a": ["closing", "pinned", "deep", "scarce", "last"],
            "b": ["scarce"],
            "c": ["other"],
            "d": ["last"],
            "e": ["closing", "deep", "other"],
            "pin": [],
        },
        {
            "closing": {"capacity": 3, "minimum": 3, "scores": {"a": 1, "e": 1}},
            "pinned": {"capacity": 1, "scores": {"a": 5}},
            "deep": {"capacity": 4, "scores": {"a": 5, "e": 5}},
            "other": {"capacity": 2, "scores": {"c": 9, "e": 2}},
            "scarce": {"capacity": 1, "scores": {"a": 3, "b": 4}},
            "last": {"capacity": 1, "scores": {"d": 1}},
        },
        groups=[
            {"id": "full", "capacity": 0, "members": ["deep"]},
            {"id": "mentor", "capacity": 1, "members": ["other"]},
        ],
        pins=[{"student": "pin", "project": "pinned"}],
    )
    result = solved(document)
    assert result["closed"] == ["closing"]
    assert result["rounds"] == 2
    assert result["explanations"] == {
        "a": [
            {"project": "closing", "reason": "closed"},
            {"project": "pinned", "reason": "full_by_pins", "by": "pinned"},
            {"project": "deep", "reason": "full_by_pins", "by": "full"},
            {"project": "scarce", "reason": "below_cutoff", "by": "scarce"},
            {"project": "last", "reason": "not_eligible"},
        ],
        "e": [
            {"project": "closing", "reason": "closed"},
            {"project": "deep", "reason": "full_by_pins", "by": "full"},
            {"project": "other", "reason": "below_cutoff", "by": "mentor"},
        ],
    }
    assert result["cutoffs"] == {
        "closing": {"score": None, "student": None},
        "pinned": {"score": None, "student": None},
        "deep": {"score": None, "student": None},
        "other": {"score": 9, "student": "c"},
        "scarce": {"score": 4, "student": "b"},
        "last": None,
    }
    assert result["verdict"]["at_choice"] == {"1": 3, "unlisted": 1}


def test_project_with_a_pin_is_not_closed_but_listed():
    document = a_round(
        {"s1": ["p"], "s2": []},
        {"p": {"capacity": 3, "minimum": 3, "scores": {"s1": 1}}},
        pins=[{"student": "s2", "project": "p"}],
    )
    result = solved(document)
    assert result["closed"] == []
    assert result["verdict"]["below_minimum"] == ["p"]


def test_lowest_share_of_the_minimum_closes_first():
    document = a_round(
        {"a": ["p"], "b": ["q"], "c": ["q"], "d": ["r"]},
        {
            "p": {"capacity": 2, "minimum": 2, "scores": {"a": 1}},
            "q": {"capacity": 3, "minimum": 3, "scores": {"b": 1, "c": 1}},
            "r": {"capacity": 2, "minimum": 2, "scores": {"d": 1}},
        },
    )
    halves = sorted(["p", "r"], key=lambda name: sha256(f"x|{name}".encode()))
    assert solved(document)["closed"] == [*halves, "q"]


def test_serial_by_name_lets_scores_decide_only_who_is_eligible():
    document = a_round(
        {"a": ["p", "q"], "b": ["p"], "c": ["p", "q"], "d": ["q"]},
        {"p": {"capacity": 1, "scores": {"a": 1, "b": 99}}, "q": {"capacity": 2}},
        rule="serial",
        merit={"a": 2, "b": 1, "c": 3},
    )
    result = solved(document)
    assert result["assignment"] == {"a": "p", "b": None, "c": "q", "d": "q"}
    assert result["cutoffs"] == {"p": {"score": None, "student": "a"}, "q": None}


def test_serial_takes_overlapping_caps_too():
    document = a_round(
        {"a": ["p"], "b": ["q", "r"], "c": ["q"]},
        {"p": {"capacity": 1}, "q": {"capacity": 2}, "r": {"capacity": 1}},
        groups=[
            {"id": "g", "capacity": 1, "members": ["p", "q"]},
            {"id": "h", "capacity": 1, "members": ["q", "r"]},
        ],
        merit={"a": 3, "b": 2, "c": 1},
    )
    instance = load_instance(canonical_bytes(document))
    result = solve(instance)
    assert result["assignment"] == {"a": "p", "b": "r", "c": None}
    assert result["explanations"]["c"] == [{"project": "q", "reason": "below_cutoff", "by": "g"}]
    assert verify(instance, result) == []


@pytest.mark.parametrize("seed", range(8))
def test_crowded_nested_round_stands_before_the_verifier(seed):
    """Large enough that people are moved away from full groups again and again."""
    document, draw = generate(200, 14 + seed, seed, "nested"), random.Random(seed).random
    for group in document["groups"]:
        group["capacity"] = 1 + int(group["capacity"] * (0.5 + draw() / 2))
    for project in document["projects"][::3]:
        project["minimum"] = min(2, project["capacity"])
    instance = load_instance(canonical_bytes(document))
    assert verify(instance, solve(instance)) == []


@pytest.mark.parametrize("groups", [None, "nested"])
@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("scored", [True, False])
def test_closing_goes_on_as_if_solved_anew(scored, seed, groups, monkeypatch):
    document = generate(120, 50, seed, groups)
    for project in document["projects"]:
        project["minimum"] = min(3 + seed % 2, project["capacity"])
        if not scored:
            del project["scores"]
    instance = load_instance(canonical_bytes(document))
    result = solve(instance)
    assert len(result["closed"]) > 3
    assert verify(instance, result) == []
    monkeypatch.setattr(stable._Proposals, "close", lambda *_: False)
    monkeypatch.setattr(ordered.Stable, "close", lambda *_: False)
    assert solve(instance) == result
    assert verify(instance, result) == []


def test_progress_is_told_some_hundred_times_at_most_and_ends_at_one():
    people = [f"s{number}" for number in range(1000)]
    document = a_round(
        dict.fromkeys(people, ["p", "q"]),
        {
            "p": {"capacity": 9, "minimum": 9, "scores": dict.fromkeys(people[:5], 1)},
            "q": {"capacity": 600, "scores": dict.fromkeys(people, 1)},
        },
    )
    instance = load_instance(canonical_bytes(document))
    told, checked = [], []
    result = solve(instance, progress=told.append)
    assert verify(instance, result, progress=checked.append) == []
    for fractions in (told, checked):
        assert 2 <= len(fractions) <= 300
        assert fractions == sorted(fractions)
        assert fractions[-1] == 1.0
