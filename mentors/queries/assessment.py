"""Years of terms to be assessed, what was given, and the figures they are seen by."""

from datetime import timedelta

from consortium import policy
from mentors.enums import AppointmentState, YearGrade
from mentors.models import Appointment, Mentorship, SupervisionLog, YearlyAssessment


def to_assess(today):
    """Appointments with a year that can be assessed now."""
    opened = today + timedelta(days=policy.value("mentor_assessment_days"))
    return Appointment.objects.filter(state=AppointmentState.ACTIVE, assess_due__lte=opened)


def figures_of(appointment, first, last):
    """{"students", "logs"} of a mentor between two days: persons guided, logs signed that stand."""
    ours = Mentorship.objects.filter(since__lte=last, until__gte=first)
    guided = ours.filter(academic=appointment) | ours.filter(industry=appointment)
    logs = SupervisionLog.objects.standing().filter(mentor=appointment, day__gte=first, day__lte=last)
    return {"students": guided.values("student_id").distinct().count(), "logs": logs.count()}


def excellent_years(user):
    """How many years of all a person's appointments were assessed as excellent."""
    if user is None:
        return 0
    return YearlyAssessment.objects.filter(appointment__user=user, grade=YearGrade.EXCELLENT).count()


def assessed_years(appointment, today):
    """(years of the term that are over and were to be assessed, of them assessed and passed)."""
    rows = YearlyAssessment.objects.filter(appointment=appointment, until__lt=today)
    missing = appointment.assess_due is not None and appointment.assess_due < today
    passed = rows.exclude(grade=YearGrade.FAIL).count()
    return rows.count() + missing, passed


def fails_of(appointment):
    """How many years of this appointment were not passed."""
    return appointment.assessments.filter(grade=YearGrade.FAIL).count()


def assessments_of(appointment):
    """What was given, the newest year first."""
    return list(appointment.assessments.select_related("assessed_by").order_by("-until"))
