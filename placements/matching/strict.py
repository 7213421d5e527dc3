"""Strict JSON: bytes, one document, and the words for a value that is refused; and the one way to write it."""

from __future__ import annotations

import gc
import hashlib
import json
import os
from collections.abc import Container, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

LARGEST_FILE = 1 << 30


class BadInput(ValueError):
    """The input is refused; the text is one line naming the field and the value."""


def canonical_bytes(obj: Any) -> bytes:
    """The one way this engine writes JSON: UTF-8, sorted keys, no blanks, a newline at the end."""
    text = json.dumps(obj, ensure_ascii=False, allow_nan=False, sort_keys=True, separators=(",", ":"))
    return text.encode("utf-8") + b"\n"


def sha256(data: bytes) -> str:
    """SHA-256 of the bytes in hexadecimal."""
    return hashlib.sha256(data).hexdigest()


def read_file(path: str | os.PathLike[str]) -> bytes:
    """The bytes of a file of at most 1 GiB; raises `BadInput`."""
    try:
        with open(path, "rb") as file:
            size = os.fstat(file.fileno()).st_size
            raw = b"" if size > LARGEST_FILE else file.read(LARGEST_FILE + 1)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise BadInput(f"file: cannot read {show(os.fspath(path))}: {reason}") from None
    if max(size, len(raw)) > LARGEST_FILE:
        raise BadInput(f"file: {show(os.fspath(path))} is above 1 GiB")
    return raw


def parse_json(raw: bytes) -> Any:
    """One strict JSON document: UTF-8 without a mark, no key twice, no lone surrogate; raises `BadInput`."""
    return careful(decoded(raw))


@contextmanager
def no_collector():
    """Hold the cycle collector: millions of fresh objects without a cycle only cost it time."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def decoded(raw: bytes) -> str:
    """The text of a file of at most 1 GiB in UTF-8 without a mark; raises `BadInput`."""
    if len(raw) > LARGEST_FILE:
        raise BadInput(f"file: {len(raw)} bytes is above 1 GiB")
    if raw.startswith(b"\xef\xbb\xbf"):
        raise BadInput("file: starts with a byte order mark 'EF BB BF'")
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError as error:
        raise BadInput(f"file: not UTF-8, byte {error.start} is {raw[error.start]:#04x}") from None


def loads(text: str, **hooks: Any) -> Any:
    """One JSON document, a key twice not looked for unless a hook does; raises `BadInput`."""
    try:
        return json.loads(text, **hooks)
    except BadInput:
        raise
    except RecursionError:
        raise BadInput("file: nesting too deep for one JSON document") from None
    except json.JSONDecodeError as error:
        found = show(text[error.pos : error.pos + 20])
        what = "two documents" if error.msg.startswith("Extra data") else "not JSON"
        raise BadInput(f"file: {what}, line {error.lineno} column {error.colno} has {found}") from None
    except ValueError:  # an integer of more digits than Python reads: keep them, its field is refused later
        return loads(text, **hooks, parse_int=_integer)


@dataclass(frozen=True, slots=True)
class LongInteger:
    """An integer of more digits than Python reads."""

    digits: str


def _integer(digits: str) -> int | LongInteger:
    return LongInteger(digits) if len(digits) > 400 else int(digits)


def careful(text: str) -> Any:
    """One JSON document in which no key stands twice and no surrogate alone; raises `BadInput`."""
    doc = loads(text, object_pairs_hook=_object)
    if "\\" in text:
        _refuse_surrogates(doc)
    return doc


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) != len(pairs):
        seen: set[str] = set()
        twice = next(key for key, _ in pairs if key in seen or seen.add(key))
        raise BadInput(f"{name_of(twice)}: the key stands twice in one object")
    return made


def _refuse_surrogates(doc: Any) -> None:
    waiting: list[tuple[str, Any]] = [("file", doc)]
    while waiting:
        field, value = waiting.pop()
        if isinstance(value, dict):
            waiting.extend((f"{field}.key", key) for key in value)
            waiting.extend((name_of(key), each) for key, each in value.items())
        elif isinstance(value, list):
            waiting.extend((field, each) for each in value)
        elif isinstance(value, str) and any("\ud800" <= sign <= "\udfff" for sign in value):
            raise BadInput(f"{field}: {show(value)} holds a lone surrogate")


def show(value: Any) -> str:
    """A value in one short line; containers by kind only."""
    if isinstance(value, (list, dict)):
        return "a list" if isinstance(value, list) else "an object"
    if value is None or isinstance(value, bool):
        return json.dumps(value)
    if isinstance(value, LongInteger):
        return f"the integer {value.digits[:20]}... of {len(value.digits)} digits"
    text = repr(value)
    return text if len(text) <= 80 else text[:76] + "..." + text[-1]


def name_of(key: str) -> str:
    """A key as it appears in the name of a field."""
    return key if key.isidentifier() else show(key)


# What a field holds


def typed(field: str, value: Any, kind: type, called: str) -> Any:
    """The value, which must be of the kind; raises `BadInput`."""
    if type(value) is not kind:
        raise BadInput(f"{field}: {show(value)} is not {called}")
    return value


def listed(field: str, value: Any) -> list[Any]:
    """The value, which must be a list; raises `BadInput`."""
    return typed(field, value, list, "a list")


def known_once(field: str, names: Any, ids: Mapping[str, int], called: str) -> None:
    """Refuse a name that is no id or stands twice in the list."""
    seen: set[str] = set()
    for index, name in enumerate(listed(field, names)):
        known(f"{field}[{index}]", name, ids, called, seen)
        seen.add(name)


def known(field: str, name: Any, ids: Container[str], called: str, seen: Container[str] = ()) -> None:
    """Refuse what is no id, or was there before."""
    typed(field, name, str, "text")
    if name not in ids:
        raise BadInput(f"{field}: {show(name)} is not the id of a {called}")
    if name in seen:
        raise BadInput(f"{field}: {show(name)} stands there twice")
