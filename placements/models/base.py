"""Bases: places accredited to take students, for a time."""

from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from placements.enums import BaseKind


class BaseQuerySet(models.QuerySet):
    def valid_on(self, day):
        """Bases with an accreditation that holds the day."""
        holds = BaseAccreditation.objects.filter(base=OuterRef("pk"), valid_from__lte=day, valid_to__gte=day)
        return self.filter(Exists(holds))


class Base(models.Model):
    """A place at a partner where practice happens."""

    name = models.CharField(_("name"), max_length=80, unique=True)
    organisation = models.ForeignKey("consortium.Organisation", models.PROTECT, related_name="bases")
    district = models.CharField(_("district"), max_length=40)
    kind = models.CharField(_("kind"), max_length=20, choices=BaseKind)
    places_per_year = models.PositiveSmallIntegerField(_("places a year"))
    is_sample = models.BooleanField(default=False)
    created_at = models.DateTimeField()

    objects = BaseQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(condition=Q(places_per_year__range=(1, 500)), name="base_places_in_bounds")
        ]

    def __str__(self):
        return self.name

    def get_absolute_url(self):
        return reverse("base", args=[self.pk])

    @property
    def latest_accreditation(self):
        """The accreditation that ends last, or None."""
        return max(self.accreditations.all(), key=lambda row: row.valid_to, default=None)


class BaseAccreditation(models.Model):
    """One accreditation with its validity, both days included, and the document it rests on."""

    base = models.ForeignKey(Base, models.CASCADE, related_name="accreditations")
    number = models.CharField(_("number"), max_length=40, unique=True)
    valid_from = models.DateField(_("valid from"))
    valid_to = models.DateField(_("valid until"))
    document = models.ForeignKey("consortium.StoredFile", models.PROTECT, null=True, blank=True)
    recorded_by = models.ForeignKey("consortium.User", models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()

    class Meta:
        ordering = ["-valid_to", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_from__lt=F("valid_to")), name="accreditation_from_before_to"
            )
        ]

    def __str__(self):
        return self.number
