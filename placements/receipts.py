"""A receipt as files: the text that anyone can check, and the closing for a calendar."""

from datetime import timedelta

from django.utils.translation import gettext as _
from icalendar import Alarm, Calendar, Event

from consortium import clock
from placements.rules.application import check_text, to_the_second


def receipt_text(version):
    """The receipt in plain words; its last lines say how the check code is made."""
    application = version.application
    preferences = list(version.preferences.all())
    codes = [row.round_project.code for row in preferences]
    lines = [
        _("Receipt of a ranked list"),
        "",
        _("Round: %(name)s (number %(id)d)") % {"name": application.round.name, "id": application.round_id},
        _("Student number: %(number)s") % {"number": application.student.number},
        _("Version: %(number)d") % {"number": version.number},
        _("Submitted: %(at)s") % {"at": to_the_second(version.submitted_at)},
        _("Closing: %(at)s") % {"at": to_the_second(application.round.closes_at)},
        "",
    ]
    if version.withdrawal:
        lines.append(_("The list was withdrawn."))
    lines += [
        f"{row.rank}. {row.round_project.project.name} [{row.round_project.code}]" for row in preferences
    ]
    lines += [
        "",
        _("Check code: %(code)s") % {"code": version.check_code},
        _("It is the first ten digits of SHA-256 (hexadecimal) over this text in UTF-8:"),
        check_text(application.round_id, application.student.number, version.number, codes),
        "",
    ]
    return "\r\n".join(lines)


def calendar_file(round_, address):
    """An entry for the closing with a reminder a day ahead, without any personal data."""
    calendar = Calendar()
    calendar.add("prodid", "-//TEDA Biomedicine Consortium//portal//")
    calendar.add("version", "2.0")
    event = Event()
    event.add("uid", f"round-{round_.pk}-closing@portal")
    event.add("dtstamp", clock.now())
    event.add("dtstart", round_.closes_at)
    event.add("dtend", round_.closes_at + timedelta(minutes=15))
    event.add("summary", _("Lists close: %(round)s") % {"round": round_.name})
    event.add("description", _("The last list submitted before closing counts."))
    event.add("url", address)
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", _("Lists close: %(round)s") % {"round": round_.name})
    alarm.add("trigger", timedelta(days=-1))
    event.add_component(alarm)
    calendar.add_component(event)
    return calendar.to_ical()
