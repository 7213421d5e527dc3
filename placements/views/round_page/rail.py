"""The life of a round in five groups of steps, as its left margin shows it."""

from django.utils.translation import pgettext

from placements.enums import RoundState as S
from placements.queries import round as queries

# Where each state stands among the steps of the rail.
POSITION = {
    S.PLANNED: 0,
    S.CONFIGURED: 1,
    S.OPEN: 2,
    S.RANKING: 4,
    S.READY: 5,
    S.FROZEN: 6,
    S.RUNNING: 6,
    S.VERIFIED: 8,
    S.PUBLIC_NOTICE: 8,
    S.PUBLISHED: 9,
    S.ARCHIVED: 11,
    S.CANCELLED: 0,
}


def rail(round, run=None):
    """The context of the rail: groups of steps with state and date, and where the round stands."""
    current = POSITION[round.state]
    groups, steps = [], []
    for label, rows in _groups(round, run):
        made = [_step(len(steps) + at, current, *row) for at, row in enumerate(rows)]
        groups.append({"label": label, "steps": made})
        steps += made
    now_label = next((step["label"] for step in steps if step["state"] == "current"), "")
    return {
        "title": "",
        "groups": groups,
        "position": min(current + 1, len(steps)),
        "total": len(steps),
        "now_label": now_label or round.get_state_display(),
    }


def _step(number, current, label, date):
    state = "done" if number < current else "current" if number == current else "todo"
    return {"label": label, "state": state, "date": None if state == "todo" else date}


def _groups(round, run):
    agreed = queries.agreed_request(round, "open")
    # Scoring can end before its time, once every owner is done; the snapshot is never frozen before it has ended.
    ended = min(round.scoring_ends_at, round.frozen_at) if round.frozen_at else round.scoring_ends_at
    scored = ended if POSITION[round.state] > 4 else None
    return [
        (
            pgettext("round step", "Prepare"),
            [
                (pgettext("round step", "Plan"), round.created_at),
                (pgettext("round step", "Agree"), agreed and agreed.agreed_at),
            ],
        ),
        (
            pgettext("round step", "Lists"),
            [
                (pgettext("round step", "Open"), round.opened_at),
                (pgettext("round step", "Close"), round.closed_at),
            ],
        ),
        (
            pgettext("round step", "Scores"),
            [(pgettext("round step", "Score"), scored), (pgettext("round step", "Freeze"), round.frozen_at)],
        ),
        (
            pgettext("round step", "Compute"),
            [
                (pgettext("round step", "Run"), run and run.started_at),
                (pgettext("round step", "Check"), run and run.ended_at),
            ],
        ),
        (
            pgettext("round step", "Publish"),
            [
                (pgettext("round step", "Public notice"), round.notice_started_at),
                (pgettext("round step", "Final"), round.published_at),
                (pgettext("round step", "Archive"), None),
            ],
        ),
    ]
