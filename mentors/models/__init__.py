"""Models of mentors, one module per noun."""

from mentors.models.appointment import Appointment
from mentors.models.log import LogDraft, Reopening, SupervisionLog
from mentors.models.meeting import CalendarKey, LogLink, Meeting
from mentors.models.mentorship import Mentorship
from mentors.models.nomination import Nomination

__all__ = [
    "Appointment",
    "CalendarKey",
    "LogDraft",
    "LogLink",
    "Meeting",
    "Mentorship",
    "Nomination",
    "Reopening",
    "SupervisionLog",
]
