"""Mentorships: who sees them, how many students each mentor guides."""

from django.db.models import Count, Exists, OuterRef, Q

from consortium import clock
from consortium.reach import reach
from consortium.roles import Permission
from mentors.enums import INDUSTRY_KINDS, AppointmentKind
from mentors.models import Appointment, Mentorship


def mentorships_visible_to(user):
    """The office's and auditors' all; each student's and mentor's own.

    A former mentor keeps reading the own one and nothing that follows it, also when no role is left; whoever guides
    the student now reads those before it too.
    """
    rows = Mentorship.objects.select_related(
        "student__user",
        "student__university",
        "academic__user",
        "academic__organisation",
        "industry__user",
        "industry__organisation",
    )
    if reach(user, Permission.RECORD_STUDENT).all or reach(user, Permission.READ_AUDIT).all:
        return rows
    if not user.is_authenticated:
        return rows.none()
    later = Mentorship.objects.filter(
        _guided_by(user), student=OuterRef("student"), since__gt=OuterRef("since")
    )
    return rows.filter(_guided_by(user) | Q(student__user=user) | Exists(later))


def _guided_by(user):
    return Q(academic__user=user) | Q(industry__user=user)


def guided_by(user, on):
    """Mentorships in which the person guides on the day, or from a later day."""
    return mentorships_visible_to(user).holding(on).filter(_guided_by(user)).order_by("student__number", "pk")


def mine(user):
    """The mentorships of a student, newest first."""
    return mentorships_visible_to(user).filter(student__user=user).order_by("-since", "-pk")


def of_student(student, user):
    """One student's mentorships as far as the reader sees them, newest first."""
    return mentorships_visible_to(user).filter(student=student).order_by("-since", "-pk")


def former(user, on):
    """Mentorships in which the person guided and that ended or are over."""
    return (
        mentorships_visible_to(user)
        .filter(_guided_by(user))
        .exclude(pk__in=Mentorship.objects.holding(on).values("pk"))
        .order_by("-since", "-pk")
    )


def loads(appointments, on=None):
    """{appointment: students guided now or from a later day}."""
    found = dict.fromkeys((one.pk for one in appointments), 0)
    held = Mentorship.objects.holding(on or clock.today()).order_by()
    for side in ("academic", "industry"):
        rows = held.filter(**{f"{side}__in": list(found)}).values_list(side)
        for pk, number in rows.annotate(n=Count("pk")):
            found[pk] += number
    return found


def able(side, on, keep=None):
    """Appointments of one side, "academic" or "industry", that may guide from the day on."""
    kinds = [AppointmentKind.ACADEMIC] if side == "academic" else INDUSTRY_KINDS
    rows = Appointment.objects.in_office(on).filter(kind__in=kinds)
    return (
        Appointment.objects.filter(Q(pk__in=rows.values("pk")) | Q(pk=keep))
        .select_related("user", "organisation")
        .order_by("user__name", "pk")
    )


def searched(mentorships, words):
    """Narrow to a part of a name, a student number or the topic."""
    for word in words.split()[:5]:
        mentorships = mentorships.filter(
            Q(student__user__name__icontains=word)
            | Q(student__number__icontains=word)
            | Q(topic__icontains=word)
            | Q(academic__user__name__icontains=word)
            | Q(industry__user__name__icontains=word)
        )
    return mentorships


def has_part(user):
    """Whether the person guides, guided, or is guided."""
    return Mentorship.objects.filter(_guided_by(user) | Q(student__user=user)).exists()


def guides(user):
    """Whether the person guides or guided anybody."""
    return Mentorship.objects.filter(_guided_by(user)).exists()


def guides_or_did(user, since):
    """Mentorships in which the person guides, or guided on a day not before `since`."""
    last = Q(ended_on__gte=since) | Q(ended_on=None, until__gte=since)
    return mentorships_visible_to(user).filter(_guided_by(user), last).order_by("student__number", "pk")
