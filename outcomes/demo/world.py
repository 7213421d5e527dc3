"""The invented world as its files tell it."""

import json
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).resolve().parent.parent / "world"


@cache
def _read(name):
    return json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))


def organisations():
    """Enterprises, a hospital, a testing centre, and a university with two colleges."""
    return _read("enterprises")


def bases():
    """Twelve bases; two accreditations have ended."""
    return _read("bases")


def skills():
    """The skills that projects and people share."""
    return _read("skills")


def mentors():
    """Forty mentors, 18 of the university's side."""
    return _read("mentors")


def projects():
    """Forty-eight projects, each with the demand it came from."""
    return _read("projects")


def demands():
    """Ten demands that have not become projects."""
    return _read("demands")


def student_names():
    """A hundred and twenty given names."""
    return _read("people")["students"]


def programmes():
    """Six master's programmes and two doctoral ones."""
    return _read("people")["programmes"]


def statements():
    """Sentences that students write beside a choice."""
    return _read("people")["statements"]
