"""Stage, whose turn, until when, and the one action, for one reader; what each state says is with its content."""

from django.utils.html import format_html
from django.utils.translation import gettext as _

from consortium.templatetags.portal import moment_zone, remaining
from placements.enums import RoundState as S
from placements.views.round_page import configuring, filling, notice, running, scoring

ENDED = {
    S.ARCHIVED: lambda reader: {"whose": _("Nobody"), "due": _("Ended")},
    S.CANCELLED: lambda reader: {"whose": _("Nobody"), "due": _("Ended")},
}
BY_STATE = {
    S.PLANNED: configuring.planned,
    S.CONFIGURED: configuring.configured,
    S.OPEN: filling.opened,
    S.RANKING: scoring.ranking,
    S.READY: scoring.ready,
    S.FROZEN: running.frozen,
    S.RUNNING: running.running,
    S.VERIFIED: notice.verified,
    S.PUBLIC_NOTICE: notice.public_notice,
    S.PUBLISHED: notice.published,
    **ENDED,
}
BLANK = dict.fromkeys(
    (
        "due",
        "due_at",
        "due_label",
        "action_label",
        "action_url",
        "action_post",
        "action_style",
        "action_fields",
    ),
    "",
)


def about(reader):
    """The strip's context."""
    round = reader.round
    found = BLANK | {"stage": round.get_state_display(), "turn": False} | BY_STATE[round.state](reader)
    if round.state != S.OPEN and found["due_at"]:
        # Only the closing of lists counts down by the second; other times are said with what is left.
        moment = found["due_at"]
        left = remaining(moment) if moment > reader.moment else ""
        found |= {
            "due_at": "",
            "due": format_html('{} <span class="nw">{}</span>', moment_zone(moment), left),
        }
    return found
