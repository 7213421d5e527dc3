"""Everybody's supervision at once: what each month has and lacks, week by week. Fit for ten thousand mentorships."""

from collections import defaultdict
from datetime import timedelta

from django.db.models import Case, Count, F, IntegerField, Max, OuterRef, Q, Subquery, Value, When
from django.db.models.functions import Coalesce, Greatest

from consortium.remembered import until_an_act_on
from mentors.enums import COUNTED_AS_JOINT, LogState, Side
from mentors.models import SupervisionLog
from mentors.models.mentorship import holds_days
from mentors.queries.mentorship import mentorships_visible_to

SILENT = timedelta(days=28)


def overseen(user, day, months, least, counting):
    """Mentorships that run on the day, each with what this month and the last one have and lack.

    `months`: {"now": (first, last), "before": (first, last)}; `least`: {"academic": n, "industry": n}; `counting`:
    of how many days a month must hold to ask for anything.
    """
    rows = mentorships_visible_to(user).running(day)
    logs = SupervisionLog.objects.standing().filter(mentorship=OuterRef("pk")).order_by()
    for name, (first, last) in months.items():
        asks = holds_days(first, last, counting)
        lacks = []
        for side in Side.values:
            signed = logs.filter(side=side, day__range=(first, last)).values("mentorship")
            number = Subquery(signed.annotate(n=Count("pk")).values("n"), output_field=IntegerField())
            rows = rows.annotate(**{f"{side}_{name}": Coalesce(number, 0)})
            lacks.append(Greatest(Value(least[side]) - F(f"{side}_{name}"), 0))
        rows = rows.annotate(
            **{
                f"lack_{name}": Case(
                    When(asks, then=lacks[0] + lacks[1]), default=0, output_field=IntegerField()
                )
            }
        )
    newest = logs.values("mentorship").annotate(last=Max("day")).values("last")
    differ = logs.filter(state=LogState.DIFFERS).values("mentorship").annotate(n=Count("pk")).values("n")
    return rows.annotate(
        newest=Subquery(newest), differs=Coalesce(Subquery(differ, output_field=IntegerField()), 0)
    )


def conditions(day):
    """The conditions of the list: {name: Q}."""
    return {
        "before": Q(lack_before__gt=0),
        "now": Q(lack_now__gt=0),
        "silent": Q(newest__lt=day - SILENT) | Q(newest=None),
        "differs": Q(differs__gt=0),
    }


@until_an_act_on("mentors.mentorship", "mentors.supervisionlog", "consortium.policyvalue", most=64)
def numbers(rows, day):
    """How many fulfil each condition, in one question: {name: number, "all": number}."""
    # The names of the answers must not be those of the annotations that the conditions ask about.
    asked = {f"number_{name}": Count("pk", filter=what) for name, what in conditions(day).items()}
    found = rows.order_by().aggregate(number_all=Count("pk"), **asked)
    return {name.removeprefix("number_"): number for name, number in found.items()}


def late_first(rows):
    """Those whose last month lacks most first, then this month's, then the longest silence."""
    return rows.order_by(
        "-lack_before", "-lack_now", F("newest").asc(nulls_first=True), "student__number", "pk"
    )


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
