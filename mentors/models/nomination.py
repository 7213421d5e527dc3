"""Nominations: whom an employer puts forward, what the person said, what the check found, how it was decided."""

from datetime import date

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from consortium.models.notice import NoticeObjection, answered_in_words
from consortium.sealed import SealedField
from mentors.enums import (
    NOMINATION_ABLE,
    NOMINATION_AFTER_CONSENT,
    NOMINATION_OPEN,
    AppointmentKind,
    Degree,
    MentorCategory,
    NominationKind,
    NominationState,
    TitleLevel,
)


class SealedDay(SealedField):
    """A day that is encrypted in its column; None is stored as nothing, and what no key opens is read as None."""

    def from_db_value(self, value, expression, connection):
        text = super().from_db_value(value, expression, connection)
        try:
            return date.fromisoformat(text)
        except ValueError:
            return None

    def get_prep_value(self, value):
        return super().get_prep_value(value.isoformat() if value else "")


class Nomination(models.Model):
    """One person put forward by one employer for one kind of appointment. The person may have no account yet."""

    process = models.CharField(max_length=12, choices=NominationKind, default=NominationKind.APPOINTMENT)
    state = models.CharField(max_length=20, choices=NominationState, default=NominationState.NOMINATED)
    version = models.PositiveIntegerField(default=1)
    organisation = models.ForeignKey("consortium.Organisation", models.PROTECT, related_name="nominations")
    user = models.ForeignKey(
        "consortium.User", models.PROTECT, null=True, blank=True, related_name="nominations"
    )
    renews = models.ForeignKey(
        "mentors.Appointment", models.PROTECT, null=True, blank=True, related_name="renewals"
    )
    name = models.CharField(_("name"), max_length=80)
    email = models.EmailField(_("mail address"), blank=True)
    # Asked for the age at appointment and forgotten when the nomination is closed; the check keeps the age.
    born = SealedDay(_("date of birth"), blank=True)
    kind = models.CharField(_("kind"), max_length=20, choices=AppointmentKind)
    category = models.CharField(_("category"), max_length=20, choices=MentorCategory, blank=True)
    title = models.CharField(_("title"), max_length=60)
    title_level = models.CharField(_("level of the title"), max_length=20, choices=TitleLevel)
    degree = models.CharField(_("degree"), max_length=10, choices=Degree)
    years = models.PositiveSmallIntegerField(_("years of practice"))
    in_post = models.BooleanField(_("in post"), default=False)
    team = models.BooleanField(_("leads a stable team"), default=False)
    field = models.CharField(_("field of work"), max_length=80, blank=True)
    capacity = models.PositiveSmallIntegerField(_("most students at once"))
    since = models.DateField(_("from"))
    until = models.DateField(_("until"))
    proof = models.ForeignKey(
        "consortium.StoredFile", models.PROTECT, null=True, blank=True, related_name="+"
    )
    nominated_by = models.ForeignKey("consortium.User", models.PROTECT, related_name="+")
    nominated_at = models.DateTimeField()
    employer_by = models.ForeignKey(
        "consortium.User", models.PROTECT, null=True, blank=True, related_name="+"
    )
    employer_at = models.DateTimeField(null=True, blank=True)
    answer_due = models.DateTimeField(null=True, blank=True)
    # Only the hash of the link that opens it for a person without an account.
    token_hash = models.CharField(max_length=64, null=True, blank=True, unique=True)
    consented_at = models.DateTimeField(null=True, blank=True)
    check_due = models.DateTimeField(null=True, blank=True)
    # What the check found, rule by rule: [{"rule", "value", "limit", "utmost", "ok", "excusable", "source"}].
    checks = models.JSONField(default=list, blank=True)
    failed = models.PositiveSmallIntegerField(default=0)
    checked_by = models.ForeignKey("consortium.User", models.PROTECT, null=True, blank=True, related_name="+")
    checked_at = models.DateTimeField(null=True, blank=True)
    return_note = models.CharField(max_length=300, blank=True)
    exception_reason = models.CharField(max_length=300, blank=True)
    exception_note = models.CharField(max_length=300, blank=True)
    signed_by = models.ForeignKey("consortium.User", models.PROTECT, null=True, blank=True, related_name="+")
    signed_at = models.DateTimeField(null=True, blank=True)
    # Who renewed: not the one who checked. A first appointment is settled by its notice.
    settled_by = models.ForeignKey("consortium.User", models.PROTECT, null=True, blank=True, related_name="+")
    notice = models.OneToOneField(
        "consortium.PublicNotice", models.PROTECT, null=True, blank=True, related_name="nomination"
    )
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_reason = models.CharField(max_length=300, blank=True)
    is_sample = models.BooleanField(default=False)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=NominationState.values), name="nomination_state_is_known"
            ),
            models.CheckConstraint(
                condition=Q(kind__in=AppointmentKind.values), name="nomination_kind_is_known"
            ),
            models.CheckConstraint(condition=Q(since__lt=F("until")), name="nomination_since_before_until"),
            models.CheckConstraint(
                condition=Q(capacity__range=(1, 30)), name="nomination_capacity_in_bounds"
            ),
            models.UniqueConstraint(
                fields=["user", "kind"],
                condition=Q(state__in=NOMINATION_OPEN, user__isnull=False),
                name="one_open_nomination_per_person",
            ),
            models.UniqueConstraint(
                fields=["email", "kind"],
                condition=Q(state__in=NOMINATION_OPEN) & ~Q(email=""),
                name="one_open_nomination_per_address",
            ),
            models.CheckConstraint(
                condition=Q(state="nominated")
                | Q(state__in=["withdrawn", "unanswered"])
                | Q(employer_by__isnull=False, employer_at__isnull=False),
                name="nomination_rests_on_the_employer",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=NOMINATION_AFTER_CONSENT) | Q(consented_at__isnull=False),
                name="nomination_rests_on_consent",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=[*NOMINATION_ABLE, "exception_requested"])
                | Q(checked_by__isnull=False, checked_at__isnull=False),
                name="nomination_checked",
            ),
            models.CheckConstraint(
                condition=Q(checked_by=None) | ~Q(checked_by=F("nominated_by")),
                name="nomination_not_checked_by_whoever_nominated",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=NOMINATION_ABLE) | Q(failed=0) | Q(signed_by__isnull=False),
                name="nomination_meets_scheme_or_has_signed_exception",
            ),
            models.CheckConstraint(
                condition=Q(signed_by=None)
                | (~Q(signed_by=F("checked_by")) & ~Q(signed_by=F("nominated_by")) & ~Q(exception_reason="")),
                name="nomination_exception_by_a_second_person",
            ),
            models.CheckConstraint(
                condition=Q(settled_by=None)
                | (~Q(settled_by=F("checked_by")) & ~Q(settled_by=F("nominated_by"))),
                name="nomination_renewed_by_a_second_person",
            ),
            models.CheckConstraint(
                condition=~Q(state="public_notice") | Q(notice__isnull=False),
                name="nomination_has_its_notice",
            ),
            models.CheckConstraint(
                condition=~Q(state="appointed") | Q(process="renewal") | Q(notice__isnull=False),
                name="nomination_appointed_after_its_notice",
            ),
            models.CheckConstraint(
                condition=Q(process="appointment", renews=None) | Q(process="renewal", renews__isnull=False),
                name="nomination_renewal_has_its_appointment",
            ),
        ]
        indexes = [models.Index(fields=["state", "check_due"])]

    def __str__(self):
        return f"{self.name} ({self.get_kind_display()})"

    def get_absolute_url(self):
        return reverse("nomination", args=[self.pk])


class NominationObjection(NoticeObjection):
    """An objection to an appointment on notice."""

    nomination = models.ForeignKey(Nomination, models.PROTECT, related_name="objections")
    notice = models.ForeignKey("consortium.PublicNotice", models.PROTECT, related_name="mentor_objections")

    class Meta:
        ordering = ["id"]
        constraints = [answered_in_words("nomination_objection_answered_in_words")]

    def __str__(self):
        return f"{self.nomination} {self.pk}"

    def get_absolute_url(self):
        return reverse("nomination_objection", args=[self.pk])


class AppointmentLetter(models.Model):
    """The letter of one term: a number, a code for the public check page, the very file, and what it said then."""

    nomination = models.OneToOneField(Nomination, models.PROTECT, related_name="letter")
    appointment = models.ForeignKey("mentors.Appointment", models.PROTECT, related_name="letters")
    number = models.CharField(max_length=20, unique=True)
    code = models.CharField(max_length=20, unique=True)
    # As on the paper: a later change of a name or a term does not make a genuine letter look false.
    name = models.CharField(max_length=80)
    unit = models.CharField(max_length=120)
    kind = models.CharField(max_length=20, choices=AppointmentKind)
    since = models.DateField()
    until = models.DateField()
    fingerprint = models.CharField(max_length=64)
    file = models.ForeignKey("consortium.StoredFile", models.PROTECT, related_name="+")
    issued_at = models.DateTimeField()

    class Meta:
        ordering = ["-id"]

    def __str__(self):
        return self.number

    def get_absolute_url(self):
        return reverse("certificate_check", args=[self.code])
