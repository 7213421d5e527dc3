"""The translation catalogue without gettext: reading msgids from the sources, comparing, compiling.

Django's `templatize` turns a template into something a Python message reader understands; Babel reads that
and the Python sources, and writes the catalogue. Nothing of the system is needed, so a bare
machine can do it.
"""

import ast
import re
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract as read_messages
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parent.parent
CATALOGUE = ROOT / "locale" / "zh_Hans" / "LC_MESSAGES" / "django.po"
SOURCES = ("consortium", "mentors", "placements", "ideology", "outcomes", "templates")
HEADER = "# Simplified Chinese. Written by `make messages`; the translations are edited by hand.\n"
CHANGING_HEADERS = ('"POT-Creation-Date', '"PO-Revision-Date', '"Last-Translator', '"Generated-By')

# For each function: whether its first argument is a context, and how many texts follow.
KEYWORDS = {
    **dict.fromkeys(("_", "gettext", "gettext_lazy", "gettext_noop"), (False, 1)),
    **dict.fromkeys(("ngettext", "ngettext_lazy"), (False, 2)),
    **dict.fromkeys(("pgettext", "pgettext_lazy"), (True, 1)),
    **dict.fromkeys(("npgettext", "npgettext_lazy"), (True, 2)),
}
BABEL_KEYWORDS = {
    **dict.fromkeys(("_", "gettext")),
    "ngettext": (1, 2),
    "pgettext": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
}
COMMENTS = re.compile(r"\{#[^\n]*?#\}|\{%\s*comment\b.*?%\}.*?\{%\s*endcomment\s*%\}", re.DOTALL)
NAMED = re.compile(r"%\((\w+)\)[#0\- +]*[\d.]*[a-zA-Z]|\{(\w+)[^{}]*\}")


class Unreadable(Exception):
    """A source that cannot be read as Python or as a template; says which and why."""


@dataclass
class Difference:
    """What a catalogue lacks or has too much of, each as a list of lines for people."""

    missing: list[str] = field(default_factory=list)
    fuzzy: list[str] = field(default_factory=list)
    obsolete: list[str] = field(default_factory=list)
    placeholders: list[str] = field(default_factory=list)

    def __bool__(self):
        return bool(self.missing or self.fuzzy or self.obsolete or self.placeholders)


def source_files(root=ROOT):
    """Every Python file and template whose texts people can read, in a fixed order."""
    for top in SOURCES:
        for path in sorted((root / top).rglob("*")):
            if path.suffix in {".py", ".html", ".txt"} and "migrations" not in path.parts:
                yield path


def messages_in(path):
    """Every (context, texts) of one file; texts is one message, or the singular and the plural."""
    text = path.read_text(encoding="utf-8")
    try:
        return list(_in_python(text) if path.suffix == ".py" else _in_template(text, path))
    except SyntaxError as error:
        raise Unreadable(f"{path}: {error}") from error


def _in_python(text):
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Call):
            name = getattr(node.func, "id", getattr(node.func, "attr", None))
            if name in KEYWORDS:
                yield from _arguments(node, *KEYWORDS[name])


def _arguments(call, has_context, number):
    values = [
        argument.value for argument in call.args[: has_context + number] if isinstance(argument, ast.Constant)
    ]
    if len(values) == has_context + number:  # a call with a variable translates a text marked elsewhere
        context = values.pop(0) if has_context else None
        yield context, values[0] if number == 1 else tuple(values)


def _in_template(text, path):
    from django.utils.translation.template import templatize

    # Comments become comments of Python there and would swallow what follows them in their line.
    lines = templatize(COMMENTS.sub("", text), origin=str(path)).splitlines()
    # What is left between the calls is filler; its indentation would only confuse a reader of Python.
    source = BytesIO("\n".join(line.strip() for line in lines).encode())
    for _line, texts, _comments, context in read_messages("python", source, keywords=BABEL_KEYWORDS):
        yield context, texts


def extract(root=ROOT, on_unreadable=None):
    """All messages of the sources as a catalogue without translations.

    A file that cannot be read raises Unreadable, or is given to `on_unreadable` and left out.
    """
    found = Catalog(locale="zh_Hans", charset="utf-8", fuzzy=False)
    for path in source_files(root):
        try:
            messages = messages_in(path)
        except Unreadable as error:
            if on_unreadable is None:
                raise
            on_unreadable(error)
            continue
        for context, texts in messages:
            if texts:
                found.add(texts, context=context)
    return found


def read(path=CATALOGUE):
    """The stored catalogue; an empty one when there is none yet."""
    if not path.exists():
        return Catalog(locale="zh_Hans", charset="utf-8", fuzzy=False)
    with path.open("rb") as file:
        return read_po(file, locale="zh_Hans")


def key(message):
    """What identifies a message: its context and its (first) text."""
    return message.context, message.id[0] if message.pluralizable else message.id


def translation(message):
    """The Chinese text of a message; Chinese has one form for every number."""
    return (message.string[0] if message.string else "") if message.pluralizable else message.string


def merge(found, stored):
    """A catalogue of exactly the found messages with the stored translations."""
    known = {key(message): message for message in stored if message.id}
    merged = Catalog(locale="zh_Hans", charset="utf-8", fuzzy=False, header_comment=HEADER.rstrip("\n"))
    for message in found:
        if not message.id:
            continue
        old = known.get(key(message))
        text = translation(old) if old else ""
        flags = {"fuzzy"} if old is not None and old.fuzzy else set()
        merged.add(
            message.id,
            (text,) if message.pluralizable else text,
            flags=flags,
            user_comments=old.user_comments if old else (),
            context=message.context,
        )
    return merged


def write(catalogue, path=CATALOGUE):
    """Write the catalogue sorted and without dates or places, so that a diff shows texts only."""
    buffer = BytesIO()
    write_po(buffer, catalogue, width=110, no_location=True, sort_output=True)
    lines = buffer.getvalue().decode().splitlines(keepends=True)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(
        "".join(line for line in lines if not line.startswith(CHANGING_HEADERS)), encoding="utf-8"
    )


def compile_catalogue(path=CATALOGUE):
    """Write the binary catalogue that Django loads beside the readable one, and return its path."""
    target = path.with_suffix(".mo")
    unfinished = target.with_suffix(".mo.new")
    with unfinished.open("wb") as file:
        write_mo(file, read(path))
    unfinished.replace(target)
    return target


def compare(found, stored):
    """How the stored catalogue differs from what the sources ask for, and where a placeholder got lost."""
    difference = Difference()
    known = {key(message): message for message in stored if message.id}
    wanted = {key(message): message for message in found if message.id}
    for name, message in wanted.items():
        old = known.get(name)
        if old is None or not translation(old):
            difference.missing.append(_shown(name))
        elif old.fuzzy:
            difference.fuzzy.append(_shown(name))
        elif lost := _placeholder_fault(message, translation(old)):
            difference.placeholders.append(f"{_shown(name)}: {lost}")
    difference.obsolete = [_shown(name) for name in known if name not in wanted]
    return difference


def _shown(name):
    context, text = name
    return f"[{context}] {text}" if context else text


def _placeholder_fault(message, text):
    """What is wrong with the placeholders of a translation, or an empty string."""
    original = message.id[-1] if message.pluralizable else message.id
    if not (message.python_format or message.python_brace_format):
        return ""
    wanted, given = _placeholders(original), _placeholders(text)
    if wanted == given:
        return ""
    return f"asks for {sorted(wanted) or 'none'}, the translation has {sorted(given) or 'none'}"


def _placeholders(text):
    """Names with their kind, and positional ones by number, of one text."""
    names = {match[1] or match[2] for match in NAMED.finditer(text)}
    positional = re.findall(r"%[sdif]|\{\}", text.replace("%%", ""))
    return names | {f"{mark} no. {number}" for number, mark in enumerate(positional, 1)}
