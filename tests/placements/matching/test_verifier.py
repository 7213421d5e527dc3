"""The verifier passes what is right and finds whatever is changed in a result."""

import copy
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from placements.matching import canonical_bytes, load_instance, solve, verify
from tests.placements.matching.rounds import FIXED, documents
from tests.placements.matching.test_solver import EXAMPLE, HERE, a_round

CLOSING = load_instance(HERE / "instances" / "too_few_students.json")
NESTED = load_instance(HERE / "instances" / "base_inside_enterprise.json")
PINNED = load_instance(EXAMPLE)


def faults_after(instance, *path_and_value):
    *path, last, value = path_and_value
    result = json.loads(canonical_bytes(solve(instance)))
    assert verify(instance, result) == []
    spot = result
    for step in path:
        spot = spot[step]
    assert last not in spot or spot[last] is not value
    if isinstance(spot, list):
        spot[last:] = [value]
    else:
        spot[last] = value
    faults = verify(instance, result)
    assert all(len(fault.splitlines()) == 1 for fault in faults)
    return faults


CHANGES = [
    (PINNED, ("instance_sha256", "0" * 64), "instance_sha256: '000"),
    (PINNED, ("rule", "serial"), "rule: 'serial' is not 'stable'"),
    (PINNED, ("engine", ""), "engine: '' is empty"),
    (PINNED, ("format", "consortium-match-result/2"), "format: "),
    (PINNED, ("format", 1), "format: is not of the type str"),
    (PINNED, ("verdict", None), "verdict: is not of the type dict"),
    (PINNED, ("more", 1), "'more': unknown key"),
    (PINNED, ("verdict", "more", 1), "verdict.'more': unknown key"),
    (PINNED, ("verdict", "placed", True), "verdict.placed: is not of the type int"),
    (PINNED, ("rounds", True), "rounds: is not of the type int"),
    (PINNED, ("rounds", 2), "rounds: 2 should be 1"),
    (PINNED, ("closed", 0, "p1"), "closed: ['p1'] should be []"),
    (PINNED, ("assignment", "s2", None), "assignment.'s2': None is not the pin 'p1'"),
    (PINNED, ("assignment", "s1", None), "assignment.'s1': None is not 'p2', the best place"),
    (PINNED, ("assignment", "s1", "p1"), "assignment.'s1': 'p1' is not 'p2', the best place"),
    (PINNED, ("assignment", "s3", "p1"), "assignment.'s3': 'p1' does not take the student"),
    (PINNED, ("assignment", "s3", "p2"), "assignment: 2 places under 'p2' are above its capacity 1"),
    (PINNED, ("assignment", "s3", "m1"), "assignment.'s3': 'm1' is not the id of a project"),
    (PINNED, ("assignment", "s3", ["p1"]), "assignment.'s3': ['p1'] is not the id of a project"),
    (PINNED, ("assignment", "s4", "p1"), "assignment.'s4': should not be there"),
    (PINNED, ("cutoffs", "p1", {"score": 87.5, "student": "s1"}), "cutoffs.'p1': "),
    (PINNED, ("cutoffs", "p2", None), "cutoffs.'p2': None should be {'score': 2, 'student': 's1'}"),
    (PINNED, ("cutoffs", "p2", "score", 1), "cutoffs.'p2': "),
    (PINNED, ("cutoffs", "p2", "student", "s2"), "cutoffs.'p2': "),
    (PINNED, ("cutoffs", "p3", None), "cutoffs.'p3': should not be there"),
    (PINNED, ("explanations", "s1", []), "explanations.'s1': should not be there"),
    (PINNED, ("explanations", "s3", 1, "by", "m1"), "explanations.'s3': "),
    (PINNED, ("explanations", "s3", 1, {}), "explanations.'s3': "),
    (PINNED, ("explanations", "s3", 0, "reason", "closed"), "explanations.'s3': "),
    (PINNED, ("verdict", "feasible", False), "verdict.'feasible': False should be True"),
    (PINNED, ("verdict", "placed", 3), "verdict.'placed': 3 should be 2"),
    (PINNED, ("verdict", "blocking_pairs", 0, ["s3", "p1"]), "verdict.'blocking_pairs': "),
    (PINNED, ("verdict", "envy", 0, ["s3", "p2", "s1"]), "verdict.'envy': "),
    (PINNED, ("verdict", "below_minimum", 0, "p1"), "verdict.'below_minimum': "),
    (PINNED, ("verdict", "at_choice", "1", True), "verdict.'at_choice': "),
    (PINNED, ("verdict", "at_choice", "2", 1), "verdict.'at_choice': "),
    (CLOSING, ("closed", 0, "big"), "closed: ['big'] should be ['team']"),
    (CLOSING, ("assignment", "s1", "team"), "assignment.'s1': 'team' is closed"),
    (CLOSING, ("assignment", "s5", "team"), "assignment.'s5': 'team' is not on the list"),
    (CLOSING, ("assignment", "s5", "big"), "assignment.'s5': 'big' is not 'solo', the best place"),
    (NESTED, ("assignment", "f", "y1"), "assignment: 3 places under 'y1'"),
]


@pytest.mark.parametrize(("instance", "change", "expected"), CHANGES, ids=[each[2] for each in CHANGES])
def test_changed_statement_is_found(instance, change, expected):
    assert any(fault.startswith(expected) for fault in faults_after(instance, *change))


@pytest.mark.parametrize("result", [None, [], "x", {}, {"format": "consortium-match-result/1"}])
def test_what_is_no_result_is_a_fault(result):
    assert verify(PINNED, result)


@pytest.mark.parametrize("field", ["assignment", "cutoffs", "explanations", "verdict"])
def test_missing_entry_is_found(field):
    result = solve(PINNED)
    for name in list(result[field]):
        less = copy.deepcopy(result)
        del less[field][name]
        assert any(name in fault and "missing" in fault for fault in verify(PINNED, less))


def test_blocking_pair_and_envy_of_a_wrong_assignment_are_shown():
    instance = load_instance(
        canonical_bytes(
            a_round(
                {"a": ["p", "q"], "b": ["p", "q"]},
                {
                    "p": {"capacity": 1, "scores": {"a": 2, "b": 1}},
                    "q": {"capacity": 1, "scores": {"a": 1, "b": 1}},
                },
            )
        )
    )
    result = solve(instance)
    result["assignment"] = {"a": "q", "b": "p"}
    faults = verify(instance, result)
    assert "verdict.'blocking_pairs': [] should be [['a', 'p']]" in faults
    assert "verdict.'envy': [] should be [['a', 'p', 'b']]" in faults


def test_stable_result_that_is_not_the_best_for_students_is_found():
    """Both assignments are stable; only one is the students' best."""
    instance = load_instance(
        canonical_bytes(
            a_round(
                {"a": ["p", "q"], "b": ["q", "p"]},
                {
                    "p": {"capacity": 1, "scores": {"a": 1, "b": 2}},
                    "q": {"capacity": 1, "scores": {"a": 2, "b": 1}},
                },
            )
        )
    )
    result = solve(instance)
    assert result["assignment"] == {"a": "p", "b": "q"}
    result["assignment"] = {"a": "q", "b": "p"}
    result["verdict"]["at_choice"] = {"2": 2}
    faults = verify(instance, result)
    assert "assignment.'a': 'q' is not 'p', the best place of any stable result" in faults


def test_another_instance_is_found():
    assert verify(NESTED, solve(CLOSING))[0].startswith("instance_sha256")


@FIXED
@given(documents(students=6, projects=4, minimums=True, serial=True), st.data())
def test_any_one_changed_place_is_found(document, data):
    instance = load_instance(canonical_bytes(document))
    result = solve(instance)
    student = data.draw(st.sampled_from(sorted(result["assignment"])))
    others = {None, *instance.projects} - {result["assignment"][student]}
    result["assignment"][student] = data.draw(st.sampled_from(sorted(others, key=str)))
    assert verify(instance, result)


@FIXED
@given(documents(students=6, projects=4, minimums=True, serial=True), st.data())
def test_any_one_changed_leaf_is_found(document, data):
    instance = load_instance(canonical_bytes(document))
    result = solve(instance)
    result = copy.deepcopy(result)
    spots = list(leaves(result))
    holder, key = data.draw(st.sampled_from(spots))
    old = holder[key]
    values = [None, True, False, 0, 1, 7, "p0", "s0", "g0", "closed", [], {}]
    holder[key] = data.draw(
        st.sampled_from([one for one in values if type(one) is not type(old) or one != old])
    )
    assert verify(instance, result)


def leaves(value):
    """Every place of a result that holds no further places; the engine's name is nothing to prove."""
    for key, inner in value.items() if isinstance(value, dict) else enumerate(value):
        if isinstance(inner, (dict, list)) and inner:
            yield from leaves(inner)
        elif key != "engine":
            yield value, key
