"""Everybody's supervision at once: what each month has and lacks, week by week. Fit for ten thousand mentorships."""

from collections import defaultdict
from datetime import date, timedelta
from functools import cache, cached_property
from typing import NamedTuple

from django.db.models import Count, Max, Q

from consortium.remembered import until_an_act_on
from mentors.enums import COUNTED_AS_JOINT, LogState, Side
from mentors.models import SupervisionLog
from mentors.models.scheme import schemes_of
from mentors.queries.mentorship import mentorships_visible_to, searched

SILENT = timedelta(days=28)
AT_ONCE = 500


class Overseen(NamedTuple):
    """How one running mentorship stands: logs of last month and this one, how many are missing, the newest."""

    pk: int
    academic_before: int
    industry_before: int
    lack_before: int
    academic_now: int
    industry_now: int
    lack_now: int
    newest: date | None
    differs: int
    # What the student's scheme asks of a month.
    academic_least: int
    industry_least: int


class Everybody:
    """[Overseen] on a day, late first; what was counted of them is counted once."""

    def __init__(self, rows, day):
        self.rows, self.day = rows, day

    @cached_property
    def numbers(self):
        """How many fulfil each condition: {name: number, "all": number}."""
        return {name: len(self.of(name)) for name in CONDITIONS} | {"all": len(self.rows)}

    def of(self, condition):
        """[Overseen] that fulfil one of CONDITIONS; all for none."""
        fulfils = CONDITIONS.get(condition)
        return [one for one in self.rows if fulfils(one, self.day)] if fulfils else self.rows

    def narrowed(self, user, words):
        """Those in whose names, number or topic the words stand; one more question where there are words."""
        if not words:
            return self
        rows = searched(mentorships_visible_to(user), words).order_by()
        hits = set(rows.values_list("pk", flat=True))
        return Everybody([one for one in self.rows if one.pk in hits], self.day)


# What the list can be narrowed to: {name: whether a mentorship fulfils it on the day}.
CONDITIONS = {
    "before": lambda one, _day: one.lack_before > 0,
    "now": lambda one, _day: one.lack_now > 0,
    "silent": lambda one, day: one.newest is None or one.newest < day - SILENT,
    "differs": lambda one, _day: one.differs > 0,
}


def late_first(user, day, months, least, counting):
    """Everybody whose mentorship runs on the day: those first whose last month lacks most, then this month's,
    then the longest silence. Two questions for any number.

    `months`: last month and this one as (first day, last day); `least`: for each of them the logs a month that each
    scheme asks, (((degree, programme), (academic, industry)), …); `counting`: of how many days a month must hold to ask
    for anything.
    """
    return _late_first(mentorships_visible_to(user).running(day), day, months, least, counting)


@until_an_act_on(
    "mentors.mentorship",
    "mentors.supervisionlog",
    "mentors.supervisionminimum",
    "consortium.policyvalue",
    "consortium.studentprofile",
    most=4,
)
def _late_first(rows, day, months, least, counting):
    logs, asked_of = _logs_of(months, rows), _asked_by(least)
    found = []
    rows = rows.order_by().values_list(
        "pk", "since", "until", "student__number", "student__degree", "student__programme"
    )
    for pk, since, until, number, degree, programme in rows:
        done, newest, differs = logs.get(pk, NONE_YET)
        facts, asked = [], asked_of(degree, programme)
        for (first, last), wanted, (academic, industry) in zip(
            months, asked, (done[:2], done[2:]), strict=True
        ):
            asks = (min(until, last) - max(since, first)).days + 1 >= counting
            lacks = max(wanted[0] - academic, 0) + max(wanted[1] - industry, 0) if asks else 0
            facts += [academic, industry, lacks]
        one = Overseen(pk, *facts, newest, differs, *asked[-1])
        found.append(((-one.lack_before, -one.lack_now, newest or date.min, number, pk), one))
    return Everybody([one for _order, one in sorted(found)], day)


def _asked_by(least):
    """What each month asks of a student, by degree and programme: looked up once for each pair of them."""
    months = [dict(sets) for sets in least]

    @cache
    def asked(degree, programme):
        keys = schemes_of(degree, programme)
        return [next(sets[key] for key in keys if key in sets) for sets in months]

    return asked


NONE_YET = ((0, 0, 0, 0), None, 0)


def _logs_of(months, rows):
    """{mentorship: (logs by month and side, the newest day, how many differ)} of the standing logs, in one question."""
    of_a_month = {
        f"{side}_{at}": Count("pk", filter=Q(side=side, day__range=month))
        for at, month in enumerate(months)
        for side in (Side.ACADEMIC, Side.INDUSTRY)
    }
    logs = (
        SupervisionLog.objects.standing()
        .filter(mentorship__in=rows.order_by().values("pk"))
        .order_by()
        .values("mentorship")
        .annotate(**of_a_month, newest=Max("day"), differing=Count("pk", filter=Q(state=LogState.DIFFERS)))
        .values_list("mentorship", *of_a_month, "newest", "differing")
    )
    return {pk: (tuple(done), newest, differs) for pk, *done, newest, differs in logs}


def with_persons(overseen, user):
    """The mentorships themselves in this order, each with what `Overseen` says of it; a question for 500."""
    for at in range(0, len(overseen), AT_ONCE):
        piece = overseen[at : at + AT_ONCE]
        rows = mentorships_visible_to(user).in_bulk([one.pk for one in piece])
        for one in piece:
            # Gone since they were counted: nothing to show.
            if row := rows.get(one.pk):
                row.overseen = one
                yield row


def weekly(pks, first, weeks):
    """{mentorship: {week from 0: {"n": logs, "joint": of them joint meetings that count}}}: one question for any."""
    found = defaultdict(lambda: defaultdict(lambda: {"n": 0, "joint": 0}))
    last = first + timedelta(weeks=weeks)
    rows = SupervisionLog.objects.standing().filter(mentorship__in=pks, day__gte=first, day__lt=last)
    for pk, day, cosign in rows.order_by().values_list("mentorship", "day", "cosign"):
        cell = found[pk][(day - first).days // 7]
        cell["n"] += 1
        cell["joint"] += cosign in COUNTED_AS_JOINT
    return found
