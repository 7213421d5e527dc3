"""The one door of change: `@action` opens the transaction, `record` notes the act, the chain is sealed last.

An action's rows are collected while it works and written at its end, when the head of the chain is locked:
two actions then wait for each other only while their audit rows are written.
"""

import functools
import hashlib
import json
from contextvars import ContextVar
from dataclasses import dataclass

from django.db import connection, transaction

from consortium import clock
from consortium.logs import request_id
from consortium.models import AuditEvent, AuditHead


@dataclass(frozen=True)
class Outsider:
    """Somebody without an account who acts. The trail says in what part (a key of `verbs.OUTSIDERS`), never who: a name
    could not be erased from it.
    """

    part: str
    pk: None = None

    def get_full_name(self):
        """How the trail names them."""
        return self.part


_pending: ContextVar[list | None] = ContextVar("pending_audit", default=None)


def action(function):
    """Run a function as one act: one transaction, its audit rows sealed into the chain as the last thing."""

    @functools.wraps(function)
    def act(**kwargs):
        if _pending.get() is not None:
            return function(**kwargs)
        token = _pending.set([])
        try:
            with transaction.atomic():
                result = function(**kwargs)
                _seal(_pending.get())
            return result
        finally:
            _pending.reset(token)

    return act


def record(verb, target, *, by, stream="acts", **details):
    """Note that `by` (a user, or None for the clock) did `verb` to `target`; `details` is JSON without secrets."""
    pending = _pending.get()
    if pending is None:
        raise RuntimeError("An audit row is written inside an action.")
    pending.append(
        {
            "stream": stream,
            "actor_id": by.pk if by else None,
            "actor_name": by.get_full_name() if by else "",
            "verb": verb,
            "object_kind": target._meta.label_lower,
            "object_id": str(target.pk),
            "object_name": str(target)[:200],
            "details": details,
            "request_id": request_id.get(),
        }
    )


def _seal(pending):
    for stream in sorted({row["stream"] for row in pending}):
        AuditHead.objects.get_or_create(stream=stream)
        head = AuditHead.objects.select_for_update().get(stream=stream)
        at = clock.now()
        events = []
        for row in (row for row in pending if row["stream"] == stream):
            head.number += 1
            event = AuditEvent(number=head.number, at=at, prev_hash=head.hash, **row)
            event.hash = head.hash = link_hash(event)
            events.append(event)
        AuditEvent.objects.bulk_create(events)
        head.save(update_fields=["number", "hash"])


def last_acts(*kinds):
    """The newest act on records of each kind (`app.model`), as ids: while they are the same, nobody changed any."""
    newest = f"(SELECT max(id) FROM {AuditEvent._meta.db_table} WHERE object_kind = %s)"
    with connection.cursor() as cursor:  # in SQL, for it stands before every list
        cursor.execute(f"SELECT {', '.join([newest] * len(kinds))}", kinds)
        return cursor.fetchone()


def link_hash(event):
    """The SHA-256 of one row with the hash before it, over canonical JSON."""
    content = [
        event.prev_hash,
        event.stream,
        event.number,
        event.at.isoformat(),
        event.actor_id,
        event.actor_name,
        event.verb,
        event.object_kind,
        event.object_id,
        event.object_name,
        event.details,
        event.request_id,
    ]
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def first_broken_link():
    """The first row whose place in its chain does not agree, or None: missing, changed, reordered or cut off."""
    for head in AuditHead.objects.order_by("stream"):
        number, previous = 0, ""
        for event in (
            AuditEvent.objects.filter(stream=head.stream).order_by("number").iterator(chunk_size=1000)
        ):
            number += 1
            if event.number != number or event.prev_hash != previous or event.hash != link_hash(event):
                return event
            previous = event.hash
        if number != head.number or previous != head.hash:
            return AuditEvent(stream=head.stream, number=number + 1, at=clock.now(), verb="missing")
    return None
