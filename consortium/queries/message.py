"""Which messages a person may read: the own ones."""

from django.db.models import F, Max, Q

from consortium.enums import OutboxState
from consortium.models import Notification, OutboxMessage, QuietMail, User
from consortium.registry import registry


def notifications_visible_to(user):
    """The user's messages, newest first."""
    return Notification.objects.filter(user=user)


def optional_kinds(user):
    """Kinds of mail that the person may do without: [{"kind", "subject", "quiet"}], those of the own messages only."""
    had = set(Notification.objects.filter(user=user).order_by().values_list("kind", flat=True).distinct())
    quiet = set(QuietMail.objects.filter(user=user).values_list("kind", flat=True))
    return [
        {"kind": kind, "subject": message.subject, "quiet": kind in quiet}
        for kind, message in registry.messages.items()
        if message.optional and kind in had | quiet
    ]


def reader_with(pk):
    """The active account with this number, for a link that carries it under our signature."""
    return User.objects.filter(pk=pk, is_active=True).first()


def undelivered(users):
    """{key of a person: when the newest mail was tried} for those of these people whom it did not reach."""
    failed = Max("next_try_at", filter=Q(state=OutboxState.FAILED))
    rows = (
        OutboxMessage.objects.filter(notification__user__in=list(users))
        .order_by()
        .values(person=F("notification__user"))
        .annotate(failed=failed, arrived=Max("sent_at"))
        .filter(failed__isnull=False)
    )
    return {
        row["person"]: row["failed"]
        for row in rows
        if row["arrived"] is None or row["failed"] > row["arrived"]
    }
