"""Supervision logs: what a mentor signed, what is still a draft, and days that the office opened again."""

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from mentors.enums import STANDING, CosignState, LogKind, LogState, ReopeningState, Side

MINUTES = (5, 600)
# What a signature covers. The database refuses to change any of it (migration 0005).
SIGNED_FIELDS = (
    "mentorship_id",
    "side",
    "mentor_id",
    "kind",
    "day",
    "minutes",
    "text",
    "line",
    "private",
    "group",
    "file_id",
    "signed_by_id",
    "signed_at",
    "amends_id",
    "reason",
)


class SupervisionLogQuerySet(models.QuerySet):
    def standing(self):
        """Without those that gave way to an amendment."""
        return self.filter(state__in=STANDING)


class SupervisionLog(models.Model):
    """One act of guidance as its mentor signed it. What is signed never changes: a correction is a log of its own."""

    mentorship = models.ForeignKey("mentors.Mentorship", models.PROTECT, related_name="logs")
    side = models.CharField(max_length=8, choices=Side)
    mentor = models.ForeignKey("mentors.Appointment", models.PROTECT, related_name="logs")
    kind = models.CharField(_("kind"), max_length=8, choices=LogKind)
    day = models.DateField(_("day"))
    minutes = models.PositiveSmallIntegerField(_("minutes"))
    # Read by the student, both mentors and the office.
    text = models.TextField(_("what was done"), max_length=2000)
    # Of a joint meeting: what concerns this student alone, beside the text that all of them share.
    line = models.CharField(max_length=200, blank=True)
    # Read by the two mentors and nobody else.
    private = models.TextField(max_length=1000, blank=True)
    file = models.ForeignKey("consortium.StoredFile", models.PROTECT, null=True, blank=True, related_name="+")
    # The same for all students of one joint meeting.
    group = models.CharField(max_length=32, blank=True)
    state = models.CharField(max_length=9, choices=LogState, default=LogState.SIGNED)
    signed_by = models.ForeignKey("consortium.User", models.PROTECT, related_name="+")
    signed_at = models.DateTimeField()
    answer = models.CharField(_("what differs"), max_length=300, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    # When the office was told that the two accounts still differ.
    escalated_at = models.DateTimeField(null=True, blank=True)
    amends = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, related_name="amended_by", verbose_name=_("amends")
    )
    reason = models.CharField(_("why it is amended"), max_length=200, blank=True)
    cosigner = models.ForeignKey(
        "mentors.Appointment", models.PROTECT, null=True, blank=True, related_name="cosigned_logs"
    )
    cosign = models.CharField(max_length=8, choices=CosignState, blank=True)
    cosign_note = models.CharField(max_length=200, blank=True)
    cosigned_at = models.DateTimeField(null=True, blank=True)
    reopening = models.OneToOneField(
        "mentors.Reopening", models.PROTECT, null=True, blank=True, related_name="log"
    )

    objects = SupervisionLogQuerySet.as_manager()

    class Meta:
        ordering = ["-day", "-id"]
        indexes = [
            models.Index(fields=["mentorship", "day", "side"]),
            models.Index(fields=["mentor", "-day"]),
            models.Index(fields=["day"]),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(minutes__range=MINUTES), name="log_minutes_in_bounds"),
            models.CheckConstraint(condition=~Q(text=""), name="log_says_something"),
            models.CheckConstraint(condition=Q(kind__in=LogKind.values), name="log_kind_is_known"),
            models.CheckConstraint(condition=Q(side__in=Side.values), name="log_side_is_known"),
            models.CheckConstraint(
                condition=~Q(state=LogState.CONFIRMED) | Q(answered_at__isnull=False),
                name="confirmed_log_has_its_moment",
            ),
            models.CheckConstraint(
                condition=~Q(state=LogState.DIFFERS) | (~Q(answer="") & Q(answered_at__isnull=False)),
                name="differing_log_says_what_differs",
            ),
            models.CheckConstraint(condition=Q(amends=None) | ~Q(reason=""), name="amendment_has_a_reason"),
            models.CheckConstraint(
                condition=(Q(kind=LogKind.JOINT, cosigner__isnull=False) & ~Q(cosign=""))
                | (~Q(kind=LogKind.JOINT) & Q(cosigner=None, cosign="")),
                name="joint_meeting_is_signed_by_both",
            ),
            models.CheckConstraint(
                condition=~Q(cosign=CosignState.REFUSED) | ~Q(cosign_note=""),
                name="refused_cosignature_says_why",
            ),
        ]

    def __str__(self):
        return f"{self.day} {self.get_kind_display()}"

    def get_absolute_url(self):
        return reverse("log", args=[self.pk])

    @property
    def number(self):
        """How people name it on the telephone."""
        return f"{self.day:%Y%m%d}-{self.pk}"


class LogDraft(models.Model):
    """What a mentor has typed and not signed, as it was typed. Without a mentorship: of a joint meeting."""

    mentorship = models.ForeignKey("mentors.Mentorship", models.CASCADE, null=True, blank=True)
    author = models.ForeignKey("consortium.User", models.CASCADE, related_name="+")
    values = models.JSONField(default=dict)
    file = models.ForeignKey(
        "consortium.StoredFile", models.SET_NULL, null=True, blank=True, related_name="+"
    )
    revision = models.PositiveIntegerField(default=1)
    saved_at = models.DateTimeField()

    class Meta:
        ordering = ["-saved_at"]
        constraints = [
            models.UniqueConstraint(fields=["mentorship", "author"], name="one_draft_per_student_and_mentor"),
            models.UniqueConstraint(
                fields=["author"], condition=Q(mentorship=None), name="one_draft_of_a_joint_meeting"
            ),
        ]

    def __str__(self):
        return f"{self.author} {self.saved_at}"


class Reopening(models.Model):
    """A mentor's request to log one day past the limit, and the office's answer. Used up by one log."""

    mentorship = models.ForeignKey("mentors.Mentorship", models.PROTECT, related_name="reopenings")
    mentor = models.ForeignKey("mentors.Appointment", models.PROTECT, related_name="+")
    day = models.DateField()
    reason = models.CharField(_("why it is late"), max_length=200)
    state = models.CharField(max_length=8, choices=ReopeningState, default=ReopeningState.ASKED)
    asked_at = models.DateTimeField()
    decided_by = models.ForeignKey("consortium.User", models.PROTECT, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    answer = models.CharField(max_length=200, blank=True)
    # The last day on which a granted one can be used.
    open_until = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["asked_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["mentorship", "mentor", "day"],
                condition=Q(state=ReopeningState.ASKED),
                name="one_open_request_per_day",
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="reopening_has_a_reason"),
            models.CheckConstraint(
                condition=Q(state=ReopeningState.ASKED, decided_by=None)
                | Q(state=ReopeningState.GRANTED, decided_by__isnull=False, open_until__isnull=False)
                | (Q(state=ReopeningState.REFUSED, decided_by__isnull=False) & ~Q(answer="")),
                name="reopening_is_decided_by_a_person",
            ),
        ]

    def __str__(self):
        return f"{self.mentor} {self.day}"

    def get_absolute_url(self):
        return reverse("reopening", args=[self.pk])
