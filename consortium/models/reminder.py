"""Filters a person has saved, and reminders to organisations that wait for a second look before they go out."""

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from consortium.enums import ReminderFate, ReminderKind, ReminderState


class SavedFilter(models.Model):
    """The state of a list, kept by one person under a name."""

    user = models.ForeignKey("consortium.User", models.CASCADE, related_name="saved_filters")
    name = models.CharField(_("name"), max_length=40)
    query = models.CharField(max_length=1000)
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["name", "id"]
        constraints = [models.UniqueConstraint(fields=["user", "name"], name="filter_name_once")]

    def __str__(self):
        return self.name


class Reminder(models.Model):
    """One message to many organisations: prepared by one person, sent by another."""

    kind = models.CharField(max_length=12, choices=ReminderKind)
    day = models.DateField()
    state = models.CharField(max_length=12, choices=ReminderState, default=ReminderState.WAITING)
    prepared_by = models.ForeignKey("consortium.User", models.PROTECT, related_name="+")
    prepared_at = models.DateTimeField()
    decided_by = models.ForeignKey("consortium.User", models.PROTECT, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    sent = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state="waiting", decided_by=None, decided_at=None)
                | (~Q(state="waiting") & Q(decided_by__isnull=False, decided_at__isnull=False)),
                name="reminder_is_decided_by_somebody",
            ),
            models.CheckConstraint(
                condition=~Q(state="sent") | ~Q(decided_by=F("prepared_by")), name="reminder_two_persons"
            ),
        ]

    def __str__(self):
        return f"{self.get_kind_display()} {self.day}"

    def get_absolute_url(self):
        return reverse("reminder", args=[self.pk])


class ReminderUnit(models.Model):
    """One organisation of a reminder: by mail, or without an address and listed for a call."""

    reminder = models.ForeignKey(Reminder, models.CASCADE, related_name="units")
    organisation = models.ForeignKey("consortium.Organisation", models.CASCADE, related_name="reminders")
    kind = models.CharField(max_length=12, choices=ReminderKind)
    day = models.DateField()
    fate = models.CharField(max_length=8, choices=ReminderFate)
    # Whether it still counts for its day: a reminder that was taken back may be prepared anew.
    stands = models.BooleanField(default=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "kind", "day"], condition=Q(stands=True), name="reminded_once_a_day"
            )
        ]

    def __str__(self):
        return f"{self.organisation} {self.day}"
