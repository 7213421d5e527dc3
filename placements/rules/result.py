"""Why a better choice failed and why somebody is unplaced, in one sentence each, without a word about others."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from consortium.policy import value
from placements.causes import Cause
from placements.enums import CapKind
from placements.queries import result as queries
from placements.rules.eligibility import project_reasons
from placements.words import sentences


def choices(result, version):
    """Each choice of the version with what came of it: [{"place", "project", "state", "sentence", "cutoff"}].

    `state` is got, missed, or passed (a better choice was got). The engine's reasons become sentences here.
    """
    rows = list(version.preferences.all()) if version else []
    reasons = {row["project"]: row for row in result.explanations}
    cutoff = queries.cutoffs(result.run, [row.round_project_id for row in rows], value("cutoff_least"))
    taken = queries.admitted(result.run, [row.round_project_id for row in rows])
    caps = queries.caps_by_code(result.run.round, [row.get("by") or "" for row in result.explanations])
    shown, got = [], False
    for row in rows:
        entry = row.round_project
        item = {
            "place": row.rank,
            "project": entry.project,
            "sentence": "",
            "cutoff": None,
            "state": "missed",
        }
        if entry.pk == result.round_project_id:
            item["state"], got = "got", True
        elif got:
            item |= {"state": "passed", "sentence": _("You got a better choice.")}
        else:
            reason = reasons.get(entry.code)
            item["sentence"] = _sentence(reason, entry, result, caps, taken.get(entry.pk, 0))
            if _by_project(reason):
                item["cutoff"] = cutoff.get(entry.pk)
        shown.append(item)
    return shown


def _by_project(reason):
    return (
        bool(reason) and reason["reason"] == "below_cutoff" and reason.get("by") in (None, reason["project"])
    )


def _sentence(reason, entry, result, caps, taken):
    if reason is None:
        return _("The place was settled outside the ranking.")
    said = {
        "not_eligible": lambda: _not_eligible(entry, result),
        "closed": lambda: _("Too few students wanted this project; it did not open in this round."),
        "full_by_pins": lambda: _pinned(caps.get(reason.get("by"))),
        "below_cutoff": lambda: _below(reason, entry, caps, taken),
        "not_in_maximum": lambda: _("With this place fewer students could have been placed in all."),
    }
    return said[reason["reason"]]()


def _not_eligible(entry, result):
    reasons = project_reasons(result.round_student.student, entry.project)
    if entry.withdrawn_at:
        return _("This project was withdrawn before matching.")
    if reasons and reasons[0].code != "withdrawn":
        return sentences(_("You did not meet a condition."), reasons[0].sentence)
    if not result.round_student.eligible:
        return _("You did not meet the conditions of the round when lists were locked.")
    return _("Those who scored for this project found that your profile does not meet its requirements.")


def _pinned(cap):
    if cap is None:
        return _("Its places were agreed beforehand.")
    return {
        CapKind.MENTOR: _("Its mentor’s places were agreed beforehand."),
        CapKind.BASE: _("The base’s places of this year were agreed beforehand."),
        CapKind.ENTERPRISE: _("The enterprise’s quota of this year was agreed beforehand."),
    }[cap.kind]


def _below(reason, entry, caps, taken):
    cap = caps.get(reason.get("by"))
    if cap is None:
        sentence = ngettext(
            "It has %(places)d place; whoever was admitted scored higher than you, or equal and drew before you.",
            "It has %(places)d places; all admitted scored higher than you, or equal and drew before you.",
            entry.places,
        ) % {"places": entry.places}
        if 0 < taken < value("cutoff_least"):
            few = _("Fewer than %(least)d were admitted, so no cutoff is shown.")
            sentence = sentences(sentence, few % {"least": value("cutoff_least")})
        return sentence
    return {
        CapKind.MENTOR: _(
            "The project had room, but its mentor’s places went to students with higher scores."
        ),
        CapKind.BASE: _(
            "The project had room, but the base’s places of this year went to students with higher scores."
        ),
        CapKind.ENTERPRISE: _(
            "The project had room, but the enterprise’s quota of this year went to students with higher scores."
        ),
    }[cap.kind]


def cause(result):
    """Why the student was placed nowhere, in one sentence to the student."""
    own = {
        "placed": _("You had already accepted a place when lists were locked."),
        "on_leave": _("You were registered as on leave when lists were locked."),
        "inactive": _("Your account was closed when lists were locked."),
        "months_unknown": _("You had not said whether you are a fresh graduate when lists were locked."),
    }
    if not result.round_student.eligible:
        return own.get(
            result.round_student.reason,
            _("You did not meet the conditions of the round when lists were locked."),
        )
    return {
        Cause.NONE_OPEN: _(
            "None of your choices could take you: a condition was not met, or the owner did not accept."
        ),
        Cause.CLOSED: _("The projects you chose did not open: too few students, or withdrawn."),
        Cause.FULL: _("All places of your choices went to students with higher scores."),
        Cause.CAPPED: _(
            "Your choices had room, but a base, a mentor or an enterprise had reached its limit."
        ),
        Cause.PINNED: _("The places of your choices were agreed beforehand."),
        Cause.SHORT: _(
            "Your list was short, and the places of its projects went to students with higher scores."
        ),
    }.get(result.cause, _("The reasons stand beside each choice."))
