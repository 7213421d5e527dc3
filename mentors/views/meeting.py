"""Pages of planned meetings and the calendar that other programs read."""

from datetime import timedelta

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.http import require_POST

from consortium import clock, form_keys
from consortium.access import signed_in
from consortium.refusals import Forbidden, Refused
from mentors import ics
from mentors.actions import meeting as actions
from mentors.enums import MeetingState
from mentors.forms.meeting import MeetingPlanForm
from mentors.queries import meeting as queries
from mentors.queries.mentorship import mentorships_visible_to
from mentors.rules.log import side_of
from mentors.rules.rhythm import month_of, my_month

KEPT = timedelta(days=90)  # how far back a calendar shows meetings


@signed_in
def meeting_new(request, pk):
    """Plan a meeting with one student."""
    mentorship = get_object_or_404(mentorships_visible_to(request.user), pk=pk)
    if side_of(request.user, mentorship) is None:
        raise Forbidden(
            _("Only this student’s two mentors plan meetings."), remedy=_("Talk to one of the mentors.")
        )
    form, status = MeetingPlanForm(request.POST or None, initial={"day": clock.today()}), 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                return form_keys.create_once(
                    request,
                    "plan meeting",
                    lambda: actions.plan_meeting(mentorship=mentorship, by=request.user, **form.planned()),
                )
            except Refused as refusal:
                refusal.field = "day" if refusal.field == "starts_at" else refusal.field
                form.refuse(refusal)
                status = refusal.status
    return render(
        request, "mentors/meeting_form.html", {"form": form, "mentorship": mentorship}, status=status
    )


@signed_in
def meeting(request, pk):
    """One planned meeting."""
    row = get_object_or_404(queries.meetings_visible_to(request.user), pk=pk)
    now = clock.now()
    own = request.user.pk == row.mentor.user_id
    return render(
        request,
        "mentors/meeting.html",
        {
            "row": row,
            "may_cancel": own and row.state == MeetingState.PLANNED and row.ends_at > now,
            "may_log": own and row.state == MeetingState.PLANNED and row.ends_at <= now,
        },
    )


@require_POST
@signed_in
def meeting_cancel(request, pk):
    """Call it off."""
    row = get_object_or_404(queries.meetings_visible_to(request.user), pk=pk)
    actions.cancel_meeting(meeting=row, by=request.user)
    messages.success(request, _("The meeting is called off; the student was told."))
    return redirect(row)


@signed_in
def calendar(request):
    """The secret address of the own calendar: made, renewed, ended by a press."""
    if request.method == "POST":
        if request.POST.get("act") == "end":
            actions.end_calendar(by=request.user)
            messages.success(request, _("The address no longer works."))
        else:
            actions.renew_calendar(by=request.user)
            messages.success(request, _("The address is ready; one made before no longer works."))
        return redirect("calendar")
    key = queries.calendar_of(request.user)
    return render(
        request,
        "mentors/calendar.html",
        {
            "address": settings.SITE_URL.rstrip("/") + key.address if key and key.active else "",
            "meetings": list(queries.own_meetings(request.user).filter(ends_at__gt=clock.now())[:20]),
        },
    )


def calendar_feed(request, token):
    """The calendar itself, for whoever holds its address: no names, only what is due and where to look."""
    key = queries.calendar_with(token)
    if key is None or not key.user.is_active:
        raise Http404
    with override(key.user.language):
        text = ics.calendar(_("Guidance"), [*_meetings(key.user), *_month_ends(key.user)])
    response = HttpResponse(text, content_type="text/calendar; charset=utf-8")
    response["Cache-Control"] = "private, no-store"
    return response


def _meetings(user):
    for row in queries.own_meetings(user).filter(ends_at__gt=clock.now() - KEPT)[:500]:
        yield {
            "uid": f"meeting-{row.pk}@portal",
            "title": _("Guidance meeting"),
            "begins": row.starts_at,
            "ends": row.ends_at,
            "stamp": row.planned_at,
            "url": settings.SITE_URL.rstrip("/") + row.get_absolute_url(),
        }


def _month_ends(user):
    """The last day of this month, as long as logs are missing."""
    today = clock.today()
    if not any(one.missing for one in my_month(user, today).values()):
        return
    last = month_of(today)[1]
    yield {
        "uid": f"month-{last:%Y%m}-{user.pk}@portal",
        "title": _("Last day for the logs of this month"),
        "begins": last,
        "ends": last + timedelta(days=1),
        "stamp": clock.now(),
        "url": settings.SITE_URL.rstrip("/") + "/mentorships/?month=missing",
    }
