"""Rules that have no one certain source, as settings with a default that staff may change.

Each: default, what it means, where the default comes from. Read with `value(key)`.
"""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Policy:
    default: int
    label: str
    source: str


# Rules with a published source, quoted as the papers are called.
INDUSTRY_TEACHERS = "普通本科高校产业兼职教师管理办法（教育部等八部门，2025年2月）"
INDUSTRY_PROFESSORS = "湖北省关于产业教授的规定（2021年）"

POLICIES = {
    "max_preferences": Policy(6, _("Choices in one list"), "proposal"),
    "objection_days": Policy(3, _("Working days of public notice"), "proposal"),
    "membership_check_days": Policy(10, _("Days to check an application for membership"), "proposal"),
    "membership_notice_days": Policy(5, _("Working days a new membership is on public notice"), "proposal"),
    "membership_years": Policy(3, _("Years of a membership's term"), "common practice"),
    "membership_mend_days": Policy(30, _("Days to mend a returned application for membership"), "proposal"),
    "membership_link_days": Policy(30, _("Days an applicant's link is open"), "proposal"),
    "answer_days": Policy(3, _("Working days to accept or decline a place"), "proposal"),
    "first_response_days": Policy(5, _("Working days to the first answer to a demand"), "proposal"),
    "scoring_days": Policy(3, _("Working days for owners to score"), "proposal"),
    "import_days": Policy(30, _("Days the file and the rows of an import are kept"), "proposal"),
    "invitation_days": Policy(14, _("Days an invitation is open"), "proposal"),
    "base_years": Policy(3, _("Years an accreditation holds"), "common practice"),
    "mentor_years": Policy(3, _("Years of a mentor's term"), "common practice"),
    "mentor_age": Policy(65, _("Industry mentor: greatest age at appointment"), INDUSTRY_TEACHERS),
    "mentor_age_utmost": Policy(
        70, _("Industry mentor: greatest age by an exception, in fields of urgent need"), INDUSTRY_TEACHERS
    ),
    "mentor_practice_years": Policy(3, _("Industry mentor: least years of practice"), INDUSTRY_TEACHERS),
    "mentor_long_experience_years": Policy(
        15, _("Years of practice that stand for a title"), "common practice"
    ),
    "professor_age": Policy(60, _("Industry professor: greatest age at appointment"), INDUSTRY_PROFESSORS),
    "professor_age_utmost": Policy(
        65, _("Industry professor: greatest age by an exception"), INDUSTRY_PROFESSORS
    ),
    "professor_excellent_years": Policy(
        1, _("Industry professor: years assessed as excellent, at least"), "proposal"
    ),
    "mentor_consent_days": Policy(14, _("Days a nominated person has to answer"), "proposal"),
    "mentor_check_days": Policy(10, _("Days to check a nomination"), "proposal"),
    "mentor_notice_days": Policy(5, _("Working days an appointment is on public notice"), "proposal"),
    "mentor_assessment_days": Policy(
        60, _("Days before the end of a year of the term from which it is assessed"), "proposal"
    ),
    "pay_floor_percent": Policy(
        80,
        _("Least pay, percent of the same post's wage"),
        "教职成〔2021〕4号 art. 18, applied as the least protection",
    ),
    "hours_week": Policy(40, _("Most hours a week"), "common practice"),
    "hours_day": Policy(8, _("Most hours a day"), "common practice"),
    "log_late_days": Policy(14, _("Days within which a supervision log is signed"), "proposal"),
    "log_reopen_days": Policy(7, _("Days for which a reopened day can be logged"), "proposal"),
    "log_differs_days": Policy(
        3, _("Working days after which a log that differs reaches the graduate school"), "proposal"
    ),
    "log_link_days": Policy(7, _("Days for which the link in a mail signs a log"), "proposal"),
    "logs_academic_month": Policy(1, _("Logs of the academic mentor a month, at least"), "proposal"),
    "logs_industry_month": Policy(2, _("Logs of the industry mentor a month, at least"), "proposal"),
    "logs_joint_quarter": Policy(1, _("Joint meetings a quarter, at least"), "proposal"),
    "cutoff_least": Policy(3, _("Admitted students below which no cutoff is shown"), "proposal"),
}


def values(*keys):
    """Several values in one question: {key: value}."""
    from consortium.models import PolicyValue

    kept = dict(PolicyValue.objects.filter(key__in=keys).values_list("key", "value"))
    return {key: kept.get(key, POLICIES[key].default) for key in keys}


def value(key):
    """The value in force: a staff setting if there is one, else the default."""
    from consortium.models import PolicyValue

    row = PolicyValue.objects.filter(key=key).first()
    return row.value if row else POLICIES[key].default
