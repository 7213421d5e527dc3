"""The benches: that all are found, and that what does not keep its bound is said and fails."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

import bench
from bench import Figure, Unmeasurable, __main__, slow_one

SUBJECTS = ["engine", "import", "lists", "memory", "round", "search", "start", "supervision", "weight"]


@pytest.fixture
def subject(monkeypatch, tmp_path):
    """A folder of subjects of one's own in place of the real ones; gives what writes one there."""
    monkeypatch.setattr(bench, "__path__", [str(tmp_path)])
    monkeypatch.setattr(__main__, "TARGET", tmp_path / "var" / "bench.json")

    def write(name, body):
        (tmp_path / f"{name}.py").write_text(
            f"from bench import Figure, Unmeasurable\n\n{body}\n", encoding="utf-8"
        )
        monkeypatch.delitem(sys.modules, f"bench.{name}", raising=False)
        return tmp_path / "var" / "bench.json"

    yield write
    for path in tmp_path.glob("*.py"):
        sys.modules.pop(f"bench.{path.stem}", None)
        if hasattr(bench, path.stem):
            delattr(bench, path.stem)


def figures(*rows):
    lines = "\n".join(f"    yield Figure({row})" for row in rows)
    return f"def measure():\n{lines}"


def test_the_command_finds_every_subject():
    assert __main__.subjects() == SUBJECTS


def test_a_subject_that_is_not_there_is_named_with_those_that_are():
    root = Path(__main__.__file__).parent.parent
    said = subprocess.run([sys.executable, "-m", "bench", "liszt"], cwd=root, capture_output=True, text=True)
    assert said.returncode == 2
    assert "liszt" in said.stderr
    assert all(name in said.stderr for name in SUBJECTS)


def test_kept_bounds_end_well_and_are_written(subject, capsys):
    target = subject("invented_kept", figures('"pages", 3.0, 4.0, unit="kB"'))
    assert __main__.main(["invented_kept"]) == 0
    assert json.loads(target.read_text(encoding="utf-8"))["figures"][0]["kept"] is True
    assert "kept" in capsys.readouterr().out


def test_a_broken_bound_is_said_and_fails(subject, capsys):
    kept = '"fine", 1.0, 3.0, against="something", against_value=1.0'
    target = subject(
        "invented_broken", figures(kept, '"slow list", 4.0, 3.0, against="bare", against_value=1.0')
    )
    assert __main__.main(["invented_broken"]) == 1
    said = capsys.readouterr()
    assert "BROKEN" in said.out
    assert "slow list: the bound is broken." in said.err
    assert "fine" not in said.err
    assert [row["kept"] for row in json.loads(target.read_text(encoding="utf-8"))["figures"]] == [True, False]


def test_what_cannot_be_measured_is_said_and_fails_and_the_others_go_on(subject, capsys):
    subject(
        "invented_absent", 'def measure():\n    raise Unmeasurable("PostgreSQL does not answer")\n    yield'
    )
    target = subject("invented_present", figures('"pages", 3.0, 4.0, unit="kB"'))
    assert __main__.main([]) == 1
    assert "invented_absent was not measured: PostgreSQL does not answer" in capsys.readouterr().err
    assert len(json.loads(target.read_text(encoding="utf-8"))["figures"]) == 1


def test_a_subject_without_a_figure_fails(subject, capsys):
    subject("invented_empty", "def measure():\n    return iter(())")
    assert __main__.main(["invented_empty"]) == 1
    assert "invented_empty gave no figure." in capsys.readouterr().err


def test_a_missing_server_is_told_by_its_address_without_the_password(monkeypatch):
    from bench import _worlds

    monkeypatch.setattr(_worlds, "SERVER", "postgres://somebody:secret@127.0.0.1:1/nothing")
    with pytest.raises(
        Unmeasurable, match="PostgreSQL does not answer at postgres://127.0.0.1:1/nothing"
    ) as caught:
        _worlds.require_services()
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize(
    ("figure", "share", "kept"),
    [
        (Figure("a page", 150.0, 150.0, unit="kB"), 150.0, True),
        (Figure("a page", 150.1, 150.0, unit="kB"), 150.1, False),
        (Figure("a list", 30.0, 3.0, unit="ms", against="bare", against_value=10.0), 3.0, True),
        (Figure("a list", 31.0, 3.0, unit="ms", against="bare", against_value=10.0), 3.1, False),
    ],
)
def test_a_bound_is_on_the_quotient_where_there_is_something_beside(figure, share, kept):
    assert (figure.share, figure.kept) == (pytest.approx(share), kept)


def test_the_slow_one_leaves_a_twentieth_behind_it():
    assert slow_one(range(100)) == 95
    assert slow_one([7]) == 7
