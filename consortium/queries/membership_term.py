"""Memberships by what their days ask for, and resolutions a measure can rest on."""

from datetime import timedelta

from django.db.models import Case, Exists, OuterRef, Value, When

from consortium.enums import MembershipRank, MembershipState
from consortium.models import Membership, Resolution
from consortium.reach import reach
from consortium.roles import Permission

HELD = (MembershipState.ACTIVE, MembershipState.SUSPENDED)


def to_begin_on(day):
    """Decided memberships whose first day has come; chair units last: the one before may go on in another rank."""
    rows = Membership.objects.filter(state=MembershipState.TO_BEGIN, since__lte=day)
    chair_last = Case(When(rank=MembershipRank.CHAIR_UNIT, then=Value(1)), default=Value(0))
    return list(rows.select_related("organisation", "council").order_by(chair_last, "since", "pk"))


def over_on(day):
    """Memberships in force or suspended whose last day has passed and that no other term follows by now."""
    follows = Membership.objects.filter(
        organisation=OuterRef("organisation"),
        council=OuterRef("council"),
        state=MembershipState.TO_BEGIN,
        since__lte=day,
    )
    rows = Membership.objects.filter(~Exists(follows), state__in=HELD, until__lt=day)
    return list(rows.select_related("organisation", "council").order_by("until", "pk"))


def ending_within(day, days):
    """Active memberships that end within so many days and have no later one behind them."""
    later = Membership.objects.filter(
        organisation=OuterRef("organisation"), council=OuterRef("council"), state=MembershipState.TO_BEGIN
    )
    rows = Membership.objects.filter(
        ~Exists(later), state=MembershipState.ACTIVE, until__gte=day, until__lte=day + timedelta(days=days)
    )
    return list(rows.select_related("organisation", "council").order_by("until", "pk"))


def resolutions_visible_to(user):
    """Confirmed resolutions are public; one that waits for its second person is the secretariat's."""
    rows = Resolution.objects.select_related("body", "minutes", "recorded_by", "confirmed_by")
    office = reach(user, Permission.RECORD_MEMBERSHIP).all or reach(user, Permission.READ_AUDIT).all
    return rows if office else rows.filter(confirmed_at__isnull=False)


def measures_of(council):
    """Confirmed resolutions of a council, newest first: what a suspension or removal can rest on."""
    return Resolution.objects.filter(body=council, confirmed_by__isnull=False).order_by("-passed_on", "-pk")


def resolutions_to_confirm(user):
    """Resolutions for measures that wait for this person, as `rules.membership_term` says, not part of an application."""
    return Resolution.objects.filter(confirmed_by=None, applications=None, memberships=None).exclude(
        recorded_by=user
    )
