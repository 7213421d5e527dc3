"""What happens by the clock. Each task only calls actions, may run late, twice, and at the same time."""

import logging

from celery import shared_task

from consortium.clock import SHANGHAI, now
from consortium.refusals import Refused

log = logging.getLogger(__name__)


@shared_task
def advance_rounds():
    """Move every round whose time has come one step on; a round that fails does not hold up the others."""
    from placements.actions.freeze import close_round, end_scoring, freeze_round
    from placements.actions.round import open_round
    from placements.actions.run import settle_stopped_runs
    from placements.models import MatchingRound

    due = (
        ("configured", "opens_at", open_round),
        ("open", "closes_at", close_round),
        ("ranking", "scoring_ends_at", end_scoring),
        ("ready", "scoring_ends_at", freeze_round),
    )
    for state, at, step in due:
        for round in MatchingRound.objects.filter(state=state, **{f"{at}__lte": now()}).order_by("pk"):
            _one(step, round)
    settle_stopped_runs()


def _one(step, round):
    try:
        step(round=round)
    except Refused as refusal:
        # Somebody was first, or the round waits for a person: its page says so.
        log.info("round.waits", extra={"round": round.pk, "step": step.__name__, "code": refusal.code})
    except Exception:
        log.exception("round.step_failed", extra={"round": round.pk, "step": step.__name__})


@shared_task
def advance_placements():
    """Remind of places that wait for an answer, and lapse those whose time is over."""
    from placements.actions.result import lapse_unanswered

    lapse_unanswered()


@shared_task
def refresh_interest():
    """Refresh the interest bands of open rounds, at night only: by day a change would point to one list."""
    from placements.actions.interest import refresh_interest as refresh

    if now().astimezone(SHANGHAI).hour == 2:
        refresh()


@shared_task
def remind_late_demands():
    """Tell boards which demands are past their first answer, in working hours only."""
    from placements.actions.demand import remind_late_demands as remind

    if 8 <= now().astimezone(SHANGHAI).hour < 18:
        remind()
