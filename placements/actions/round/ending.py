"""The two ends of a round: given up before it opens, or archived when every place is answered."""

from django.utils.translation import gettext as _

from consortium.audit import action, record
from consortium.refusals import Refused
from consortium.roles import Permission
from consortium.templatetags.portal import moment_zone_text
from placements.actions.round.step import move
from placements.enums import PlacementState, RoundState
from placements.rules import round as rules


@action
def cancel_round(*, round, by, reason=""):
    """Give up a round before it opens."""
    rules.ask_permission(by, Permission.RUN_ROUND)
    move(round, expected=[RoundState.PLANNED, RoundState.CONFIGURED], to=RoundState.CANCELLED)
    record("round cancelled", round, by=by, reason=reason)


@action
def archive_round(*, round, by):
    """Close the books of a round when every offered place is answered."""
    rules.ask_permission(by, Permission.RUN_ROUND)
    waiting = round.placements.filter(state=PlacementState.OFFERED).count()
    if waiting:
        raise Refused(
            _("%(n)d offered places are not answered yet, so the round cannot be archived.") % {"n": waiting},
            remedy=_("They lapse by themselves on %(time)s.")
            % {"time": moment_zone_text(round.answers_due_at)},
            url=round.get_absolute_url(),
            code="state",
        )
    move(round, expected=[RoundState.PUBLISHED], to=RoundState.ARCHIVED)
    record("round archived", round, by=by)
