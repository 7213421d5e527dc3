"""What changes a round from its plan to the day its lists close, and its last step: one module per part of its life."""

from placements.actions.round.caps import proposed_caps, set_caps
from placements.actions.round.ending import archive_round, cancel_round
from placements.actions.round.filling import (
    agree_extension,
    remind_students,
    request_extension,
    withdraw_round_project,
)
from placements.actions.round.opening import agree_opening, open_round, request_opening
from placements.actions.round.planning import configure_round, copy_round, plan_round
from placements.actions.round.two_persons import withdraw_request

__all__ = [
    "agree_extension",
    "agree_opening",
    "archive_round",
    "cancel_round",
    "configure_round",
    "copy_round",
    "open_round",
    "plan_round",
    "proposed_caps",
    "remind_students",
    "request_extension",
    "request_opening",
    "set_caps",
    "withdraw_request",
    "withdraw_round_project",
]
