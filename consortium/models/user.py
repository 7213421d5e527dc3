"""Accounts and what each may do: a grant is one role, sometimes tied to one organisation or board."""

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.db.models import Q
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class User(AbstractUser):
    """A person. `username` is a work or student number, or a mail address."""

    first_name = None
    last_name = None
    name = models.CharField(_("name"), max_length=80)
    # Empty addresses are stored as NULL: the unique constraint then speaks of real ones only.
    email = models.EmailField(_("mail address"), null=True, blank=True, unique=True)
    language = models.CharField(_("language"), max_length=8, default="zh-hans")
    theme = models.CharField(max_length=5, default="auto")
    is_sample = models.BooleanField(default=False)
    # Raised to end every sign-in of the account, as a changed password does.
    sign_in_round = models.PositiveIntegerField(default=0)

    def get_full_name(self):
        """The name people read."""
        return self.name or self.username

    get_short_name = get_full_name

    def get_session_auth_hash(self):
        """What a session must agree with: the password, and the round of sign-ins."""
        return self._with_round(super().get_session_auth_hash())

    def get_session_auth_fallback_hash(self):
        """The same under earlier values of SECRET_KEY."""
        for one in super().get_session_auth_fallback_hash():
            yield self._with_round(one)

    def _with_round(self, own):
        return f"{self.sign_in_round}.{own}" if self.sign_in_round else own

    def __str__(self):
        return self.get_full_name()

    def save(self, *args, **kwargs):
        self.email = self.email or None
        super().save(*args, **kwargs)


class RoleGrant(models.Model):
    """One role of one person, in force from the day it was given until it ended."""

    user = models.ForeignKey(User, models.CASCADE, related_name="grants")
    role = models.CharField(max_length=32)
    organisation = models.ForeignKey("consortium.Organisation", models.PROTECT, null=True, blank=True)
    board = models.ForeignKey("consortium.GovernanceBody", models.PROTECT, null=True, blank=True)
    given_by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")
    given_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    # When the person last chose to act in this role; the newest is where the next sign-in begins.
    chosen_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = pgettext_lazy("admin", "role of a person")
        verbose_name_plural = pgettext_lazy("admin", "roles of people")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                "user",
                "role",
                Coalesce("organisation", 0),
                Coalesce("board", 0),
                condition=Q(ended_at=None),
                name="one_active_grant",
            )
        ]

    def __str__(self):
        return f"{self.user} {self.role}"

    @property
    def title(self):
        """The role in words with whose it is, as a sign-in shows it."""
        from consortium.roles import ROLES

        of = self.organisation.short if self.organisation_id else self.board.name if self.board_id else ""
        return f"{ROLES[self.role].label} · {of}" if of else str(ROLES[self.role].label)
