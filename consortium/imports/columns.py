"""What a column of a list is called and may hold. Cleaning turns the text of a cell into a value that JSON can keep."""

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from difflib import SequenceMatcher, get_close_matches
from os.path import commonprefix

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import get_language, gettext_lazy, pgettext

from consortium.imports.faults import Wrong

DIGITS_LOST = re.compile(r"^\d([.,]\d+)?E\+\d+$", re.IGNORECASE)
CELL_ERRORS = ("#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NUM!", "#NULL!")
YEARS = (1900, 2200)
CODE = re.compile(r"^[0-9A-Za-z\u4e00-\u9fff._/-]+$")
# Characters that no cell holds on purpose: controls, and marks that turn the reading direction.
UNSTORABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


@dataclass(frozen=True)
class Choice:
    """One allowed value: as it is stored, as a Chinese and an English list write it, and what else people write."""

    value: object
    zh: str
    en: str
    also: tuple = ()


@dataclass(frozen=True)
class Column:
    """One column: `zh` and `en` are its headings in files, `also` what else people write above it.

    `free` text may begin with “=”, which is then kept as text; anywhere else such a cell is refused. `clean` turns
    text that is not empty into a value or raises Wrong. `unique` columns may not repeat within a file. `reference`
    says that the value is the number of an organisation.
    """

    key: str
    zh: str
    en: str
    label: object
    help: object
    example: str = ""
    also: tuple = ()
    needed: bool = False
    most: int = 0
    free: bool = False
    unique: bool = False
    reference: bool = False
    choices: tuple = ()
    clean: Callable | None = None

    @property
    def is_day(self):
        """Whether it holds days."""
        return self.clean is day

    @property
    def heading(self):
        """The heading that the reader's template carries."""
        return self.en if get_language() == "en" else self.zh

    @property
    def allowed(self):
        """The words that a list may hold here, in the reader's language."""
        return pgettext("between names", ", ").join(self.written(one.value) for one in self.choices)

    def written(self, value):
        """A value as a list writes it, in the reader's language."""
        for choice in self.choices:
            if choice.value == value:
                return choice.en if get_language() == "en" else choice.zh
        return "" if value is None else str(value)

    def read(self, text, replaced=None):
        """(value, note) of a cell: None for nothing, a note where something was taken otherwise than meant, or Wrong."""
        if not text:
            if self.needed:
                raise Wrong("empty")
            return None, None
        if UNSTORABLE.search(text):
            raise Wrong("letters")
        if text.upper() in CELL_ERRORS:
            raise Wrong("cell_error")
        formula = text.startswith("=")
        if formula and not self.free:
            raise Wrong("formula")
        if self.most and len(text) > self.most:
            raise Wrong("long", most=self.most)
        text = (replaced or {}).get(text, text)
        clean = self._chosen if self.choices else self.clean or str
        return clean(text), "formula" if formula else None

    def _chosen(self, text):
        typed = plain(text)
        for choice in self.choices:
            if typed in {plain(word) for word in (choice.zh, choice.en, *choice.also)}:
                return choice.value
        known = {
            plain(word): choice.value
            for choice in self.choices
            for word in (choice.zh, choice.en, *choice.also)
        }
        near = get_close_matches(typed, known, 5, 0.5)
        if near:
            raise Wrong("choice_near", nearest=known[_nearest(typed, near)])
        raise Wrong("choice")


def _nearest(typed, words):
    """Of words that share as much with the typed one, the one that begins like it: “科研机构” is nearer “科研院所”."""

    def nearness(word):
        return SequenceMatcher(None, word, typed).ratio(), len(commonprefix([word, typed]))

    return max(words, key=nearness)


def plain(text):
    """A heading or a word as it is compared: one width, one case, without spaces and marks of a template."""
    text = unicodedata.normalize("NFKC", text).casefold()
    return "".join(text.split()).strip("*:")


YES_NO = (
    Choice(True, "是", "yes", ("y", "1", "true", "应届", "√")),
    Choice(False, "否", "no", ("n", "0", "false", "往届", "×")),
)


def code(text):
    """A number by which somebody is known: one width, no spaces, leading zeros kept."""
    text = unicodedata.normalize("NFKC", text)
    text = "".join(text.split())
    if DIGITS_LOST.match(text):
        raise Wrong("digits")
    if not CODE.match(text):
        raise Wrong("code")
    return text


def year(text):
    """A year from 1990 to 2100, also as “2026级” or “2026年”."""
    digits = plain(text).removesuffix("级").removesuffix("年").removesuffix(".0")
    if digits.isascii() and digits.isdigit() and len(digits) == 4 and 1990 <= int(digits) <= 2100:
        return int(digits)
    raise Wrong("year", least=1990, most=2100)


def number(least, most):
    """A cleaner of whole numbers within bounds."""

    def clean(text):
        digits = plain(text).removesuffix("人").removesuffix(".0")
        if digits.isascii() and digits.isdigit() and len(digits) < 10 and least <= int(digits) <= most:
            return int(digits)
        raise Wrong("number", least=least, most=most)

    return clean


DAY = re.compile(r"^(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?([T ]00:00(:00(\.0+)?)?)?$")
PACKED_DAY = re.compile(r"^(\d{4})(\d{2})(\d{2})$")


def day(text):
    """A day as 2026-03-05, written like that, 2026/3/5, 2026.3.5, 20260305 or 2026年3月5日."""
    typed = unicodedata.normalize("NFKC", text).strip()
    found = DAY.match(typed.replace(" ", "") if "年" in typed else typed) or PACKED_DAY.match(typed)
    if not found:
        raise Wrong("day")
    try:
        meant = date(*(int(part) for part in found.groups()[:3]))
    except ValueError:
        raise Wrong("day") from None
    if not YEARS[0] <= meant.year <= YEARS[1]:
        raise Wrong("day_range")
    return meant.isoformat()


def email(text):
    """A mail address in small letters."""
    text = unicodedata.normalize("NFKC", text).lower()
    text = "".join(text.split())
    try:
        validate_email(text)
    except ValidationError:
        raise Wrong("email") from None
    return text


def spaced(text):
    """A text on one line, without doubled spaces."""
    return " ".join(text.split())


REASON = Column(
    key="reason",
    zh="原因",
    en="Reason",
    label=gettext_lazy("Reason"),
    help=gettext_lazy("Filled in by the portal in the file of rows to be mended; it is not read."),
    also=("why",),
)
