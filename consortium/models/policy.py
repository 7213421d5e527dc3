"""Settings that staff change: rules without one certain source, each with a default in `consortium/policy.py`."""

from django.db import models
from django.utils.translation import pgettext_lazy


class PolicyValue(models.Model):
    """A value that replaces a default, with who set it and why."""

    key = models.SlugField(max_length=60, unique=True)
    value = models.JSONField()
    reason = models.CharField(max_length=200)
    set_by = models.ForeignKey("consortium.User", models.SET_NULL, null=True, related_name="+")
    set_at = models.DateTimeField()

    class Meta:
        verbose_name = pgettext_lazy("admin", "setting")
        verbose_name_plural = pgettext_lazy("admin", "settings")
        ordering = ["key"]

    def __str__(self):
        return self.key
