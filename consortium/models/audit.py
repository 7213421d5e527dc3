"""The audit trail: who did what to which row, append-only, each row chained to the one before by its hash."""

from django.db import models
from django.utils.translation import pgettext_lazy


class AuditHead(models.Model):
    """The last link of one stream; locked last in a transaction, so that submissions wait for each other least."""

    stream = models.CharField(max_length=20, unique=True)
    number = models.PositiveBigIntegerField(default=0)
    hash = models.CharField(max_length=64, blank=True)

    def __str__(self):
        return f"{self.stream} {self.number}"


class AuditEvent(models.Model):
    """One act. `actor` is empty for the clock; the name is kept as it was that day."""

    stream = models.CharField(max_length=20)
    number = models.PositiveBigIntegerField()
    at = models.DateTimeField()
    actor = models.ForeignKey(
        "consortium.User", models.DO_NOTHING, null=True, blank=True, db_constraint=False
    )
    actor_name = models.CharField(max_length=80, blank=True)
    verb = models.CharField(max_length=60)
    object_kind = models.CharField(max_length=60)
    object_id = models.CharField(max_length=40)
    object_name = models.CharField(max_length=200, blank=True)
    details = models.JSONField(default=dict)
    request_id = models.CharField(max_length=32, blank=True)
    prev_hash = models.CharField(max_length=64, blank=True)
    hash = models.CharField(max_length=64)

    class Meta:
        verbose_name = pgettext_lazy("admin", "act of the trail")
        verbose_name_plural = pgettext_lazy("admin", "audit trail")
        ordering = ["-id"]
        constraints = [models.UniqueConstraint(fields=["stream", "number"], name="audit_number_once")]
        indexes = [
            models.Index(fields=["object_kind", "object_id", "id"]),
            models.Index(
                fields=["object_kind", "id"]
            ),  # the newest act on a kind: see consortium/remembered.py
            models.Index(fields=["actor", "id"]),
        ]

    def __str__(self):
        return f"{self.stream} {self.number} {self.verb}"
