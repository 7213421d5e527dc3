"""Working days: an editable table, filled from the published calendar."""

from django.db import models
from django.utils.translation import pgettext_lazy


class CalendarDay(models.Model):
    """A day on which the plain rule (Monday to Friday) does not hold, or which people marked by hand."""

    date = models.DateField(unique=True)
    is_working = models.BooleanField()
    name = models.CharField(max_length=40, blank=True)

    class Meta:
        verbose_name = pgettext_lazy("admin", "day of the calendar")
        verbose_name_plural = pgettext_lazy("admin", "days of the calendar")
        ordering = ["date"]

    def __str__(self):
        return f"{self.date} {'working' if self.is_working else 'holiday'}"
