"""Rules of schemes: which hold, which wait for a second person, how many students each concerns."""

from django.db.models import Count, Q

from consortium.models import StudentProfile
from mentors.enums import RuleState
from mentors.models import Mentorship, SchemeLimit, SupervisionMinimum


def minimums_agreed():
    """Every agreed set of least numbers, the oldest first; few, and read whole."""
    return list(SupervisionMinimum.objects.filter(state=RuleState.AGREED).order_by("since", "pk"))


def rules_of_supervision():
    """All sets that were entered, with their people, the newest first."""
    return SupervisionMinimum.objects.select_related("entered_by", "agreed_by").order_by("-since", "-pk")


def rules_of_appointment():
    """All limits that were entered, with their people, the newest first."""
    return SchemeLimit.objects.select_related("entered_by", "agreed_by").order_by("-since", "-pk")


def limits_of(kind, rule):
    """Those of one rule of one kind."""
    return rules_of_appointment().filter(kind=kind, rule=rule)


def limits_on(kinds, day):
    """{(kind, rule): limit} that the office set and that holds on the day, in one question."""
    rows = SchemeLimit.objects.filter(kind__in=kinds, state=RuleState.AGREED, since__lte=day)
    return {(row.kind, row.rule): row for row in rows.order_by("since", "pk")}


def limits_ahead(day):
    """{(kind, rule): [limits]} that wait for a second person or for their first day."""
    found = {}
    rows = SchemeLimit.objects.filter(
        Q(state=RuleState.PROPOSED) | Q(state=RuleState.AGREED, since__gt=day)
    ).select_related("entered_by")
    for row in rows.order_by("since", "pk"):
        found.setdefault((row.kind, row.rule), []).append(row)
    return found


def proposed(model, user):
    """What others of the office entered and this person can agree to, the oldest first."""
    return model.objects.filter(state=RuleState.PROPOSED).exclude(entered_by=user).order_by("pk")


def programmes():
    """The programmes of the students, by name."""
    return list(StudentProfile.objects.order_by("programme").values_list("programme", flat=True).distinct())


def guided_by_scheme(day):
    """{(degree, programme): students guided on the day}."""
    rows = Mentorship.objects.running(day).order_by()
    rows = rows.values_list("student__degree", "student__programme").annotate(n=Count("pk"))
    return {(degree, programme): number for degree, programme, number in rows}
