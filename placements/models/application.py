"""Ranked lists: a draft that lives on the server, and versions that never change."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from placements.enums import ApplicationState


class Application(models.Model):
    """One student's list in one round. `revision` counts every change of the draft, so that no device overwrites another."""

    round = models.ForeignKey("placements.MatchingRound", models.CASCADE, related_name="applications")
    student = models.ForeignKey("consortium.StudentProfile", models.PROTECT, related_name="applications")
    state = models.CharField(max_length=10, choices=ApplicationState, default=ApplicationState.DRAFT)
    revision = models.PositiveIntegerField(default=0)
    last_version = models.PositiveIntegerField(default=0)
    # The draft's revision that the last version was made of: equal means nothing unsubmitted.
    submitted_revision = models.PositiveIntegerField(default=0)
    saved_at = models.DateTimeField()

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["round", "student"], name="one_application_per_round")]

    def __str__(self):
        return f"{self.round} {self.student_id}"


class DraftChoice(models.Model):
    """One row of the draft. Ranks are 1..n without gaps, kept by one action that rewrites the list whole."""

    application = models.ForeignKey(Application, models.CASCADE, related_name="choices")
    round_project = models.ForeignKey("placements.RoundProject", models.CASCADE, related_name="+")
    rank = models.PositiveSmallIntegerField()
    statement = models.CharField(_("statement"), max_length=200, blank=True)

    class Meta:
        ordering = ["rank"]
        constraints = [
            models.UniqueConstraint(fields=["application", "round_project"], name="draft_project_once"),
            models.UniqueConstraint(fields=["application", "rank"], name="draft_rank_once"),
        ]

    def __str__(self):
        return f"{self.rank}"


class ApplicationVersion(models.Model):
    """One handed-in list, numbered without gaps; the latest counts. An empty withdrawal is a version too."""

    application = models.ForeignKey(Application, models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    submitted_at = models.DateTimeField()
    check_code = models.CharField(max_length=16)
    form_key = models.CharField(max_length=64)
    withdrawal = models.BooleanField(default=False)

    class Meta:
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(fields=["application", "number"], name="version_number_once"),
            models.UniqueConstraint(fields=["application", "form_key"], name="version_form_key_once"),
            models.CheckConstraint(condition=Q(number__gte=1), name="version_number_from_one"),
        ]

    def __str__(self):
        return f"{self.application_id} v{self.number}"


class Preference(models.Model):
    """One ranked choice of a handed-in version."""

    version = models.ForeignKey(ApplicationVersion, models.CASCADE, related_name="preferences")
    round_project = models.ForeignKey("placements.RoundProject", models.PROTECT, related_name="preferences")
    rank = models.PositiveSmallIntegerField()
    statement = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["rank"]
        constraints = [
            models.UniqueConstraint(fields=["version", "rank"], name="preference_rank_once"),
            models.UniqueConstraint(fields=["version", "round_project"], name="preference_project_once"),
            models.CheckConstraint(condition=Q(rank__gte=1), name="preference_rank_from_one"),
        ]

    def __str__(self):
        return f"{self.version_id} {self.rank}"
