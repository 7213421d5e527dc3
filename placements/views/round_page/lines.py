"""The rows of the list of rounds: each with whose turn it is."""

from django.utils.translation import gettext as _

from consortium.reach import may
from consortium.roles import Permission
from placements.announcements_rounds import waiting
from placements.enums import RoundState as S


def lines(rounds, user, moment):
    """The rows of the list: each round with whose turn it is, in a number of queries that does not grow."""
    mine = {pk for pk, _duty in waiting(user, moment)}
    office = may(user, Permission.RUN_ROUND)
    rows = []
    for round in rounds:
        turn = round.pk in mine or (office and round.state == S.PLANNED)
        rows.append({"round": round, "turn": turn, "whose": _("You") if turn else _turn_of_others(round)})
    return rows


def _turn_of_others(round):
    return {
        S.CONFIGURED: _("A second person or the clock"),
        S.OPEN: _("Students"),
        S.RANKING: _("Owners of projects"),
        S.RUNNING: _("The program"),
        S.VERIFIED: _("The publisher"),
        S.PUBLIC_NOTICE: _("Those concerned: read and object"),
        S.PUBLISHED: _("Students with a place"),
        S.ARCHIVED: _("Nobody"),
        S.CANCELLED: _("Nobody"),
    }.get(round.state, _("The office"))
