"""Which messages a person may read: the own ones."""

from consortium.models import Notification, QuietMail, User
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
