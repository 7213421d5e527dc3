"""A round that is planned or waits for its second person: settings, check before opening, caps."""

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from placements.queries import round as queries
from placements.rules import caps as cap_rules
from placements.rules import round as rules
from placements.views.round_page.reader import yours


def planned(reader):
    """The strip of a planned round."""
    found = {"whose": _("The office"), "due_at": reader.round.opens_at, "due_label": _("Opens")}
    if not reader.office:
        return found
    if reader.stops:
        stage = ngettext(
            "Planned; %(n)d thing to mend first", "Planned; %(n)d things to mend first", reader.stops
        ) % {"n": reader.stops}
        return found | {"whose": _("You"), "turn": True, "stage": stage}
    return found | yours(_("Ask for opening"), post=reverse("round_request_opening", args=[reader.round.pk]))


def configured(reader):
    """The strip of a round whose opening was asked for, or is agreed and waits for the clock."""
    round = reader.round
    due = {"due_at": round.opens_at, "due_label": _("Opens")}
    request = queries.open_request(round, "open")
    if request is None:
        return {"stage": _("Agreed by two persons"), "whose": _("The clock"), **due}
    found = {"stage": _("Waiting for the second person"), **due}
    if not reader.office:
        name = request.requested_by.get_full_name()
        return found | {"whose": _("A second person, not %(name)s") % {"name": name}}
    if request.requested_by_id != reader.user.pk:
        return found | yours(_("Agree to the opening"), post=reverse("round_agree", args=[round.pk, "open"]))
    return found | {
        "whose": _("A second person (not you)"),
        "action_label": _("Take the request back"),
        "action_post": reverse("round_take_back", args=[request.pk]),
        "action_style": "outline",
    }


def facts(round):
    """The settings everybody may know, as name and value."""
    rows = [
        {"label": _("Choices in one list"), "value": _("at most %(n)d") % {"n": round.max_preferences}},
        {"label": _("Rule"), "value": rules.rule_label("stable")},
        {"label": _("Contact"), "value": round.contact or _("not given")},
    ]
    return rows


def settings_rows(round):
    """The settings as they stand, beside what somebody typed."""
    form_labels = {
        "name": _("Name of the round"),
        "opens_at": _("Opens"),
        "closes_at": _("Closes"),
        "scoring_ends_at": _("Scoring ends"),
        "max_preferences": _("Choices in one list"),
        "public_note": _("Public note"),
        "contact": _("Contact"),
    }
    return [{"label": label, "value": getattr(round, name)} for name, label in form_labels.items()]


def differences(round):
    """What differs from the round this one was copied from: [{"label", "before", "now"}]."""
    if round.copied_from_id is None:
        return []
    before = {row["label"]: row["value"] for row in settings_rows(round.copied_from)}
    return [
        {"label": row["label"], "before": before[row["label"]], "now": row["value"]}
        for row in settings_rows(round)
        if before[row["label"]] != row["value"]
    ]


def preparing(round):
    """The check before opening, the caps and what was copied."""
    found = rules.readiness(round)
    held = cap_rules.members(round.caps.all(), found.passing)
    return {
        "passing": len(found.passing),
        "places": sum(queries.places_of(project) for project in found.passing),
        "students": queries.students_of(round).count(),
        "stops": found.of(rules.STOPS),
        "barred": found.of(rules.BARS),
        "warnings": found.of(rules.WARNS),
        "caps": [{"cap": cap, "projects": len(projects)} for cap, projects in held],
        "nested": cap_rules.overlapping(held) is None,
        "differences": differences(round),
    }
