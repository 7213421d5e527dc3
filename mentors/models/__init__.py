"""Models of mentors, one module per noun."""

from mentors.models.appointment import Appointment, YearlyAssessment
from mentors.models.log import LogDraft, Reopening, SupervisionLog
from mentors.models.meeting import CalendarKey, LogLink, Meeting
from mentors.models.mentorship import Mentorship
from mentors.models.nomination import AppointmentLetter, Nomination, NominationObjection
from mentors.models.scheme import SchemeLimit, SupervisionMinimum

__all__ = [
    "Appointment",
    "AppointmentLetter",
    "CalendarKey",
    "LogDraft",
    "LogLink",
    "Meeting",
    "Mentorship",
    "Nomination",
    "NominationObjection",
    "Reopening",
    "SchemeLimit",
    "SupervisionLog",
    "SupervisionMinimum",
    "YearlyAssessment",
]
