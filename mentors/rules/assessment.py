"""The years of a term: where one ends, when it can be assessed, who assesses."""

from datetime import date, timedelta

from consortium import policy
from consortium.reach import reach
from consortium.roles import Permission
from mentors.enums import AppointmentState


def end_of_year(since, until, day):
    """The last day of the year of the term in which `day` lies, never after the term; None when the term is over."""
    if day > until:
        return None
    for year in range(1, 100):
        end = _anniversary(since, year) - timedelta(days=1)
        if end >= day:
            return min(end, until)
    return None


def first_of_year(since, end):
    """The first day of the year of the term that ends on `end`."""
    first = since
    for year in range(1, 100):
        begins = _anniversary(since, year)
        if begins > end:
            break
        first = begins
    return first


def _anniversary(since, years):
    try:
        return since.replace(year=since.year + years)
    except ValueError:  # 29 February
        return date(since.year + years, 3, 1)


def opens_on(end):
    """From when on the year that ends on `end` can be assessed."""
    return end - timedelta(days=policy.value("mentor_assessment_days"))


def can_assess(user, appointment):
    """The office assesses; never the mentor, never the employer's own people."""
    return (
        reach(user, Permission.APPROVE_MENTOR).all
        and user.pk != appointment.user_id
        and appointment.organisation_id not in reach(user, Permission.NOMINATE_MENTOR).organisations
    )


def is_due(appointment, today):
    """Whether a year of this appointment can be assessed now."""
    return (
        appointment.assess_due is not None
        and today >= opens_on(appointment.assess_due)
        and appointment.state == AppointmentState.ACTIVE
    )
