"""Messages to people: one row per person and event, words made at reading time in the reader's language.

A message kind is registered once with its subject and body; parameters are stored, never the words.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from smtplib import SMTPRecipientsRefused

from django.conf import settings
from django.core import signing
from django.core.mail import send_mail
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext_lazy, ngettext

from consortium import clock
from consortium.enums import OutboxState
from consortium.models import Notification, OutboxMessage, QuietMail
from consortium.registry import registry

# Mails that are not urgent wait this long, so that what happens together arrives together.
GROUPING = timedelta(minutes=10)
QUIET = "consortium.QuietMail"
RETRY_MINUTES = (1, 5, 30, 120, 720)


@dataclass(frozen=True)
class Message:
    """One kind of message. Texts are lazy msgids with %(name)s parameters; `times` names those that are moments,
    `days` those that are days, `codes` gives the words of one that is a code ({parameter: {code: words}}): all are said
    in the reader's language.

    `mail_url`: the address of the mail's button from the stored parameters, where that one is a secret: it is made when
    the mail is sent and kept nowhere; the portal's own list leads to the `url` given to `notify`.
    `optional`: a person may do without its mail. Subjects name no person: they appear on locked screens and in mail lists.
    """

    subject: str
    body: str
    action: str = ""
    urgent: bool = False
    optional: bool = False
    times: tuple = field(default_factory=tuple)
    days: tuple = field(default_factory=tuple)
    codes: dict = field(default_factory=dict)
    mail_url: Callable | None = None


def register(**kinds):
    """Announce message kinds: `register(application_submitted=Message(...))`."""
    registry.messages.update(kinds)


def notify(user, kind, *, key, url="", mail=True, **params):
    """Queue one message inside the current action. `key` makes it unique: the same event tells a person once."""
    message = registry.messages[kind]
    stored = as_stored(params)
    now = clock.now()
    notification, made = Notification.objects.get_or_create(
        dedupe_key=f"{kind}:{key}:{user.pk}"[:120],
        defaults={"user": user, "kind": kind, "params": stored, "url": url, "created_at": now},
    )
    if made and mail and user.email and user.is_active and not is_quiet(user, kind):
        OutboxMessage.objects.create(
            notification=notification,
            urgent=message.urgent,
            next_try_at=now if message.urgent else now + GROUPING,
        )
    return notification


def notify_many(users, kind, *, key, url="", mail=True, **params):
    """Like `notify` for many people at once, in chunks. Returns how many had not been told before."""
    message = registry.messages[kind]
    stored = as_stored(params)
    now = clock.now()
    told = 0
    users = list(users)
    for start in range(0, len(users), 500):
        keys = {f"{kind}:{key}:{user.pk}"[:120]: user for user in users[start : start + 500]}
        for known in (
            Notification.objects.filter(dedupe_key__in=keys).order_by().values_list("dedupe_key", flat=True)
        ):
            del keys[known]
        made = Notification.objects.bulk_create(
            Notification(user=user, kind=kind, params=stored, url=url, dedupe_key=dedupe, created_at=now)
            for dedupe, user in keys.items()
        )
        told += len(made)
        quiet = quiet_among([row.user_id for row in made], kind)
        OutboxMessage.objects.bulk_create(
            OutboxMessage(
                notification=row, urgent=message.urgent, next_try_at=now if message.urgent else now + GROUPING
            )
            for row in made
            if mail and row.user.email and row.user.is_active and row.user_id not in quiet
        )
    return told


def as_stored(params):
    """Days and moments are kept as such: the words for them are the reader's, not the writer's."""
    return {name: value.isoformat() if isinstance(value, date) else value for name, value in params.items()}


def is_quiet(user, kind):
    """Whether the person wants no mail of this kind; only of an optional one is it asked."""
    return registry.messages[kind].optional and QuietMail.objects.filter(user=user, kind=kind).exists()


def quiet_among(pks, kind):
    """Who of these people wants no mail of this kind, as a set of their numbers."""
    if not registry.messages[kind].optional:
        return set()
    return set(QuietMail.objects.filter(kind=kind, user__in=pks).values_list("user_id", flat=True))


def quiet_link(user, kind):
    """The address at which this person ends the mails of this kind without a sign-in; empty where they must come."""
    if not registry.messages[kind].optional:
        return ""
    return reverse("mail_quiet", args=[signing.Signer(salt=QUIET).sign(f"{user.pk}.{kind}")])


def quiet_of(token):
    """(number of the person, kind) that such an address carries, or None when the signature is not ours."""
    try:
        pk, _dot, kind = signing.Signer(salt=QUIET).unsign(token).partition(".")
    except signing.BadSignature:
        return None
    return (int(pk), kind) if kind in registry.messages and registry.messages[kind].optional else None


def mark_read(rows):
    """Mark some person's messages (a queryset) as read now; those read before keep their moment."""
    return rows.filter(read_at=None).update(read_at=clock.now())


def words(notification):
    """Subject, body and the label of the button in the active language: {"subject", "body", "action"}."""
    return worded(notification.kind, notification.params)


def worded(kind, params):
    """The words of a message of a kind with its parameters as stored, before anybody has got it."""
    from consortium.templatetags.portal import day_text, moment

    message = registry.messages[kind]
    params = dict(params)
    for name in message.times:
        if params.get(name):
            params[name] = moment(datetime.fromisoformat(params[name]), plain=True)
    for name in message.days:
        # Messages of before this was kept as a day have it in words, which stay as they are.
        if isinstance(params.get(name), date) or _is_day(params.get(name)):
            params[name] = day_text(params[name])
    for name, words_of in message.codes.items():
        params[name] = str(words_of.get(params.get(name), params.get(name)))
    return {
        "subject": str(message.subject) % params,
        "body": str(message.body) % params,
        "action": str(message.action or gettext_lazy("Open")),
    }


def _is_day(value):
    try:
        return bool(date.fromisoformat(value))
    except (TypeError, ValueError):
        return False


def deliver(limit=200):
    """Send what is due, one mail a person; failures wait longer each time. Returns how many rows were sent."""
    now = clock.now()
    due = (
        OutboxMessage.objects.filter(state=OutboxState.QUEUED, next_try_at__lte=now)
        .select_related("notification__user")
        .order_by("notification__user_id", "id")[:limit]
    )
    by_person = {}
    for row in due:
        by_person.setdefault(row.notification.user, []).append(row)
    return sum(_send(user, rows, now) for user, rows in by_person.items())


def _send(user, rows, now):
    """One mail with all of a person's rows. Rows are claimed first: a second worker finds nothing to claim."""
    claimed = [row for row in rows if _claim(row, now)]
    if not claimed:
        return 0
    with translation.override(user.language):
        parts = [
            dict(
                words(row.notification),
                url=_absolute(_mail_url(row.notification)),
                quiet=_absolute(quiet_link(user, row.notification.kind)),
            )
            for row in claimed
        ]
        if len(parts) == 1:
            subject = parts[0]["subject"]
        else:
            subject = ngettext("%(count)d new message", "%(count)d new messages", len(parts)) % {
                "count": len(parts)
            }
        body = render_to_string(
            "mail/messages.txt", {"parts": parts, "user": user, "site": settings.SITE_URL}
        )
    try:
        send_mail(subject, body, settings.DEFAULT_FROM_EMAIL, [user.email])
    except OSError as error:
        for row in claimed:
            _postpone(row, str(error), now, for_good=refused_for_good(error))
        return 0
    OutboxMessage.objects.filter(pk__in=[row.pk for row in claimed]).update(
        state=OutboxState.SENT, sent_at=now
    )
    return len(claimed)


def _mail_url(notification):
    made = registry.messages[notification.kind].mail_url
    return (made and made(notification.params)) or notification.url


def _claim(row, now):
    return OutboxMessage.objects.filter(
        pk=row.pk, state=OutboxState.QUEUED, attempts=row.attempts, next_try_at__lte=now
    ).update(attempts=row.attempts + 1, next_try_at=now + timedelta(minutes=RETRY_MINUTES[0]))


def refused_for_good(error):
    """Whether a mail server said that there is no such address (a code of 500 or more), so that waiting helps nobody."""
    return isinstance(error, SMTPRecipientsRefused) and all(
        code >= 500 for code, _said in error.recipients.values()
    )


def _postpone(row, error, now, *, for_good):
    tries = row.attempts + 1
    if for_good or tries > len(RETRY_MINUTES):
        OutboxMessage.objects.filter(pk=row.pk).update(state=OutboxState.FAILED, error=error)
        return
    OutboxMessage.objects.filter(pk=row.pk).update(
        next_try_at=now + timedelta(minutes=RETRY_MINUTES[tries - 1]), error=error
    )


def _absolute(url):
    return settings.SITE_URL.rstrip("/") + url if url else ""


def unread_count(user):
    """How many messages the person has not read, counted once per request (kept on the user object)."""
    if not hasattr(user, "_unread_count"):
        user._unread_count = Notification.objects.filter(user=user, read_at=None).count()
    return user._unread_count
