"""Appointments: who sees them, who is in office, and how many places each mentor looks after."""

from django.db.models import Count, Exists, OuterRef, Q

from consortium import clock
from consortium.models import Organisation, RoleGrant, User
from consortium.reach import active_grants, reach
from consortium.roles import Permission
from mentors.enums import INDUSTRY_KINDS, NOMINATION_OPEN, AppointmentState
from mentors.models import Appointment, Nomination


def sees_mentors(user):
    """Names of mentors are for people of the portal: anyone with a role. Visitors read counts."""
    return bool(active_grants(user))


def appointments_visible_to(user):
    """Appointments by name for people with a role; for visitors none."""
    rows = Appointment.objects.select_related("user", "organisation", "document")
    return rows if sees_mentors(user) else rows.none()


def in_office(on):
    """Active appointments whose term holds the day."""
    return Appointment.objects.in_office(on)


def of_organisation(organisation, day, most=60):
    """Appointments begun by that day from an organisation, the newest first, also those that have ended."""
    rows = Appointment.objects.filter(organisation=organisation, since__lte=day)
    return rows.select_related("user", "recorded_by").order_by("-since", "-pk")[:most]


def industry_mentors(on):
    """Appointments of industry mentors and professors in office on the day (the rows of indicator I07)."""
    return in_office(on).filter(kind__in=INDUSTRY_KINDS)


def industry_persons(on):
    """How many persons that is: one with two appointments counts once."""
    return industry_mentors(on).values("user_id").distinct().count()


def by_organisation(appointments):
    """Counts for readers who see no names: [{"organisation_id", "organisation__name_zh", …, "n"}]."""
    return (
        appointments.values(
            "organisation_id", "organisation__name_zh", "organisation__name_en", "organisation__is_sample"
        )
        .annotate(n=Count("pk"), persons=Count("user_id", distinct=True))
        .order_by("-n", "organisation_id")
    )


def searched(appointments, words):
    """Narrow to a part of a name, a title, a field of work or an organisation's name."""
    for word in words.split()[:5]:
        appointments = appointments.filter(
            Q(user__name__icontains=word)
            | Q(title__icontains=word)
            | Q(field__icontains=word)
            | Q(organisation__name_zh__icontains=word)
            | Q(organisation__short_zh__icontains=word)
            | Q(organisation__pinyin__contains=word.lower())
        )
    return appointments


def ending_soon(on, days=clock.SOON_DAYS):
    """Active appointments whose term ends within the days."""
    from datetime import timedelta

    return Appointment.objects.filter(
        state=AppointmentState.ACTIVE, until__gte=on, until__lte=on + timedelta(days=days)
    )


def possible_persons(words):
    """Accounts that an appointment may be recorded for, found by user name or address exactly."""
    return User.objects.filter(Q(username__iexact=words) | Q(email__iexact=words), is_active=True)


def counted_for(user, now):
    """{"in_office", "under_way", "unit"} of the organisations whose people the person nominates; empty for others."""
    organisations = reach(user, Permission.NOMINATE_MENTOR).organisations
    if not organisations:
        return {}
    units = list(Organisation.objects.filter(pk__in=organisations)[:2])
    own = Nomination.objects.filter(organisation__in=organisations, state__in=NOMINATION_OPEN)
    return {
        "in_office": in_office(clock.day_of(now)).filter(organisation__in=organisations).count(),
        "under_way": own.count(),
        "unit": units[0] if len(units) == 1 else None,
    }


def over_on(day):
    """Appointments whose last day has passed and which nobody has ended."""
    rows = Appointment.objects.filter(state=AppointmentState.ACTIVE, until__lt=day)
    return list(rows.select_related("user", "organisation").order_by("pk"))


def ending_unrenewed(day, days=90, organisations=None):
    """Appointments that end within the days and whose next term is not under way, of all or some organisations."""
    under_way = Nomination.objects.filter(renews=OuterRef("pk"), state__in=NOMINATION_OPEN)
    rows = ending_soon(day, days).filter(~Exists(under_way))
    if organisations is not None:
        rows = rows.filter(organisation__in=organisations)
    return list(rows.select_related("user", "organisation").order_by("pk"))


def lapsed_with_a_role(day):
    """Appointments that ended with their term by that day and whose mentors still hold the role for the organisation."""
    grants = RoleGrant.objects.filter(
        user=OuterRef("user"),
        organisation=OuterRef("organisation"),
        role__in=("academic_mentor", "industry_mentor"),
        ended_at=None,
    )
    going_on = Appointment.objects.filter(
        user=OuterRef("user"), organisation=OuterRef("organisation"), state=AppointmentState.ACTIVE
    )
    rows = Appointment.objects.filter(
        Exists(grants), ~Exists(going_on), state=AppointmentState.ENDED, ended_on__lt=day
    )
    return list(rows.select_related("user", "organisation").order_by("pk"))
