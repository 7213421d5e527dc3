"""Rules of schemes as the office sets them: least numbers of supervision, limits of appointments, each from a day on."""

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from consortium.enums import Degree
from mentors.enums import AppointmentKind, RuleState

MOST_LOGS = 31
# The scheme of everybody whom no other one names, as (degree, programme).
EVERYBODY = ("", "")


def schemes_of(degree, programme):
    """A student's schemes, the one that counts first: a programme's own rule goes before its degree's."""
    return (degree, programme), ("", programme), (degree, ""), EVERYBODY


class DatedRule(models.Model):
    """One person of the office enters it with its source; it holds from its day on once a second one has agreed.

    Nothing is overwritten: what follows has a later day, so what held on any past day can be read.
    """

    since = models.DateField(_("holds from"))
    source = models.CharField(_("source of the rule"), max_length=200)
    reason = models.CharField(_("reason of the change"), max_length=200)
    state = models.CharField(max_length=9, choices=RuleState, default=RuleState.PROPOSED)
    entered_by = models.ForeignKey("consortium.User", models.PROTECT, related_name="+")
    entered_at = models.DateTimeField()
    agreed_by = models.ForeignKey("consortium.User", models.PROTECT, null=True, blank=True, related_name="+")
    agreed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(condition=Q(state__in=RuleState.values), name="%(class)s_state_is_known"),
            models.CheckConstraint(condition=~Q(source="") & ~Q(reason=""), name="%(class)s_says_why"),
            models.CheckConstraint(
                condition=~Q(state=RuleState.AGREED) | Q(agreed_by__isnull=False, agreed_at__isnull=False),
                name="%(class)s_agreed_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(agreed_by=None) | ~Q(agreed_by=F("entered_by")), name="%(class)s_by_two_persons"
            ),
        ]


class SupervisionMinimum(DatedRule):
    """The least numbers of one scheme. A scheme is a programme, a degree, both, or with neither everybody's."""

    degree = models.CharField(_("degree"), max_length=8, choices=Degree, blank=True)
    programme = models.CharField(_("programme"), max_length=80, blank=True)
    academic = models.PositiveSmallIntegerField(_("logs of the academic mentor a month"))
    industry = models.PositiveSmallIntegerField(_("logs of the industry mentor a month"))
    joint = models.PositiveSmallIntegerField(_("joint meetings a quarter"))

    class Meta:
        ordering = ["-since", "-id"]
        constraints = [
            *DatedRule.Meta.constraints,
            models.CheckConstraint(
                condition=Q(academic__lte=MOST_LOGS, industry__lte=MOST_LOGS, joint__lte=MOST_LOGS),
                name="supervision_minimum_in_bounds",
            ),
            models.CheckConstraint(
                condition=Q(degree__in=["", *Degree.values]), name="supervision_minimum_degree_is_known"
            ),
            models.UniqueConstraint(
                fields=["degree", "programme", "since"],
                condition=Q(state=RuleState.AGREED),
                name="one_supervision_minimum_a_day",
            ),
            models.UniqueConstraint(
                fields=["degree", "programme"],
                condition=Q(state=RuleState.PROPOSED),
                name="one_open_supervision_minimum",
            ),
        ]

    def __str__(self):
        return f"{self.programme} {self.degree} {self.since}".strip()

    def get_absolute_url(self):
        return reverse("supervision_minimums")


class SchemeLimit(DatedRule):
    """The limit of one rule of one kind of mentor: a number and how far an exception goes, or a word of a list."""

    kind = models.CharField(_("kind"), max_length=20, choices=AppointmentKind)
    rule = models.CharField(_("rule"), max_length=12)
    number = models.PositiveSmallIntegerField(_("limit"), null=True, blank=True)
    utmost = models.PositiveSmallIntegerField(_("by an exception"), null=True, blank=True)
    word = models.CharField(_("at least"), max_length=20, blank=True)

    class Meta:
        ordering = ["-since", "-id"]
        constraints = [
            *DatedRule.Meta.constraints,
            models.CheckConstraint(
                condition=Q(kind__in=AppointmentKind.values), name="scheme_limit_kind_is_known"
            ),
            models.CheckConstraint(
                condition=Q(number__isnull=False) | ~Q(word=""), name="scheme_limit_says_something"
            ),
            models.CheckConstraint(
                condition=Q(utmost=None) | Q(number__lte=F("utmost")),
                name="scheme_limit_utmost_beyond_number",
            ),
            models.UniqueConstraint(
                fields=["kind", "rule", "since"],
                condition=Q(state=RuleState.AGREED),
                name="one_scheme_limit_a_day",
            ),
            models.UniqueConstraint(
                fields=["kind", "rule"], condition=Q(state=RuleState.PROPOSED), name="one_open_scheme_limit"
            ),
        ]

    def __str__(self):
        return f"{self.kind} {self.rule} {self.since}"

    def get_absolute_url(self):
        return reverse("scheme_limit", args=[self.kind, self.rule])
