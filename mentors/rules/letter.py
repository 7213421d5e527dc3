"""What a letter of appointment says, and the fingerprint of it that paper and check page share."""

import hashlib
import json

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from consortium.templatetags.portal import day_text
from mentors.enums import AppointmentKind, AppointmentState


def facts_of(letter):
    """[(label, text)] of what the letter states, in the language that is active."""
    return [
        (_("Appointed as"), str(AppointmentKind(letter.kind).label)),
        (_("Employer"), letter.unit),
        (
            pgettext("appointment", "Term"),
            _("%(first)s to %(last)s") % {"first": day_text(letter.since), "last": day_text(letter.until)},
        ),
    ]


def fingerprint_of(letter):
    """The SHA-256 of the facts as they were when the letter was issued."""
    facts = [
        letter.number,
        letter.name,
        letter.unit,
        str(letter.kind),
        letter.since.isoformat(),
        letter.until.isoformat(),
    ]
    return hashlib.sha256(json.dumps(facts, ensure_ascii=False).encode()).hexdigest()


def standing_of(letter, today):
    """{"tone", "word", "text"} of the appointment today, for a stranger who holds the paper."""
    appointment = letter.appointment
    if appointment.state == AppointmentState.ACTIVE and letter.since > today:
        return {
            "tone": "indigo",
            "word": _("Not begun"),
            "text": _("The letter is genuine; its term begins later."),
        }
    if appointment.state == AppointmentState.ACTIVE and letter.until >= today:
        return {
            "tone": "green",
            "word": _("Valid"),
            "text": _("The letter is genuine and the appointment is in force."),
        }
    return {
        "tone": "red",
        "word": _("No longer valid"),
        "text": _("The letter is genuine; its term or the appointment has ended."),
    }
