"""Projects: a demand turned into something a student can take."""

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from consortium.enums import TalentType
from consortium.word_index import IndexRow
from placements.enums import Chain, DegreeWanted, Field, Housing, Level, ProjectState, SafetyClass


class Project(models.Model):
    """One enterprise project. Texts with several points hold one point a line. Money is yuan a month.

    A draft may lack anything; what is waiting for approval or beyond it has all that a student must know.
    """

    number = models.CharField(max_length=20, unique=True)
    demand = models.ForeignKey(
        "placements.Demand", models.PROTECT, null=True, blank=True, related_name="projects"
    )
    organisation = models.ForeignKey("consortium.Organisation", models.PROTECT, related_name="projects")
    board = models.ForeignKey(
        "consortium.GovernanceBody", models.PROTECT, null=True, blank=True, related_name="+"
    )
    title = models.CharField(_("title"), max_length=60)
    title_en = models.CharField(_("English title"), max_length=120, blank=True)
    summary = models.CharField(_("one sentence for the list"), max_length=120, blank=True)
    problem = models.TextField(_("the enterprise's real problem"), max_length=2000, blank=True)
    aims = models.TextField(_("aims"), max_length=2000, blank=True)
    tasks = models.TextField(_("tasks"), max_length=2000, blank=True)
    deliverables = models.TextField(_("deliverables"), max_length=1000, blank=True)
    field = models.CharField(_("field"), max_length=20, choices=Field, blank=True)
    chain = models.CharField(_("chain"), max_length=12, choices=Chain, blank=True)
    talent_type = models.CharField(_("kind of engineer"), max_length=16, choices=TalentType, blank=True)
    bottleneck = models.BooleanField(_("bottleneck technology"), default=False)
    base = models.ForeignKey(
        "placements.Base",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="projects",
        verbose_name=_("base"),
    )
    district = models.CharField(max_length=40, editable=False)
    academic_mentor = models.ForeignKey(
        "mentors.Appointment",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="academic_projects",
        verbose_name=_("academic mentor"),
    )
    industry_mentor = models.ForeignKey(
        "mentors.Appointment",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="industry_projects",
        verbose_name=_("industry mentor"),
    )
    degree = models.CharField(
        _("degree asked for"), max_length=8, choices=DegreeWanted, default=DegreeWanted.ANY
    )
    months = models.PositiveSmallIntegerField(_("months"), default=6)
    starts_on = models.DateField(_("start"), null=True, blank=True)
    places = models.PositiveSmallIntegerField(_("places"), default=1)
    stipend = models.PositiveIntegerField(_("stipend a month (yuan)"), null=True, blank=True)
    post_wage = models.PositiveIntegerField(_("wage of the same post (yuan)"), null=True, blank=True)
    # Pay under the floor goes on only with grounds, and approved only with a review of them by another person.
    pay_grounds = models.TextField(_("grounds for less"), max_length=500, blank=True)
    pay_review = models.CharField(_("review of the grounds"), max_length=200, blank=True)
    pay_reviewed_by = models.ForeignKey(
        "consortium.User", models.PROTECT, null=True, blank=True, related_name="+"
    )
    pay_reviewed_at = models.DateTimeField(null=True, blank=True)
    # Percent of the post's wage that was accepted; a later change may not go below it.
    pay_reviewed_percent = models.PositiveSmallIntegerField(null=True, blank=True)
    fees = models.CharField(_("fees or deposits asked of students"), max_length=60, blank=True)
    hours_day = models.PositiveSmallIntegerField(_("hours a day"), default=8)
    hours_week = models.PositiveSmallIntegerField(_("hours a week"), default=40)
    housing = models.CharField(_("housing"), max_length=10, choices=Housing, blank=True)
    safety_class = models.CharField(_("safety class"), max_length=16, choices=SafetyClass, blank=True)
    level = models.CharField(_("who may read it"), max_length=8, choices=Level, default=Level.PUBLIC)
    ip_terms = models.TextField(_("intellectual property terms"), max_length=1000, blank=True)
    confidentiality_terms = models.TextField(_("confidentiality terms"), max_length=1000, blank=True)
    # What the enterprise declares by a tick: nothing checks it but people.
    safe_work_declared = models.BooleanField(_("no forbidden work"), default=False)
    text_released = models.BooleanField(_("text released by the enterprise"), default=False)
    skills_required = models.ManyToManyField("consortium.Skill", blank=True, related_name="required_by")
    skills_welcome = models.ManyToManyField("consortium.Skill", blank=True, related_name="welcome_by")
    state = models.CharField(max_length=12, choices=ProjectState, default=ProjectState.DRAFTED)
    created_by = models.ForeignKey("consortium.User", models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    submitted_by = models.ForeignKey(
        "consortium.User", models.PROTECT, null=True, blank=True, related_name="+"
    )
    submitted_at = models.DateTimeField(null=True, blank=True)
    approved_by = models.ForeignKey(
        "consortium.User", models.PROTECT, null=True, blank=True, related_name="+"
    )
    approved_at = models.DateTimeField(null=True, blank=True)
    return_reason = models.TextField(max_length=1000, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdraw_reason = models.CharField(max_length=200, blank=True)
    is_sample = models.BooleanField(default=False)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(condition=Q(places__range=(1, 20)), name="project_places_in_bounds"),
            models.CheckConstraint(condition=Q(months__range=(1, 36)), name="project_months_in_bounds"),
            models.CheckConstraint(condition=Q(state__in=ProjectState.values), name="project_state_is_known"),
            models.CheckConstraint(
                condition=Q(level__in=["public", "member"]), name="project_level_public_or_member"
            ),
            models.CheckConstraint(
                condition=Q(state__in=["drafted", "returned", "withdrawn"])
                | Q(
                    base__isnull=False,
                    academic_mentor__isnull=False,
                    industry_mentor__isnull=False,
                    starts_on__isnull=False,
                    stipend__isnull=False,
                    post_wage__isnull=False,
                ),
                name="submitted_project_is_complete",
            ),
            models.CheckConstraint(
                condition=Q(approved_by=None) | ~Q(approved_by=F("submitted_by")),
                name="project_approved_by_another",
            ),
            models.UniqueConstraint(
                fields=["demand"], condition=~Q(state="withdrawn"), name="one_standing_project_per_demand"
            ),
            models.CheckConstraint(
                condition=Q(
                    pay_review="",
                    pay_reviewed_by=None,
                    pay_reviewed_at=None,
                    pay_reviewed_percent=None,
                )
                | (
                    Q(
                        pay_reviewed_by__isnull=False,
                        pay_reviewed_at__isnull=False,
                        pay_reviewed_percent__isnull=False,
                    )
                    & ~Q(pay_review="")
                    & ~Q(pay_grounds="")
                    & ~Q(pay_reviewed_by=F("submitted_by"))
                ),
                name="pay_below_floor_reviewed_by_another",
            ),
        ]
        indexes = [
            # All that the list's conditions look at: a rare value among 100,000 projects is found in the index alone.
            models.Index(
                fields=[
                    "state",
                    "-id",
                    "level",
                    "degree",
                    "months",
                    "field",
                    "chain",
                    "talent_type",
                    "district",
                    "stipend",
                    "starts_on",
                    "bottleneck",
                    "base",
                    "organisation",
                ],
                name="project_list_conditions",
            ),
            models.Index(fields=["organisation", "state"]),
        ]

    def __str__(self):
        return self.title

    def get_absolute_url(self):
        return reverse("project", args=[self.pk])

    @property
    def name(self):
        """The title in the reader's language, Chinese where no English one was given."""
        return self.title_en if get_language() == "en" and self.title_en else self.title


class ProjectChange(models.Model):
    """A change of wording after opening, announced to all who list the project."""

    project = models.ForeignKey(Project, models.CASCADE, related_name="changes")
    field = models.CharField(max_length=40)
    before = models.TextField(blank=True)
    after = models.TextField(blank=True)
    reason = models.CharField(max_length=200, blank=True)
    by = models.ForeignKey("consortium.User", models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["-id"]

    def __str__(self):
        return f"{self.project_id} {self.field}"


class ProjectWords(IndexRow):
    """The search index of projects (placements/search.py)."""

    project = models.OneToOneField(
        Project, models.DO_NOTHING, primary_key=True, db_column="rowid", related_name="words"
    )

    class Meta(IndexRow.Meta):
        db_table = "placements_projectsearch"
