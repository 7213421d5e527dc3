"""Files kept privately under their SHA-256."""

from django.db import models


class StoredFile(models.Model):
    """One upload or one product of the portal: its bytes live under `FILES_DIR` by hash, its name only here."""

    sha256 = models.CharField(max_length=64, db_index=True)
    name = models.CharField(max_length=200)
    media_type = models.CharField(max_length=100)
    size = models.PositiveBigIntegerField()
    stored_at = models.DateTimeField()
    stored_by = models.ForeignKey("consortium.User", models.SET_NULL, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["-id"]

    def __str__(self):
        return self.name
