"""Who writes, confirms, amends and reads a supervision log, and for which days."""

from datetime import timedelta

from consortium import policy
from consortium.reach import reach
from consortium.roles import Permission
from mentors.enums import TO_COSIGN, LogState, Side

LEAST_TEXT, LONGEST_TEXT, LONGEST_PRIVATE, LONGEST_LINE = 10, 2000, 1000, 200
LONGEST_ANSWER, LONGEST_REASON = 300, 200


def side_of(user, mentorship):
    """The side on which the person guides in this mentorship, or None."""
    if user.pk == mentorship.academic.user_id:
        return Side.ACADEMIC
    return Side.INDUSTRY if user.pk == mentorship.industry.user_id else None


def mentor_on(mentorship, side):
    """The appointment on one side."""
    return mentorship.academic if side == Side.ACADEMIC else mentorship.industry


def other_mentor(mentorship, side):
    """The appointment on the other side."""
    return mentorship.industry if side == Side.ACADEMIC else mentorship.academic


def late_days():
    """For how many days a meeting can be logged without the office."""
    return policy.value("log_late_days")


def earliest(on):
    """The earliest day that can be signed on `on` without the office."""
    return on - timedelta(days=late_days())


def can_confirm(user, log):
    """Only the student says whether it was so."""
    return user.pk == log.mentorship.student.user_id and log.state in (LogState.SIGNED, LogState.DIFFERS)


def can_contest(user, log):
    """The student may say what differs until it is confirmed."""
    return user.pk == log.mentorship.student.user_id and log.state == LogState.SIGNED


def can_amend(user, log):
    """Whoever signed it corrects it, as often as needed, always the text that stands."""
    return user.pk == log.signed_by_id and log.state != LogState.AMENDED


def can_cosign(user, log):
    """The other mentor of a joint meeting."""
    return (
        log.cosign in TO_COSIGN
        and log.state != LogState.AMENDED
        and log.cosigner is not None
        and user.pk == log.cosigner.user_id
    )


def reads_private(user, log):
    """The note between the two mentors is read by these two and nobody else."""
    return side_of(user, log.mentorship) is not None


def can_oversee(user):
    """Whether the person looks after everybody's supervision and reopens late days."""
    return reach(user, Permission.OVERSEE_SUPERVISION).all


def can_decide(user, reopening):
    """Whoever reopens late days, except those of one's own."""
    return can_oversee(user) and user.pk != reopening.mentor.user_id


def sees_all(user):
    """The office and auditors."""
    return can_oversee(user) or reach(user, Permission.READ_AUDIT).all
