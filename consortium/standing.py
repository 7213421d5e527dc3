"""How an organisation stands, in the words of a line of the directory. Conflicting sources are never merged."""

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from consortium import badges, clock
from consortium.enums import MembershipRank, MembershipState, OrganisationKind, PartyRole
from consortium.queries.organisation import holds
from consortium.rules.organisation import can_confirm

RANK_ROLES = (
    PartyRole.LEAD,
    PartyRole.CO_LEAD,
    PartyRole.CHAIR_UNIT,
    PartyRole.DIRECTOR_UNIT,
    PartyRole.MEMBER_UNIT,
)

NEXT = {
    MembershipState.TO_BEGIN: gettext_lazy("Nothing to do"),
    MembershipState.SUSPENDED: gettext_lazy("Decide on the suspension"),
    MembershipState.LAPSED: gettext_lazy("Ask whether it applies again"),
    MembershipState.REMOVED: gettext_lazy("Nothing to do"),
}


def standing_of(organisation, day, user, office):
    """{"kind", "rank", "state" (kind of badge or None), "turn": viewer's turn, "next", "next_url", "term", "sources"}.

    Reads only what `with_list_parts` fetched. `office` tells whether the reader sees what waits and what is missing.
    """
    held = [row for row in organisation.shown_memberships if holds(row, day)]
    waiting = [row for row in organisation.shown_memberships if row.state == MembershipState.RECORDED]
    roles = list(organisation.roles.all())
    line = {
        # Not by Django's get_kind_display, which translates every kind there is, once a row.
        "kind": OrganisationKind(organisation.kind).label,
        "rank": _rank(held, roles, organisation),
        "state": None,
        "turn": False,
        "next": "",
        "next_url": "",
        "stage": "",
        "terms": held,
        "sources": _sources(roles, organisation),
    }
    if waiting and office:
        turn = can_confirm_waiting(user, waiting[0])
        return line | {
            "state": "recorded",
            "stage": badges.look("membership", "recorded").label,
            "turn": turn,
            "next": _("Compare with the minutes"),
            "next_url": reverse("membership_confirm", args=[waiting[0].pk]) if turn else "",
        }
    if held:
        last = max(row.until for row in held)
        soon = clock.ends_soon(last, day)
        return line | {
            "state": "expiring" if soon else "active",
            "stage": badges.look("membership", "expiring" if soon else "active").label,
            "next": _("Arrange the renewal") if soon else "",
        }
    after = _after(organisation.shown_memberships, day) if office else None
    if after:
        return line | {
            "state": after.state,
            "stage": badges.look("membership", after.state).label,
            "next": NEXT[after.state],
        }
    if office and any(role.role in RANK_ROLES for role in roles):
        return line | {"next": _("Record the membership with its resolution")}
    if office and organisation.source_note:
        return line | {"next": _("Check the note on the source")}
    return line


def _after(memberships, day):
    """What explains that none holds the day: one to begin, else one suspended, else the one that was over last."""
    order = [
        MembershipState.TO_BEGIN,
        MembershipState.SUSPENDED,
        MembershipState.LAPSED,
        MembershipState.REMOVED,
    ]
    found = [
        row
        for row in memberships
        if row.state in order and (row.state != MembershipState.TO_BEGIN or row.since > day)
    ]
    return min(found, key=lambda row: (order.index(row.state), -row.until.toordinal()), default=None)


def can_confirm_waiting(user, membership):
    """Whether this person may confirm it, by what the list fetched (the action asks again)."""
    return membership.recorded_by_id != user.pk and can_confirm(user, membership)


def _rank(held, roles, organisation):
    if held:
        return " / ".join(dict.fromkeys(str(MembershipRank(row.rank).label) for row in held))
    stated = list(dict.fromkeys(role.role for role in roles))
    if len(stated) > 1:
        return _("%(n)d statements differ") % {"n": len(stated)}
    if stated:
        return str(PartyRole(stated[0]).label)
    return _("Not stated in the report") if organisation.source_line else ""


def _sources(roles, organisation):
    lines = [role.source_line for role in roles if role.source_line] or [organisation.source_line]
    return sorted({line for line in lines if line})
