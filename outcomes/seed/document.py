"""The source document as lines. Names of natural persons are left out of our copy, so no page can show them."""

from functools import lru_cache
from pathlib import Path

KEY = "achievement-report-2026"
PATH = Path(__file__).parent / "document.txt"


@lru_cache(maxsize=1)
def lines():
    """The lines, the first one at index 0; line numbers everywhere are 1-based."""
    return tuple(PATH.read_text(encoding="utf-8").split("\n"))


def line(number):
    """The text of one line, or None when there is no such line."""
    return lines()[number - 1] if isinstance(number, int) and 1 <= number <= len(lines()) else None
