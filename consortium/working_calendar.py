"""Working days of mainland China: Monday to Friday, corrected by the editable calendar table."""

from datetime import datetime, time, timedelta

from consortium.clock import SHANGHAI
from consortium.models import CalendarDay


def is_working_day(day):
    """Whether people work on `day` (a date)."""
    row = CalendarDay.objects.filter(date=day).first()
    return row.is_working if row else day.weekday() < 5


def after_working_days(start, days, *, at=time(17, 0)):
    """The moment `days` working days after `start` (aware datetime), at `at` Shanghai time."""
    day = start.astimezone(SHANGHAI).date()
    known = dict(
        CalendarDay.objects.filter(date__gt=day).order_by("date").values_list("date", "is_working")[:400]
    )
    left = days
    while left:
        day += timedelta(days=1)
        if known.get(day, day.weekday() < 5):
            left -= 1
    return datetime.combine(day, at, SHANGHAI)


def working_days_between(start, end):
    """Whole working days after `start` up to and with `end` (aware datetimes)."""
    first, last = start.astimezone(SHANGHAI).date(), end.astimezone(SHANGHAI).date()
    known = dict(CalendarDay.objects.filter(date__gt=first, date__lte=last).values_list("date", "is_working"))
    days = (first + timedelta(days=n) for n in range(1, (last - first).days + 1))
    return sum(known.get(day, day.weekday() < 5) for day in days)


def fill_from_published_calendar(day):
    """Store the published holidays and make-up days of the years around `day`; a year not yet published adds nothing.

    Returns the years that were known. Rows that people changed are kept.
    """
    import chinese_calendar

    years = range(day.year - 1, day.year + 2)
    known, rows = [], []
    for year in years:
        try:
            chinese_calendar.is_workday(datetime(year, 12, 31).date())
        except NotImplementedError:
            continue
        known.append(year)
        day = datetime(year, 1, 1).date()
        while day.year == year:
            working = chinese_calendar.is_workday(day)
            if working != (day.weekday() < 5):
                rows.append(CalendarDay(date=day, is_working=working))
            day += timedelta(days=1)
    CalendarDay.objects.bulk_create(rows, ignore_conflicts=True)
    return known
