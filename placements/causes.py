"""Why a student was placed nowhere, as one word each: stored with the result, said in one sentence to the office."""

from collections import Counter

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Cause(TextChoices):
    STUDENT = (
        "student_not_eligible",
        _("The student did not meet the conditions of the round when lists were locked."),
    )
    NONE_OPEN = (
        "none_eligible",
        _("No listed project could take this student: conditions not met, or not accepted by the owner."),
    )
    CLOSED = "closed", _("The listed projects did not open: too few students or withdrawn.")
    FULL = "full", _("All listed projects filled up with students of higher scores.")
    CAPPED = "capped", _("Listed projects had room, but a base, a mentor or an enterprise reached its limit.")
    PINNED = "pinned", _("The places listed were agreed beforehand.")
    SHORT = (
        "short_list",
        _("The list named only one or two projects, and they filled up with students of higher scores."),
    )


SHORT_LIST = 2
_WORDS = {"not_eligible": Cause.NONE_OPEN, "closed": Cause.CLOSED, "full_by_pins": Cause.PINNED}


def cause_of(explanations, *, eligible):
    """The one cause of an unplaced student, from the reasons of every choice in order."""
    if not eligible:
        return Cause.STUDENT
    lost = [row for row in explanations if row["reason"] == "below_cutoff"]
    if lost:
        if all(row.get("by") != row["project"] for row in lost):
            return Cause.CAPPED
        return Cause.SHORT if len(explanations) <= SHORT_LIST else Cause.FULL
    most = Counter(row["reason"] for row in explanations).most_common(1)
    return _WORDS.get(most[0][0], Cause.NONE_OPEN) if most else Cause.NONE_OPEN
