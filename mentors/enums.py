"""Kinds and states of mentors, with the table of allowed moves."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class AppointmentKind(TextChoices):
    ACADEMIC = "academic_mentor", _("Academic mentor")
    INDUSTRY = "industry_mentor", _("Industry mentor")
    PROFESSOR = "industry_professor", _("Industry professor")


class MentorCategory(TextChoices):
    EXECUTIVE = "mentor_executive", _("Enterprise executive")
    TECHNICAL = "mentor_technical", _("Technical expert")
    SCHOLAR = "mentor_scholar", _("Scholar of the trade")


class AppointmentState(TextChoices):
    ACTIVE = "active", _("In office")
    ENDED = "ended", _("Ended")


APPOINTMENT_MOVES = {AppointmentState.ACTIVE: {AppointmentState.ENDED}}
INDUSTRY_KINDS = (AppointmentKind.INDUSTRY, AppointmentKind.PROFESSOR)


class MentorshipState(TextChoices):
    ACTIVE = "active", pgettext_lazy("mentorship", "Running")
    ENDED = "ended", _("Ended")


MENTORSHIP_MOVES = {MentorshipState.ACTIVE: {MentorshipState.ENDED}}


class Side(TextChoices):
    """Which of the two mentors."""

    ACADEMIC = "academic", _("Academic mentor")
    INDUSTRY = "industry", _("Industry mentor")


class LogKind(TextChoices):
    MEETING = "meeting", _("Face to face")
    VIDEO = "video", _("Video call")
    ON_SITE = "on_site", _("On site")
    READING = "reading", _("Reading and comments")
    JOINT = "joint", _("Joint meeting")


class LogState(TextChoices):
    SIGNED = "signed", _("Signed, to be confirmed")
    CONFIRMED = "confirmed", pgettext_lazy("supervision log", "Confirmed")
    DIFFERS = "differs", _("Something differs")
    AMENDED = "amended", _("Amended")


LOG_MOVES = {
    LogState.SIGNED: {LogState.CONFIRMED, LogState.DIFFERS, LogState.AMENDED},
    LogState.CONFIRMED: {LogState.AMENDED},
    LogState.DIFFERS: {LogState.CONFIRMED, LogState.AMENDED},
    LogState.AMENDED: set(),
}
# What stands: an amended log has given way to the one that amends it.
STANDING = (LogState.SIGNED, LogState.CONFIRMED, LogState.DIFFERS)


class CosignState(TextChoices):
    ASKED = "asked", _("To be signed by the other mentor")
    # Both had signed the text before its amendment.
    AGAIN = "again", _("To be signed again by the other mentor")
    SIGNED = "signed", _("Signed by both mentors")
    REFUSED = "refused", _("Not signed by the other mentor")


# What waits for the other mentor, and what counts as a joint meeting: an amendment changes no count by being signed.
TO_COSIGN = (CosignState.ASKED, CosignState.AGAIN)
COUNTED_AS_JOINT = (CosignState.SIGNED, CosignState.AGAIN)


class ReopeningState(TextChoices):
    ASKED = "asked", _("Waiting for the graduate school")
    GRANTED = "granted", _("Reopened")
    REFUSED = "refused", _("Not reopened")


class MeetingState(TextChoices):
    PLANNED = "planned", pgettext_lazy("meeting", "Planned")
    CANCELLED = "cancelled", pgettext_lazy("meeting", "Called off")
