"""Meetings that are planned, links in mails that sign one log, addresses of calendars."""

from django.core import signing
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from mentors.enums import MeetingState


class Meeting(models.Model):
    """A mentor and a student will meet; when it is over the mentor is asked once to log it, and reminded once."""

    mentorship = models.ForeignKey("mentors.Mentorship", models.PROTECT, related_name="meetings")
    mentor = models.ForeignKey("mentors.Appointment", models.PROTECT, related_name="meetings")
    starts_at = models.DateTimeField(_("begins"))
    ends_at = models.DateTimeField()
    place = models.CharField(_("place"), max_length=120, blank=True)
    state = models.CharField(max_length=9, choices=MeetingState, default=MeetingState.PLANNED)
    planned_by = models.ForeignKey("consortium.User", models.PROTECT, related_name="+")
    planned_at = models.DateTimeField()
    prompted_at = models.DateTimeField(null=True, blank=True)
    reminded_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["starts_at", "id"]
        indexes = [models.Index(fields=["state", "ends_at"])]
        constraints = [
            models.UniqueConstraint(
                fields=["mentor", "mentorship", "starts_at"],
                condition=Q(state=MeetingState.PLANNED),
                name="meeting_planned_once",
            ),
            models.CheckConstraint(
                condition=Q(starts_at__lt=models.F("ends_at")), name="meeting_ends_after_it_begins"
            ),
            models.CheckConstraint(
                condition=Q(reminded_at=None) | Q(prompted_at__isnull=False), name="prompted_before_reminded"
            ),
        ]

    def __str__(self):
        return f"{self.starts_at:%Y-%m-%d}"

    def get_absolute_url(self):
        return reverse("meeting", args=[self.pk])


class LogLink(models.Model):
    """The right to sign one log of one student without a sign-in, until it is used or its time is over.

    Its address carries the row's number under our signature: whoever reads the table cannot make one up.
    """

    SALT = "mentors.LogLink"

    user = models.ForeignKey("consortium.User", models.CASCADE, related_name="+")
    mentorship = models.ForeignKey("mentors.Mentorship", models.PROTECT, related_name="+")
    meeting = models.OneToOneField(Meeting, models.PROTECT, related_name="link")
    day = models.DateField()
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)
    # Chosen behind the link and not signed yet; the mentor's own draft is not touched by it.
    file = models.ForeignKey(
        "consortium.StoredFile", models.SET_NULL, null=True, blank=True, related_name="+"
    )
    log = models.OneToOneField(
        "mentors.SupervisionLog", models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(log=None) | Q(used_at__isnull=False), name="link_that_signed_is_used"
            )
        ]

    def __str__(self):
        return f"{self.day}"

    def get_absolute_url(self):
        return reverse("log_link", args=[signing.Signer(salt=self.SALT).sign(str(self.pk))])

    @classmethod
    def pk_in(cls, token):
        """The number that an address carries, or None when the signature is not ours."""
        try:
            return int(signing.Signer(salt=cls.SALT).unsign(token))
        except (signing.BadSignature, ValueError):
            return None


class CalendarKey(models.Model):
    """Whose calendar an address shows, and which address holds: a new version ends the one before."""

    SALT = "mentors.CalendarKey"

    user = models.OneToOneField("consortium.User", models.CASCADE, related_name="+")
    version = models.PositiveIntegerField(default=1)
    active = models.BooleanField(default=True)
    made_at = models.DateTimeField()

    def __str__(self):
        return f"{self.version}"

    @property
    def address(self):
        """The path that calendars read."""
        token = signing.Signer(salt=self.SALT).sign(f"{self.pk}-{self.version}")
        return reverse("calendar_feed", args=[token])

    @classmethod
    def parts_of(cls, token):
        """(number of the row, version) that an address carries, or None when the signature is not ours."""
        try:
            pk, _dash, version = signing.Signer(salt=cls.SALT).unsign(token).partition("-")
            return int(pk), int(version)
        except (signing.BadSignature, ValueError):
            return None
