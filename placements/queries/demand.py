"""Which demands a person may read, and what lists of them show."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from django.db.models import Count, Q

from consortium.clock import SHANGHAI
from consortium.enums import BodyKind
from consortium.models import CalendarDay, GovernanceBody
from consortium.reach import reach
from consortium.roles import Permission, Scope
from placements.enums import DemandState, Level
from placements.models import Base, Demand

# What others than its own people may see: handed in, neither sent back nor taken back.
SHOWN = (
    DemandState.SUBMITTED,
    DemandState.TRIAGED,
    DemandState.MORE_WANTED,
    DemandState.RESPONDED,
    DemandState.DRAFTED,
)
WAITING = (DemandState.SUBMITTED, DemandState.TRIAGED)
GROUPS = {
    "waiting": (*WAITING, DemandState.MORE_WANTED),
    "answered": (DemandState.RESPONDED,),
    "project": (DemandState.DRAFTED,),
}


def demands_visible_to(user):
    """The demands a person may read. What is not in here is in no list, count, search or export either."""
    readable = reach(user, Permission.READ_DEMANDS)
    editable = reach(user, Permission.EDIT_DEMAND)
    shown = Q(level=Level.PUBLIC, state__in=SHOWN)
    if Scope.MEMBER in readable.scopes:
        shown |= Q(level=Level.MEMBER, state__in=SHOWN)
    if readable.all:
        shown |= Q(submitted_at__isnull=False)
    if readable.boards:
        shown |= Q(board__in=readable.boards, submitted_at__isnull=False)
    own = readable.organisations | editable.organisations
    if own:
        shown |= Q(organisation__in=own)
    if editable.all:
        shown |= Q(submitted_at=None)
    return Demand.objects.filter(shown)


def filtered(demands, *, lists=(), boards=(), group="", mine=None, text=""):
    """A list narrowed by what the address says."""
    if lists:
        demands = demands.filter(list__in=lists)
    if boards:
        demands = demands.filter(board__board_code__in=boards)
    if group in GROUPS:
        demands = demands.filter(state__in=GROUPS[group])
    if mine is not None:
        demands = demands.filter(organisation__in=mine)
    if text:
        demands = demands.filter(Q(title__icontains=text) | Q(text__icontains=text) | Q(number__iexact=text))
    return demands


def counts(demands, field):
    """How many rows each value of a field would leave: {value: number}."""
    return dict(demands.order_by().values_list(field).annotate(n=Count("pk")))


def for_list(demands):
    """With everything a row shows."""
    return demands.select_related("organisation", "board").order_by("-submitted_at", "-id")


def for_page(demands):
    """With everything the page of one demand shows."""
    return demands.select_related("organisation", "board", "base", "created_by").prefetch_related("projects")


def queue(demands, board):
    """A board's work in the order of its clock: waiting ones by due time, then those that wait for
    the enterprise.
    """
    rows = list(
        demands.filter(board=board, state__in=GROUPS["waiting"]).select_related("organisation", "board")
    )
    return sorted(rows, key=lambda row: (row.state == DemandState.MORE_WANTED, row.response_due, row.pk))


def answered(demands, board, limit=20):
    """What the board has answered or sent back, the newest first."""
    states = (DemandState.RESPONDED, DemandState.DRAFTED, DemandState.RETURNED)
    return (
        demands.filter(board=board, state__in=states).select_related("organisation").order_by("-id")[:limit]
    )


def boards():
    """The four boards in their order."""
    return GovernanceBody.objects.filter(kind=BodyKind.BOARD, board_code__isnull=False).order_by("id")


def bases_for_demand(organisations, day):
    """Bases that a demand of these organisations may name: their own, accredited on the day."""
    return bases_of(organisations).valid_on(day).order_by("name")


def bases_of(organisations):
    """All bases of some organisations, accredited or not."""
    return Base.objects.filter(organisation__in=organisations)


def last_paused_entry(demand):
    """What the board asked for when it stopped the clock."""
    return demand.entries.filter(kind="more_wanted").order_by("-id").first()


def median_first_answer(demands, calendar):
    """Working days to the first answer, the median over those that have one; None while there is none."""
    answered = demands.filter(first_response_at__isnull=False, submitted_at__isnull=False)
    spans = answered.order_by("-first_response_at").values_list("submitted_at", "first_response_at")
    days = sorted(calendar.between(start, end) for start, end in spans[:500])
    return days[len(days) // 2] if days else None


# --- similar ones


def _pairs(text):
    text = "".join(character for character in text.lower() if character.isalnum())
    return Counter(text[at : at + 2] for at in range(len(text) - 1))


def similar(demands, text, *, without=None, limit=3):
    """The demands most alike in wording, of those given; none when nothing is close."""
    wanted = _pairs(text)
    if sum(wanted.values()) < 4:
        return []
    rows = demands.exclude(pk=without).filter(state__in=SHOWN).select_related("organisation")
    scored = []
    for row in rows.order_by("-id")[:300]:
        other = _pairs(row.title + row.text)
        shared = sum((wanted & other).values())
        likeness = shared / min(sum(wanted.values()), sum(other.values()) or 1)
        if likeness >= 0.18:
            scored.append((likeness, row))
    return [row for _likeness, row in sorted(scored, key=lambda pair: (-pair[0], pair[1].pk))[:limit]]


# --- the working-day clock of many rows at once


@dataclass
class WorkingDays:
    """Counts working days from one reading of the calendar, so that a list asks the database once."""

    known: dict

    @classmethod
    def read(cls):
        """The calendar as it stands."""
        return cls(dict(CalendarDay.objects.order_by("date").values_list("date", "is_working")))

    def works(self, day):
        """Whether people work on the day."""
        return self.known.get(day, day.weekday() < 5)

    def between(self, start, end):
        """Working days after the day of `start` up to and with that of `end`; negative the other way
        round.
        """
        if end < start:
            return -self.between(end, start)
        first, last = _day(start), _day(end)
        return sum(self.works(first + timedelta(days=n)) for n in range(1, (last - first).days + 1))

    def restart(self, moment, days):
        """The moment `days` working days after `moment`, at 17:00 in Beijing."""
        day = _day(moment)
        while days > 0:
            day += timedelta(days=1)
            days -= self.works(day)
        return datetime.combine(day, time(17), SHANGHAI)


def _day(moment):
    return moment.astimezone(SHANGHAI).date()
