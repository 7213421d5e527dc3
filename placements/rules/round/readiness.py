"""The check before opening: what stops it, which projects are barred, what is worth a look."""

import calendar
from dataclasses import dataclass, field
from datetime import date, timedelta

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from consortium.clock import SHANGHAI, now
from placements.queries import round as queries
from placements.rules import caps as cap_rules
from placements.rules.round.crossing import crossing_sentence

STOPS, BARS, WARNS = "stops", "bars", "warns"


@dataclass(frozen=True)
class Finding:
    """One line of the check before opening: how grave, in words, and where to mend it."""

    weight: str
    sentence: str
    url: str = ""
    label: str = ""
    project_id: int | None = None


@dataclass
class Readiness:
    """Everything the check found: projects that enter, those barred, and the lines for people."""

    passing: list = field(default_factory=list)
    findings: list = field(default_factory=list)

    def of(self, weight):
        """The findings of one weight."""
        return [finding for finding in self.findings if finding.weight == weight]

    @property
    def stops(self):
        """What must be mended before anybody can ask for opening."""
        return self.of(STOPS)


def stay(project):
    """First and last day of the practice at the base."""
    start = project.starts_on
    months = start.month - 1 + project.months
    year, month = start.year + months // 12, months % 12 + 1
    return start, date(year, month, min(start.day, calendar.monthrange(year, month)[1]))


def is_base_valid(base, first, last):
    """Whether accreditations without a gap hold the whole stay."""
    missing = first
    for row in sorted(base.accreditations.all(), key=lambda row: row.valid_from):
        if row.valid_from <= missing <= row.valid_to:
            missing = row.valid_to + timedelta(days=1)
    return missing > last


def why_barred(project, load, today):
    """Why a project cannot enter a round, or None."""
    first, last = stay(project)
    if first <= today:
        return _("“%(project)s” is barred: its practice starts on %(day)s, which is past.") % {
            "project": project.name,
            "day": first.isoformat(),
        }
    if not is_base_valid(project.base, first, last):
        return _("“%(project)s” is barred: base “%(base)s” is not accredited from %(first)s to %(last)s.") % {
            "project": project.name,
            "base": project.base.name,
            "first": first.isoformat(),
            "last": last.isoformat(),
        }
    for mentor in (project.academic_mentor, project.industry_mentor):
        if mentor.state != "active" or not mentor.since <= first <= mentor.until:
            return _("“%(project)s” is barred: mentor %(mentor)s is not in office on %(day)s.") % {
                "project": project.name,
                "mentor": mentor.user.get_full_name(),
                "day": first.isoformat(),
            }
        if load.get(mentor.pk, 0) >= mentor.capacity:
            return _(
                "“%(project)s” is barred: mentor %(mentor)s already guides %(n)d of %(capacity)d students."
            ) % {
                "project": project.name,
                "mentor": mentor.user.get_full_name(),
                "n": load[mentor.pk],
                "capacity": mentor.capacity,
            }
    return None


def readiness(round):
    """The check before opening: every line with its weight; projects that pass."""
    found = Readiness()
    load = queries.load_of_mentors()
    today = now().astimezone(SHANGHAI).date()
    for project in queries.candidates(round):
        why = why_barred(project, load, today)
        if why:
            found.findings.append(
                Finding(BARS, why, project.get_absolute_url(), _("Open the project"), project.pk)
            )
        else:
            found.passing.append(project)
    found.findings[:0] = [*_round_stops(round, found.passing), *_mentor_warnings(round, found.passing, load)]
    found.findings += _student_warnings(round)
    return found


def _round_stops(round, passing):
    moment = now()
    edit = reverse("round_edit", args=[round.pk])
    if round.closes_at <= moment:
        yield Finding(STOPS, _("The closing time is past. Set a later one."), edit, _("Change the times"))
    if not passing:
        yield Finding(
            STOPS,
            _("No approved project can enter this round. Approve projects first."),
            reverse("projects"),
            _("See the projects"),
        )
    held = cap_rules.members(round.caps.all(), passing)
    crossing = cap_rules.crossing(held)
    if crossing:
        yield Finding(
            STOPS,
            crossing_sentence(crossing, passing),
            reverse("round_caps", args=[round.pk]),
            _("Change the caps"),
        )
    for cap, projects in held:
        if projects and not cap.capacity:
            yield Finding(
                STOPS,
                _("The cap “%(cap)s” is 0, so none of its %(n)d projects could take anybody.")
                % {"cap": cap.label, "n": len(projects)},
                reverse("round_caps", args=[round.pk]),
                _("Change the caps"),
            )


def _mentor_warnings(round, passing, load):
    held = {cap.subject_id for cap in round.caps.all() if cap.kind == "mentor"}
    proposed = cap_rules.propose(
        passing, taken=lambda kind, subject: load.get(subject, 0) if kind == "mentor" else 0
    )
    for row in proposed:
        kept_anyway = cap_rules.reachable(row, round.caps.all(), passing) <= row.capacity
        if row.kind == "mentor" and row.subject_id not in held and not kept_anyway:
            yield Finding(
                WARNS,
                _(
                    "Mentor %(mentor)s offers %(offered)d places and can take %(left)d. Set a cap for this mentor."
                )
                % {"mentor": row.label, "offered": row.offered, "left": row.capacity},
                reverse("round_caps", args=[round.pk]),
                _("Set a cap"),
            )


def _student_warnings(round):
    students = queries.students_of(round).order_by()
    total = students.count()
    if not total:
        yield Finding(
            STOPS,
            _("No student can take part. Record students first."),
            reverse("students"),
            _("See the students"),
        )
        return
    unknown = students.filter(fresh_graduate=None).count()
    if unknown:
        yield Finding(
            WARNS,
            ngettext(
                "%(n)d student has not said whether they are a fresh graduate and cannot hand in a list yet.",
                "%(n)d students have not said whether they are fresh graduates and cannot hand in a list yet.",
                unknown,
            )
            % {"n": unknown},
            reverse("students"),
            _("See the students"),
        )
    mute = students.filter(Q(user__email=None) | Q(user__email="")).count()
    if mute:
        yield Finding(
            WARNS,
            ngettext(
                "%(n)d student has no mail address and will see messages only in the portal.",
                "%(n)d students have no mail address and will see messages only in the portal.",
                mute,
            )
            % {"n": mute},
            reverse("students"),
            _("See the students"),
        )
