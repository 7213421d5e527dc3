"""Mentors: who may guide students, for how long, and how many at once."""

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from mentors.enums import AppointmentKind, AppointmentState, MentorCategory


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
                condition=Q(ended_on=None) | Q(state="ended"), name="only_an_ended_appointment_has_its_day"
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
