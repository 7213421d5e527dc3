"""Agreements between organisations: who is party, each text under its hash, who signed which text and when."""

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from consortium.enums import AGREEMENT_OVER, AgreementDisclosure, AgreementKind, AgreementState


class Agreement(models.Model):
    """One agreement of two parties or more. Its days and its text in force; the texts themselves never change."""

    number = models.CharField(_("number"), max_length=40, unique=True)
    title = models.CharField(_("title"), max_length=120)
    kind = models.CharField(_("kind"), max_length=16, choices=AgreementKind)
    subject = models.TextField(_("what is agreed"))
    state = models.CharField(max_length=12, choices=AgreementState, default=AgreementState.DRAFT)
    disclosure = models.CharField(
        _("who may know of it"),
        max_length=8,
        choices=AgreementDisclosure,
        default=AgreementDisclosure.PARTIES,
    )
    since = models.DateField(_("first day"))
    until = models.DateField(_("last day"), null=True, blank=True)
    # The text that all have signed, and the one that is being signed now: at first none, then either or both.
    text = models.ForeignKey(
        "consortium.AgreementText", models.PROTECT, null=True, blank=True, related_name="in_force_for"
    )
    offered = models.ForeignKey(
        "consortium.AgreementText", models.PROTECT, null=True, blank=True, related_name="offered_for"
    )
    # When a text was last offered; from the first time on its parties know of it.
    offered_at = models.DateTimeField(null=True, blank=True)
    in_force_at = models.DateTimeField(null=True, blank=True)
    previous = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="renewals", verbose_name=_("renews")
    )
    # What a party wants changed, until the next text is offered.
    wish = models.TextField(blank=True)
    ended_on = models.DateField(null=True, blank=True)
    end_reason = models.CharField(max_length=300, blank=True)
    warned = models.PositiveSmallIntegerField(null=True, blank=True)  # the last warning: 90, 30 or 7 days
    version = models.PositiveIntegerField(default=1)
    recorded_by = models.ForeignKey("consortium.User", models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    is_sample = models.BooleanField(default=False)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=AgreementState.values), name="agreement_state_is_known"
            ),
            models.CheckConstraint(
                condition=Q(kind__in=AgreementKind.values), name="agreement_kind_is_known"
            ),
            models.CheckConstraint(
                condition=Q(until=None) | Q(since__lte=F("until")), name="agreement_since_before_until"
            ),
            # That every party has signed it is held by a trigger: a constraint sees one table.
            models.CheckConstraint(
                condition=Q(state="in_force", text__isnull=False, in_force_at__isnull=False)
                | Q(state="signing", text=None, offered__isnull=False)
                | Q(state__in=["draft", "withdrawn"], text=None, offered=None)
                | Q(state__in=["ended", "terminated"], text__isnull=False, offered=None),
                name="agreement_texts_fit_its_state",
            ),
            models.CheckConstraint(
                condition=Q(state__in=AGREEMENT_OVER, ended_on__isnull=False)
                | (~Q(state__in=AGREEMENT_OVER) & Q(ended_on=None)),
                name="agreement_over_since_a_day",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["terminated", "withdrawn"]) | ~Q(end_reason=""),
                name="agreement_cut_short_for_a_reason",
            ),
            models.UniqueConstraint(
                fields=["previous"],
                condition=~Q(state="withdrawn"),
                name="agreement_renewed_once",
            ),
        ]
        indexes = [models.Index(fields=["state", "until"])]

    def __str__(self):
        return f"{self.number} {self.title}"

    def get_absolute_url(self):
        return reverse("agreement", args=[self.pk])

    @property
    def last_day(self):
        """The last day on which it held or will hold; None: until further notice."""
        return self.ended_on or self.until


class AgreementParty(models.Model):
    """One organisation that signs, in the order of signing."""

    agreement = models.ForeignKey(Agreement, models.CASCADE, related_name="parties")
    organisation = models.ForeignKey(
        "consortium.Organisation", models.PROTECT, related_name="agreement_parties"
    )
    order = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["agreement_id", "order"]
        constraints = [
            models.UniqueConstraint(fields=["agreement", "organisation"], name="agreement_party_once"),
            models.UniqueConstraint(fields=["agreement", "order"], name="agreement_party_order"),
        ]

    def __str__(self):
        return f"{self.agreement.number} {self.organisation}"


class AgreementText(models.Model):
    """One version of the text, as a file under its hash; the database refuses every change of a row."""

    agreement = models.ForeignKey(Agreement, models.PROTECT, related_name="texts")
    number = models.PositiveSmallIntegerField()
    file = models.ForeignKey("consortium.StoredFile", models.PROTECT, related_name="+")
    sha256 = models.CharField(max_length=64, db_index=True)
    note = models.CharField(_("what is new in it"), max_length=300, blank=True)
    added_by = models.ForeignKey("consortium.User", models.PROTECT, related_name="+")
    added_at = models.DateTimeField()

    class Meta:
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(fields=["agreement", "number"], name="agreement_text_number_once")
        ]

    def __str__(self):
        return f"{self.agreement.number} {self.number}"


class AgreementSignature(models.Model):
    """One party's signature under one text: who, when, given here or on paper. Never changed."""

    party = models.ForeignKey(AgreementParty, models.PROTECT, related_name="signatures")
    text = models.ForeignKey(AgreementText, models.PROTECT, related_name="signatures")
    signer = models.CharField(_("who signed"), max_length=80)
    post = models.CharField(_("post"), max_length=80, blank=True)
    signed_on = models.DateField(_("signed on"))
    # The scan of the signed paper; without one it was signed here by `recorded_by`.
    evidence = models.ForeignKey(
        "consortium.StoredFile", models.PROTECT, null=True, blank=True, related_name="+"
    )
    recorded_by = models.ForeignKey("consortium.User", models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["party", "text"], name="agreement_signed_once_per_party"),
            models.CheckConstraint(condition=~Q(signer=""), name="agreement_signature_has_a_name"),
        ]

    def __str__(self):
        return f"{self.text} {self.signer}"
