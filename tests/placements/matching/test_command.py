"""The command line: exit codes, one line a fault, and files that are whole or not there."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from placements.matching import __main__ as command
from placements.matching import canonical_bytes, load_instance, result, solve
from placements.matching.generator import generate
from placements.matching.solver import Answer
from tests.placements.matching.test_solver import EXAMPLE, HERE, a_round

ROOT = Path(__file__).parents[3]
INSTANCES = HERE / "instances"


@pytest.fixture
def instance(tmp_path):
    file = tmp_path / "round.json"
    file.write_bytes(EXAMPLE)
    return file


def run(capfd, *arguments):
    """Exit code, lines on standard output, lines on standard error."""
    code = command.main([str(argument) for argument in arguments])
    out, err = capfd.readouterr()
    return code, out.splitlines(), err.splitlines()


def bare(*arguments, **options):
    """The command in a process of its own: no packages, no settings, not even the environment."""
    line = [sys.executable, "-I", "-S", "-W", "error", "-c", _ENTRY, *map(str, arguments)]
    return subprocess.run(line, capture_output=True, cwd=ROOT, env={}, check=False, **options)


# as `python -m placements.matching` does it, where neither site-packages nor PYTHONPATH is seen
_ENTRY = (
    "import sys, runpy; sys.path.insert(0, '.'); runpy.run_module('placements.matching', run_name='__main__')"
)


def test_solve_and_verify_with_a_bare_python(instance, tmp_path):
    out = tmp_path / "result.json"
    done = bare("solve", instance, "--out", out, "--time")
    assert (done.returncode, done.stderr) == (0, b"")
    times = json.loads(done.stdout)
    assert list(times) == ["read", "solve", "verify", "write", "peak_bytes"]
    assert times["peak_bytes"] > 1_000_000
    assert out.read_bytes() == canonical_bytes(solve(load_instance(instance)))
    right = bare("verify", instance, out)
    assert (right.returncode, right.stdout, right.stderr) == (0, b"", b"")
    out.write_bytes(out.read_bytes().replace(b'"placed":2', b'"placed":3'))
    wrong = bare("verify", instance, out)
    assert (wrong.returncode, wrong.stderr) == (1, b"")
    assert wrong.stdout == b"verdict.'placed': 3 should be 2\n"


def test_module_runs_by_its_name():
    line = [sys.executable, "-m", "placements.matching", "--help"]
    done = subprocess.run(line, capture_output=True, cwd=ROOT, check=False)
    assert done.returncode == 0
    assert b"solve|verify|batch|generate" in done.stdout


def test_engine_imports_nothing_but_the_standard_library():
    seen = "import sys; sys.path.insert(0, '.'); import placements.matching.__main__; print(*sys.modules)"
    line = [sys.executable, "-I", "-S", "-c", seen]
    done = subprocess.run(line, capture_output=True, cwd=ROOT, env={}, check=True, text=True)
    roots = {name.partition(".")[0] for name in done.stdout.split()}
    assert roots - set(sys.stdlib_module_names) <= {"placements", "__main__"}


def test_faults_of_a_terminal_without_unicode_are_still_lines(instance, tmp_path):
    instance.write_bytes(EXAMPLE.replace(b'"s1"', '"学生\\n一"'.encode()))
    out = tmp_path / "result.json"
    assert bare("solve", instance, "--out", out).returncode == 0
    out.write_bytes(out.read_bytes().replace('"学生\\n一":"p2"'.encode(), '"学生\\n一":"p1"'.encode()))
    line = [sys.executable, "-m", "placements.matching", "verify", str(instance), str(out)]
    done = subprocess.run(
        line, capture_output=True, cwd=ROOT, check=False, env=os.environ | {"PYTHONIOENCODING": "ascii"}
    )
    assert done.returncode == 1
    assert all(b": " in one for one in done.stdout.splitlines())


@pytest.mark.parametrize("name", sorted(path.name for path in INSTANCES.glob("*.json")))
def test_every_example_solves_and_verifies(name, tmp_path, capfd):
    out = tmp_path / "result.json"
    code, _, errors = run(capfd, "solve", INSTANCES / name, "--out", out)
    assert (code, errors) == (0, [])
    assert run(capfd, "verify", INSTANCES / name, out) == (0, [], [])


def test_refusal_is_one_line_and_an_older_result_stays(instance, tmp_path, capfd):
    instance.write_bytes(EXAMPLE.replace(b'"capacity": 1', b'"capacity": -1'))
    out = tmp_path / "result.json"
    out.write_bytes(b"older")
    code, said, errors = run(capfd, "solve", instance, "--out", out)
    assert (code, said) == (2, [])
    assert errors == ["projects[1].capacity: -1 is not an integer from 0"]
    assert out.read_bytes() == b"older"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["result.json", "round.json"]


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ([], "command line: "),
        (["guess"], "command line: "),
        (["solve", "x.json"], "command line: "),
        (["solve", "x.json", "--out", "y.json", "--fast"], "command line: unrecognized arguments: --fast"),
        (["solve", "/nowhere/x.json", "--out", "/tmp/y.json"], "file: cannot read '/nowhere/x.json'"),
        (["solve", "x.json", "--out", "/nowhere/y.json"], "--out: '/nowhere' is not a folder"),
        (["solve", "x.json", "--out", "/dev/null"], "--out: '/dev/null' is there and is not a file"),
        (["solve", "x.json", "--out", "/tmp"], "--out: '/tmp' is there and is not a file"),
        (["solve", "x.json", "--out", "/tmp/" + "y" * 300], "--out: '/tmp/yyy"),
        (["verify", "/nowhere/x.json", "y.json"], "file: cannot read '/nowhere/x.json'"),
        (["batch", "/nowhere", "--out", "/tmp"], "folder: '/nowhere' is not a folder"),
        (["batch", "/tmp", "--out", "/dev/null/x"], "--out: cannot make the folder '/dev/null/x'"),
        (["batch", "/usr", "--out", "/usr/bin/.."], "--out: '/usr/bin/..' is what is read"),
        (
            ["generate", "--students", "-1", "--projects", "1", "--seed", "1"],
            "command line: argument --students: '-1'",
        ),
        (["generate", "--students", "1", "--projects", "1", "--seed", "x"], "command line: argument --seed"),
        (["generate", "--students", "1", "--projects", "0", "--seed", "1"], "--projects: 0"),
        (
            ["generate", "--students", "1", "--projects", "1", "--seed", "1", "--groups", "x"],
            "command line: argument",
        ),
    ],
)
def test_bad_arguments_are_one_line(arguments, expected, capfd):
    code, said, errors = run(capfd, *arguments)
    assert (code, said, len(errors)) == (2, [], 1)
    assert errors[0].startswith(expected)


def test_result_that_cannot_be_read_is_bad_input(instance, tmp_path, capfd):
    torn = tmp_path / "torn.json"
    torn.write_bytes(b'{"format": ')
    code, _, errors = run(capfd, "verify", instance, torn)
    assert (code, len(errors)) == (2, 1)
    assert errors[0].startswith("result file: not JSON")
    torn.write_bytes(b"[]")
    assert run(capfd, "verify", instance, torn) == (1, ["result: is not an object"], [])


def test_instance_is_not_written_over(instance, capfd):
    code, _, errors = run(capfd, "solve", instance, "--out", instance)
    assert (code, len(errors)) == (2, 1)
    assert instance.read_bytes() == EXAMPLE


def test_batch_solves_the_rest_when_one_is_bad(instance, tmp_path, capfd):
    folder, out = tmp_path / "in", tmp_path / "made" / "out"
    folder.mkdir()
    shutil.copy(instance, folder / "b.json")
    shutil.copy(instance, folder / "d.json")
    shutil.copy(instance, folder / ".hidden.json")
    shutil.copy(instance, folder / "other.txt")
    (folder / "a.json").write_bytes(b"[]")
    (folder / "c.json").mkdir()
    code, said, errors = run(capfd, "batch", folder, "--out", out)
    assert (code, said) == (2, [])
    assert errors[0] == "a.json: document: a list is not an object"
    assert errors[1].startswith("c.json: file: cannot read")
    assert sorted(path.name for path in out.iterdir()) == ["b.json", "d.json"]
    assert (out / "b.json").read_bytes() == canonical_bytes(solve(load_instance(instance)))


def test_batch_without_a_bad_file_is_done(tmp_path, capfd):
    folder = tmp_path / "in"
    folder.mkdir()
    assert run(capfd, "batch", folder, "--out", tmp_path / "out") == (0, [], [])
    (folder / "a.json").write_bytes(EXAMPLE)
    assert run(capfd, "batch", folder, "--out", tmp_path / "out") == (0, [], [])


def test_failed_own_check_writes_nothing(instance, tmp_path, capfd, monkeypatch):
    monkeypatch.setattr(command, "match", lambda _instance, _keys: Answer([-1, -1, -1], []))
    out = tmp_path / "result.json"
    code, _, errors = run(capfd, "solve", instance, "--out", out)
    assert (code, out.exists()) == (3, False)
    assert errors == ["blocking_pairs: ['s1', 'p1'] stands against the rule 'stable'"]


@pytest.mark.parametrize(
    ("at", "closed", "expected"),
    [
        ([0, -1, 3], [], "assignment: 's3' may not sit at 'p1'"),
        ([0, 2, -1], [], "assignment: 's2' may not sit at 'p2'"),
        ([4, -1, -1], [], "assignment: 's1' may not sit at 'p2'"),
        ([0, -1, -1], [1], "assignment: 's1' may not sit at 'p2'"),
        ([0, -1, 4], [], "assignment: 2 places under 'p2' of 1"),
    ],
)
def test_wrong_answer_is_not_described(at, closed, expected, instance):
    read = load_instance(instance)
    with pytest.raises(result.CheckFailed, match=expected.replace("[", r"\[")):
        result.describe(read, command.prepare(read), Answer(at, closed))


def test_answer_with_envy_is_not_described():
    scores = {"a": 2, "b": 1}
    projects = {"p": {"capacity": 1, "scores": scores}, "q": {"capacity": 1, "scores": scores}}
    read = load_instance(canonical_bytes(a_round({"a": ["p", "q"], "b": ["p", "q"]}, projects)))
    with pytest.raises(
        result.CheckFailed, match=r"blocking_pairs: \['a', 'p'\] stands against the rule 'stable'"
    ):
        result.describe(read, command.prepare(read), Answer([1, 2], []))


@pytest.mark.parametrize(("error", "code"), [(MemoryError(), 2), (KeyError("x"), 3)])
def test_whatever_goes_wrong_is_one_line(error, code, instance, tmp_path, capfd, monkeypatch):
    def broken(*_):
        raise error

    monkeypatch.setattr(command, "match", broken)
    assert run(capfd, "solve", instance, "--out", tmp_path / "x")[0] == code


def test_times_are_one_line(instance, tmp_path, capfd):
    code, said, _ = run(capfd, "solve", instance, "--out", tmp_path / "x", "--time")
    assert (code, len(said)) == (0, 1)
    assert all(value >= 0 for value in json.loads(said[0]).values())


def test_path_with_a_nul_is_refused(tmp_path):
    with pytest.raises(command.BadInput, match="--out: .* cannot be written: embedded null byte"):
        command.write_whole(str(tmp_path / "nul\0byte"), b"")


def test_full_disk_leaves_the_older_file_and_nothing_else(tmp_path, monkeypatch):
    out = tmp_path / "result.json"
    out.write_bytes(b"older")

    def full(_handle):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(command.BadInput, match="--out: .* cannot be written: No space left"):
        command.write_whole(str(out), b"newer")
    assert out.read_bytes() == b"older"
    assert list(tmp_path.iterdir()) == [out]


@pytest.mark.parametrize("groups", [None, "nested", "overlapping"])
def test_generated_instance_is_read_and_always_the_same(groups, tmp_path, capfd):
    out = tmp_path / "made.json"
    more = ["--groups", groups] if groups else []
    arguments = ["generate", "--students", 300, "--projects", 40, "--seed", 1, *more]
    assert run(capfd, *arguments, "--out", out) == (0, [], [])
    assert run(capfd, *arguments)[1] == out.read_text(encoding="utf-8").splitlines()
    read = load_instance(out)
    assert read.rule == ("fair" if groups == "overlapping" else "stable")
    assert len(read.choices) == 8 * 300
    assert bool(read.groups) is bool(groups)
    assert generate(300, 40, 2, groups) != generate(300, 40, 1, groups)


def test_generated_instance_may_be_empty(capfd):
    assert run(capfd, "generate", "--students", 0, "--projects", 0, "--seed", 1)[0] == 0
    assert load_instance(canonical_bytes(generate(0, 3, 1, "nested"))).students == []


def test_result_is_written_as_canonical_bytes(tmp_path):
    read = load_instance(canonical_bytes(generate(400, 30, 3, "nested")))
    found = solve(read)
    assert found["explanations"]
    assert result.result_bytes(found) == canonical_bytes(found)
