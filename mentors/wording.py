"""Two texts word by word: what was taken out, what was put in."""

import re
from difflib import SequenceMatcher

# A word of letters or a number counts as one; of Chinese, and of everything else, each character.
WORD = re.compile(r"[A-Za-zÀ-ɏ]+|\d+(?:\.\d+)?|\s+|.", re.DOTALL)


def compared(before, after):
    """([(text, changed)], [(text, changed)]): the two texts in pieces, each marked where it differs."""
    old, new = WORD.findall(before), WORD.findall(after)
    left, right = [], []
    for kind, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if a < b:
            left.append(("".join(old[a:b]), kind != "equal"))
        if c < d:
            right.append(("".join(new[c:d]), kind != "equal"))
    return left, right
