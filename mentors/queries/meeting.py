"""Planned meetings, links in mails and calendars: who sees them, what is due."""

from datetime import timedelta

from django.db.models import Exists, OuterRef, Q

from mentors.enums import MeetingState, MentorshipState
from mentors.models import CalendarKey, LogLink, Meeting, SupervisionLog
from mentors.queries.mentorship import mentorships_visible_to


def meetings_visible_to(user):
    """The meetings of every mentorship that the person sees."""
    seen = mentorships_visible_to(user).order_by().values("pk")
    return Meeting.objects.filter(mentorship__in=seen).select_related(
        "mentorship__student__user",
        "mentorship__academic__user",
        "mentorship__industry__user",
        "mentor__user",
    )


def own_meetings(user):
    """Planned ones in which the person takes part: as their mentor, or as the student."""
    return meetings_visible_to(user).filter(
        Q(mentor__user=user) | Q(mentorship__student__user=user), state=MeetingState.PLANNED
    )


def over(now):
    """Planned meetings of running mentorships that have ended, of which the mentor has not logged that day, oldest first."""
    logged = SupervisionLog.objects.standing().filter(
        mentorship=OuterRef("mentorship"), mentor=OuterRef("mentor"), day__gte=OuterRef("starts_at__date")
    )
    return (
        Meeting.objects.filter(
            ~Exists(logged),
            state=MeetingState.PLANNED,
            mentorship__state=MentorshipState.ACTIVE,
            ends_at__lte=now,
        )
        .select_related("mentor__user", "mentorship")
        .order_by("ends_at", "pk")
    )


def to_prompt(now, within=timedelta(days=2)):
    """Those that nobody has been asked about; what ended long ago is let be."""
    return over(now).filter(prompted_at=None, ends_at__gt=now - within)


def to_remind(now, after):
    """Those asked about so long ago, once."""
    return over(now).filter(prompted_at__lte=now - after, reminded_at=None)


def link_with(token):
    """The link that an address carries, or None."""
    pk = LogLink.pk_in(token)
    if pk is None:
        return None
    rows = LogLink.objects.select_related(
        "user",
        "file",
        "log__mentor__user",
        "log__cosigner__user",
        "log__mentorship__student__user",
        "mentorship__student__user",
        "mentorship__academic__user",
        "mentorship__industry__user",
    )
    return rows.filter(pk=pk).first()


def calendar_of(user):
    """The key of the person's calendar, or None."""
    return CalendarKey.objects.filter(user=user).first()


def calendar_with(token):
    """The key that an address carries while that address holds, or None."""
    parts = CalendarKey.parts_of(token)
    if parts is None:
        return None
    pk, version = parts
    return CalendarKey.objects.filter(pk=pk, version=version, active=True).select_related("user").first()
