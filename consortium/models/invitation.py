"""Invitations: the only way to a new account."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Coalesce
from django.utils.translation import pgettext_lazy


class Invitation(models.Model):
    """A one-time link for one address and one role; only the token's hash is stored."""

    email = models.EmailField()
    name = models.CharField(max_length=80, blank=True)
    role = models.CharField(max_length=32)
    organisation = models.ForeignKey("consortium.Organisation", models.CASCADE, null=True, blank=True)
    # Set when the account exists already (a mentor or student recorded by staff) and only waits for its owner.
    user = models.ForeignKey(
        "consortium.User", models.CASCADE, null=True, blank=True, related_name="invitations"
    )
    token_hash = models.CharField(max_length=64, unique=True)
    invited_by = models.ForeignKey(
        "consortium.User", models.SET_NULL, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    # When the mail with the link could not be handed to a mail server, or was refused there.
    undelivered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = pgettext_lazy("admin", "invitation")
        verbose_name_plural = pgettext_lazy("admin", "invitations")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                "email",
                "role",
                Coalesce("organisation", 0),
                condition=Q(accepted_at=None, withdrawn_at=None),
                name="one_open_invitation",
            )
        ]

    def __str__(self):
        return f"{self.role} {self.pk}"

    @property
    def role_label(self):
        """The role in words."""
        from consortium.roles import ROLES

        return ROLES[self.role].label
