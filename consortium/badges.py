"""The one table from every state of every record to the look of its badge.

Each app registers its own states once, from its ``apps.py``::

    register("round", Round.State, {"open": INDIGO, "published": (GREEN, _("Published"))})

A tone decides glyph and colour together, so colour is never the only sign. The label is the
choice's own unless one is given. A state that nobody registered shows in slate: no page
breaks for it, and ``missing()`` names it for the tests.
"""

from dataclasses import dataclass

SLATE, INDIGO, AMBER, GREEN, RED, PAUSED = "slate", "indigo", "amber", "green", "red", "paused"

#: Drawn, not typed: fonts draw ◐ and ◆ in sizes of their own. 12 units square.
GLYPHS = {
    SLATE: '<circle cx="6" cy="6" r="4.4" fill="none" stroke="currentColor" stroke-width="1.3"/>',
    INDIGO: (
        '<circle cx="6" cy="6" r="4.4" fill="none" stroke="currentColor" stroke-width="1.3"/>'
        '<path d="M6 1.6a4.4 4.4 0 0 0 0 8.8z" fill="currentColor"/>'
    ),
    AMBER: '<path d="M6 .6 11.4 6 6 11.4.6 6z" fill="currentColor"/>',
    GREEN: '<path d="m1.8 6.4 2.9 2.9 5.5-6.1" fill="none" stroke="currentColor" stroke-width="1.7"/>',
    RED: '<path d="m2.4 2.4 7.2 7.2m0-7.2-7.2 7.2" fill="none" stroke="currentColor" stroke-width="1.6"/>',
    PAUSED: '<path d="M2.8 2h2.2v8H2.8zm4.2 0h2.2v8H7z" fill="currentColor"/>',
}


@dataclass(frozen=True)
class Badge:
    """What a badge shows: its tone and its word."""

    tone: str
    label: str

    @property
    def glyph(self):
        """The drawing that goes with the tone."""
        return GLYPHS[self.tone]


_TABLE: dict[str, dict[str, tuple]] = {}
_CHOICES: dict[str, object] = {}


def register(kind, *sources):
    """Add a kind: optionally its TextChoices, and ``{state: tone}`` or ``{state: (tone, label)}``."""
    for source in sources:
        if isinstance(source, dict):
            rows = _TABLE.setdefault(kind, {})
            for state, look in source.items():
                tone, label = (look, None) if isinstance(look, str) else look
                if tone not in GLYPHS:
                    raise ValueError(f"{kind}.{state}: no tone {tone!r}")
                rows[str(state)] = (tone, label)
        else:
            _CHOICES[kind] = source
            _TABLE.setdefault(kind, {})


def look(kind, state, turn=False):
    """The badge for a state. With `turn` it is the viewer's turn: amber, the same word."""
    tone, label = _TABLE.get(kind, {}).get(str(state), (SLATE, None))
    return Badge(AMBER if turn else tone, label or _label(kind, state))


def kinds():
    """Every registered kind with its states, for the styleguide."""
    return {kind: sorted(rows) for kind, rows in sorted(_TABLE.items())}


def missing():
    """States of registered choices that have no tone of their own."""
    return sorted(
        f"{kind}.{value}"
        for kind, choices in _CHOICES.items()
        for value in choices.values
        if str(value) not in _TABLE[kind]
    )


def _label(kind, state):
    """The choice's own label, else the bare state."""
    if hasattr(state, "label"):
        return state.label
    choices = _CHOICES.get(kind)
    if choices is not None and state in choices.values:
        return choices(state).label
    return str(state)
