"""A calendar as other programs read it (RFC 5545): lines of at most 75 bytes, ended by CR LF."""

from datetime import UTC


def calendar(name, events):
    """The text of a calendar; each event is {"uid", "title", "begins", "ends", "stamp", "url"}.

    `begins` and `ends` are both moments, or both days, the last one not included.
    """
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//portal//supervision//", "CALSCALE:GREGORIAN"]
    lines += [f"X-WR-CALNAME:{_escaped(name)}"]
    for event in events:
        lines += [
            "BEGIN:VEVENT",
            f"UID:{event['uid']}",
            f"DTSTAMP:{_moment(event['stamp'])}",
            _when("DTSTART", event["begins"]),
            _when("DTEND", event["ends"]),
            f"SUMMARY:{_escaped(event['title'])}",
            f"URL:{event['url']}",
            "END:VEVENT",
        ]
    lines += ["END:VCALENDAR", ""]
    return "\r\n".join(_folded(line) for line in lines)


def _when(name, value):
    if hasattr(value, "hour"):
        return f"{name}:{_moment(value)}"
    return f"{name};VALUE=DATE:{value:%Y%m%d}"


def _moment(value):
    return f"{value.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def _escaped(text):
    return str(text).replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,").replace("\n", "\\n")


def _folded(line):
    """A long line goes on in the next one after a space; no character is cut in two."""
    pieces, piece = [], ""
    for letter in line:
        if len((piece + letter).encode()) > 73:
            pieces.append(piece)
            piece = ""
        piece += letter
    return "\r\n ".join([*pieces, piece])
