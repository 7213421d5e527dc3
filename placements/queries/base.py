"""Bases: which are valid, what they show to whom."""

from datetime import timedelta

from django.db.models import Exists, Max, OuterRef, Prefetch, Q

from consortium import clock
from consortium.reach import reach
from consortium.roles import Permission
from placements.models import Base, BaseAccreditation


def keeps_bases(user):
    """Whether the person records bases and accreditations."""
    return reach(user, Permission.RECORD_BASE).all


def bases_visible_to(user, on=None):
    """Valid bases are public; those who keep them and their own people see the others too."""
    rows = Base.objects.select_related("organisation")
    if keeps_bases(user) or reach(user, Permission.READ_AUDIT).all:
        return rows
    valid = Exists(_holding(on or clock.today()).filter(base=OuterRef("pk")))
    own = reach(user, Permission.READ_DEMANDS).organisations
    return rows.filter(Q(valid) | Q(organisation__in=own))


def valid_bases(on):
    """Bases with an accreditation that holds the day (the rows of indicator I06)."""
    return Base.objects.valid_on(on)


def expiring_bases(on):
    """Valid bases whose last accreditation ends within 90 days."""
    return (
        valid_bases(on)
        .annotate(last=Max("accreditations__valid_to"))
        .filter(last__lte=on + timedelta(days=clock.SOON_DAYS))
    )


def expired_bases(on):
    """Bases without an accreditation that holds the day."""
    return Base.objects.exclude(pk__in=valid_bases(on).values("pk"))


def with_list_parts(bases):
    """What a row of the list shows: the organisation and the accreditations, newest first."""
    return bases.select_related("organisation").prefetch_related(
        Prefetch("accreditations", BaseAccreditation.objects.order_by("-valid_to", "-id"))
    )


def searched(bases, words):
    """Narrow to a part of a name, an organisation, a district or an accreditation number."""
    for word in words.split()[:5]:
        bases = bases.filter(
            Q(name__icontains=word)
            | Q(organisation__name_zh__icontains=word)
            | Q(organisation__pinyin__contains=word.lower())
            | Q(district__icontains=word)
            | Exists(BaseAccreditation.objects.filter(base=OuterRef("pk"), number__iexact=word))
        )
    return bases


def _holding(day):
    return BaseAccreditation.objects.filter(valid_from__lte=day, valid_to__gte=day)
