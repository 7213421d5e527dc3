"""What each kind of mentor must fulfil, as data: the limit of every rule, where it comes from, whether it bends.

A limit is a setting (a key of `consortium.policy`, which staff change without a release) or a word of a list. A rule
without `excusable` knows no exception; `utmost` is how far an exception may go. What a check found is kept with the
nomination, so that a later change of a limit rewrites nothing.
"""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from consortium.policy import INDUSTRY_PROFESSORS, INDUSTRY_TEACHERS
from mentors.enums import AppointmentKind, Degree, TitleLevel

PRACTICE = _("common practice, a setting of this portal")
PROPOSAL = _("proposal, a setting of this portal")


@dataclass(frozen=True)
class Rule:
    """One rule. `policy`: the setting that holds its number; `least`: the lowest word of a list that will do."""

    code: str
    label: str
    source: str
    policy: str = ""
    least: str = ""
    utmost: str = ""
    excusable: bool = False

    @property
    def has_limit(self):
        """Whether there is anything to set, or it is simply met or not."""
        return bool(self.policy or self.least)

    @property
    def words(self):
        """The list from which `least` comes, from the lowest on."""
        return {DEGREE: Degree, TITLE: TitleLevel}[self.code] if self.least else ()


AGE, DEGREE, TITLE, YEARS = "age", "degree", "title", "years"
IN_POST, TEAM, EXCELLENT, ASSESSED = "in_post", "team", "excellent", "assessed"

_IN_POST = Rule(IN_POST, _("In post with the nominating employer"), INDUSTRY_TEACHERS)
_YEARS = Rule(YEARS, _("Years of practice"), INDUSTRY_TEACHERS, policy="mentor_practice_years")
# A renewal asks one thing more than a first appointment.
RENEWAL = Rule(ASSESSED, _("Yearly assessments passed"), PROPOSAL, excusable=True)

SCHEMES = {
    AppointmentKind.INDUSTRY: (
        Rule(
            AGE,
            _("Age at appointment"),
            INDUSTRY_TEACHERS,
            policy="mentor_age",
            utmost="mentor_age_utmost",
            excusable=True,
        ),
        Rule(
            DEGREE,
            pgettext_lazy("of a person", "Degree"),
            INDUSTRY_TEACHERS,
            least=Degree.BACHELOR,
            excusable=True,
        ),
        Rule(
            TITLE,
            _("Title, or long experience"),
            INDUSTRY_TEACHERS,
            policy="mentor_long_experience_years",
            least=TitleLevel.SENIOR_TECHNICIAN,
            excusable=True,
        ),
        _YEARS,
        _IN_POST,
    ),
    AppointmentKind.PROFESSOR: (
        Rule(
            AGE,
            _("Age at appointment"),
            INDUSTRY_PROFESSORS,
            policy="professor_age",
            utmost="professor_age_utmost",
            excusable=True,
        ),
        Rule(DEGREE, _("Degree, or a senior title"), INDUSTRY_PROFESSORS, least=Degree.MASTER),
        Rule(TEAM, _("Leads a stable team"), INDUSTRY_PROFESSORS),
        _YEARS,
        _IN_POST,
        Rule(
            EXCELLENT,
            _("Years assessed as excellent"),
            PROPOSAL,
            policy="professor_excellent_years",
            excusable=True,
        ),
    ),
    AppointmentKind.ACADEMIC: (
        Rule(DEGREE, pgettext_lazy("of a person", "Degree"), PRACTICE, least=Degree.MASTER, excusable=True),
        Rule(TITLE, _("Title"), PRACTICE, least=TitleLevel.ASSOCIATE, excusable=True),
        Rule(IN_POST, _("In post at the university"), PRACTICE),
    ),
}


def rules_of(kind, *, renewal=False):
    """The rules of a kind of mentor."""
    return (*SCHEMES[kind], RENEWAL) if renewal else SCHEMES[kind]


def rule_of(kind, code):
    """The rule with this code, also of a scheme that has since dropped it: then None."""
    return next((rule for rule in rules_of(kind, renewal=True) if rule.code == code), None)
