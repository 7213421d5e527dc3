"""Meetings planned and called off; the mentor asked once afterwards and reminded once; links that sign one log."""

from datetime import datetime, time, timedelta

from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from consortium import clock, policy
from consortium.audit import action, record
from consortium.notifications import notify
from consortium.reach import holders, names
from consortium.refusals import Forbidden, Invalid, Refused
from consortium.roles import Permission
from consortium.templatetags.portal import day_text, moment_text
from mentors.actions.log import hold
from mentors.enums import MeetingState
from mentors.models import CalendarKey, LogLink, Meeting
from mentors.models.log import MINUTES
from mentors.queries import meeting as queries
from mentors.rules import log as rules

REMINDER = timedelta(days=3)
FARTHEST = timedelta(days=366)


@action
def plan_meeting(*, mentorship, by, starts_at, minutes, place=""):
    """Plan a meeting and tell the student; it stands in both calendars. Refuses the past and days outside the stay."""
    side = rules.side_of(by, mentorship)
    if side is None:
        raise Forbidden(
            _("Only this student’s two mentors plan meetings."),
            remedy=_("To guide the student, ask %(names)s.")
            % {"names": names(holders(Permission.RECORD_STUDENT))},
        )
    now, day = clock.now(), clock.day_of(starts_at)
    if not now < starts_at < now + FARTHEST:
        raise Invalid(
            _("A planned meeting lies ahead, at most a year."),
            remedy=_("What has taken place is recorded as a log."),
            field="starts_at",
        )
    if not mentorship.since <= day <= mentorship.last_day:
        raise Invalid(
            _("This student’s stay runs from %(since)s to %(until)s; the date is outside it.")
            % {"since": day_text(mentorship.since), "until": day_text(mentorship.last_day)},
            remedy=_("Choose a day within."),
            field="starts_at",
        )
    least, most = MINUTES
    if not least <= minutes <= most:
        raise Invalid(
            _("%(n)d minutes cannot be right.") % {"n": minutes},
            remedy=_("Enter %(least)d to %(most)d minutes.") % {"least": least, "most": most},
            field="minutes",
        )
    mentor = rules.mentor_on(mentorship, side)
    try:
        with transaction.atomic():
            meeting = Meeting.objects.create(
                mentorship=mentorship,
                mentor=mentor,
                starts_at=starts_at,
                ends_at=starts_at + timedelta(minutes=minutes),
                place=place.strip()[:120],
                planned_by=by,
                planned_at=now,
            )
    except IntegrityError:
        raise Refused(
            _("You have planned a meeting with this student at %(moment)s already.")
            % {"moment": moment_text(starts_at)},
            remedy=_("Choose another time, or call that one off."),
            field="starts_at",
            code="same",
        ) from None
    record("meeting planned", meeting, by=by, at=starts_at.isoformat())
    notify(
        mentorship.student.user,
        "meeting_planned",
        key=str(meeting.pk),
        url=meeting.get_absolute_url(),
        at=starts_at,
    )
    return meeting


@action
def cancel_meeting(*, meeting, by):
    """Call a meeting off; the student is told and nobody is asked for a log."""
    if by.pk != meeting.mentor.user_id:
        raise Forbidden(
            _("Only %(mentor)s, who planned it, calls this meeting off.") % {"mentor": meeting.mentor.user},
            remedy=_("Talk to the mentor."),
        )
    moved = Meeting.objects.filter(pk=meeting.pk, state=MeetingState.PLANNED, ends_at__gt=clock.now()).update(
        state=MeetingState.CANCELLED
    )
    if not moved:
        raise Refused(
            _("This meeting is over or was called off already."),
            remedy=_("What has taken place is recorded as a log."),
            url=reverse("log_new", args=[meeting.mentorship_id]),
            url_label=_("Record guidance"),
            code="state",
        )
    _called_off(meeting, by)


def _called_off(meeting, by):
    record("meeting called off", meeting, by=by)
    for person in {meeting.mentorship.student.user, meeting.mentor.user} - {by}:
        notify(
            person,
            "meeting_cancelled",
            key=str(meeting.pk),
            url=meeting.get_absolute_url(),
            at=meeting.starts_at,
        )


def settle_meetings(mentorship, *, since, by, following=None):
    """What becomes of a mentorship's meetings from the day on which it no longer guides; the caller holds its row.

    They go on with a mentor who stays in `following`; with one who leaves they are called off, and both sides are told
    of those still to come. Links in mails of who leaves end.
    """
    now, first = clock.now(), datetime.combine(since, time.min, clock.SHANGHAI)
    staying = [following.academic_id, following.industry_id] if following else []
    planned = Meeting.objects.filter(
        mentorship=mentorship, state=MeetingState.PLANNED, starts_at__gte=first
    ).select_related("mentor__user", "mentorship__student__user")
    for meeting in planned.select_for_update(of=("self",)).order_by("pk"):
        rows = Meeting.objects.filter(pk=meeting.pk)
        if meeting.mentor_id in staying:
            rows.update(mentorship=following)
            LogLink.objects.filter(meeting=meeting).update(mentorship=following)
            continue
        rows.update(state=MeetingState.CANCELLED)
        if meeting.starts_at > now:
            _called_off(meeting, by)
    LogLink.objects.filter(mentorship=mentorship, used_at=None, expires_at__gt=now).exclude(
        meeting__mentor__in=staying
    ).update(expires_at=now)


@action
def ask_for_logs(*, now=None):
    """Ask each mentor once after a meeting, and once more three days later; never again. Returns how many were asked.

    The mail's link signs this one log without a sign-in, until it is used or its days are over.
    """
    now = now or clock.now()
    asked = 0
    for meeting in queries.to_prompt(now):
        asked += _ask(meeting, now, "prompted_at", "log_prompt")
    for meeting in queries.to_remind(now, REMINDER):
        asked += _ask(meeting, now, "reminded_at", "log_reminder")
    return asked


def _ask(meeting, now, field, kind):
    if not Meeting.objects.filter(pk=meeting.pk, **{field: None}).update(**{field: now}):
        return 0
    link, _made = LogLink.objects.get_or_create(
        meeting=meeting,
        defaults={
            "user": meeting.mentor.user,
            "mentorship": meeting.mentorship,
            "day": clock.day_of(meeting.starts_at),
            "made_at": now,
            "expires_at": now + timedelta(days=policy.value("log_link_days")),
        },
    )
    record("log asked for", meeting, by=None)
    notify(
        meeting.mentor.user,
        kind,
        key=str(meeting.pk),
        url=meeting.get_absolute_url(),  # the link itself is made for the mail and kept nowhere
        link=link.pk,
        at=meeting.ends_at,
        until=link.expires_at,
    )
    return 1


@action
def use_link(*, link, sign):
    """Let a link sign its one log: `sign()` makes it. Refuses a link that was used or whose days are over.

    Mentor and mentorship are locked before the link, as everywhere else.
    """
    hold(link.user, [link.mentorship])
    moved = LogLink.objects.filter(pk=link.pk, used_at=None, expires_at__gt=clock.now()).update(
        used_at=clock.now()
    )
    if not moved:
        raise Refused(
            _("This link was used already, or its days are over."),
            remedy=_("Open it again to see what was signed; other logs are recorded from your own account."),
            code="used",
        )
    log = sign()
    LogLink.objects.filter(pk=link.pk).update(log=log)
    record("link used", link, by=link.user, log=log.pk)
    return log


@action
def renew_calendar(*, by):
    """Give the person a calendar address, or a new one: the one before ends at once."""
    key, made = CalendarKey.objects.select_for_update().get_or_create(
        user=by, defaults={"made_at": clock.now()}
    )
    if not made:
        key.version, key.active, key.made_at = key.version + 1, True, clock.now()
        key.save(update_fields=["version", "active", "made_at"])
    record("calendar address made", by, by=by)
    return key


@action
def end_calendar(*, by):
    """End the person's calendar address at once."""
    if CalendarKey.objects.filter(user=by, active=True).update(active=False):
        record("calendar address ended", by, by=by)
