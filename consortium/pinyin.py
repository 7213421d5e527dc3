"""Chinese names as people type them: full pinyin and its initials, for search and for sorting."""

from pypinyin import Style, lazy_pinyin


def full_pinyin(name):
    """“天津大学” gives “tianjindaxue”."""
    return "".join(lazy_pinyin(name)).lower()


def search_key(*names):
    """“天津大学” gives “tianjindaxue tjdx”; several names follow each other. At most 400 characters."""
    parts = []
    for name in filter(None, names):
        parts.append("".join(lazy_pinyin(name)))
        parts.append("".join(lazy_pinyin(name, style=Style.FIRST_LETTER)))
    return " ".join(dict.fromkeys(part.lower() for part in parts))[:400]
