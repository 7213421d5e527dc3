"""Keys of creating forms: two presses make one row."""

from django.db import models


class FormKey(models.Model):
    """A key that was used, by whom, for what, and the address of what it made."""

    key = models.CharField(max_length=64)
    user = models.ForeignKey("consortium.User", models.CASCADE)
    purpose = models.CharField(max_length=60)
    result_url = models.CharField(max_length=300, blank=True)
    used_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "key"], name="form_key_once")]

    def __str__(self):
        return f"{self.purpose} {self.key}"
