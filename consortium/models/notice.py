"""Public notices: fixed periods in which anybody may read and those concerned may object."""

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from consortium.sealed import SealedField


class PublicNotice(models.Model):
    """One notice. Title and text are written by people for the public and name no person."""

    kind = models.CharField(max_length=40)
    object_id = models.PositiveBigIntegerField()
    title = models.CharField(max_length=120)
    text = models.TextField()
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    published_by = models.ForeignKey("consortium.User", models.PROTECT, related_name="+")
    is_sample = models.BooleanField(default=False)

    class Meta:
        ordering = ["-starts_at", "-id"]
        constraints = [
            models.CheckConstraint(condition=Q(starts_at__lt=F("ends_at")), name="notice_has_a_period")
        ]

    def __str__(self):
        return self.title

    def get_absolute_url(self):
        return reverse("notice", args=[self.pk])


class NoticeObjection(models.Model):
    """What somebody has against what is on notice, and the answer in words; nothing follows before the last answer.

    Each kind of notice has its own table with a pointer to what it is about, and `answered_in_words` as a constraint.
    """

    by = models.ForeignKey("consortium.User", models.SET_NULL, null=True, blank=True, related_name="+")
    name = models.CharField(_("name"), max_length=80)
    contact = SealedField(_("mail address or telephone"))
    text = models.TextField()
    # Of notice, name and text: the second press of the same form finds the first.
    digest = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField()
    answer = models.TextField(blank=True)
    upheld = models.BooleanField(null=True, blank=True)
    answered_by = models.ForeignKey(
        "consortium.User", models.PROTECT, null=True, blank=True, related_name="+"
    )
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        abstract = True


def answered_in_words(name):
    """The constraint of an objection's table: an answer has words, a person, a moment and a decision, or nothing yet."""
    return models.CheckConstraint(
        condition=Q(answered_at=None, answered_by=None, upheld=None, answer="")
        | (Q(answered_at__isnull=False, answered_by__isnull=False, upheld__isnull=False) & ~Q(answer="")),
        name=name,
    )
