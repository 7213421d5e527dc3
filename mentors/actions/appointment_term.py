"""An appointment at its end, by the clock: warned of it, and over after its last day."""

from datetime import timedelta

from consortium import clock, policy
from consortium.audit import action, record
from consortium.due import each_due
from consortium.notifications import notify_many
from consortium.reach import holders
from consortium.roles import Permission
from consortium.rules.membership_term import warning_due
from mentors.actions.appointment import end_role_if_last
from mentors.enums import AppointmentState
from mentors.models import Appointment
from mentors.queries import appointment as queries
from mentors.queries.nomination import people_of


@action
def warn_of_end(*, appointment, days):
    """The mentor, the employer and the office learn that it ends within so many days; once for each of the three."""
    warned = Appointment.objects.filter(pk=appointment.pk, state=AppointmentState.ACTIVE).exclude(warned=days)
    if not warned.update(warned=days):
        return None
    left = (appointment.until - clock.today()).days
    record("appointment ends soon", appointment, by=None, days=days)
    _tell(appointment, "appointment_ends_soon", step=days, days=left)
    return appointment


@action
def lapse_appointment(*, appointment):
    """After its last day: no new students and no new term; the role ends when late logs can no longer be signed."""
    moved = Appointment.objects.filter(
        pk=appointment.pk, state=AppointmentState.ACTIVE, until=appointment.until
    ).update(state=AppointmentState.ENDED, ended_on=appointment.until, assess_due=None)
    if not moved:
        return None
    record("appointment lapsed", appointment, by=None, until=appointment.until.isoformat())
    _tell(appointment, "appointment_lapsed", step="over")
    return appointment


@action
def end_role_of_lapsed(*, appointment):
    """The days for late logs are over too: the role ends unless another appointment needs it."""
    return end_role_if_last(appointment, None) or None


def advance():
    """Warn, let lapse and end roles, each when its day has come; may run late and twice."""
    today = clock.today()
    done = each_due(queries.over_on(today), lambda row: lapse_appointment(appointment=row), stuck=_go_on)
    for row in queries.ending_unrenewed(today):
        days = warning_due(row.until, today)
        if days and row.warned != days and (row.warned is None or days < row.warned):
            done += warn_of_end(appointment=row, days=days) is not None
    late = today - timedelta(days=policy.value("log_late_days"))
    each_due(queries.lapsed_with_a_role(late), lambda row: end_role_of_lapsed(appointment=row), stuck=_go_on)
    return done


def _go_on(row, refusal):
    """What was refused is in the log; the next run tries again."""


def _tell(appointment, kind, *, step, **params):
    people = {
        appointment.user,
        *people_of(appointment.organisation),
        *holders(Permission.APPROVE_MENTOR),
    }
    notify_many(
        people,
        kind,
        key=f"{appointment.pk}:{appointment.until}:{step}",
        url=appointment.get_absolute_url(),
        unit=appointment.organisation.name_zh,
        until=appointment.until.isoformat(),
        **params,
    )
