"""A mentorship: one student between one academic and one industry mentor, over an interval."""

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from mentors.enums import MentorshipState


class MentorshipQuerySet(models.QuerySet):
    def holding(self, on):
        """Mentorships that are neither ended nor over on the day; one that begins later counts."""
        return self.filter(state=MentorshipState.ACTIVE, until__gte=on)

    def running(self, on):
        """Of those the ones that have begun by the day."""
        return self.holding(on).filter(since__lte=on)


class Mentorship(models.Model):
    """Who guides one student from `since` to `until`. A change of mentor ends it and begins one that follows it."""

    student = models.ForeignKey(
        "consortium.StudentProfile", models.PROTECT, related_name="mentorships", verbose_name=_("student")
    )
    academic = models.ForeignKey(
        "mentors.Appointment",
        models.PROTECT,
        related_name="academic_mentorships",
        verbose_name=_("academic mentor"),
    )
    industry = models.ForeignKey(
        "mentors.Appointment",
        models.PROTECT,
        related_name="industry_mentorships",
        verbose_name=_("industry mentor"),
    )
    topic = models.CharField(_("topic"), max_length=120)
    since = models.DateField(_("from"))
    until = models.DateField(_("until"))
    state = models.CharField(max_length=8, choices=MentorshipState, default=MentorshipState.ACTIVE)
    # Why the office made it by hand; empty where an accepted place made it.
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    follows = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, related_name="followed_by", verbose_name=_("follows")
    )
    # What the former mentors' guidance hands on; read by the mentors of this one and the office.
    handover = models.TextField(_("handover note"), max_length=1000, blank=True)
    started_by = models.ForeignKey("consortium.User", models.PROTECT, related_name="+")
    started_at = models.DateTimeField()
    ended_on = models.DateField(_("last day"), null=True, blank=True)
    end_reason = models.CharField(max_length=200, blank=True)

    objects = MentorshipQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["student"], condition=Q(state="active"), name="one_running_mentorship_per_student"
            ),
            models.CheckConstraint(condition=Q(since__lte=F("until")), name="mentorship_since_before_until"),
            models.CheckConstraint(condition=~Q(academic=F("industry")), name="mentorship_has_two_mentors"),
            models.CheckConstraint(
                condition=Q(state="active", ended_on=None)
                | (Q(state="ended", ended_on__isnull=False) & ~Q(end_reason="")),
                name="ended_mentorship_has_day_and_reason",
            ),
            models.CheckConstraint(
                condition=Q(follows=None) | (~Q(handover="") & ~Q(reason="")),
                name="change_of_mentor_is_handed_over",
            ),
        ]

    def __str__(self):
        return f"{self.student} {self.since}"

    def get_absolute_url(self):
        return reverse("mentorship", args=[self.pk])

    @property
    def last_day(self):
        """The day after which nothing is added: where it was ended, else the end of the interval."""
        return self.ended_on or self.until

    def days_in(self, first, last):
        """How many days of the interval lie between these two, both included."""
        return max((min(self.last_day, last) - max(self.since, first)).days + 1, 0)
