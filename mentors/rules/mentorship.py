"""Who keeps mentorships, and what one needs before it may begin."""

from consortium.reach import reach
from consortium.roles import Permission
from mentors.enums import MentorshipState


def can_keep(user):
    """Whether the person begins mentorships by hand, changes mentors and ends them."""
    return reach(user, Permission.RECORD_STUDENT).all


def is_running(mentorship, on):
    """Whether it is neither ended nor over on the day."""
    return mentorship.state == MentorshipState.ACTIVE and on <= mentorship.until


def can_change(user, mentorship, on):
    """Whether the person may change its mentors or end it now."""
    return can_keep(user) and is_running(mentorship, on)


def reads_handover(user, mentorship):
    """The note is for the mentors it hands over to and for the office."""
    return can_keep(user) or user.pk in (mentorship.academic.user_id, mentorship.industry.user_id)
