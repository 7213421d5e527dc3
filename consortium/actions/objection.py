"""Objections to what is on public notice, whatever it is about: made once however often it is pressed, answered once."""

import hashlib

from django.utils.translation import gettext as _

from consortium import clock
from consortium.models import PublicNotice
from consortium.refusals import Invalid, Refused


def made_once(model, *, notice, name, contact, text, by=None, **about):
    """(objection, whether it is new). `about` names what the notice is about. Call inside an action that locked it.

    Refuses outside the notice's days.
    """
    if not notice.starts_at <= clock.now() < notice.ends_at:
        raise over()
    name, contact, text = name.strip(), contact.strip(), text.strip()
    digest = hashlib.sha256(f"{notice.pk}\x1f{name}\x1f{text}".encode()).hexdigest()
    return model.objects.get_or_create(
        digest=digest,
        defaults={"notice": notice, "by": by, "name": name, "contact": contact, "text": text}
        | {"made_at": clock.now()}
        | about,
    )


def over():
    """The refusal of an objection that comes too late."""
    return Refused(
        _("The time for objections has ended."),
        remedy=_("You may still write to the secretariat."),
        code="ended",
    )


def answered_once(objection, *, by, upheld, answer):
    """Write the answer; an objection that holds ends the notice now. Refuses no words and a second answer."""
    if not answer.strip():
        raise Invalid(_("Write the answer."), remedy=_("Whoever objected reads it."), field="answer")
    now = clock.now()
    changed = (
        type(objection)
        .objects.filter(pk=objection.pk, answered_at=None)
        .update(answer=answer.strip(), upheld=upheld, answered_by=by, answered_at=now)
    )
    if not changed:
        raise Refused(_("This objection was answered already."), code="answered")
    objection.refresh_from_db()
    if upheld:
        PublicNotice.objects.filter(pk=objection.notice_id, ends_at__gt=now).update(ends_at=now)
