"""A lost second factor: one administrator asks with a reason, another confirms."""

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from consortium.enums import FactorResetState


class FactorReset(models.Model):
    """One reset of a person's second factors. Two administrators, neither of them the person."""

    user = models.ForeignKey("consortium.User", models.CASCADE, related_name="factor_resets")
    reason = models.CharField(_("reason"), max_length=300)
    state = models.CharField(max_length=12, choices=FactorResetState, default=FactorResetState.WAITING)
    asked_by = models.ForeignKey("consortium.User", models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    decided_by = models.ForeignKey("consortium.User", models.PROTECT, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state="waiting", decided_by=None, decided_at=None)
                | (~Q(state="waiting") & Q(decided_by__isnull=False, decided_at__isnull=False)),
                name="factor_reset_is_decided_by_somebody",
            ),
            models.CheckConstraint(
                condition=~Q(state="done") | ~Q(decided_by=F("asked_by")), name="factor_reset_two_persons"
            ),
            models.CheckConstraint(
                condition=~Q(asked_by=F("user")) & (Q(decided_by=None) | ~Q(decided_by=F("user"))),
                name="factor_reset_not_ones_own",
            ),
            models.UniqueConstraint(
                fields=["user"], condition=Q(state="waiting"), name="one_waiting_factor_reset"
            ),
        ]

    def __str__(self):
        return str(self.user)

    def get_absolute_url(self):
        return reverse("factor_reset", args=[self.pk])
