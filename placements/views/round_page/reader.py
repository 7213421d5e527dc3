"""Who reads the page of which round, and what the strip says to whoever has to act."""

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from django.utils.translation import gettext as _

from consortium.reach import may
from consortium.roles import Permission
from placements.models import MatchingRound


@dataclass
class Reader:
    """One person before one round at one moment; `stops` is how many things must be mended before opening."""

    round: MatchingRound
    user: object
    moment: datetime
    stops: int = 0

    def may(self, permission):
        """Whether the person has this right."""
        return may(self.user, permission)

    @cached_property
    def office(self):
        """Whether the person runs rounds."""
        return self.may(Permission.RUN_ROUND)


def yours(label, *, url="", post=""):
    """The strip's turn and its one action for whoever has to act: a link, or a form post."""
    return {"whose": _("You"), "turn": True, "action_label": label, "action_url": url, "action_post": post}
