"""The caps of a planned round: what stands over several projects of one mentor, base or enterprise."""

from django.utils.translation import gettext as _

from consortium.audit import action, record
from consortium.refusals import Invalid
from consortium.roles import Permission
from placements.actions.round.planning import ask_planned
from placements.actions.round.step import move, new_code
from placements.enums import CapKind, RoundState
from placements.models import RoundCap
from placements.queries import round as queries
from placements.rules import caps as cap_rules
from placements.rules import round as rules


@action
def set_caps(*, round, by, caps):
    """Replace the caps of a planned round: [{"kind", "subject_id", "capacity"}]."""
    rules.ask_permission(by, Permission.RUN_ROUND)
    ask_planned(round, rules.caps_lock)
    rows, seen, used = [], set(), set()
    for number, cap in enumerate(caps, 1):
        rows.append(_cap(round, number, cap, seen, used))
    round.caps.all().delete()
    RoundCap.objects.bulk_create(rows)
    move(round, expected=[RoundState.PLANNED], to=RoundState.PLANNED)
    record("caps set", round, by=by, caps=[[row.kind, row.subject_id, row.capacity] for row in rows])
    return rows


def _cap(round, number, cap, seen, used):
    kind, subject_id, capacity = cap["kind"], cap["subject_id"], cap["capacity"]
    label = queries.label_of(kind, subject_id) if kind in CapKind.values else None
    if label is None:
        raise Invalid(
            _("Row %(n)d: choose what the cap is for.") % {"n": number}, field="subject", row=number
        )
    if (kind, subject_id) in seen:
        raise Invalid(
            _("Row %(n)d: “%(label)s” has a cap already.") % {"n": number, "label": label},
            field="subject",
            row=number,
        )
    if not 1 <= capacity <= 1000:
        raise Invalid(
            _("Row %(n)d: a cap is 1 to 1000 places.") % {"n": number}, field="capacity", row=number
        )
    seen.add((kind, subject_id))
    return RoundCap(
        round=round,
        kind=kind,
        subject_id=subject_id,
        label=label[:120],
        capacity=capacity,
        code=new_code(used),
    )


def proposed_caps(round, passing):
    """The caps that records call for, as `set_caps` takes them."""
    taken = queries.taken_places(round.opens_at.year)
    return [row for row in cap_rules.propose(passing, taken=taken) if row.capacity]
