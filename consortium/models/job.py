"""Long pieces of work: the row is written first and is the truth, whatever a broker loses."""

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import pgettext_lazy

from consortium.enums import JobState


class Job(models.Model):
    """One long piece of work, its progress and its last sign of life.

    `claim` is the token of the worker that holds it: only the holder's writes count. `steps` is a list of
    {"key", "started", "ended"} in the order of the work.
    """

    kind = models.CharField(max_length=40)
    state = models.CharField(max_length=10, choices=JobState, default=JobState.QUEUED)
    object_id = models.PositiveBigIntegerField()
    created_by = models.ForeignKey(
        "consortium.User", models.SET_NULL, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField()
    claim = models.CharField(max_length=32, blank=True)
    attempts = models.PositiveIntegerField(default=0)
    heartbeat_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    done = models.PositiveBigIntegerField(default=0)
    total = models.PositiveBigIntegerField(default=0)
    steps = models.JSONField(default=list)
    history = models.JSONField(default=list)
    result = models.JSONField(default=dict)
    error = models.TextField(blank=True)

    class Meta:
        verbose_name = pgettext_lazy("admin", "job")
        verbose_name_plural = pgettext_lazy("admin", "jobs")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "object_id"],
                condition=Q(state__in=["queued", "running"]),
                name="one_live_job",
            ),
            models.CheckConstraint(condition=Q(state__in=JobState.values), name="job_state_is_known"),
        ]
        indexes = [models.Index(fields=["state", "heartbeat_at"])]

    def __str__(self):
        return f"{self.kind} {self.object_id} {self.state}"

    def get_absolute_url(self):
        return reverse("job", args=[self.pk])

    @property
    def is_live(self):
        """Whether it may still change by itself."""
        return self.state in (JobState.QUEUED, JobState.RUNNING)
