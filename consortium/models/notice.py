"""Public notices: fixed periods in which anybody may read and those concerned may object."""

from django.db import models
from django.db.models import F, Q
from django.urls import reverse


class PublicNotice(models.Model):
    """One notice. Title and text are written by people for the public and name no person."""

    kind = models.CharField(max_length=40)
    object_id = models.PositiveBigIntegerField()
    title = models.CharField(max_length=120)
    text = models.TextField()
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    published_by = models.ForeignKey("consortium.User", models.PROTECT, related_name="+")
    is_sample = models.BooleanField(default=False)

    class Meta:
        ordering = ["-starts_at", "-id"]
        constraints = [
            models.CheckConstraint(condition=Q(starts_at__lt=F("ends_at")), name="notice_has_a_period")
        ]

    def __str__(self):
        return self.title

    def get_absolute_url(self):
        return reverse("notice", args=[self.pk])
