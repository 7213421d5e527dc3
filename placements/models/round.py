"""Matching rounds: their settings, who takes part, the caps over several projects, the owners' scores."""

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from placements.enums import CapKind, RoundState


class MatchingRound(models.Model):
    """One round. Its settings are frozen once it is open; its lists once it is closed; its scores once it is frozen."""

    name = models.CharField(_("name"), max_length=60, unique=True)
    state = models.CharField(max_length=16, choices=RoundState, default=RoundState.PLANNED)
    opens_at = models.DateTimeField(_("opens"))
    closes_at = models.DateTimeField(_("closes"))
    scoring_ends_at = models.DateTimeField(_("scoring ends"))
    max_preferences = models.PositiveSmallIntegerField(_("choices in one list"))
    public_note = models.TextField(_("public note"), max_length=1000, blank=True)
    contact = models.CharField(_("contact for questions"), max_length=120, blank=True)
    # 32 random bytes in hex; published as a hash before opening, revealed with the provisional result.
    seed = models.CharField(max_length=64)
    seed_sha256 = models.CharField(max_length=64)
    lists_sha256 = models.CharField(max_length=64, blank=True)
    instance = models.ForeignKey(
        "consortium.StoredFile", models.PROTECT, null=True, blank=True, related_name="+"
    )
    instance_sha256 = models.CharField(max_length=64, blank=True)
    created_by = models.ForeignKey("consortium.User", models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    copied_from = models.ForeignKey("self", models.SET_NULL, null=True, blank=True, related_name="copies")
    # A second round: takes places that a former round left, and students without a place.
    clearing = models.BooleanField(default=False)
    opened_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    frozen_at = models.DateTimeField(null=True, blank=True)
    notice_started_at = models.DateTimeField(null=True, blank=True)
    notice_started_by = models.ForeignKey(
        "consortium.User", models.PROTECT, null=True, blank=True, related_name="+"
    )
    notice_ends_at = models.DateTimeField(null=True, blank=True)
    published_at = models.DateTimeField(null=True, blank=True)
    published_by = models.ForeignKey(
        "consortium.User", models.PROTECT, null=True, blank=True, related_name="+"
    )
    answers_due_at = models.DateTimeField(null=True, blank=True)
    is_sample = models.BooleanField(default=False)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ["-opens_at", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(opens_at__lt=F("closes_at")) & Q(closes_at__lt=F("scoring_ends_at")),
                name="round_times_in_order",
            ),
            models.CheckConstraint(
                condition=Q(max_preferences__range=(1, 30)), name="round_choices_in_bounds"
            ),
            models.CheckConstraint(condition=Q(state__in=RoundState.values), name="round_state_is_known"),
        ]

    def __str__(self):
        return self.name

    def get_absolute_url(self):
        return reverse("round", args=[self.pk])

    @property
    def seed_is_public(self):
        """Whether the seed has been revealed, which happens with the provisional result."""
        return self.notice_started_at is not None


class RoundRequest(models.Model):
    """A request that a second person must agree to: opening, extending the closing time."""

    round = models.ForeignKey(MatchingRound, models.CASCADE, related_name="requests")
    kind = models.CharField(max_length=12)  # open, extend, recompute
    reason = models.TextField(max_length=500, blank=True)
    new_closes_at = models.DateTimeField(null=True, blank=True)
    requested_by = models.ForeignKey("consortium.User", models.PROTECT, related_name="+")
    requested_at = models.DateTimeField()
    agreed_by = models.ForeignKey("consortium.User", models.PROTECT, null=True, blank=True, related_name="+")
    agreed_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(agreed_by=None) | ~Q(agreed_by=F("requested_by")),
                name="round_request_two_persons",
            ),
            models.UniqueConstraint(
                fields=["round", "kind"],
                condition=Q(agreed_at=None, withdrawn_at=None),
                name="one_open_request_per_kind",
            ),
        ]

    def __str__(self):
        return f"{self.round} {self.kind}"


class RoundProject(models.Model):
    """A project in a round, with the places it offers there. `code` is random for the round: files name nobody."""

    round = models.ForeignKey(MatchingRound, models.CASCADE, related_name="round_projects")
    project = models.ForeignKey("placements.Project", models.PROTECT, related_name="round_projects")
    places = models.PositiveSmallIntegerField()
    code = models.CharField(max_length=16)
    # How many lists name it, in bands, refreshed nightly; never the number itself.
    interest = models.CharField(max_length=4, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    scores_done_at = models.DateTimeField(null=True, blank=True)
    scores_done_by = models.ForeignKey(
        "consortium.User", models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        ordering = ["-project_id"]
        constraints = [
            models.UniqueConstraint(fields=["round", "project"], name="project_once_in_round"),
            models.UniqueConstraint(fields=["round", "code"], name="project_code_once_in_round"),
            models.CheckConstraint(condition=Q(places__range=(0, 20)), name="round_places_in_bounds"),
        ]

    def __str__(self):
        return f"{self.round} {self.project}"


class RoundStudent(models.Model):
    """A student in a round, fixed at closing: eligible or why not."""

    round = models.ForeignKey(MatchingRound, models.CASCADE, related_name="round_students")
    student = models.ForeignKey("consortium.StudentProfile", models.PROTECT, related_name="round_students")
    code = models.CharField(max_length=16)
    eligible = models.BooleanField()
    reason = models.CharField(max_length=40, blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["round", "student"], name="student_once_in_round"),
            models.UniqueConstraint(fields=["round", "code"], name="student_code_once_in_round"),
            models.CheckConstraint(
                condition=Q(eligible=True, reason="") | Q(eligible=False), name="ineligible_has_why"
            ),
        ]

    def __str__(self):
        return f"{self.round} {self.code}"


class RoundCap(models.Model):
    """A cap over several projects of a round: all projects of one mentor, base or enterprise (`subject_id`)."""

    round = models.ForeignKey(MatchingRound, models.CASCADE, related_name="caps")
    kind = models.CharField(max_length=12, choices=CapKind)
    subject_id = models.PositiveBigIntegerField()
    label = models.CharField(max_length=120)
    capacity = models.PositiveSmallIntegerField()
    code = models.CharField(max_length=16)

    class Meta:
        ordering = ["kind", "id"]
        constraints = [
            models.UniqueConstraint(fields=["round", "kind", "subject_id"], name="one_cap_per_subject"),
            models.UniqueConstraint(fields=["round", "code"], name="cap_code_once_in_round"),
        ]

    def __str__(self):
        return self.label


class ProjectScore(models.Model):
    """An owner's judgement of one applicant: a score of 1 to 100, or not acceptable with a reason."""

    round_project = models.ForeignKey(RoundProject, models.CASCADE, related_name="scores")
    round_student = models.ForeignKey(RoundStudent, models.CASCADE, related_name="scores")
    score = models.PositiveSmallIntegerField(null=True, blank=True)
    unacceptable = models.BooleanField(default=False)
    reason = models.CharField(max_length=200, blank=True)
    by = models.ForeignKey("consortium.User", models.PROTECT, related_name="+")
    saved_at = models.DateTimeField()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["round_project", "round_student"], name="one_score_per_applicant"
            ),
            models.CheckConstraint(
                condition=Q(unacceptable=False, score__range=(1, 100))
                | (Q(unacceptable=True, score=None) & ~Q(reason="")),
                name="score_or_reasoned_refusal",
            ),
        ]

    def __str__(self):
        return f"{self.round_project_id} {self.round_student_id}"
