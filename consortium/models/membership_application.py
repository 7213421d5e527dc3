"""Applications for membership: what a unit asks for, its papers, what the check found, how it was decided."""

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from consortium.enums import (
    MEMBERSHIP_APPLICATION_AFTER_CHECK,
    MEMBERSHIP_APPLICATION_DECIDING,
    MEMBERSHIP_APPLICATION_OPEN,
    MEMBERSHIP_APPLICATION_RESOLVED,
    MEMBERSHIP_CLOSED_WORDS,
    MembershipApplicationKind,
    MembershipApplicationState,
    MembershipDocumentKind,
    MembershipRank,
    OrganisationKind,
)
from consortium.models.notice import NoticeObjection, answered_in_words


class MembershipApplication(models.Model):
    """One application in one council. Until the check it may speak of a unit the register does not know."""

    number = models.CharField(max_length=20, null=True, blank=True, unique=True)
    kind = models.CharField(
        max_length=12, choices=MembershipApplicationKind, default=MembershipApplicationKind.ADMISSION
    )
    state = models.CharField(
        max_length=16, choices=MembershipApplicationState, default=MembershipApplicationState.DRAFT
    )
    version = models.PositiveIntegerField(default=1)
    council = models.ForeignKey("consortium.GovernanceBody", models.PROTECT, related_name="applications")
    organisation = models.ForeignKey(
        "consortium.Organisation",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="membership_applications",
    )
    previous = models.ForeignKey(
        "consortium.Membership", models.PROTECT, null=True, blank=True, related_name="later_applications"
    )
    rank = models.CharField(
        _("rank asked for"), max_length=20, choices=MembershipRank, default=MembershipRank.MEMBER_UNIT
    )
    board = models.ForeignKey(
        "consortium.GovernanceBody", models.PROTECT, null=True, blank=True, related_name="+"
    )
    unit_name = models.CharField(_("full Chinese name"), max_length=120, blank=True)
    uscc = models.CharField(_("unified social credit code"), max_length=18, blank=True)
    unit_kind = models.CharField(_("kind"), max_length=24, choices=OrganisationKind, blank=True)
    district = models.CharField(_("park or district"), max_length=40, blank=True)
    scale = models.CharField(_("scale"), max_length=120, blank=True)
    wishes = models.TextField(_("what the unit wants and offers"), blank=True)
    contact_name = models.CharField(_("name of the contact"), max_length=80, blank=True)
    contact_post = models.CharField(_("post"), max_length=80, blank=True)
    contact_email = models.EmailField(_("mail address"), blank=True)
    # Only the hash of the link that opens it for a person without an account.
    token_hash = models.CharField(max_length=64, null=True, blank=True, unique=True)
    token_expires_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(
        "consortium.User", models.SET_NULL, null=True, blank=True, related_name="+"
    )
    submitted_at = models.DateTimeField(null=True, blank=True)
    check_due = models.DateTimeField(null=True, blank=True)
    # Until when a returned one can be mended; then the clock closes it.
    mend_due = models.DateTimeField(null=True, blank=True)
    # {item of the check list: {"ok": bool, "note": text}}, as the last check left it.
    checks = models.JSONField(default=dict, blank=True)
    checked_by = models.ForeignKey("consortium.User", models.PROTECT, null=True, blank=True, related_name="+")
    checked_at = models.DateTimeField(null=True, blank=True)
    voting = models.CharField(
        max_length=8, choices=[("meeting", _("At a meeting")), ("written", _("In writing"))], blank=True
    )
    vote_day = models.DateField(null=True, blank=True)
    vote_put_at = models.DateTimeField(null=True, blank=True)
    resolution = models.ForeignKey(
        "consortium.Resolution", models.PROTECT, null=True, blank=True, related_name="applications"
    )
    since = models.DateField(null=True, blank=True)
    until = models.DateField(null=True, blank=True)
    decided_by = models.ForeignKey("consortium.User", models.PROTECT, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    confirmed_by = models.ForeignKey(
        "consortium.User", models.PROTECT, null=True, blank=True, related_name="+"
    )
    confirmed_at = models.DateTimeField(null=True, blank=True)
    notice = models.OneToOneField(
        "consortium.PublicNotice", models.PROTECT, null=True, blank=True, related_name="application"
    )
    membership = models.OneToOneField(
        "consortium.Membership", models.PROTECT, null=True, blank=True, related_name="application"
    )
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_reason = models.CharField(max_length=300, blank=True)
    is_sample = models.BooleanField(default=False)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=MembershipApplicationState.values), name="application_state_is_known"
            ),
            models.UniqueConstraint(
                fields=["organisation", "council"],
                condition=Q(state__in=MEMBERSHIP_APPLICATION_OPEN, organisation__isnull=False),
                name="one_open_application_per_unit",
            ),
            models.UniqueConstraint(
                fields=["uscc", "council"],
                condition=Q(state__in=MEMBERSHIP_APPLICATION_DECIDING) & ~Q(uscc=""),
                name="one_open_application_per_code",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=MEMBERSHIP_APPLICATION_AFTER_CHECK)
                | Q(organisation__isnull=False, checked_by__isnull=False, checked_at__isnull=False),
                name="application_checked_before_the_vote",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=MEMBERSHIP_APPLICATION_RESOLVED)
                | Q(
                    resolution__isnull=False,
                    since__isnull=False,
                    until__isnull=False,
                    decided_by__isnull=False,
                ),
                name="application_resolved_by_a_resolution",
            ),
            models.CheckConstraint(
                condition=Q(confirmed_by=None) | ~Q(confirmed_by=F("decided_by")),
                name="application_two_persons",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["approved", "public_notice", "in_force"])
                | Q(confirmed_by__isnull=False),
                name="application_approved_by_two",
            ),
            models.CheckConstraint(
                condition=~Q(state="public_notice") | Q(notice__isnull=False),
                name="application_has_its_notice",
            ),
            models.CheckConstraint(
                condition=Q(state="in_force", membership__isnull=False)
                | (~Q(state="in_force") & Q(membership=None)),
                name="application_in_force_has_membership",
            ),
        ]
        indexes = [models.Index(fields=["state", "check_due"])]

    def __str__(self):
        return f"{self.number or '—'} {self.unit_name}"

    def get_absolute_url(self):
        return reverse("membership_application", args=[self.pk])

    @property
    def closed_words(self):
        """Why it was closed: as somebody wrote it, or what the clock did, in the reader's language."""
        return str(MEMBERSHIP_CLOSED_WORDS.get(self.closed_reason, self.closed_reason))


class MembershipDocument(models.Model):
    """One paper of an application; a newer one takes the place of the older, whose file stays."""

    application = models.ForeignKey(MembershipApplication, models.CASCADE, related_name="documents")
    kind = models.CharField(max_length=12, choices=MembershipDocumentKind)
    file = models.ForeignKey("consortium.StoredFile", models.PROTECT, related_name="+")
    added_at = models.DateTimeField()

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["application", "kind"], name="one_document_of_a_kind")]

    def __str__(self):
        return self.get_kind_display()


class MembershipObjection(NoticeObjection):
    """An objection to a membership on notice."""

    application = models.ForeignKey(MembershipApplication, models.PROTECT, related_name="objections")
    notice = models.ForeignKey("consortium.PublicNotice", models.PROTECT, related_name="objections")

    class Meta:
        ordering = ["id"]
        constraints = [answered_in_words("membership_objection_answered_in_words")]

    def __str__(self):
        return f"{self.application} {self.pk}"

    def get_absolute_url(self):
        return reverse("membership_objection", args=[self.pk])


class MembershipCertificate(models.Model):
    """The certificate of one membership: a number, a code for the public check page, the very file.

    What it says is kept as it was said: names, ranks and days of later must not make a genuine paper look false.
    """

    membership = models.OneToOneField("consortium.Membership", models.PROTECT, related_name="certificate")
    number = models.CharField(max_length=20, unique=True)
    code = models.CharField(max_length=20, unique=True)
    file = models.ForeignKey("consortium.StoredFile", models.PROTECT, related_name="+")
    issued_at = models.DateTimeField()
    # {"unit", "unit_en", "council", "rank", "since", "until", "resolution", "passed_on"}; days as ISO text, codes as codes.
    facts = models.JSONField(default=dict)
    fingerprint = models.CharField(max_length=64, blank=True)

    class Meta:
        ordering = ["id"]

    def __str__(self):
        return self.number

    def get_absolute_url(self):
        return reverse("certificate_check", args=[self.code])
