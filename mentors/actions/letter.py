"""The letter of a term of appointment: one number, one code for the check page, one file."""

import secrets

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from consortium import clock, files, papers
from consortium.actions.certificate import CONSORTIUM, SIGNS
from consortium.actions.number import next_number
from consortium.audit import record
from consortium.enums import BodyKind
from consortium.rules.certificate import in_fours
from consortium.templatetags.portal import day_text
from mentors.models import AppointmentLetter
from mentors.rules.letter import facts_of, fingerprint_of


def issue(*, nomination, appointment):
    """Issue the letter of the term that the nomination gave; called twice it stays the first. Inside an action."""
    known = AppointmentLetter.objects.filter(nomination=nomination).first()
    if known:
        return known
    now = clock.now()
    letter = AppointmentLetter(
        nomination=nomination,
        appointment=appointment,
        number=next_number(AppointmentLetter, "PS", now, kinds=[BodyKind.COUNCIL], places=4),
        code="-".join("".join(secrets.choice(SIGNS) for _sign in range(4)) for _group in range(3)),
        name=appointment.user.get_full_name(),
        unit=appointment.organisation.name_zh,
        kind=appointment.kind,
        since=nomination.since,
        until=nomination.until,
        issued_at=now,
    )
    letter.fingerprint = fingerprint_of(letter)
    with translation.override("zh-hans"):
        content = papers.typeset("certificate", _said(letter, appointment, now), at=now)
    letter.file = files.store(content, name=f"{letter.number}.pdf", media_type="application/pdf", by=None)
    letter.save()
    record("letter issued", appointment, by=None, number=letter.number, sha256=letter.file.sha256)
    return letter


def _said(letter, appointment, now):
    """What the paper says, in Chinese with an English title; the paper is that of the certificates."""
    url = settings.SITE_URL.rstrip("/") + reverse("certificate_check", args=[letter.code])
    return {
        "number": letter.number,
        "number_words": _("No."),
        "title": _("Letter of appointment"),
        "title_en": "Letter of Appointment",
        "consortium": CONSORTIUM,
        "unit": letter.name,
        "unit_en": "",
        "sentence": _("of %(unit)s is appointed as %(kind)s.")
        % {"unit": letter.unit, "kind": appointment.get_kind_display()},
        "facts": "\n".join(f"{label}\t{value}" for label, value in facts_of(letter)),
        "issuer": CONSORTIUM,
        "issued": day_text(now),
        "fingerprint_words": _("Fingerprint of the facts"),
        "fingerprint": in_fours(letter.fingerprint),
        "check_words": _("Check at"),
        "check_url": url,
        "code": letter.code,
        "qr": papers.qr_svg(url),
        "sample": "示例" if appointment.user.is_sample else "",
    }
