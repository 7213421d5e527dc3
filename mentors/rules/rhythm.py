"""How often each mentor guides at least, by the student's scheme, and what is missing before it is late."""

from dataclasses import dataclass
from datetime import date, timedelta

from consortium import policy
from mentors.models.scheme import EVERYBODY, schemes_of
from mentors.queries.log import counts
from mentors.queries.mentorship import guided_by
from mentors.queries.scheme import minimums_agreed
from mentors.rules.log import side_of

# A month of which the mentorship holds fewer days asks for nothing.
DAYS_THAT_COUNT = 15


@dataclass(frozen=True)
class Rhythm:
    """The least numbers: logs a month of each side, joint meetings a quarter."""

    academic: int
    industry: int
    joint: int

    def least(self, side):
        """Logs a month on one side."""
        return self.academic if side == "academic" else self.industry


def general():
    """What is asked where no scheme says anything: the settings."""
    set_ = policy.values("logs_academic_month", "logs_industry_month", "logs_joint_quarter")
    return Rhythm(set_["logs_academic_month"], set_["logs_industry_month"], set_["logs_joint_quarter"])


class Rhythms:
    """The least numbers of every scheme on any day; asks the database when it is made, and then no more."""

    def __init__(self):
        self._general = general()
        self._rows = minimums_agreed()

    def on(self, day):
        """{(degree, programme): Rhythm} of the schemes that hold on the day; EVERYBODY is always among them."""
        found = {EVERYBODY: self._general}
        for row in self._rows:
            if row.since <= day:
                found[row.degree, row.programme] = Rhythm(row.academic, row.industry, row.joint)
        return found

    def logs_on(self, day):
        """The logs a month that each scheme asks on the day: (((degree, programme), (academic, industry)), …)."""
        return tuple((key, (one.academic, one.industry)) for key, one in sorted(self.on(day).items()))

    def of(self, student, first, quarter):
        """One student's, of a month and a quarter by their first days: what begins later asks nothing of them."""
        keys = schemes_of(student.degree, student.programme)
        month, joint = (
            next(sets[key] for key in keys if key in sets) for sets in map(self.on, (first, quarter))
        )
        return Rhythm(month.academic, month.industry, joint.joint)


def month_of(day):
    """The first and the last day of the month that holds the day."""
    first = day.replace(day=1)
    return first, (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)


def month_before(day):
    """The same of the month before."""
    return month_of(day.replace(day=1) - timedelta(days=1))


def quarter_of(day):
    """The first and the last day of the quarter."""
    first = date(day.year, (day.month - 1) // 3 * 3 + 1, 1)
    return first, month_of((first + timedelta(days=63)).replace(day=1))[1]


def asks(mentorship, first, last):
    """Whether the mentorship holds enough of these days for the rhythm to ask for anything."""
    return mentorship.days_in(first, last) >= DAYS_THAT_COUNT


def missing(least, done):
    """How many are missing."""
    return max(least - done, 0)


@dataclass(frozen=True)
class Standing:
    """How one mentorship stands in the month and quarter that hold a day."""

    academic: int
    industry: int
    joint: int
    least: Rhythm
    # Whether the month, or the quarter, holds enough of the stay to ask for anything.
    month_asks: bool
    quarter_asks: bool
    first: date
    last: date

    def done(self, side):
        """Logs of one side this month."""
        return self.academic if side == "academic" else self.industry

    def missing_of(self, side):
        """How many logs of one side are missing this month."""
        return missing(self.least.least(side), self.done(side)) if self.month_asks else 0

    @property
    def missing(self):
        """How many logs are missing this month on both sides."""
        return self.missing_of("academic") + self.missing_of("industry")

    @property
    def joint_missing(self):
        """How many joint meetings are missing this quarter."""
        return missing(self.least.joint, self.joint) if self.quarter_asks else 0


def standings(mentorships, day):
    """{pk: Standing} of these mentorships in the month and quarter of the day; four questions for any number."""
    least, month, quarter = Rhythms(), month_of(day), quarter_of(day)
    pks = [row.pk for row in mentorships]
    in_month, in_quarter = counts(pks, *month), counts(pks, *quarter)
    return {
        row.pk: Standing(
            academic=in_month[row.pk]["academic"],
            industry=in_month[row.pk]["industry"],
            joint=in_quarter[row.pk]["joint"],
            least=least.of(row.student, month[0], quarter[0]),
            month_asks=asks(row, *month),
            quarter_asks=asks(row, *quarter),
            first=month[0],
            last=month[1],
        )
        for row in mentorships
    }


def standing_of(mentorship, side, day):
    """One mentorship as one of its mentors sees it: {"done", "least", "missing", "other", "joint", …}."""
    whole = standings([mentorship], day)[mentorship.pk]
    return {
        "done": whole.done(side),
        "least": whole.least.least(side) if whole.month_asks else 0,
        "missing": whole.missing_of(side),
        "joint": whole.joint,
        "joint_least": whole.least.joint if whole.quarter_asks else 0,
        "days_left": (whole.last - day).days,
        "month": f"{whole.first:%Y-%m}",
    }


@dataclass(frozen=True)
class MyMonth:
    """One student’s month as one of the two mentors sees it."""

    mentorship: object
    side: str
    mine: int
    least: int
    missing: int
    theirs: int
    theirs_least: int
    joint: int
    joint_least: int
    first: date
    last: date

    @property
    def enough(self):
        """Whether the own part of the month is done."""
        return not self.missing

    @property
    def month(self):
        """As addresses name it."""
        return f"{self.first:%Y-%m}"


def my_month(user, day):
    """{pk: MyMonth} of the students whom the person guides on the day; a mentor's capacity bounds them."""
    return _months_of(user, [row for row in guided_by(user, day) if row.since <= day], day)


def my_last_month(user, day, limit):
    """{pk: MyMonth} of the month before, as long as its last day can still be signed (`limit`: the earliest day)."""
    first, last = month_before(day)
    if last < limit:
        return {}
    return _months_of(user, [row for row in guided_by(user, day) if row.since <= last], last)


def _months_of(user, rows, day):
    found = {}
    for pk, whole in standings(rows, day).items():
        row = next(one for one in rows if one.pk == pk)
        side = side_of(user, row)
        other = "industry" if side == "academic" else "academic"
        found[pk] = MyMonth(
            mentorship=row,
            side=str(side),
            mine=whole.done(side),
            least=whole.least.least(side) if whole.month_asks else 0,
            missing=whole.missing_of(side),
            theirs=whole.done(other),
            theirs_least=whole.least.least(other) if whole.month_asks else 0,
            joint=whole.joint,
            joint_least=whole.least.joint if whole.quarter_asks else 0,
            first=whole.first,
            last=whole.last,
        )
    return found
