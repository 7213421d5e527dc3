"""Organisations, what they are called, what part they play, and their standing in a council."""

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from consortium.enums import (
    MEMBERSHIP_END_WORDS,
    BoardCode,
    BodyKind,
    MembershipRank,
    MembershipState,
    NameKind,
    OrganisationKind,
    PartyRole,
)
from consortium.models.document import NamedSourced, Sourced
from consortium.sealed import SealedField
from consortium.word_index import IndexRow


class GovernanceBody(NamedSourced):
    """The consortium, its councils, alliances, secretariat, committees and the four boards."""

    kind = models.CharField(max_length=20, choices=BodyKind)
    board_code = models.CharField(max_length=20, choices=BoardCode, null=True, blank=True, unique=True)
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children")
    # How many seats its charter gives, and where that is written; unknown until somebody records it.
    seats_given = models.PositiveSmallIntegerField(_("number of seats"), null=True, blank=True)
    seats_grounds = models.CharField(_("where the number is written"), max_length=200, blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(seats_given=None) | (Q(seats_given__gte=1) & ~Q(seats_grounds="")),
                name="number_of_seats_has_grounds",
            )
        ]

    @property
    def name(self):
        """The name in the reader's language."""
        return self.name_en if get_language() == "en" and self.name_en else self.name_zh

    def get_absolute_url(self):
        return reverse("body", args=[self.pk])


class Organisation(Sourced):
    """A legal person or a unit of one. Real ones carry only what the document says of them."""

    name_zh = models.CharField(_("Chinese name"), max_length=120)
    name_en = models.CharField(_("English name"), max_length=200, blank=True)
    short_zh = models.CharField(_("short name"), max_length=40, blank=True)
    pinyin = models.CharField(max_length=400, blank=True, editable=False)
    kind = models.CharField(_("kind"), max_length=24, choices=OrganisationKind)
    uscc = models.CharField(
        _("unified social credit code"), max_length=18, null=True, blank=True, unique=True
    )
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="units")
    district = models.CharField(_("district"), max_length=40, blank=True)
    profile = models.TextField(_("profile"), blank=True)
    statement = models.TextField(blank=True)
    is_sample = models.BooleanField(default=False)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(
        "consortium.User", models.SET_NULL, null=True, blank=True, related_name="+"
    )

    class Meta:
        ordering = ["id"]
        constraints = [
            # Two, since SQLite knows no “nulls not distinct”: a legal person's name once, a unit's once under its parent.
            models.UniqueConstraint(
                fields=["name_zh"], condition=Q(parent=None), name="organisation_name_once"
            ),
            models.UniqueConstraint(
                fields=["name_zh", "parent"], condition=Q(parent__isnull=False), name="unit_name_once"
            ),
        ]
        indexes = [models.Index(fields=["kind", "id"]), models.Index(fields=["pinyin", "id"])]

    def __str__(self):
        return self.name_zh

    @property
    def name(self):
        """The name in the reader's language."""
        return self.name_en if get_language() == "en" and self.name_en else self.name_zh

    @property
    def short(self):
        """The short Chinese name if there is one; English readers get the English name."""
        if get_language() == "en" and self.name_en:
            return self.name_en
        return self.short_zh or self.name_zh

    def get_absolute_url(self):
        return reverse("member", args=[self.pk])


class OrganisationWords(IndexRow):
    """The search index of names (consortium/names.py)."""

    organisation = models.OneToOneField(
        Organisation, models.DO_NOTHING, primary_key=True, db_column="rowid", related_name="words"
    )

    class Meta(IndexRow.Meta):
        db_table = "consortium_organisationsearch"


class OrganisationAlias(Sourced):
    """Another name of an organisation: one that people use beside its own, or one that it bore until a day."""

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="aliases")
    name = models.CharField(max_length=120)
    kind = models.CharField(max_length=8, choices=NameKind, default=NameKind.OTHER)
    since = models.DateField(_("first day"), null=True, blank=True)
    until = models.DateField(_("last day"), null=True, blank=True)
    recorded_by = models.ForeignKey(
        "consortium.User", models.SET_NULL, null=True, blank=True, related_name="+"
    )
    recorded_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "name"], condition=Q(until=None), name="alias_once"
            ),
            # An organisation may take a name, give it up, and take it again.
            models.UniqueConstraint(
                fields=["organisation", "name", "until"],
                condition=Q(until__isnull=False),
                name="former_name_once",
            ),
            models.CheckConstraint(
                condition=Q(kind="other", since=None, until=None) | Q(kind="former", until__isnull=False),
                name="former_name_has_its_last_day",
            ),
            models.CheckConstraint(
                condition=Q(since=None) | Q(until=None) | Q(since__lte=F("until")),
                name="name_since_before_until",
            ),
        ]

    def __str__(self):
        return self.name


class OrganisationContact(models.Model):
    """A person to talk to at an organisation, kept with that person's consent and masked until somebody asks."""

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="contacts")
    name = models.CharField(_("name"), max_length=40, blank=True)
    post = models.CharField(_("post"), max_length=60, blank=True)
    phone = SealedField(_("phone"), blank=True)
    email = models.EmailField(_("mail address"), blank=True)
    consented_on = models.DateField(_("consent given on"))
    consent_how = models.CharField(_("how consent was given"), max_length=120)
    since = models.DateField(_("from"))
    until = models.DateField(_("until"), null=True, blank=True)
    withdrawn_on = models.DateField(null=True, blank=True)
    recorded_by = models.ForeignKey(
        "consortium.User", models.SET_NULL, null=True, blank=True, related_name="+"
    )
    recorded_at = models.DateTimeField()
    is_sample = models.BooleanField(default=False)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(until=None) | Q(since__lte=F("until")), name="contact_since_before_until"
            ),
            # Consent that was withdrawn leaves no trace of the person here.
            models.CheckConstraint(
                condition=Q(withdrawn_on=None, name__gt="")
                | Q(withdrawn_on__isnull=False, until__isnull=False, name="", phone="", email="", post=""),
                name="contact_without_consent_is_blank",
            ),
        ]

    def __str__(self):
        return f"{self.organisation} {self.pk}"

    def get_absolute_url(self):
        return f"{reverse('member', args=[self.organisation_id])}#contacts"


class OrganisationRole(Sourced):
    """One part an organisation plays in one body, dated as far as known. Conflicting sources stand side by side."""

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="roles")
    body = models.ForeignKey(GovernanceBody, models.PROTECT, related_name="roles")
    role = models.CharField(max_length=24, choices=PartyRole)
    statement = models.TextField(blank=True)
    since = models.DateField(null=True, blank=True)
    until = models.DateField(null=True, blank=True)
    recorded_by = models.ForeignKey(
        "consortium.User", models.SET_NULL, null=True, blank=True, related_name="+"
    )

    class Meta:
        ordering = ["source_line", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "body", "role"],
                condition=Q(until=None),
                name="one_open_role_per_body",
            ),
            models.CheckConstraint(
                condition=Q(since=None) | Q(until=None) | Q(since__lte=F("until")),
                name="role_since_before_until",
            ),
        ]

    def __str__(self):
        return f"{self.organisation} {self.get_role_display()}"


class Resolution(models.Model):
    """A decision of a body as its minutes record it; a second person confirms what the first typed."""

    body = models.ForeignKey(GovernanceBody, models.PROTECT, related_name="resolutions")
    number = models.CharField(_("number"), max_length=40)
    passed_on = models.DateField(_("date"))
    entitled = models.PositiveIntegerField(_("entitled to vote"))
    present = models.PositiveIntegerField(_("present"))
    votes_yes = models.PositiveIntegerField(_("votes in favour"))
    votes_no = models.PositiveIntegerField(_("votes against"))
    abstentions = models.PositiveIntegerField(_("abstentions"))
    minutes = models.ForeignKey("consortium.StoredFile", models.PROTECT, null=True, blank=True)
    recorded_by = models.ForeignKey("consortium.User", models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()
    confirmed_by = models.ForeignKey(
        "consortium.User", models.PROTECT, null=True, blank=True, related_name="+"
    )
    confirmed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = pgettext_lazy("admin", "resolution")
        verbose_name_plural = pgettext_lazy("admin", "resolutions")
        ordering = ["-passed_on", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["body", "number"], name="resolution_number_once"),
            models.CheckConstraint(
                condition=Q(confirmed_by=None) | ~Q(confirmed_by=F("recorded_by")),
                name="resolution_two_persons",
            ),
            models.CheckConstraint(
                condition=Q(present__lte=F("entitled"))
                & Q(present__gte=F("votes_yes") + F("votes_no") + F("abstentions")),
                name="resolution_votes_add_up",
            ),
            # Quorum is half of those entitled, the majority that of the votes cast.
            models.CheckConstraint(
                condition=Q(entitled__lte=F("present") + F("present")) & Q(votes_yes__gt=F("votes_no")),
                name="resolution_quorum_and_majority",
            ),
        ]

    def __str__(self):
        return f"{self.body} {self.number}"

    def get_absolute_url(self):
        return reverse("resolution", args=[self.pk])


class Membership(models.Model):
    """An organisation's dated standing in a council, resting on a resolution."""

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="memberships")
    council = models.ForeignKey(GovernanceBody, models.PROTECT, related_name="memberships")
    rank = models.CharField(max_length=20, choices=MembershipRank)
    state = models.CharField(max_length=12, choices=MembershipState, default=MembershipState.RECORDED)
    since = models.DateField(_("from"))
    until = models.DateField(_("until"))
    resolution = models.ForeignKey(Resolution, models.PROTECT, related_name="memberships")
    recorded_by = models.ForeignKey("consortium.User", models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField()
    confirmed_by = models.ForeignKey(
        "consortium.User", models.PROTECT, null=True, blank=True, related_name="+"
    )
    confirmed_at = models.DateTimeField(null=True, blank=True)
    end_reason = models.CharField(max_length=200, blank=True)
    suspended_from = models.DateField(null=True, blank=True)
    warned = models.PositiveSmallIntegerField(null=True, blank=True)  # the last warning: 90, 30 or 7 days
    # What a suspension or removal rests on, beside the resolution that admitted.
    measure = models.ForeignKey(Resolution, models.PROTECT, null=True, blank=True, related_name="measures")

    class Meta:
        verbose_name = pgettext_lazy("admin", "membership")
        verbose_name_plural = pgettext_lazy("admin", "memberships")
        ordering = ["-since", "-id"]
        constraints = [
            # That the resolution itself is confirmed is held by a trigger: a constraint sees one table.
            models.CheckConstraint(
                condition=~Q(state__in=["active", "suspended", "to_begin"])
                | Q(confirmed_by__isnull=False, confirmed_at__isnull=False),
                name="membership_in_force_is_confirmed",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["suspended", "removed"]) | Q(measure__isnull=False),
                name="membership_measure_has_resolution",
            ),
            models.CheckConstraint(
                condition=Q(state="suspended", suspended_from__isnull=False)
                | (~Q(state="suspended") & Q(suspended_from=None)),
                name="membership_suspended_from_a_day",
            ),
            models.UniqueConstraint(
                fields=["council"],
                condition=Q(state="active", rank="chair_unit"),
                name="one_chair_unit_at_a_time",
            ),
            models.UniqueConstraint(
                fields=["organisation", "council"],
                condition=Q(state="to_begin"),
                name="one_membership_to_begin",
            ),
            models.UniqueConstraint(
                fields=["organisation", "council"],
                condition=Q(state__in=["active", "suspended"]),
                name="one_active_membership",
            ),
            models.CheckConstraint(condition=Q(since__lt=F("until")), name="membership_since_before_until"),
            models.CheckConstraint(
                condition=Q(state__in=MembershipState.values), name="membership_state_is_known"
            ),
            models.CheckConstraint(
                condition=Q(confirmed_by=None) | ~Q(confirmed_by=F("recorded_by")),
                name="membership_two_persons",
            ),
        ]
        indexes = [
            models.Index(fields=["state", "until"]),
            # Asked for each organisation of a list: without it the other index would be read whole, again and again.
            models.Index(fields=["organisation", "state", "until"]),
        ]

    def __str__(self):
        return f"{self.organisation} {self.get_rank_display()}"

    def get_absolute_url(self):
        return reverse("membership", args=[self.pk])

    @property
    def end_words(self):
        """Why it ended or is suspended: as somebody wrote it, or what the clock did, in the reader's language."""
        return str(MEMBERSHIP_END_WORDS.get(self.end_reason, self.end_reason))
