"""What the source document names: each row carries the line and the exact words it comes from."""

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from consortium.enums import PlatformClass, RecordKind, VehicleClass


class Sourced(models.Model):
    """A fact with its source: the document's key, a 1-based line and the quoted words. Empty for what people entered."""

    source_document = models.CharField(max_length=40, blank=True)
    source_line = models.PositiveIntegerField(null=True, blank=True)
    source_quote = models.TextField(blank=True)
    source_note = models.TextField(blank=True)

    class Meta:
        abstract = True


class NamedSourced(Sourced):
    """A thing of the document with a Chinese and an English name."""

    name_zh = models.CharField(_("Chinese name"), max_length=120, unique=True)
    name_en = models.CharField(_("English name"), max_length=200, blank=True)
    statement = models.TextField(
        blank=True, help_text=_("What the document says of it, in English, as recorded.")
    )
    other_names = models.JSONField(default=list, blank=True)

    class Meta:
        abstract = True

    def __str__(self):
        return self.name_zh


class Platform(NamedSourced):
    """One of the four classes of platform of the 444 model."""

    platform_class = models.CharField(max_length=40, choices=PlatformClass)
    organisations = models.ManyToManyField("consortium.Organisation", related_name="platforms", blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(platform_class__in=PlatformClass.values),
                name="platform_class_is_one_of_four",
            )
        ]

    def get_absolute_url(self):
        return f"{reverse('platforms')}#platform-{self.pk}"


class Vehicle(NamedSourced):
    """One of the four classes of vehicle of the 444 model."""

    vehicle_class = models.CharField(max_length=40, choices=VehicleClass)
    organisations = models.ManyToManyField("consortium.Organisation", related_name="vehicles", blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(vehicle_class__in=VehicleClass.values), name="vehicle_class_is_one_of_four"
            )
        ]

    def get_absolute_url(self):
        return f"{reverse('vehicles')}#vehicle-{self.pk}"


class DocumentRecord(NamedSourced):
    """Any other named thing of the document: honours, events, courses, media."""

    kind = models.CharField(max_length=40, choices=RecordKind)

    class Meta:
        ordering = ["id"]
