"""One step of a round's life, taken by whoever was first; random names for what enters its files."""

import secrets

from django.db.models import F
from django.utils.translation import gettext as _

from consortium.refusals import Refused
from placements.models import MatchingRound

CHUNK = 500


def move(round, *, expected, to, **fields):
    """Move the round on if it still is where the caller saw it; a refusal in words when somebody was first."""
    changed = MatchingRound.objects.filter(pk=round.pk, state__in=expected).update(
        state=to, version=F("version") + 1, **fields
    )
    if not changed:
        round.refresh_from_db()
        raise Refused(
            _("This round is already “%(state)s”, so the step was not done and nothing was changed.")
            % {"state": round.get_state_display()},
            remedy=_("Open the round again and go on from there."),
            url=round.get_absolute_url(),
            url_label=_("Open the round"),
            code="state",
        )
    round.refresh_from_db()


def new_code(used):
    """A random name for a file of the round, never given twice in it."""
    while True:
        code = secrets.token_hex(6)
        if code not in used:
            used.add(code)
            return code
