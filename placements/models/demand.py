"""Demands: what an enterprise wants solved, and everything said about it until it becomes a project."""

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from placements.enums import DemandList, DemandState, Level, ProjectState


class Demand(models.Model):
    """One entry of the three lists: product, technology, talent."""

    number = models.CharField(max_length=20, unique=True, null=True, blank=True)
    organisation = models.ForeignKey("consortium.Organisation", models.PROTECT, related_name="demands")
    list = models.CharField(_("list"), max_length=12, choices=DemandList)
    title = models.CharField(_("title"), max_length=60)
    text = models.TextField(_("problem"), max_length=2000)
    needed_by = models.DateField(_("needed by"), null=True, blank=True)
    places = models.PositiveSmallIntegerField(_("students wanted"), default=1)
    base = models.ForeignKey(
        "placements.Base",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="demands",
        verbose_name=_("base"),
    )
    level = models.CharField(_("who may read it"), max_length=8, choices=Level)
    board = models.ForeignKey("consortium.GovernanceBody", models.PROTECT, related_name="demands")
    state = models.CharField(max_length=20, choices=DemandState, default=DemandState.DRAFT)
    created_by = models.ForeignKey("consortium.User", models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    submitted_at = models.DateTimeField(null=True, blank=True)
    response_due = models.DateTimeField(null=True, blank=True)
    first_response_at = models.DateTimeField(null=True, blank=True)
    # Since when the clock stands still, because the board asked for more.
    paused_at = models.DateTimeField(null=True, blank=True)
    is_sample = models.BooleanField(default=False)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(condition=Q(places__range=(1, 20)), name="demand_places_in_bounds"),
            models.CheckConstraint(condition=Q(level__in=Level.values), name="demand_level_is_known"),
            models.CheckConstraint(condition=Q(state__in=DemandState.values), name="demand_state_is_known"),
            models.CheckConstraint(
                condition=Q(state="draft") | Q(state="withdrawn") | Q(response_due__isnull=False),
                name="submitted_demand_has_a_due_time",
            ),
        ]
        indexes = [models.Index(fields=["organisation", "state"]), models.Index(fields=["board", "state"])]

    def __str__(self):
        return self.title

    def get_absolute_url(self):
        return reverse("demand", args=[self.pk])

    @property
    def project(self):
        """The project it has become and that still stands, or None; withdrawn ones stay among `projects`."""
        return next((one for one in self.projects.all() if one.state != ProjectState.WITHDRAWN), None)


class DemandEntry(models.Model):
    """One thing said or done about a demand, readable by those who may read the demand's inside."""

    demand = models.ForeignKey(Demand, models.CASCADE, related_name="entries")
    # submitted, taken, moved, more_wanted, completed, answered, returned, withdrawn, project_withdrawn
    kind = models.CharField(max_length=20)
    text = models.TextField(max_length=2000, blank=True)
    by = models.ForeignKey("consortium.User", models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["id"]

    def __str__(self):
        return self.kind
