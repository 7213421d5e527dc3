"""Planning a round: its settings, from nothing or from another round. They are locked from the request for opening on."""

import hashlib
import secrets
from datetime import timedelta

from django.utils.translation import gettext as _

from consortium import policy
from consortium.audit import action, record
from consortium.clock import now
from consortium.refusals import Invalid, Stale
from consortium.roles import Permission
from consortium.working_calendar import after_working_days
from placements.actions.round.step import move
from placements.enums import RoundState
from placements.models import MatchingRound, RoundCap
from placements.rules import round as rules

SETTINGS = ("name", "opens_at", "closes_at", "scoring_ends_at", "max_preferences", "public_note", "contact")


@action
def plan_round(
    *,
    by,
    name,
    opens_at,
    closes_at,
    scoring_ends_at,
    max_preferences=None,
    public_note="",
    contact="",
    clearing=False,
    copied_from=None,
    is_sample=False,
):
    """Plan a round and draw its lottery seed, of which only the hash is shown until the result."""
    rules.ask_permission(by, Permission.RUN_ROUND)
    seed = secrets.token_hex(32)
    round = MatchingRound(
        name=name,
        opens_at=opens_at,
        closes_at=closes_at,
        scoring_ends_at=scoring_ends_at,
        max_preferences=max_preferences or policy.value("max_preferences"),
        public_note=public_note,
        contact=contact,
        clearing=clearing,
        copied_from=copied_from,
        is_sample=is_sample or by.is_sample,
        seed=seed,
        seed_sha256=hashlib.sha256(seed.encode()).hexdigest(),
        created_by=by,
        created_at=now(),
    )
    _ask_settings(round)
    round.save()
    record("round planned", round, by=by, seed_sha256=round.seed_sha256)
    return round


def _ask_settings(round):
    if MatchingRound.objects.filter(name=round.name).exclude(pk=round.pk).exists():
        raise Invalid(_("There is a round of this name. Choose another name."), field="name")
    if not round.opens_at < round.closes_at:
        raise Invalid(_("Closing must come after opening."), field="closes_at")
    if not round.closes_at < round.scoring_ends_at:
        raise Invalid(_("Scoring must end after lists are closed."), field="scoring_ends_at")
    if round.closes_at <= now():
        raise Invalid(_("The closing time is past. Set a later one."), field="closes_at")
    if not 1 <= round.max_preferences <= 30:
        raise Invalid(_("A list can hold 1 to 30 choices."), field="max_preferences")


@action
def copy_round(*, round, by, clearing=False):
    """Plan a new round with the settings and caps of `round`, a year later; as a second round in the coming days."""
    rules.ask_permission(by, Permission.RUN_ROUND)
    moment = now()
    if clearing:
        name = _("%(name)s, second round") % {"name": round.name}
        opens_at = after_working_days(moment, 1)
        closes_at = after_working_days(opens_at, 3)
    else:
        name = _name_of_next(round)
        opens_at = _next_year(round.opens_at)
        while opens_at <= moment:
            opens_at = _next_year(opens_at)
        closes_at = opens_at + (round.closes_at - round.opens_at)
    copy = plan_round(
        by=by,
        name=_free_name(name),
        opens_at=opens_at,
        closes_at=closes_at,
        scoring_ends_at=after_working_days(closes_at, policy.value("scoring_days")),
        max_preferences=round.max_preferences,
        contact=round.contact,
        clearing=clearing,
        copied_from=round,
        is_sample=round.is_sample,
    )
    if not clearing:
        RoundCap.objects.bulk_create(
            RoundCap(
                round=copy,
                kind=cap.kind,
                subject_id=cap.subject_id,
                label=cap.label,
                capacity=cap.capacity,
                code=cap.code,
            )
            for cap in round.caps.all()
        )
    return copy


def _next_year(moment):
    """The same weekday and hour a year later: 52 weeks."""
    return moment + timedelta(weeks=52)


def _name_of_next(round):
    year = str(round.opens_at.year)
    return round.name.replace(year, str(round.opens_at.year + 1)) if year in round.name else round.name


def _free_name(name):
    free, number = name[:60], 2
    while MatchingRound.objects.filter(name=free).exists():
        tail = f" ({number})"
        free, number = name[: 60 - len(tail)] + tail, number + 1
    return free


@action
def configure_round(*, round, by, version=None, **fields):
    """Change settings of a planned round. `version` is the one the page showed: somebody else's change is not lost."""
    rules.ask_permission(by, Permission.RUN_ROUND)
    ask_planned(round)
    if version is not None and version != round.version:
        raise Stale(
            _(
                "Somebody changed this round while you were editing. What stands now is shown beside your text."
            ),
            remedy=_("Choose what to keep, then save."),
            theirs={name: getattr(round, name) for name in SETTINGS},
        )
    changes = {
        name: value for name, value in fields.items() if name in SETTINGS and getattr(round, name) != value
    }
    before = {name: str(getattr(round, name)) for name in changes}
    for name, value in changes.items():
        setattr(round, name, value)
    _ask_settings(round)
    move(round, expected=[RoundState.PLANNED], to=RoundState.PLANNED, **changes)
    record(
        "round configured",
        round,
        by=by,
        before=before,
        after={name: str(value) for name, value in changes.items()},
    )
    return round


def ask_planned(round, lock=rules.settings_lock):
    """Refuse a change of what is locked from the request for opening on."""
    round.refresh_from_db()
    refusal = lock(round)
    if refusal:
        raise refusal
