"""Bases: who keeps them, and whether one holds on a day."""

from consortium import clock
from placements.queries.base import keeps_bases


def can_record_base(user):
    """Whether the person may record bases and their accreditations."""
    return keeps_bases(user)


def standing(base, on):
    """How a base stands on a day: "valid", "expiring" (ends within 90 days), "later", "expired" or "none".

    Reads the accreditations that were fetched with the base.
    """
    rows = list(base.accreditations.all())
    if not rows:
        return "none"
    last = max(row.valid_to for row in rows)
    if any(row.valid_from <= on <= row.valid_to for row in rows):
        return "expiring" if clock.ends_soon(last, on) else "valid"
    return "later" if last > on else "expired"
