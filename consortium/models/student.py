"""What a round needs to know of a student, and the list of skills that projects and people share."""

from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from consortium.enums import Degree, SkillGroup, TalentType


class Skill(models.Model):
    """One ability, named the same way by projects and people."""

    key = models.SlugField(max_length=40, unique=True)
    name_zh = models.CharField(max_length=40)
    name_en = models.CharField(max_length=80)
    group = models.CharField(max_length=16, choices=SkillGroup)

    class Meta:
        ordering = ["group", "id"]

    def __str__(self):
        return self.name

    @property
    def name(self):
        """The name in the reader's language."""
        return self.name_en if get_language() == "en" else self.name_zh


class StudentProfile(models.Model):
    """One student. The student edits skills, goal and freshness; the graduate office keeps the rest."""

    user = models.OneToOneField("consortium.User", models.CASCADE, related_name="student")
    number = models.CharField(_("student number"), max_length=32, unique=True)
    university = models.ForeignKey("consortium.Organisation", models.PROTECT, related_name="students")
    programme = models.CharField(_("programme"), max_length=80)
    degree = models.CharField(_("degree"), max_length=8, choices=Degree)
    cohort = models.PositiveSmallIntegerField(_("year of entry"))
    # Straight from a first degree or not: decides the months of practice. Unknown is not "no".
    fresh_graduate = models.BooleanField(_("fresh graduate"), null=True, blank=True)
    goal = models.CharField(_("goal"), max_length=16, choices=TalentType, blank=True)
    skills = models.ManyToManyField(Skill, blank=True, related_name="students", verbose_name=_("skills"))
    on_leave = models.BooleanField(_("on leave"), default=False)

    class Meta:
        ordering = ["number"]
        constraints = [
            models.CheckConstraint(condition=models.Q(cohort__range=(1990, 2100)), name="cohort_is_a_year"),
            models.CheckConstraint(
                condition=models.Q(degree__in=Degree.values), name="student_degree_is_known"
            ),
        ]

    def __str__(self):
        return f"{self.user} ({self.number})"

    @property
    def required_months(self):
        """Months of practice: 12 for fresh graduates, 6 for others, None while unknown."""
        return None if self.fresh_graduate is None else 12 if self.fresh_graduate else 6
