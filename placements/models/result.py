"""What a round gives: runs, each student's result with its reasons, objections, and places offered."""

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from placements.enums import ObjectionKind, ObjectionState, PlacementState, RunState


class MatchRun(models.Model):
    """One run over the frozen instance. At most one is adopted: the one that people publish."""

    round = models.ForeignKey("placements.MatchingRound", models.CASCADE, related_name="runs")
    number = models.PositiveIntegerField()
    job = models.OneToOneField("consortium.Job", models.PROTECT, related_name="match_run", null=True)
    state = models.CharField(max_length=10, choices=RunState, default=RunState.RUNNING)
    started_by = models.ForeignKey("consortium.User", models.PROTECT, related_name="+")
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    instance_sha256 = models.CharField(max_length=64)
    result = models.ForeignKey(
        "consortium.StoredFile", models.PROTECT, null=True, blank=True, related_name="+"
    )
    result_sha256 = models.CharField(max_length=64, blank=True)
    rule = models.CharField(max_length=10, blank=True)
    # {"placed", "students", "places", "at_choice", "blocking_pairs", "envy", "checks", "seconds"}: figures, never names.
    verdict = models.JSONField(default=dict)
    error = models.TextField(blank=True)
    adopted = models.BooleanField(default=False)

    class Meta:
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(fields=["round", "number"], name="run_number_once"),
            models.UniqueConstraint(fields=["round"], condition=Q(adopted=True), name="one_adopted_run"),
        ]

    def __str__(self):
        return f"{self.round} run {self.number}"


class MatchResult(models.Model):
    """What one student got in one run, and for each better choice the reason as the engine names it."""

    run = models.ForeignKey(MatchRun, models.CASCADE, related_name="results")
    round_student = models.ForeignKey("placements.RoundStudent", models.CASCADE, related_name="results")
    round_project = models.ForeignKey(
        "placements.RoundProject", models.CASCADE, null=True, blank=True, related_name="results"
    )
    choice = models.PositiveSmallIntegerField(null=True, blank=True)
    explanations = models.JSONField(
        default=list
    )  # [{"project": code, "reason": …, "by": code}], the student's order
    cause = models.CharField(max_length=24, blank=True)  # of the unplaced: one word from placements.causes

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["run", "round_student"], name="one_result_per_student")
        ]

    def __str__(self):
        return f"{self.run_id} {self.round_student_id}"


class Objection(models.Model):
    """An objection against a provisional result, answered in words by someone who did not run the round."""

    round = models.ForeignKey("placements.MatchingRound", models.CASCADE, related_name="objections")
    run = models.ForeignKey(MatchRun, models.CASCADE, related_name="objections")
    by = models.ForeignKey("consortium.User", models.PROTECT, related_name="objections")
    kind = models.CharField(_("kind"), max_length=10, choices=ObjectionKind)
    text = models.TextField(_("explanation"), max_length=500)
    file = models.ForeignKey("consortium.StoredFile", models.PROTECT, null=True, blank=True)
    made_at = models.DateTimeField()
    due_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=ObjectionState, default=ObjectionState.OPEN)
    answer = models.TextField(_("answer"), max_length=1000, blank=True)
    answered_by = models.ForeignKey(
        "consortium.User", models.PROTECT, null=True, blank=True, related_name="+"
    )
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state="open", answered_by=None) | (~Q(state="open") & ~Q(answer="")),
                name="objection_answered_in_words",
            ),
            models.CheckConstraint(
                condition=Q(answered_by=None) | ~Q(answered_by=F("by")), name="objection_answered_by_another"
            ),
        ]

    def __str__(self):
        return f"{self.round} {self.get_kind_display()}"

    def get_absolute_url(self):
        return reverse("objection", args=[self.pk])


class Placement(models.Model):
    """A place offered to a student when a result becomes final, until accepted, declined or lapsed."""

    round = models.ForeignKey("placements.MatchingRound", models.PROTECT, related_name="placements")
    student = models.ForeignKey("consortium.StudentProfile", models.PROTECT, related_name="placements")
    project = models.ForeignKey("placements.Project", models.PROTECT, related_name="placements")
    state = models.CharField(max_length=12, choices=PlacementState, default=PlacementState.OFFERED)
    offered_at = models.DateTimeField()
    answer_due_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True, blank=True)
    reason = models.CharField(_("reason"), max_length=300, blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["round", "student"], name="one_place_per_round"),
            models.UniqueConstraint(
                fields=["student"], condition=Q(state="accepted"), name="one_accepted_place_per_student"
            ),
            models.CheckConstraint(
                condition=~Q(state="declined") | ~Q(reason=""), name="declined_with_a_reason"
            ),
        ]

    def __str__(self):
        return f"{self.student_id} {self.project_id} {self.state}"
