"""The one clock: the database's time, so that every process and machine agrees on a deadline."""

from contextlib import contextmanager
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import connection

SHANGHAI = ZoneInfo("Asia/Shanghai")
_offset = timedelta(0)


# What ends within these days is said to end soon: time enough for a council to meet before.
SOON_DAYS = 90


def now():
    """The database's present moment, aware, in UTC, plus the offset that only the demo loader and tests may set."""
    return _database_time() + _offset


def today():
    """The present day in Shanghai."""
    return now().astimezone(SHANGHAI).date()


def end_of(day):
    """The last moment of a day in Shanghai, aware."""
    return datetime.combine(day, time.max, SHANGHAI)


def day_of(moment):
    """The day of a moment in Shanghai; None of none."""
    return moment.astimezone(SHANGHAI).date() if moment else None


def ends_soon(last, day):
    """Whether something whose last day is `last` runs on that day and is over within SOON_DAYS of it."""
    return day <= last <= day + timedelta(days=SOON_DAYS)


def _database_time():
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT strftime('%Y-%m-%d %H:%M:%f', 'now')")
            return datetime.fromisoformat(cursor.fetchone()[0]).replace(tzinfo=UTC)
        cursor.execute("SELECT clock_timestamp()")
        return cursor.fetchone()[0].astimezone(UTC)


@contextmanager
def moved(by):
    """Let this process see the clock `by` (a timedelta) later or earlier. For the demo world and tests alone."""
    global _offset
    if not settings.LOCAL:
        raise RuntimeError("The clock is moved only in the demo and in tests.")
    before = _offset
    _offset = before + by
    try:
        yield
    finally:
        _offset = before


@contextmanager
def standing_at(moment):
    """Like `moved`, named by the moment (an aware datetime) that shall be now."""
    with moved(moment - now()):
        yield


def reading():
    """This machine's moment with the same offset, for how a page words its dates; it asks the database nothing.

    Whether something is still allowed is always asked of `now`.
    """
    return datetime.now(UTC) + _offset
