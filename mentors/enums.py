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
    REVOKED = "revoked", pgettext_lazy("appointment", "Revoked")


APPOINTMENT_MOVES = {AppointmentState.ACTIVE: {AppointmentState.ENDED, AppointmentState.REVOKED}}
APPOINTMENT_OVER = (AppointmentState.ENDED, AppointmentState.REVOKED)
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


class NominationKind(TextChoices):
    APPOINTMENT = "appointment", pgettext_lazy("nomination", "First appointment")
    RENEWAL = "renewal", pgettext_lazy("nomination", "Renewal")


class NominationState(TextChoices):
    """The way from the employer's word to the appointment (machine 8)."""

    NOMINATED = "nominated", pgettext_lazy("nomination", "Waits for the employer")
    EMPLOYER_CONSENTED = "employer_consented", pgettext_lazy("nomination", "Waits for the person")
    CONSENTED = "consented", pgettext_lazy("nomination", "To be checked")
    RETURNED = "returned", pgettext_lazy("nomination", "Returned to be mended")
    QUALIFIED = "qualified", pgettext_lazy("nomination", "Qualified")
    EXCEPTION_REQUESTED = "exception_requested", pgettext_lazy("nomination", "Exception to be signed")
    REVIEWED = "reviewed", pgettext_lazy("nomination", "Exception signed")
    PUBLIC_NOTICE = "public_notice", pgettext_lazy("nomination", "On public notice")
    APPOINTED = "appointed", pgettext_lazy("nomination", "Appointed")
    REFUSED = "refused", pgettext_lazy("nomination", "Not appointed")
    DECLINED = "declined", pgettext_lazy("nomination", "Declined by the person")
    WITHDRAWN = "withdrawn", pgettext_lazy("nomination", "Withdrawn")
    UNANSWERED = "unanswered", pgettext_lazy("nomination", "No answer in time")


_N = NominationState
_CLOSED = (_N.DECLINED, _N.WITHDRAWN)
NOMINATION_MOVES = {
    _N.NOMINATED: {_N.EMPLOYER_CONSENTED, _N.WITHDRAWN, _N.UNANSWERED},
    _N.EMPLOYER_CONSENTED: {_N.CONSENTED, _N.UNANSWERED, *_CLOSED},
    _N.CONSENTED: {_N.QUALIFIED, _N.EXCEPTION_REQUESTED, _N.RETURNED, _N.REFUSED, *_CLOSED},
    _N.RETURNED: {_N.EMPLOYER_CONSENTED, *_CLOSED},
    _N.QUALIFIED: {_N.PUBLIC_NOTICE, _N.APPOINTED, _N.CONSENTED, *_CLOSED},
    _N.EXCEPTION_REQUESTED: {_N.REVIEWED, _N.CONSENTED, *_CLOSED},
    _N.REVIEWED: {_N.PUBLIC_NOTICE, _N.APPOINTED, _N.CONSENTED, *_CLOSED},
    _N.PUBLIC_NOTICE: {_N.APPOINTED, _N.CONSENTED, *_CLOSED},
}
NOMINATION_OPEN = tuple(NOMINATION_MOVES)
# The person has said yes to what is written there.
NOMINATION_AFTER_CONSENT = (
    _N.CONSENTED,
    _N.QUALIFIED,
    _N.EXCEPTION_REQUESTED,
    _N.REVIEWED,
    _N.PUBLIC_NOTICE,
    _N.APPOINTED,
)
# The check found the scheme met, or a second person signed the exception.
NOMINATION_ABLE = (_N.QUALIFIED, _N.REVIEWED, _N.PUBLIC_NOTICE, _N.APPOINTED)


class Degree(TextChoices):
    """From the lowest to the highest: rules compare places in this list."""

    NONE = "none", pgettext_lazy("degree", "Below bachelor")
    BACHELOR = "bachelor", pgettext_lazy("degree", "Bachelor")
    MASTER = "master", pgettext_lazy("degree", "Master")
    DOCTOR = "doctor", pgettext_lazy("degree", "Doctor")


class TitleLevel(TextChoices):
    """From the lowest to the highest: rules compare places in this list."""

    NONE = "none", pgettext_lazy("title level", "None or junior")
    INTERMEDIATE = "intermediate", pgettext_lazy("title level", "Intermediate")
    SENIOR_TECHNICIAN = "senior_technician", pgettext_lazy("title level", "Senior technician")
    ASSOCIATE = "associate_senior", pgettext_lazy("title level", "Associate senior")
    SENIOR = "senior", pgettext_lazy("title level", "Senior")


class YearGrade(TextChoices):
    EXCELLENT = "excellent", pgettext_lazy("yearly assessment", "Excellent")
    PASS = "pass", pgettext_lazy("yearly assessment", "Passed")
    FAIL = "fail", pgettext_lazy("yearly assessment", "Not passed")


# So many years not passed end an appointment (machine 8).
FAILS_THAT_REVOKE = 2


class RuleState(TextChoices):
    """A rule of a scheme, from its entry to the second person's word."""

    PROPOSED = "proposed", pgettext_lazy("rule of a scheme", "Waits for a second person")
    AGREED = "agreed", pgettext_lazy("rule of a scheme", "Agreed")
    WITHDRAWN = "withdrawn", pgettext_lazy("rule of a scheme", "Withdrawn")


RULE_MOVES = {
    RuleState.PROPOSED: {RuleState.AGREED, RuleState.WITHDRAWN},
    RuleState.AGREED: {RuleState.WITHDRAWN},
}
