"""When applicants are judged, what scores mean, and how an order becomes scores."""

from django.utils.translation import gettext as _

from consortium.clock import now
from consortium.refusals import Refused
from consortium.templatetags.portal import moment_zone_text
from placements.enums import RoundState

BEFORE_CLOSING = (RoundState.PLANNED, RoundState.CONFIGURED, RoundState.OPEN, RoundState.CANCELLED)
WIDEST_STEP = 10


def is_open(round, moment):
    """Whether owners may judge now."""
    return round.state == RoundState.RANKING and moment < round.scoring_ends_at


def ask_open(round):
    """Refuse outside the time between closing and the end of scoring."""
    ask_closed(round)
    if not is_open(round, now()):
        raise Refused(
            _("Scoring of “%(round)s” ended on %(time)s; the scores stand as they were.")
            % {"round": round.name, "time": moment_zone_text(round.scoring_ends_at)},
            remedy=_("If something is wrong, tell the graduate school before the result is final."),
            code="scoring_ended",
        )


def ask_closed(round):
    """Refuse while students may still change their lists."""
    if round.state in BEFORE_CLOSING:
        raise Refused(
            _("Students can change their lists until %(time)s; nobody sees applicants before that.")
            % {"time": moment_zone_text(round.closes_at)},
            remedy=_("Come back after closing; you will get a message."),
            code="not_closed",
        )


def spread(number):
    """Scores for an order of so many, from 100 downwards in equal steps, without ties."""
    if number > 100:
        raise ValueError("an order of more than 100 cannot be told apart by scores of 1 to 100")
    step = min(WIDEST_STEP, 99 // max(number - 1, 1))
    return [100 - place * step for place in range(number)]
