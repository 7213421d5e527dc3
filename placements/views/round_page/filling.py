"""A round that is open: how many lists are handed in, never what is in them."""

from django.urls import reverse
from django.utils.translation import gettext as _

from consortium.models import Notification
from consortium.notifications import words
from consortium.roles import Permission
from placements.enums import Field
from placements.queries import round as queries
from placements.views.round_page.figures import bar
from placements.views.round_page.reader import yours


def opened(reader):
    """The strip of an open round."""
    round = reader.round
    found = {"whose": _("Students"), "due_at": round.closes_at, "due_label": _("Closes")}
    request = queries.open_request(round, "extend") if reader.office else None
    if request and request.requested_by_id != reader.user.pk:
        return found | yours(
            _("Agree to the later closing time"), post=reverse("round_agree", args=[round.pk, "extend"])
        )
    if reader.may(Permission.SUBMIT_APPLICATION):
        return found | yours(_("Open my list"), url=reverse("application"))
    return found


def filling(round):
    """Hand-ins as counts and bands."""
    counts = queries.progress(round)
    return {
        "counts": counts,
        "bars": _hand_ins(counts),
        "degrees": _by_degree(counts["by_degree"]),
        "bands": [
            {"label": Field(field).label, **_all_bands(found)} for field, found in queries.bands(round)
        ],
        "waiting": counts["drafts"] + counts["none"],
        "extension": queries.open_request(round, "extend"),
    }


def _hand_ins(counts):
    rows = [
        (_("Handed in"), counts["submitted"], "now"),
        (_("Draft only"), counts["drafts"], "plain"),
        (_("Not started"), counts["none"], "rest"),
    ]
    top = max([number for _label, number, _kind in rows] + [1])
    return [bar(label, number, top, counts["total"], kind) for label, number, kind in rows]


def _by_degree(rows):
    labels = {"master": _("Master's students"), "doctor": _("Doctoral students")}
    return [
        {"label": labels[row["degree"]], "submitted": row["submitted"], "total": row["total"]} for row in rows
    ]


def _all_bands(found):
    return {band: found[band] for band in ("low", "middle", "high")}


def reminder_preview(round):
    """The words of the reminder as a student will read them."""
    row = Notification(
        kind="round_reminder", params={"round": round.name, "closes": round.closes_at.isoformat()}
    )
    return words(row)
