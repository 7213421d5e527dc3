"""Who sits in a body: a unit's seat over an interval, and the person who speaks for the unit in it."""

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from consortium.enums import SeatEnd, SeatPost


class SeatQuerySet(models.QuerySet):
    def held_on(self, day):
        """Seats whose interval holds the day, both ends included."""
        return self.filter(since__lte=day, until__gte=day)


class Seat(models.Model):
    """A unit's seat in a body from `since` to `until`, both included; `until` moves when it ends before its term.

    That a body has one chair at a time, and a unit one seat in it, the database itself sees to: see the migration.
    """

    body = models.ForeignKey("consortium.GovernanceBody", models.PROTECT, related_name="seats")
    organisation = models.ForeignKey("consortium.Organisation", models.PROTECT, related_name="seats")
    post = models.CharField(
        pgettext_lazy("seat", "post"), max_length=8, choices=SeatPost, default=SeatPost.SEAT
    )
    since = models.DateField(_("first day"))
    until = models.DateField(_("last day"))
    term_ends = models.DateField(_("end of the term"))
    # What it rests on: the minutes or letter that say so, in words.
    grounds = models.CharField(_("what it rests on"), max_length=200)
    # The seat it was handed over from, or whose next term it is.
    follows = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, related_name="followed_by", verbose_name=_("follows")
    )
    end_cause = models.CharField(_("what ended it"), max_length=12, choices=SeatEnd, blank=True)
    end_reason = models.CharField(_("reason of the end"), max_length=200, blank=True)
    recorded_by = models.ForeignKey("consortium.User", models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()

    objects = SeatQuerySet.as_manager()

    class Meta:
        ordering = ["-since", "-id"]
        constraints = [
            models.CheckConstraint(condition=Q(post__in=SeatPost.values), name="seat_post_is_known"),
            models.CheckConstraint(
                condition=Q(since__lte=F("until")) & Q(until__lte=F("term_ends")), name="seat_days_in_order"
            ),
            models.CheckConstraint(condition=~Q(grounds=""), name="seat_rests_on_something"),
            models.CheckConstraint(
                condition=Q(end_cause__in=["", *SeatEnd.values]), name="seat_end_is_known"
            ),
            models.CheckConstraint(
                condition=Q(until=F("term_ends")) | ~Q(end_reason="") | ~Q(end_cause=""),
                name="seat_ended_early_has_a_reason",
            ),
        ]
        indexes = [models.Index(fields=["body", "until"]), models.Index(fields=["organisation", "until"])]

    def __str__(self):
        return f"{self.body} {self.organisation}"

    def get_absolute_url(self):
        return reverse("seat", args=[self.pk])


class SeatDelegate(models.Model):
    """The person who speaks for the unit in its seat, from `since` until another is named or the seat ends."""

    seat = models.ForeignKey(Seat, models.PROTECT, related_name="delegates")
    user = models.ForeignKey("consortium.User", models.PROTECT, related_name="delegations")
    since = models.DateField(_("first day"))
    until = models.DateField(_("last day"))
    recorded_by = models.ForeignKey("consortium.User", models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()

    class Meta:
        ordering = ["-since", "-id"]
        constraints = [
            models.CheckConstraint(condition=Q(since__lte=F("until")), name="delegate_since_before_until")
        ]

    def __str__(self):
        return f"{self.seat} {self.user}"
