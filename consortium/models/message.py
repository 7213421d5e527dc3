"""Messages: what a person reads in the portal, and what leaves it by mail."""

from django.db import models
from django.utils.translation import pgettext_lazy

from consortium.enums import OutboxState


class Notification(models.Model):
    """One message to one person. Kind and parameters are stored; the words are made when read, in the reader's language."""

    user = models.ForeignKey("consortium.User", models.CASCADE, related_name="notifications")
    kind = models.CharField(max_length=60)
    params = models.JSONField(default=dict)
    url = models.CharField(max_length=300, blank=True)
    dedupe_key = models.CharField(max_length=120, unique=True)
    created_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["user", "read_at", "-id"])]

    def __str__(self):
        return f"{self.kind} {self.pk}"


class OutboxMessage(models.Model):
    """A mail to be sent, written in the transaction that caused it. The words are made at sending."""

    notification = models.OneToOneField(Notification, models.CASCADE, related_name="outbox")
    state = models.CharField(max_length=8, choices=OutboxState, default=OutboxState.QUEUED)
    urgent = models.BooleanField(default=False)
    attempts = models.PositiveIntegerField(default=0)
    next_try_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True, blank=True)
    error = models.TextField(blank=True)

    class Meta:
        verbose_name = pgettext_lazy("admin", "mail to be sent")
        verbose_name_plural = pgettext_lazy("admin", "mails to be sent")
        ordering = ["id"]
        indexes = [models.Index(fields=["state", "next_try_at"])]

    def __str__(self):
        return f"{self.notification_id} {self.state}"


class QuietMail(models.Model):
    """A person wants no mail of one kind; the message still stands in the portal."""

    user = models.ForeignKey("consortium.User", models.CASCADE, related_name="quiet_mails")
    kind = models.CharField(max_length=60)
    since = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "kind"], name="quiet_once_per_kind")]

    def __str__(self):
        return f"{self.user_id} {self.kind}"


class SentMail(models.Model):
    """A mail as it left, kept where no mail server is: in the demo and in tests."""

    recipient = models.EmailField()
    subject = models.CharField(max_length=200)
    body = models.TextField()
    sent_at = models.DateTimeField()

    class Meta:
        ordering = ["-id"]

    def __str__(self):
        return self.subject
