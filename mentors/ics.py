"""A calendar as other programs subscribe to it (RFC 5545)."""

from datetime import UTC, datetime

from icalendar import Calendar, Event


def calendar(name, events):
    """The bytes of a calendar; each event is {"uid", "title", "begins", "ends", "stamp", "url"}.

    `begins` and `ends` are both moments, or both days, the last one not included. Moments are written in UTC: then no
    program needs to know our zone.
    """
    found = Calendar()
    found.add("prodid", "-//TEDA Biomedicine Consortium//portal//")
    found.add("version", "2.0")
    found.add("calscale", "GREGORIAN")
    found.add("x-wr-calname", name)
    for event in events:
        found.add_component(_event(**event))
    return found.to_ical()


def _event(*, uid, title, begins, ends, stamp, url):
    event = Event()
    event.add("uid", uid)
    event.add("dtstamp", stamp.astimezone(UTC))
    event.add("dtstart", _when(begins))
    event.add("dtend", _when(ends))
    event.add("summary", title)
    event.add("url", url)
    return event


def _when(value):
    return value.astimezone(UTC) if isinstance(value, datetime) else value
