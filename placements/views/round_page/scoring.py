"""A round whose lists are locked: how far the owners are, who is eligible, and freezing."""

from django.urls import reverse
from django.utils.translation import gettext as _

from consortium.roles import Permission
from placements.queries import round as queries
from placements.rules import round as rules
from placements.views.round_page.reader import yours


def ranking(reader):
    """The strip while owners score."""
    round = reader.round
    found = {
        "whose": _("Owners of projects"),
        "due_at": round.scoring_ends_at,
        "due_label": _("Scoring ends"),
    }
    if reader.may(Permission.RANK_APPLICANTS):
        return found | {"action_label": _("Score applicants"), "action_url": reverse("scores")}
    if reader.office and not queries.scoring(round)["open"]:
        return found | yours(_("End scoring"), post=reverse("round_end_scoring", args=[round.pk]))
    return found


def ready(reader):
    """The strip of a round whose scores are complete."""
    round = reader.round
    found = {
        "whose": _("The clock"),
        "due_at": round.scoring_ends_at,
        "due_label": _("Frozen by itself"),
    }
    if reader.office:
        return found | yours(_("Freeze the snapshot"), post=reverse("round_freeze", args=[round.pk]))
    return found


def scoring(round):
    """How far the owners are, and who is still awaited."""
    found = queries.scoring(round)
    obstacle = rules.freezing_obstacle(round)
    return {
        **found,
        "obstacle": obstacle,
        "awaited": found["open"][:20],
        "more": max(len(found["open"]) - 20, 0),
    }


REASONS = {
    "on_leave": lambda: _("on leave"),
    "placed": lambda: _("has accepted a place already"),
    "inactive": lambda: _("account closed"),
    "months_unknown": lambda: _("months of practice not known"),
}


def eligibility_lines(round):
    """Eligible students and those who are not, by reason, without names."""
    counts = {}
    for reason in round.round_students.order_by("pk").values_list("reason", flat=True):
        counts[reason] = counts.get(reason, 0) + 1
    lines = [
        {"label": REASONS.get(key, lambda key=key: key)(), "count": number}
        for key, number in sorted(counts.items())
        if key
    ]
    return {"eligible": counts.get("", 0), "not_eligible": lines, "total": sum(counts.values())}
