"""The rules `fair` and `maximum`, and closing under them, against what their definitions say of every assignment."""

import copy
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from placements.matching import BadInput, canonical_bytes, load_instance, solve, verify
from placements.matching.generator import generate
from placements.matching.packing import heaviest
from placements.matching.verifier import programs
from tests.placements.matching.rounds import FIXED, Oracle, documents, shuffled
from tests.placements.matching.test_solver import HERE, a_round
from tests.placements.matching.test_verifier import leaves

OVERLAPPING = load_instance(HERE / "instances" / "caps_that_overlap.json")


def rounds(**more):
    """Rounds of both rules and of both kinds of caps."""
    return st.tuples(st.sampled_from(["fair", "maximum"]), st.booleans()).flatmap(
        lambda kind: documents(rule=kind[0], overlapping=kind[1], **more)
    )


def read_and_solved(document):
    instance = load_instance(canonical_bytes(document))
    return instance, solve(instance)


def test_the_example_of_overlapping_caps_is_fair():
    result = solve(OVERLAPPING)
    document = json.loads((HERE / "instances" / "caps_that_overlap.json").read_bytes())
    assert list(Oracle(document).unfair(result["assignment"])) == []
    assert result["rule"] == "fair"
    assert verify(OVERLAPPING, result) == []


@FIXED
@given(st.booleans().flatmap(lambda kind: documents(8, 5, rule="fair", overlapping=kind)))
def test_fair_passes_nobody_over_and_leaves_nothing_to_fill(document):
    oracle, (instance, result) = Oracle(document), read_and_solved(document)
    places = result["assignment"]
    assert oracle.feasible(places)
    assert oracle.pins.items() <= places.items()
    assert list(oracle.unfair(places)) == []
    assert result["verdict"]["blocking_pairs"] == sorted(oracle.blocking_pairs(places))
    assert verify(instance, result) == []


@FIXED
@given(st.booleans().flatmap(lambda kind: documents(5, 4, rule="maximum", overlapping=kind)))
def test_maximum_is_the_best_of_all_assignments(document):
    oracle, (instance, result) = Oracle(document), read_and_solved(document)
    places = result["assignment"]
    assert places == min(oracle.feasible_places(), key=oracle.by_maximum)
    assert result["verdict"]["blocking_pairs"] == sorted(oracle.blocking_pairs(places))
    assert {entry["reason"] for told in result["explanations"].values() for entry in told} <= {
        "not_eligible",
        "full_by_pins",
        "not_in_maximum",
    }
    assert verify(instance, result) == []


@FIXED
@given(st.booleans().flatmap(lambda kind: documents(5, 4, True, rule="maximum", overlapping=kind)))
def test_closings_under_maximum_are_those_of_solving_again_and_again(document):
    oracle, (instance, result) = Oracle(document), read_and_solved(document)
    closed = []
    while True:
        places = min(oracle.feasible_places(closed), key=oracle.by_maximum)
        if (missed := oracle.missed(places)) is None:
            break
        closed.append(missed)
    assert (result["closed"], result["rounds"]) == (closed, len(closed) + 1)
    assert result["assignment"] == places
    assert verify(instance, result) == []


@FIXED
@given(st.booleans().flatmap(lambda kind: documents(8, 5, True, rule="fair", overlapping=kind)))
def test_closings_under_fair_leave_a_fair_result(document):
    oracle, (instance, result) = Oracle(document), read_and_solved(document)
    assert oracle.missed(result["assignment"]) is None
    assert not set(result["closed"]) & set(result["assignment"].values())
    assert list(oracle.unfair(result["assignment"], result["closed"])) == []
    assert verify(instance, result) == []


@FIXED
@given(
    rounds(students=6, projects=4, minimums=True).flatmap(lambda one: st.tuples(st.just(one), shuffled(one)))
)
def test_order_of_rows_changes_nothing_under_fair_and_maximum(pair):
    first, second = (read_and_solved(document)[1] | {"instance_sha256": ""} for document in pair)
    assert first == second


@FIXED
@given(rounds(students=6, projects=4, minimums=True), st.data())
def test_any_one_changed_leaf_is_found_under_fair_and_maximum(document, data):
    instance, result = read_and_solved(document)
    result = copy.deepcopy(result)
    holder, key = data.draw(st.sampled_from(list(leaves(result))))
    values = [None, True, False, 0, 1, 7, "p0", "p1", "s0", "g0", "closed", [], {}]
    holder[key] = data.draw(
        st.sampled_from([one for one in values if type(one) is not type(holder[key]) or one != holder[key]])
    )
    assert verify(instance, result)


def crowd(rule):
    """Two students, two projects, and caps that overlap or not: what is better is plain to see."""
    return a_round(
        {"a": ["p", "q"], "b": ["p"]},
        {
            "p": {"capacity": 1, "scores": {"a": 2, "b": 1}},
            "q": {"capacity": 1, "scores": {"a": 1}},
            "r": {"capacity": 1},
        },
        rule=rule,
    )


CROSSING = [
    {"id": "g", "capacity": 2, "members": ["p", "q"]},
    {"id": "h", "capacity": 2, "members": ["q", "r"]},
]


def faults_of(document, rule, **places):
    """What the verifier says of an answer whose every other statement is what follows from it."""
    instance, result = read_and_solved(document)
    assert result["rule"] == rule
    return [fault for fault in verify(instance, result | {"assignment": places}) if "assignment" in fault]


@pytest.mark.parametrize("groups", [[], CROSSING])
def test_maximum_with_fewer_students_or_later_choices_is_found(groups):
    document = crowd("maximum") | {"groups": groups}
    assert faults_of(document, "maximum", a="q", b="p") == []
    assert faults_of(document, "maximum", a="p", b=None) == [
        "assignment: places 1 students beside the pins, 2 can be placed"
    ]
    document["students"][1]["preferences"] = ["p", "q"]
    document["projects"][1]["scores"]["b"] = 1
    document["students"][0]["preferences"] = ["p", "r", "q"]
    assert faults_of(document, "maximum", a="q", b="p") == [
        "assignment: the choice numbers add up to 4, 3 can be had for as many students"
    ]


@pytest.mark.parametrize("groups", [[], CROSSING])
def test_fair_with_envy_or_a_place_to_fill_is_found(groups):
    document = crowd("fair") | {"groups": groups}
    assert faults_of(document, "fair", a="p", b=None) == []
    assert faults_of(document, "fair", a=None, b="p") == [
        "assignment.'b': 'a' has a higher key at 'p'",
        "assignment.'a': 'q' can be filled with the student by lowering its cutoff",
    ]
    assert faults_of(document, "fair", a="q", b=None) == [
        "assignment.'a': 'p' can be filled with the student by lowering its cutoff"
    ]


def test_project_short_of_its_minimum_and_open_is_found():
    document = crowd("fair")
    document["projects"][1] |= {"minimum": 1}
    document["projects"][0] |= {"capacity": 2, "minimum": 2}
    assert faults_of(document, "fair", a="p", b=None)[0] == (
        "assignment: 'p' has fewer students than its minimum and is not closed"
    )


def long_lists(listed):
    """Overlapping caps, and so many listed preferences in all."""
    people = [f"s{number:03d}" for number in range(listed // 4)]
    names = [f"p{number}" for number in range(13)]
    lists = {
        one: [names[(at * step + 3 * step) % 13] for step in range(1, 5)] for at, one in enumerate(people, 1)
    }
    lists = {one: list(dict.fromkeys(chosen)) for one, chosen in lists.items()}
    lists["last"] = names[: listed - sum(map(len, lists.values()))]
    scores = dict.fromkeys([*people, "last"], 1)
    groups = [
        {"id": f"g{at}", "capacity": 9 + at % 3, "members": names[at : at + 5]} for at in range(0, 9, 3)
    ]
    return a_round(
        lists, {name: {"capacity": 4, "scores": scores} for name in names}, groups=groups, rule="maximum"
    )


def test_maximum_on_overlapping_caps_is_exact_up_to_200_listed_preferences_and_refused_beyond():
    document = long_lists(200)
    instance, result = read_and_solved(document)
    assert len(instance.choices) == 200
    assert verify(instance, result) == []
    document["students"].append({"id": "more", "preferences": ["p0"]})
    with pytest.raises(
        BadInput, match="^rule: 'maximum' takes at most 200 listed preferences .* there are 201$"
    ):
        load_instance(canonical_bytes(document))


@pytest.mark.parametrize("groups", [None, "nested", "overlapping"])
@pytest.mark.parametrize("rule", ["fair", "maximum"])
def test_larger_round_stands_before_the_verifier(rule, groups):
    """Large enough that people are sent away in chains, and cutoffs are lowered again."""
    document = generate(24 if (rule, groups) == ("maximum", "overlapping") else 150, 20, 3, groups) | {
        "rule": rule
    }
    for project in document["projects"][::3]:
        project["minimum"] = project["capacity"]
    for group in document["groups"]:
        group["capacity"] = 1 + group["capacity"] * 3 // 4
    instance, result = read_and_solved(document)
    assert verify(instance, result) == []


def test_odd_ring_of_caps_lets_no_program_take_halves():
    """Each two of three share a cap with one place: the linear program takes half of each, a set only one."""
    caps = [[0, 1, 3], [1, 2, 4], [2, 0, 5]]
    for search in (heaviest, programs.heaviest):
        assert search([2, 3, 2], caps, [1] * 6) == [1]
    assert heaviest([2, 3, 2], caps, [1] * 6, taken=[0, 1]) is None
    assert programs.heaviest([2, 3, 2], caps, [1] * 6, beat=3) is None


MOVES = [  # a student leaves a place in a full group for a better one in the same group
    a_round(
        {"s0": ["p0", "p1"], "s1": ["p1", "p0"]},
        {
            "p0": {"capacity": 2, "scores": {"s0": 2, "s1": 3}},
            "p1": {"capacity": 2, "scores": {"s0": 0, "s1": 1}},
        },
        groups=[{"id": "g", "capacity": 1, "members": ["p0", "p1"]}],
        rule="fair",
        seed="0.20441331691376563",
    ),
    a_round(
        {"s0": ["p0", "p2", "p1", "p3"], "s1": ["p3", "p2", "p1"], "s2": ["p1", "p3", "p2", "p0"]},
        {
            "p0": {"capacity": 2, "scores": {"s0": 0, "s1": 2, "s2": 2}},
            "p1": {"capacity": 2},
            "p2": {"capacity": 2, "scores": {"s0": 3, "s1": 1}},
            "p3": {"capacity": 1, "scores": {"s0": 0, "s1": 0, "s2": 1}},
        },
        groups=[{"id": "g", "capacity": 2, "members": ["p0", "p1", "p2", "p3"]}],
        rule="fair",
        seed="0.5821527383144957",
    ),
]


@pytest.mark.parametrize("document", MOVES)
def test_fill_moves_inside_a_full_group(document):
    instance, result = read_and_solved(document)
    assert list(Oracle(document).unfair(result["assignment"])) == []
    assert (
        solve(load_instance(canonical_bytes(document | {"rule": "stable"})))["assignment"]
        != result["assignment"]
    )
    assert verify(instance, result) == []


@FIXED
@given(
    st.lists(st.tuples(st.integers(1, 9), st.sets(st.integers(0, 3)), st.integers(4, 6)), max_size=8),
    st.lists(st.integers(0, 2), min_size=4, max_size=4),
)
def test_heaviest_set_is_found_by_both_programs(things, rooms):
    weights = [weight for weight, _, _ in things]
    caps = [[*over, alone] for _, over, alone in things]
    rooms = [*rooms, 1, 1, 1]
    best = 0
    for chosen in range(1 << len(things)):
        inside = [at for at in range(len(things)) if chosen >> at & 1]
        counts = [sum(cap in caps[at] for at in inside) for cap in range(len(rooms))]
        if all(count <= room for count, room in zip(counts, rooms, strict=True)):
            best = max(best, sum(weights[at] for at in inside))
    assert sum(weights[at] for at in heaviest(weights, caps, rooms)) == best
    assert sum(weights[at] for at in programs.heaviest(weights, caps, rooms)) == best
    assert heaviest(weights, caps, rooms, at_least=best + 1) is None
