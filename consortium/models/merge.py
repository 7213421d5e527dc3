"""Two records of one organisation made one: what moved, row by row, so that it can be taken back exactly."""

from datetime import datetime, timedelta

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from consortium.enums import MergeFate


class ExactEncoder(DjangoJSONEncoder):
    """Moments to the microsecond: what is put back must be what was."""

    def default(self, o):
        return o.isoformat() if isinstance(o, datetime) else super().default(o)


class OrganisationMerge(models.Model):
    """One merge. The record that went is kept here as it was, and its old address leads to the kept one."""

    UNDO_DAYS = 30

    kept = models.ForeignKey("consortium.Organisation", models.PROTECT, related_name="merges")
    gone = models.PositiveBigIntegerField()
    gone_name = models.CharField(max_length=120)
    snapshot = models.JSONField(encoder=ExactEncoder)
    # What the kept record lacked and took over: {field: value}; and the names it was given.
    filled = models.JSONField(default=dict, encoder=ExactEncoder)
    names_added = models.JSONField(default=list)
    reason = models.CharField(_("reason"), max_length=200)
    merged_by = models.ForeignKey("consortium.User", models.PROTECT, related_name="+")
    merged_at = models.DateTimeField()
    undone_by = models.ForeignKey("consortium.User", models.PROTECT, null=True, blank=True, related_name="+")
    undone_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["gone"], condition=Q(undone_at=None), name="merged_once"),
            models.CheckConstraint(
                condition=Q(undone_at=None, undone_by=None)
                | Q(undone_at__isnull=False, undone_by__isnull=False),
                name="merge_is_undone_by_somebody",
            ),
        ]

    def __str__(self):
        return self.gone_name

    def get_absolute_url(self):
        return reverse("merge", args=[self.pk])

    @property
    def undo_until(self):
        """The moment after which it stands for good."""
        return self.merged_at + timedelta(days=self.UNDO_DAYS)


class OrganisationMergeRow(models.Model):
    """What became of one row of the record that went. `before` holds what an undo puts back."""

    merge = models.ForeignKey(OrganisationMerge, models.CASCADE, related_name="rows")
    model = models.CharField(max_length=80)
    field = models.CharField(max_length=40)
    row = models.PositiveBigIntegerField()
    fate = models.CharField(max_length=8, choices=MergeFate)
    before = models.JSONField(null=True, encoder=ExactEncoder)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["merge", "model", "field", "row"], name="merge_row_once"),
            models.CheckConstraint(
                condition=Q(fate="moved", before=None) | (~Q(fate="moved") & Q(before__isnull=False)),
                name="merge_row_knows_what_was",
            ),
        ]
        indexes = [models.Index(fields=["model", "row"])]

    def __str__(self):
        return f"{self.model} {self.row}"
