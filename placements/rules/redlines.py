"""The protective floor as data: each line with its source, a check, and the sentence that says what to mend.

The floor is written for interns of vocational schools and is used here as the least protection of graduates.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from django.urls import reverse
from django.utils.functional import lazy
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from consortium import policy
from consortium.templatetags.portal import day_text, figure
from placements.enums import Level
from placements.queries import owner
from placements.rules import membership
from placements.rules.project import UNDECIDED
from placements.words import sentences

FLOOR = gettext_lazy(
    "Regulations on internships of vocational school students, 教职成〔2021〕4号, art. %(article)s"
)
RULES = gettext_lazy("Rules of the portal")
FEE = re.compile(r"(押金|保证金|培训费|管理费|介绍费|报名费|材料费|服装费)[^，。；\n]{0,6}?\d[\d,，]*\s*元")


@dataclass(frozen=True)
class Line:
    """One red line as it stands for one project: kept, or broken with a sentence and a remedy."""

    key: str
    label: str
    source: str
    ok: bool
    sentence: str = ""
    field: str = ""
    url: str = ""
    url_label: str = ""
    excused: bool = False


@dataclass(frozen=True)
class Broken:
    """What a check answers when a line is not kept; an excused one bars nothing and says what excuses it."""

    sentence: str
    field: str = ""
    url: str = ""
    url_label: str = ""
    excused: bool = False


@dataclass(frozen=True)
class RedLine:
    """A line of the floor: what it asks, on whose authority, and the check of it."""

    key: str
    label: str
    source: str
    check: Callable


def checklist(project, today):
    """Every line for this project, in order."""
    lines = []
    for red in RED_LINES:
        broken = red.check(project, today)
        lines.append(
            Line(red.key, str(red.label), str(red.source), True)
            if broken is None
            else Line(
                red.key,
                str(red.label),
                str(red.source),
                broken.excused,
                broken.sentence,
                broken.field,
                broken.url,
                broken.url_label,
                broken.excused,
            )
        )
    return lines


def broken(project, today):
    """Only the lines that are not kept."""
    return [line for line in checklist(project, today) if not line.ok]


def end_of_stay(project):
    """The last day of the stay: the day before the start, so many months later."""
    if project.starts_on is None:
        return None
    return end_after(project.starts_on, project.months)


def end_after(start, months):
    """The last day of a stay of whole months that begins on `start`."""
    month = start.month - 1 + months
    year, month = start.year + month // 12, month % 12 + 1
    for day in (start.day, 30, 29, 28):
        try:
            return date(year, month, day) - timedelta(days=1)
        except ValueError:
            continue
    raise ValueError(start)


def pay_floor(post_wage):
    """The least stipend for a post's wage: rounded up, so that it is never a yuan below."""
    return -(-post_wage * policy.value("pay_floor_percent") // 100)


def is_below_floor(project):
    """Whether the stipend is known to be less than the floor asks."""
    return (
        project.stipend is not None
        and project.post_wage is not None
        and project.stipend < pay_floor(project.post_wage)
    )


def pay_percent(project):
    """The stipend as whole percent of the post's wage, rounded down."""
    return project.stipend * 100 // project.post_wage


# --- the checks, one per line


def _fees(project, today):
    if project.fees.strip():
        found = project.fees.strip()
    else:
        texts = "\n".join(
            (
                project.summary,
                project.problem,
                project.aims,
                project.tasks,
                project.deliverables,
                project.ip_terms,
                project.confidentiality_terms,
            )
        )
        hit = FEE.search(texts)
        if hit is None:
            return None
        found = hit.group(0)
    return Broken(
        _(
            "No deposit, training fee, management fee or any other fee may be taken from students. "
            "Remove “%(fee)s”."
        )
        % {"fee": found},
        "fees",
    )


def _pay(project, today):
    if project.stipend is None or project.post_wage is None:
        field = "stipend" if project.stipend is None else "post_wage"
        return Broken(
            _("Enter the stipend and the wage of the same post, so that the two can be compared."),
            field,
        )
    if not is_below_floor(project):
        return None
    words = {
        "stipend": figure(project.stipend),
        "floor": figure(pay_floor(project.post_wage)),
        "percent": policy.value("pay_floor_percent"),
    }
    if project.state in UNDECIDED:
        return _pay_before_approval(project, words)
    reviewed = project.pay_reviewed_percent
    if reviewed is not None and project.stipend * 100 >= project.post_wage * reviewed:
        return Broken(
            _(
                "%(stipend)s yuan a month is below %(percent)s %% of the wage of the same post "
                "(%(floor)s yuan). The graduate school has reviewed the grounds and accepted them."
            )
            % words,
            "stipend",
            excused=True,
        )
    return Broken(
        _(
            "%(stipend)s yuan a month is below %(percent)s %% of the wage of the same post "
            "(%(floor)s yuan). Raise it to at least %(floor)s yuan."
        )
        % words,
        "stipend",
    )


def _pay_before_approval(project, words):
    if project.pay_grounds.strip():
        return Broken(
            _(
                "%(stipend)s yuan a month is below %(percent)s %% of the wage of the same post "
                "(%(floor)s yuan). The graduate school reviews the grounds given."
            )
            % words,
            "pay_grounds",
            excused=True,
        )
    return Broken(
        _(
            "%(stipend)s yuan a month is below %(percent)s %% of the wage of the same post "
            "(%(floor)s yuan). Raise it, or give grounds for review by the graduate school."
        )
        % words,
        "stipend",
    )


def _hours(project, today):
    day, week = policy.value("hours_day"), policy.value("hours_week")
    if project.hours_day <= day and project.hours_week <= week:
        return None
    field = "hours_day" if project.hours_day > day else "hours_week"
    return Broken(
        _(
            "%(day)s hours a day and %(week)s hours a week are more than the %(most_day)s and "
            "%(most_week)s allowed. Lower them; overtime and night shifts are not allowed."
        )
        % {
            "day": project.hours_day,
            "week": project.hours_week,
            "most_day": day,
            "most_week": week,
        },
        field,
    )


def _base(project, today):
    if project.base is None:
        return Broken(_("Choose the base where students will work."), "base")
    if project.starts_on is None:
        return Broken(
            _("Enter the start, so that the base's accreditation can be checked for the whole stay."),
            "starts_on",
        )
    if project.base.organisation_id != project.organisation_id:
        return Broken(
            _("The base “%(base)s” belongs to another organisation. Choose one of your own.")
            % {"base": project.base},
            "base",
        )
    reached = covered_until(project.base, project.starts_on)
    if reached is not None and reached >= end_of_stay(project):
        return None
    words = {
        "base": project.base.name,
        "start": day_text(project.starts_on),
        "end": day_text(end_of_stay(project)),
    }
    remedy = {
        "field": "base",
        "url": reverse("base", args=[project.base.pk]),
        "url_label": _("Start the renewal"),
    }
    latest = project.base.latest_accreditation
    if latest is None:
        return Broken(
            _(
                "The base “%(base)s” has no accreditation; the project cannot open. Ask the "
                "secretariat to record one, or choose another base."
            )
            % words,
            **remedy,
        )
    words["until"] = day_text(reached or latest.valid_to)
    if latest.valid_to < today:
        return Broken(
            _(
                "The accreditation of the base “%(base)s” ended on %(until)s; the project cannot "
                "open. Renewal takes about 3 weeks: start it now, or choose another base."
            )
            % words,
            **remedy,
        )
    if reached is None and latest.valid_to >= project.starts_on:
        return Broken(
            _(
                "The base “%(base)s” is not accredited on %(start)s, when the stay begins. Choose a "
                "later start or another base."
            )
            % words,
            **remedy,
        )
    return Broken(
        _(
            "The accreditation of the base “%(base)s” ends on %(until)s, before the stay ends on "
            "%(end)s. Renewal takes about 3 weeks: start it now, shorten the stay, or choose another base."
        )
        % words,
        **remedy,
    )


def covered_until(base, start):
    """The last day up to which accreditations without a gap hold from `start`; None when none holds
    the start.
    """
    reached = None
    for row in sorted(base.accreditations.all(), key=lambda row: row.valid_from):
        if (
            row.valid_from <= (start if reached is None else reached + timedelta(days=1))
            and row.valid_to >= start
        ):
            reached = max(row.valid_to, reached or row.valid_to)
    return reached


def _mentor(side):
    def check(project, today):
        mentor = getattr(project, side)
        if mentor is None:
            return Broken(
                _("Choose the academic mentor.")
                if side == "academic_mentor"
                else _("Choose the industry mentor."),
                side,
            )
        if mentor.is_academic != (side == "academic_mentor"):
            return Broken(
                _("%(mentor)s is appointed for the other side. Choose another mentor.")
                % {"mentor": mentor.user},
                side,
            )
        if side == "industry_mentor" and mentor.organisation_id != project.organisation_id:
            return Broken(
                _("%(mentor)s belongs to another organisation. Choose an industry mentor of your own.")
                % {"mentor": mentor.user},
                side,
            )
        day = project.starts_on or today
        if mentor.state == "active" and mentor.since <= day <= mentor.until:
            return None
        return Broken(
            _(
                "The term of %(mentor)s ends on %(until)s and does not hold on %(day)s, when the "
                "stay begins. Choose another mentor, or ask the graduate school for a new term."
            )
            % {"mentor": mentor.user, "until": day_text(mentor.until), "day": day_text(day)},
            side,
        )

    return check


def _capacity(project, today):
    mentors = [one for one in (project.academic_mentor, project.industry_mentor) if one is not None]
    guided = owner.loads(mentors)
    for mentor in mentors:
        if guided[mentor.pk] < mentor.capacity:
            continue
        academic = mentor.is_academic
        others = list(owner.mentors_for(project.organisation, project.starts_on or today, academic=academic))
        load = owner.loads(others)
        free = [str(one.user) for one in others if one.pk != mentor.pk and load[one.pk] < one.capacity][:3]
        words = {"mentor": mentor.user, "n": guided[mentor.pk], "names": _(", ").join(free)}
        sentence = (
            _(
                "%(mentor)s already guides %(n)s students, which is the limit. Choose another "
                "mentor: %(names)s."
            )
            if free
            else _(
                "%(mentor)s already guides %(n)s students, which is the limit, and no other mentor "
                "has room. Ask the graduate school to appoint one."
            )
        )
        return Broken(sentence % words, "academic_mentor" if academic else "industry_mentor")
    return None


def _work(project, today):
    if project.safe_work_declared:
        return None
    return Broken(
        _(
            "Declare that students do no labour of class III or harder, no work that harms health, "
            "no night shifts, and do not work in places of entertainment."
        ),
        "safe_work_declared",
    )


def _bounds(project, today):
    if not 1 <= project.places <= 20:
        return Broken(
            _("A project offers 1 to 20 places. Split a larger one into several projects."),
            "places",
        )
    if project.starts_on is None:
        return Broken(_("Enter the start."), "starts_on")
    if project.starts_on <= today:
        return Broken(
            _("The start, %(day)s, has passed. Choose a later day.") % {"day": day_text(project.starts_on)},
            "starts_on",
        )
    return None


def _terms(project, today):
    if not project.confidentiality_terms.strip():
        return Broken(
            _("Write what must be kept secret and for how long; “nothing” is an answer too."),
            "confidentiality_terms",
        )
    if not project.ip_terms.strip():
        return Broken(_("Write to whom the results belong and when they may be published."), "ip_terms")
    return None


def _released(project, today):
    if project.demand is None or project.demand.level != Level.BOARD or project.text_released:
        return None
    return Broken(
        _(
            "The demand is for the board only. Check that the texts tell no secret, then release "
            "them for students to read."
        ),
        "text_released",
    )


def _member(project, today):
    # What was approved goes on to its end: a lapse closes only what is new.
    missing = membership.gap(project.organisation, today) if project.state in UNDECIDED else None
    if missing is None:
        return None
    return Broken(
        sentences(missing.sentence, missing.remedy),
        url=project.organisation.get_absolute_url(),
        url_label=_("Open the membership"),
    )


NEEDED = (
    "title",
    "summary",
    "problem",
    "aims",
    "tasks",
    "field",
    "chain",
    "talent_type",
    "housing",
    "safety_class",
)


def _complete(project, today):
    missing = [name for name in NEEDED if not str(getattr(project, name)).strip()]
    if not missing:
        return None
    names = _(", ").join(f"“{capfirst(project._meta.get_field(name).verbose_name)}”" for name in missing)
    return Broken(
        _("Students cannot choose without this. Fill in: %(names)s.") % {"names": names}, missing[0]
    )


def _article(number):
    """The floor's article, said in the language of whoever reads."""
    return lazy(lambda: str(FLOOR) % {"article": number}, str)()


RED_LINES = (
    RedLine("complete", gettext_lazy("Students learn what they need to choose"), RULES, _complete),
    RedLine("member", gettext_lazy("The enterprise is a member"), RULES, _member),
    RedLine("fees", gettext_lazy("No fees or deposits"), _article(18), _fees),
    RedLine("pay", gettext_lazy("Pay of at least 80 % of the same post"), _article(18), _pay),
    RedLine(
        "hours",
        gettext_lazy("No more than 8 hours a day and 40 a week"),
        gettext_lazy("Common practice, kept as a setting"),
        _hours,
    ),
    RedLine("work", gettext_lazy("No forbidden work or places"), _article(16), _work),
    RedLine("base", gettext_lazy("The base is accredited for the whole stay"), RULES, _base),
    RedLine(
        "academic",
        gettext_lazy("The academic mentor is in office at the start"),
        RULES,
        _mentor("academic_mentor"),
    ),
    RedLine(
        "industry",
        gettext_lazy("The industry mentor is in office at the start"),
        RULES,
        _mentor("industry_mentor"),
    ),
    RedLine("capacity", gettext_lazy("Both mentors have room"), RULES, _capacity),
    RedLine("bounds", gettext_lazy("1 to 20 places, a start that lies ahead"), RULES, _bounds),
    RedLine("terms", gettext_lazy("Confidentiality and ownership are written down"), RULES, _terms),
    RedLine("released", gettext_lazy("The enterprise has released the text"), RULES, _released),
)
