"""Lists that are sent up as a file: tested first, written after a person said so, undone within a day."""

from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from consortium.enums import ImportDecision, ImportFate, ImportOutcome, ImportState


class ImportJob(models.Model):
    """One file on its way into the register. What would be written stands in its rows, and nothing else is.

    `places` is {our column: place in the file}, `replaced` {our column: {word of the file: word to use instead}};
    `seen` are the newest acts on the records concerned when the test began.
    """

    kind = models.CharField(max_length=20)
    state = models.CharField(max_length=12, choices=ImportState, default=ImportState.TESTING)
    file = models.ForeignKey("consortium.StoredFile", models.PROTECT, related_name="+")
    coding = models.CharField(max_length=12, blank=True)
    sheet = models.CharField(max_length=80, blank=True)
    other_sheets = models.PositiveSmallIntegerField(default=0)
    heads = models.JSONField(default=list)
    places = models.JSONField(default=dict)
    replaced = models.JSONField(default=dict)
    fault = models.JSONField(default=dict)
    counts = models.JSONField(default=dict)
    seen = models.JSONField(default=list)
    job = models.ForeignKey("consortium.Job", models.SET_NULL, null=True, blank=True, related_name="+")
    created_by = models.ForeignKey("consortium.User", models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    tested_at = models.DateTimeField(null=True, blank=True)
    written_by = models.ForeignKey("consortium.User", models.PROTECT, null=True, blank=True, related_name="+")
    written_at = models.DateTimeField(null=True, blank=True)
    undo_until = models.DateTimeField(null=True, blank=True)
    undone_by = models.ForeignKey("consortium.User", models.PROTECT, null=True, blank=True, related_name="+")
    undone_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=ImportState.values), name="import_state_is_known"),
            models.CheckConstraint(
                condition=~Q(state__in=["writing", "written"]) | Q(written_by__isnull=False),
                name="import_is_written_by_somebody",
            ),
            models.CheckConstraint(
                condition=~Q(state="written") | Q(written_at__isnull=False, undo_until__gt=F("written_at")),
                name="import_written_has_its_moments",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["undoing", "undone"]) | Q(undone_by__isnull=False),
                name="import_is_undone_by_somebody",
            ),
        ]
        indexes = [models.Index(fields=["kind", "id"])]

    def __str__(self):
        return self.file.name

    def get_absolute_url(self):
        return reverse("list_import", args=[self.pk])


class ImportRow(models.Model):
    """One row of the file: what stood there, what it would do, and what became of it.

    `fields` are clean values by column, `changes` [[column, before, after]], `before` and `after` what the record
    held when it was tested and when it had been written; `faults` [{"column", "value", "code", "params"}].
    """

    run = models.ForeignKey(ImportJob, models.CASCADE, related_name="rows")
    line = models.PositiveIntegerField()
    cells = models.JSONField(default=list)
    outcome = models.CharField(max_length=8, choices=ImportOutcome)
    group = models.CharField(max_length=24, blank=True)
    target = models.PositiveBigIntegerField(null=True, blank=True)
    fields = models.JSONField(default=dict)
    changes = models.JSONField(default=list)
    faults = models.JSONField(default=list)
    notes = models.JSONField(default=list)
    alike = models.JSONField(default=list)
    decision = models.CharField(max_length=8, choices=ImportDecision, default=ImportDecision.OPEN, blank=True)
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)
    fate = models.CharField(max_length=8, choices=ImportFate, default=ImportFate.WAITING)

    class Meta:
        ordering = ["run", "line"]
        constraints = [
            models.UniqueConstraint(fields=["run", "line"], name="import_row_once"),
            models.CheckConstraint(
                condition=Q(outcome__in=ImportOutcome.values), name="import_outcome_is_known"
            ),
            models.CheckConstraint(condition=Q(fate__in=ImportFate.values), name="import_fate_is_known"),
            models.CheckConstraint(
                condition=~Q(fate="written")
                | (Q(outcome__in=["new", "changed", "alike"]) & Q(target__isnull=False)),
                name="import_row_written_has_its_record",
            ),
            models.CheckConstraint(
                condition=~Q(outcome="alike", decision="") | Q(fate="waiting"),
                name="import_row_undecided_is_not_written",
            ),
        ]
        indexes = [
            models.Index(fields=["run", "outcome", "line"]),
            models.Index(fields=["run", "fate", "line"]),
        ]

    def __str__(self):
        return f"{self.run_id} {self.line}"

    @property
    def must_be_one(self):
        """Whether the register would take no second record beside those that look alike."""
        return any(one.get("only") for one in self.alike)
