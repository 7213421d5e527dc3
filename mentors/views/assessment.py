"""The yearly assessment of a mentor, and revoking an appointment: each a page that says what follows."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from consortium import clock
from consortium.access import permitted
from consortium.refusals import Refused
from consortium.roles import Permission
from mentors.actions.appointment import revoke_appointment
from mentors.actions.assessment import assess_year
from mentors.enums import FAILS_THAT_REVOKE, AppointmentState
from mentors.forms.appointment import EndAppointmentForm
from mentors.forms.assessment import AssessmentForm
from mentors.queries.appointment import appointments_visible_to
from mentors.queries.assessment import assessments_of, fails_of, figures_of
from mentors.rules import assessment as rules


@permitted(Permission.APPROVE_MENTOR)
def mentor_assess(request, pk):
    """Assess the year of the term that is due, beside the figures it is seen by."""
    appointment = get_object_or_404(appointments_visible_to(request.user), pk=pk)
    until = appointment.assess_due
    if until is None or appointment.state != AppointmentState.ACTIVE:
        return redirect(appointment)
    form = AssessmentForm(request.POST if request.method == "POST" else None)
    status = 200
    if request.method == "POST" and form.is_valid():
        try:
            assess_year(
                appointment=appointment,
                by=request.user,
                until=_year_seen(request, until),
                **form.cleaned_data,
            )
        except Refused as refusal:
            form.refuse(refusal)
            status = refusal.status
        else:
            messages.success(request, _("Assessed; the mentor and the employer were told."))
            return redirect(appointment)
    first = rules.first_of_year(appointment.since, until)
    return render(
        request,
        "mentors/assess.html",
        {
            "appointment": appointment,
            "form": form,
            "first": first,
            "until": until,
            "opens": rules.opens_on(until),
            "may_assess": rules.can_assess(request.user, appointment),
            "is_open": rules.is_due(appointment, clock.today()),
            "figures": figures_of(appointment, first, until),
            "last_chance": fails_of(appointment) + 1 >= FAILS_THAT_REVOKE,
            "earlier": assessments_of(appointment),
        },
        status=422 if form.errors and status == 200 else status,
    )


def _year_seen(request, until):
    """The year that stood on the page: a second press does not assess the next one."""
    from datetime import date

    try:
        return date.fromisoformat(request.POST.get("until", ""))
    except ValueError:
        return until


@permitted(Permission.APPROVE_MENTOR)
def mentor_revoke(request, pk):
    """Revoke an appointment, with a reason."""
    appointment = get_object_or_404(appointments_visible_to(request.user), pk=pk)
    if request.method != "POST" and appointment.state != AppointmentState.ACTIVE:
        return redirect(appointment)
    form = EndAppointmentForm(request.POST if request.method == "POST" else None)
    status = 200
    if request.method == "POST" and form.is_valid():
        try:
            revoke_appointment(appointment=appointment, by=request.user, reason=form.cleaned_data["reason"])
        except Refused as refusal:
            form.refuse(refusal)
            status = refusal.status
        else:
            messages.success(request, _("The appointment is revoked; the mentor was told."))
            return redirect(appointment)
    return render(
        request,
        "mentors/revoke.html",
        {
            "appointment": appointment,
            "form": form,
            "effects": [
                _("The appointment ends today, the letter's check page says so, and the role ends at once."),
                _("Revoking is for misconduct; somebody who leaves or changes post is ended instead."),
                _("The students guided now need another mentor."),
            ],
            "end_url": reverse("appointment_end", args=[appointment.pk]),
        },
        status=422 if form.errors and status == 200 else status,
    )
