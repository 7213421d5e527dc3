"""The yearly assessment of a mentor. A second year that is not passed ends the appointment."""

from datetime import timedelta

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from consortium import clock
from consortium.audit import action, record
from consortium.notifications import notify_many
from consortium.refusals import Forbidden, Invalid, Refused
from consortium.templatetags.portal import day_text
from mentors.actions.appointment import revoke_appointment
from mentors.enums import FAILS_THAT_REVOKE, AppointmentState, YearGrade
from mentors.models import Appointment, YearlyAssessment
from mentors.queries.assessment import fails_of, figures_of
from mentors.queries.nomination import people_of
from mentors.rules import assessment as rules


@action
def assess_year(*, appointment, by, until, grade, comment=""):
    """Assess the year of the term that ends on `until`. Returns the assessment; the mentor and the employer are told.

    Refuses the mentor and the employer's own people, a year that is not yet open or was assessed already, and a grade
    other than passed without words. The second year that is not passed revokes the appointment.
    """
    if not rules.can_assess(by, appointment):
        raise Forbidden(
            _("The office assesses a mentor; not the mentor, and not the employer's own people."),
            remedy=_("A colleague of the office can do it."),
        )
    comment = comment.strip()
    if grade != YearGrade.PASS and not comment:
        raise Invalid(
            _("Say in a sentence or two why the year is not simply passed."),
            remedy=_("The mentor and the employer read it."),
            field="comment",
        )
    opens = rules.opens_on(until)
    if clock.today() < opens:
        raise Refused(
            _("The year until %(until)s can be assessed from %(opens)s.")
            % {"until": day_text(until), "opens": day_text(opens)},
            remedy=_("Come back then."),
            code="early",
        )
    first = rules.first_of_year(appointment.since, until)
    following = rules.end_of_year(appointment.since, appointment.until, until + timedelta(days=1))
    moved = Appointment.objects.filter(
        pk=appointment.pk, state=AppointmentState.ACTIVE, assess_due=until
    ).update(assess_due=following)
    if not moved:
        raise _assessed_already()
    try:
        with transaction.atomic():
            assessment = YearlyAssessment.objects.create(
                appointment=appointment,
                since=first,
                until=until,
                grade=grade,
                comment=comment,
                assessed_by=by,
                assessed_at=clock.now(),
                **figures_of(appointment, first, until),
            )
    except IntegrityError:
        raise _assessed_already() from None
    appointment.refresh_from_db()
    record("mentor assessed", appointment, by=by, grade=str(grade), until=until.isoformat())
    notify_many(
        {appointment.user, *people_of(appointment.organisation)},
        "mentor_assessed",
        key=f"{appointment.pk}:{until}",
        url=appointment.get_absolute_url(),
        unit=appointment.organisation.name_zh,
        until=until.isoformat(),
    )
    if fails_of(appointment) >= FAILS_THAT_REVOKE:
        revoke_appointment(appointment=appointment, by=by, reason=comment)
    return assessment


def _assessed_already():
    return Refused(
        _("This year was assessed already, or the appointment has ended."),
        remedy=_("Open the appointment to read what was given."),
        code="state",
    )
