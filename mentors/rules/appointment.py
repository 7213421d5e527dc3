"""Who keeps appointments, and what an appointment needs."""

from consortium.enums import OrganisationKind
from consortium.reach import reach
from consortium.roles import Permission
from mentors.enums import AppointmentKind, AppointmentState

# Where academic mentors come from; industry mentors come from anywhere else.
UNIVERSITY_KINDS = (
    OrganisationKind.UNIVERSITY,
    OrganisationKind.UNIVERSITY_FOREIGN,
    OrganisationKind.COLLEGE,
)
ROLE_OF_KIND = {
    AppointmentKind.ACADEMIC: "academic_mentor",
    AppointmentKind.INDUSTRY: "industry_mentor",
    AppointmentKind.PROFESSOR: "industry_mentor",
}


def can_record(user):
    """Whether the person records and ends appointments."""
    return reach(user, Permission.APPROVE_MENTOR).all


def can_end(user, appointment):
    """Whether the person may end this one now."""
    return can_record(user) and appointment.state == AppointmentState.ACTIVE


def fits_kind(organisation, kind):
    """Whether an organisation of this kind can send a mentor of this kind."""
    return (kind == AppointmentKind.ACADEMIC) == (organisation.kind in UNIVERSITY_KINDS)


def is_in_office(appointment, on):
    """Whether the appointment's term holds the day."""
    return appointment.state == AppointmentState.ACTIVE and appointment.since <= on <= appointment.until
