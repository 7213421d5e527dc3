"""Mentors: who may guide students, for how long, and how many at once."""

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from mentors.enums import (
    APPOINTMENT_OVER,
    AppointmentKind,
    AppointmentState,
    MentorCategory,
    YearGrade,
)


class AppointmentQuerySet(models.QuerySet):
    def in_office(self, on):
        """Appointments whose term holds the day `on`."""
        return self.filter(state=AppointmentState.ACTIVE, since__lte=on, until__gte=on)


class Appointment(models.Model):
    """One person's appointment as mentor, with a term and a capacity."""

    user = models.ForeignKey(
        "consortium.User", models.PROTECT, related_name="appointments", verbose_name=_("person")
    )
    organisation = models.ForeignKey(
        "consortium.Organisation", models.PROTECT, related_name="appointments", verbose_name=_("organisation")
    )
    kind = models.CharField(_("kind"), max_length=20, choices=AppointmentKind)
    category = models.CharField(_("category"), max_length=20, choices=MentorCategory, blank=True)
    title = models.CharField(_("title"), max_length=60)
    field = models.CharField(_("field of work"), max_length=80, blank=True)
    capacity = models.PositiveSmallIntegerField(_("most students at once"))
    since = models.DateField(_("from"))
    until = models.DateField(_("until"))
    state = models.CharField(max_length=8, choices=AppointmentState, default=AppointmentState.ACTIVE)
    # Empty for one that runs, and for one that ended before the day was kept: then its term says when.
    ended_on = models.DateField(null=True, blank=True)
    end_reason = models.CharField(max_length=200, blank=True)
    # What it rests on: a nomination that was checked and on notice, or what a person wrote who recorded it by hand.
    nomination = models.OneToOneField(
        "mentors.Nomination", models.PROTECT, null=True, blank=True, related_name="appointment"
    )
    grounds = models.CharField(_("why by hand"), max_length=200, blank=True)
    # The last of the three warnings before the end that was given: 90, 30 or 7; forgotten when the term is renewed.
    warned = models.PositiveSmallIntegerField(null=True, blank=True)
    # The last day of the next year of the term that is to be assessed; empty when none is left.
    assess_due = models.DateField(null=True, blank=True)
    document = models.ForeignKey("consortium.StoredFile", models.PROTECT, null=True, blank=True)
    recorded_by = models.ForeignKey("consortium.User", models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()

    objects = AppointmentQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "kind"], condition=Q(state="active"), name="one_active_appointment_per_kind"
            ),
            models.CheckConstraint(condition=Q(since__lt=F("until")), name="appointment_since_before_until"),
            models.CheckConstraint(
                condition=Q(capacity__range=(1, 30)), name="appointment_capacity_in_bounds"
            ),
            models.CheckConstraint(
                condition=Q(kind__in=AppointmentKind.values), name="appointment_kind_is_known"
            ),
            models.CheckConstraint(
                condition=Q(ended_on=None) | Q(state__in=APPOINTMENT_OVER),
                name="only_an_ended_appointment_has_its_day",
            ),
            models.CheckConstraint(
                condition=Q(nomination__isnull=False) | ~Q(grounds=""),
                name="appointment_rests_on_a_nomination_or_on_grounds",
            ),
        ]

    def __str__(self):
        return f"{self.user} ({self.get_kind_display()})"

    def get_absolute_url(self):
        return reverse("mentor", args=[self.pk])

    @property
    def last_day(self):
        """The day on which it was ended, else the end of its term."""
        return self.ended_on or self.until

    @property
    def is_academic(self):
        """Whether this is the university's side of a pair."""
        return self.kind == AppointmentKind.ACADEMIC


class YearlyAssessment(models.Model):
    """What one year of a term was worth, by the office, with the figures it was seen by."""

    appointment = models.ForeignKey(Appointment, models.PROTECT, related_name="assessments")
    since = models.DateField()
    until = models.DateField()
    grade = models.CharField(_("grade"), max_length=10, choices=YearGrade)
    comment = models.TextField(_("comment"), max_length=1000, blank=True)
    students = models.PositiveIntegerField()
    logs = models.PositiveIntegerField()
    assessed_by = models.ForeignKey("consortium.User", models.PROTECT, related_name="+")
    assessed_at = models.DateTimeField()

    class Meta:
        ordering = ["-until", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["appointment", "until"], name="one_assessment_a_year"),
            models.CheckConstraint(condition=Q(since__lt=F("until")), name="assessment_since_before_until"),
            models.CheckConstraint(condition=Q(grade__in=YearGrade.values), name="assessment_grade_is_known"),
            models.CheckConstraint(
                condition=Q(grade="pass") | ~Q(comment=""), name="assessment_other_than_passed_says_why"
            ),
        ]

    def __str__(self):
        return f"{self.appointment} {self.until}"
