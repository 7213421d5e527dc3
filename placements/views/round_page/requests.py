"""The two-person acts of a round: who asked, who agreed."""

from django.utils.translation import gettext as _


def requests(round):
    """Every request that was not taken back, with both seats."""
    labels = {"open": _("Opening"), "extend": _("Later closing time"), "recompute": _("New computation")}
    rows = round.requests.filter(withdrawn_at=None).select_related("requested_by", "agreed_by")
    return [
        {
            "label": labels.get(row.kind, row.kind),
            "reason": row.reason,
            "to": row.new_closes_at,
            "seats": [_signed(_("Asks"), row.requested_by, row.requested_at), _second_seat(row)],
        }
        for row in rows.order_by("pk")
    ]


def _second_seat(row):
    if row.agreed_at:
        return _signed(_("Agrees"), row.agreed_by, row.agreed_at)
    return {
        "party": _("Agrees"),
        "name": _("waited for"),
        "state": "turn",
        "note": _("not %(name)s") % {"name": row.requested_by.get_full_name()},
    }


def _signed(party, person, moment):
    return {"party": party, "name": person.get_full_name(), "state": "signed", "at": moment}
