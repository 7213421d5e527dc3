"""Models of mentors, one module per noun."""

from mentors.models.appointment import Appointment
from mentors.models.log import LogDraft, Reopening, SupervisionLog
from mentors.models.meeting import CalendarKey, LogLink, Meeting
from mentors.models.mentorship import Mentorship

__all__ = [
    "Appointment",
    "CalendarKey",
    "LogDraft",
    "LogLink",
    "Meeting",
    "Mentorship",
    "Reopening",
    "SupervisionLog",
]
