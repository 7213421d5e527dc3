"""Mentors of a world who are about to sign a log, and what was signed."""

from bench._inside.readers import session_of
from consortium.models import User
from mentors.models import Mentorship, SupervisionLog


def mentors(count):
    """[(session, mentorship)] of so many industry mentors, one student of each."""
    rows = Mentorship.objects.select_related("industry__user").order_by("industry", "pk")
    first = {row.industry_id: row for row in reversed(rows)}
    return [(session_of(row.industry.user.username), row.pk) for row in list(first.values())[:count]]


def signed():
    """How many logs there are."""
    return SupervisionLog.objects.count()


def office():
    """The session of somebody who sees everybody's supervision."""
    return session_of(User.objects.get(username="graduate").username)
