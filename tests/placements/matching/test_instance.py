"""Every refusal of an instance, each one line that names the field and the value; and what is not refused."""

import copy
import gc
import json
import random

import pytest

from placements.matching import BadInput, canonical_bytes, load_instance, parse_json, sha256, strict

SOUND = {
    "format": "consortium-match/1",
    "rule": "auto",
    "seed": "x",
    "students": [{"id": "s1", "preferences": ["p1", "p2"]}, {"id": "s2", "preferences": []}],
    "projects": [
        {"id": "p1", "capacity": 2, "minimum": 1, "scores": {"s1": 1.5, "s2": 2}},
        {"id": "p2", "capacity": 1, "ranking": ["s1", ["s2"]]},
        {"id": "p3", "capacity": 1},
    ],
    "groups": [
        {"id": "g1", "capacity": 2, "members": ["p1", "p3"], "ranking": ["s2"]},
        {"id": "g2", "capacity": 3, "members": ["g1", "p2"]},
    ],
    "pins": [{"student": "s2", "project": "p3"}],
    "merit": {"s1": 3},
}
DELETE = object()


def changed(*path_and_value):
    """The sound document with one place changed."""
    *path, last, value = path_and_value
    document = copy.deepcopy(SOUND)
    spot = document
    for step in path:
        spot = spot[step]
    if value is DELETE:
        del spot[last]
    elif isinstance(spot, list) and last == len(spot):
        spot.append(value)
    else:
        spot[last] = value
    return document


def refusal(raw):
    with pytest.raises(BadInput) as caught:
        load_instance(raw)
    line = str(caught.value)
    assert len(line.splitlines()) == 1
    return line


RAW = {
    "not UTF-8": (b'{"format": "\xff"}', "file: not UTF-8, byte 12 is 0xff"),
    "UTF-16": ('{"format": 1}'.encode("utf-16"), "file: not UTF-8"),
    "raw surrogate": (b'{"seed": "\xed\xa0\x80"}', "file: not UTF-8"),
    "byte order mark": (b"\xef\xbb\xbf{}", "file: starts with a byte order mark"),
    "empty": (b"", "file: not JSON, line 1 column 1"),
    "not JSON": (b'{"format": consortium}', "file: not JSON, line 1 column 12 has 'consortium}'"),
    "two documents": (b"{}\n{}", "file: two documents, line 2 column 1 has '{}'"),
    "too deep": (b"[" * 200_000, "file: nesting too deep"),
    "a list": (b"[]", "document: a list is not an object"),
    "text": (b'"x"', "document: 'x' is not an object"),
}


@pytest.mark.parametrize("name", RAW)
def test_file_that_is_no_document_is_refused(name):
    raw, expected = RAW[name]
    assert refusal(raw).startswith(expected)


CHANGES = [
    (("format", DELETE), "document.format: missing"),
    (("seed", DELETE), "document.seed: missing"),
    (("students", DELETE), "document.students: missing"),
    (("projects", DELETE), "document.projects: missing"),
    (("extra", 1), "document.extra: unknown key"),
    (("extra\n key", 1), "document.'extra\\n key': unknown key"),
    (("format", "consortium-match/2"), "format: 'consortium-match/2' is not 'consortium-match/1'"),
    (("format", 1), "format: 1 is not text"),
    (("rule", "best"), "rule: 'best' is none of auto, stable"),
    (("rule", None), "rule: null is not text"),
    (("seed", True), "seed: true is not text"),
    (("students", {}), "students: an object is not a list"),
    (("groups", None), "groups: null is not a list"),
    (("pins", "x"), "pins: 'x' is not a list"),
    (("merit", []), "merit: a list is not an object"),
    (("students", 0, 7), "students[0]: 7 is not an object"),
    (("students", 0, "s1"), "students[0]: 's1' is not an object"),
    (("students", 0, "id", DELETE), "students[0].id: missing"),
    (("students", 0, "preferences", DELETE), "students[0].preferences: missing"),
    (("students", 0, "name", "x"), "students[0].name: unknown key"),
    (("students", 0, "id", 7), "students[0].id: 7 is not text"),
    (("students", 0, "id", ["x"]), "students[0].id: a list is not text"),
    (("students", 0, "id", ""), "students[0].id: '' is empty"),
    (("students", 1, "id", "s1"), "students[1].id: 's1' is also students[0]"),
    (("students", 0, "preferences", "p1"), "students[0].preferences: 'p1' is not a list"),
    (("students", 0, "preferences", {"p1": 1}), "students[0].preferences: an object is not a list"),
    (("students", 0, "preferences", 3), "students[0].preferences: 3 is not a list"),
    (("students", 0, "preferences", 1, "p9"), "students[0].preferences[1]: 'p9' is not the id of a project"),
    (("students", 0, "preferences", 1, "g1"), "students[0].preferences[1]: 'g1' is not the id of a project"),
    (("students", 0, "preferences", 1, "p1"), "students[0].preferences[1]: 'p1' stands there twice"),
    (("students", 0, "preferences", 1, None), "students[0].preferences[1]: null is not text"),
    (("students", 0, "preferences", 1, ["p2"]), "students[0].preferences[1]: a list is not text"),
    (("projects", 0, 1.5), "projects[0]: 1.5 is not an object"),
    (("projects", 0, "capacity", DELETE), "projects[0].capacity: missing"),
    (("projects", 0, "kind", 1), "projects[0].kind: unknown key"),
    (("projects", 0, "id", None), "projects[0].id: null is not text"),
    (("projects", 0, "id", "p2"), "projects[1].id: 'p2' is also projects[0]"),
    (("projects", 0, "capacity", -1), "projects[0].capacity: -1 is not an integer from 0"),
    (("projects", 0, "capacity", 2.0), "projects[0].capacity: 2.0 is not an integer from 0"),
    (("projects", 0, "capacity", True), "projects[0].capacity: true is not an integer from 0"),
    (("projects", 0, "capacity", "2"), "projects[0].capacity: '2' is not an integer from 0"),
    (("projects", 0, "minimum", -1), "projects[0].minimum: -1 is not an integer from 0"),
    (("projects", 0, "minimum", 3), "projects[0].minimum: 3 is above the capacity 2"),
    (("projects", 0, "scores", []), "projects[0].scores: a list is not an object"),
    (("projects", 0, "scores", "s9", 1), "projects[0].scores.s9: 's9' is not the id of a student"),
    (("projects", 0, "scores", "s1", True), "projects[0].scores.s1: true is not a number"),
    (("projects", 0, "scores", "s2", {}), "projects[0].scores.s2: an object is not a number"),
    (("projects", 0, "scores", "s1", "1"), "projects[0].scores.s1: '1' is not a number"),
    (("projects", 0, "scores", "s1", [1]), "projects[0].scores.s1: a list is not a number"),
    (("projects", 0, "scores", "s1", float("nan")), "projects[0].scores.s1: nan is not finite"),
    (("projects", 0, "scores", "s1", float("inf")), "projects[0].scores.s1: inf is not finite"),
    (("projects", 0, "scores", "s1", float("-inf")), "projects[0].scores.s1: -inf is not finite"),
    (
        ("projects", 0, "scores", "s1", 2**53 + 1),
        "projects[0].scores.s1: 9007199254740993 is not what a 64-bit",
    ),
    (("projects", 0, "scores", "s1", -(10**400)), "projects[0].scores.s1: -1000"),
    (("projects", 0, "ranking", []), "projects[0].ranking: stands beside scores, 'p1' may have one of them"),
    (("projects", 1, "ranking", {}), "projects[1].ranking: an object is not a list"),
    (("projects", 1, "ranking", 0, 1), "projects[1].ranking[0]: 1 is not text"),
    (("projects", 1, "ranking", 0, "s9"), "projects[1].ranking[0]: 's9' is not the id of a student"),
    (("projects", 1, "ranking", 0, "s2"), "projects[1].ranking[1][0]: 's2' stands there twice"),
    (("projects", 1, "ranking", 1, 0, ["s2"]), "projects[1].ranking[1][0]: a list is a tie inside a tie"),
    (("groups", 0, []), "groups[0]: a list is not an object"),
    (("groups", 0, "scores", {}), "groups[0].scores: unknown key"),
    (("groups", 0, "members", DELETE), "groups[0].members: missing"),
    (("groups", 0, "members", "p1"), "groups[0].members: 'p1' is not a list"),
    (("groups", 0, "members", 0, "p9"), "groups[0].members[0]: 'p9' is not the id of a project or group"),
    (("groups", 0, "members", 0, "p3"), "groups[0].members[1]: 'p3' stands there twice"),
    (("groups", 0, "members", 0, 1), "groups[0].members[0]: 1 is not text"),
    (("groups", 0, "id", "p2"), "groups[0].id: 'p2' is also the id of a project"),
    (("groups", 0, "id", "g2"), "groups[1].id: 'g2' is also groups[0]"),
    (("groups", 0, "capacity", -3), "groups[0].capacity: -3 is not an integer from 0"),
    (("groups", 0, "ranking", ["s9"]), "groups[0].ranking[0]: 's9' is not the id of a student"),
    (("groups", 0, "members", 0, "g1"), "groups[0].members: 'g1' holds itself, a cycle of groups"),
    (("groups", 0, "members", 0, "g2"), "groups[0].members: 'g1' holds itself, a cycle of groups"),
    (("pins", 0, None), "pins[0]: null is not an object"),
    (("pins", 0, "project", DELETE), "pins[0].project: missing"),
    (("pins", 0, "student", "s9"), "pins[0].student: 's9' is not the id of a student"),
    (("pins", 0, "student", 2), "pins[0].student: 2 is not text"),
    (("pins", 0, "project", "p9"), "pins[0].project: 'p9' is not the id of a project"),
    (("pins", 0, "project", []), "pins[0].project: a list is not text"),
    (("pins", 0, "project", "g1"), "pins[0].project: 'g1' is a group, a pin names a project"),
    (("pins", 1, {"student": "s2", "project": "p1"}), "pins[1].student: 's2' is pinned twice"),
    (("projects", 2, "capacity", 0), "pins: 1 pins are above the capacity 0 of 'p3'"),
    (("groups", 1, "capacity", 0), "pins: 1 pins are above the capacity 0 of 'g2'"),
    (("merit", "s9", 1), "merit.s9: 's9' is not the id of a student"),
    (("merit", "s1", None), "merit.s1: null is not a number"),
    (("merit", "s1", False), "merit.s1: false is not a number"),
]


@pytest.mark.parametrize(("change", "expected"), CHANGES, ids=[expected for _, expected in CHANGES])
def test_field_and_value_are_named(change, expected):
    assert refusal(json.dumps(changed(*change)).encode()).startswith(expected)


def test_the_sound_document_is_read():
    read = load_instance(canonical_bytes(SOUND))
    assert read.rule == "stable"
    assert read.sha256 == sha256(canonical_bytes(SOUND))
    assert read.tables[2] == {"s2": 1}
    assert read.above == [(0, 3, 4), (1, 4), (2, 3, 4)]
    assert [read.cap_id(cap) for cap in read.above[2]] == ["p3", "g1", "g2"]


def test_optional_fields_may_be_left_out():
    bare = {field: SOUND[field] for field in ("format", "seed", "students")} | {
        "projects": [{"id": "p1", "capacity": 0}, {"id": "p2", "capacity": 1}]
    }
    read = load_instance(canonical_bytes(bare))
    assert (read.rule, read.pins, read.groups, read.merit) == ("serial", {}, [], {})


@pytest.mark.parametrize("escaped", [False, True])
@pytest.mark.parametrize(
    ("once", "twice", "key"),
    [
        ('"seed": "x"', '"seed": "x", "seed": "x"', "seed"),
        ('"id": "s1"', '"id": "s1", "id": "s1"', "id"),
        ('"s1": 1.5', '"s1": 1.5, "s1": 1.5', "s1"),
        ('"s1": 3', '"s1": 4, "s1": 3', "s1"),
        ('"capacity": 3', '"capacity": 3, "capacity": 3', "capacity"),
        ('"student": "s2"', '"student": "s2", "student": "s2"', "student"),
    ],
)
def test_key_twice_in_one_object_is_refused(once, twice, key, escaped):
    text = json.dumps(SOUND)
    assert once in text
    if escaped:
        text = text.replace('"seed": "x"', '"seed": "\\u0078"')
        once, twice = once.replace('"x"', '"\\u0078"'), twice.replace('"x"', '"\\u0078"')
    assert refusal(text.replace(once, twice, 1).encode()) == f"{key}: the key stands twice in one object"


@pytest.mark.parametrize(
    ("change", "field"),
    [
        (("seed", "\ud800"), "seed"),
        (("students", 0, "id", "\udfff"), "id"),
        (("students", 0, "preferences", 0, "a\ud800"), "preferences"),
        (("merit", "\ud800", 1), "merit.key"),
    ],
)
def test_lone_surrogate_is_refused(change, field):
    line = refusal(json.dumps(changed(*change)).encode())
    assert line.startswith(f"{field}: ")
    assert line.endswith("holds a lone surrogate")


def test_escapes_and_quotes_in_ids_are_read():
    text = json.dumps(SOUND).replace("s1", '\\ud83d\\ude00 \\" \\u5b66')
    assert load_instance(text.encode()).students[0] == '😀 " 学'


def test_integer_too_long_to_read_is_refused_where_it_stands():
    long = "9" * 5000
    text = json.dumps(SOUND)
    for once, field in (
        ('"s1": 1.5', "projects[0].scores.s1"),
        ('"s1": 3', "merit.s1"),
        ('"capacity": 3', "groups[1].capacity"),
    ):
        line = refusal(text.replace(once, once.partition(":")[0] + f": {long}", 1).encode())
        assert line.startswith(f"{field}: the integer 99999999999999999999... of 5000 digits")


def test_integers_that_a_float_holds_exactly_are_read():
    for score in (2**53, -(2**53), 2**60, 2**900, 0, -1):
        read = load_instance(canonical_bytes(changed("projects", 0, "scores", "s1", score)))
        assert read.tables[0]["s1"] == score


def overlapping(rule="stable", **more):
    groups = [
        {"id": "mentor", "capacity": 1, "members": ["p1", "p2"], **more},
        {"id": "degree", "capacity": 1, "members": ["p2", "p3"], **more},
    ]
    return SOUND | {"groups": groups, "rule": rule, "pins": []}


def test_stable_on_overlapping_caps_is_refused_with_both_groups_named():
    line = refusal(canonical_bytes(overlapping()))
    assert line == "rule: 'stable' needs nested caps, but the groups 'degree' and 'mentor' overlap"


def test_overlapping_caps_call_for_fair_and_without_any_score_for_serial():
    assert load_instance(canonical_bytes(overlapping("auto"))).rule == "fair"
    bare = overlapping("auto") | {"projects": [{"id": f"p{at}", "capacity": 1} for at in (1, 2, 3)]}
    assert load_instance(canonical_bytes(bare)).rule == "serial"


def test_two_nearest_rankings_are_refused():
    document = overlapping("auto", ranking=["s1"])
    document["projects"] = [{"id": f"p{at}", "capacity": 1} for at in (1, 2, 3)]
    line = refusal(canonical_bytes(document))
    assert line == "projects[1]: 'p2' has two nearest rankings, 'degree' and 'mentor'"


def ranked(*groups):
    made = [
        {"id": name, "capacity": 1, "members": members, "ranking": ranking}
        for name, members, ranking in groups
    ]
    return SOUND | {"groups": made, "pins": []}


def test_nearest_ranking_is_that_of_the_fewest_projects():
    document = ranked(("a", ["p1", "p3"], ["s1"]), ("z", ["p3"], ["s2"]))
    assert load_instance(canonical_bytes(document)).tables[2] == {"s2": 1}


def test_of_equal_sets_the_inner_group_ranks():
    document = ranked(("a", ["z"], ["s1"]), ("z", ["p3"], ["s2"]), ("b", ["a", "p2"], []))
    assert load_instance(canonical_bytes(document)).tables[2] == {"s2": 1}


def test_equal_sets_of_which_neither_holds_the_other_are_refused():
    document = ranked(("a", ["p3"], ["s1"]), ("z", ["p3"], ["s2"]))
    assert "has two nearest rankings, 'a' and 'z'" in refusal(canonical_bytes(document))


def test_long_chain_of_groups_is_read_without_recursion():
    groups = [{"id": "g0", "capacity": 1, "members": ["p3"], "ranking": ["s1"]}]
    groups += [
        {"id": f"g{at}", "capacity": 1, "members": [f"g{at - 1}"], "ranking": ["s2"]} for at in range(1, 2000)
    ]
    random.Random(1).shuffle(groups)
    read = load_instance(canonical_bytes(SOUND | {"groups": groups, "pins": []}))
    assert read.tables[2] == {"s1": 1}
    assert len(read.above[2]) == 2001


def test_long_value_is_shown_shortened():
    line = refusal(canonical_bytes(changed("format", "x" * 500)))
    assert len(line) < 150


def test_file_above_a_gigabyte_is_refused_unread(tmp_path, monkeypatch):
    large = tmp_path / "large.json"
    with large.open("wb") as file:
        file.truncate((1 << 30) + 1)
    with pytest.raises(BadInput, match=r"file: '.*' is above 1 GiB"):
        load_instance(large)
    monkeypatch.setattr(strict, "LARGEST_FILE", 10)
    with pytest.raises(BadInput, match="is above 1 GiB"):
        load_instance("/dev/zero")
    with pytest.raises(BadInput, match="11 bytes is above 1 GiB"):
        load_instance(b" " * 11)


@pytest.mark.parametrize("path", ["/nowhere/at all.json", "/", "nul\0byte"])
def test_file_that_cannot_be_read_is_refused(path):
    with pytest.raises(BadInput, match="file: cannot read '"):
        load_instance(path)


def test_path_and_bytes_read_the_same(tmp_path):
    file = tmp_path / "x.json"
    file.write_bytes(canonical_bytes(SOUND))
    assert load_instance(file) == load_instance(str(file)) == load_instance(file.read_bytes())


def test_canonical_bytes_are_the_same_for_any_order_of_keys():
    assert canonical_bytes({"b": [1.5, None], "a": "学"}) == '{"a":"学","b":[1.5,null]}\n'.encode()
    with pytest.raises(ValueError, match="JSON"):
        canonical_bytes({"a": float("nan")})


def test_parse_json_is_strict():
    assert parse_json(b'{"a": [1, {"b": null}]}') == {"a": [1, {"b": None}]}
    with pytest.raises(BadInput, match="b: the key stands twice"):
        parse_json(b'{"a": {"b": 1, "b": 2}}')


def test_collector_is_left_as_it_was():
    load_instance(canonical_bytes(SOUND))
    assert gc.isenabled()
    gc.disable()
    try:
        load_instance(canonical_bytes(SOUND))
        assert not gc.isenabled()
    finally:
        gc.enable()


def test_wrong_score_in_a_later_table_is_named():
    document = changed("projects", 1, {"id": "p2", "capacity": 1, "scores": {"s1": "good"}})
    assert refusal(canonical_bytes(document)) == "projects[1].scores.s1: 'good' is not a number"
