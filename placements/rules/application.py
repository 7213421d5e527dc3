"""When a list may be changed and handed in, and in which words not."""

import hashlib
from dataclasses import dataclass

from django.utils import dateformat
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from consortium import clock
from consortium.refusals import Refused
from consortium.templatetags.portal import day_short_text, moment_text
from placements.enums import ProjectState, RoundState
from placements.rules.eligibility import project_reasons, student_reasons


@dataclass(frozen=True)
class Blocker:
    """One reason why a list cannot be handed in. `row` is the choice concerned, `place` its number; None: the list."""

    code: str
    sentence: str
    remedy: str = ""
    url: str = ""
    url_label: str = ""
    row: object = None
    place: int | None = None


def takes_lists(round_, now):
    """Whether lists may be changed and handed in at this moment of the database's clock."""
    return round_.state == RoundState.OPEN and round_.opens_at <= now < round_.closes_at


def to_the_second(at):
    """A moment with its seconds and its zone, for what turned on them."""
    said = dateformat.format(
        at.astimezone(clock.SHANGHAI), pgettext("date format with seconds", "j M Y H:i:s")
    )
    return _("%(moment)s (Beijing time)") % {"moment": said}


def hour_and_minute(at):
    """17:00."""
    return dateformat.format(at.astimezone(clock.SHANGHAI), "H:i")


def refuse_unless_open(round_, now, stands=None):
    """Refuse a change outside the round's time: when it closed, when this arrived, which version stands."""
    if takes_lists(round_, now):
        return
    if now < round_.opens_at:
        raise Refused(
            _("This round opens at %(opens)s.") % {"opens": to_the_second(round_.opens_at)},
            remedy=_("You can look at projects and come back then."),
            code="not_open",
        )
    shut = min(round_.closed_at or round_.closes_at, round_.closes_at)
    raise Refused(
        _("Lists closed at %(closes)s; yours arrived at %(at)s and was not accepted.")
        % {"closes": to_the_second(shut), "at": to_the_second(now)},
        remedy=standing(stands),
        code="closed",
    )


def standing(version):
    """One sentence on what counts now."""
    if version is None:
        return _("You have handed in no list, so none takes part in this round.")
    if version.withdrawal:
        return _("Your list was withdrawn, so none takes part in this round.")
    return _("Version %(number)d of %(at)s stands.") % {
        "number": version.number,
        "at": moment_text(version.submitted_at),
    }


def blockers(mine):
    """Every reason why this list cannot be handed in, all at once, those of a row with their row."""
    found = [
        Blocker(reason.code, reason.sentence, reason.remedy, reason.url, reason.url_label)
        for reason in student_reasons(mine.student)
    ]
    if not mine.rows:
        found.append(Blocker("empty", _("You have chosen no project."), _("Choose at least one.")))
    most = mine.round.max_preferences
    if len(mine.rows) > most:
        found.append(
            Blocker(
                "too_many",
                ngettext(
                    "You can list at most %(most)d project.", "You can list at most %(most)d projects.", most
                )
                % {"most": most},
                _("Remove some, then submit."),
            )
        )
    for row in mine.rows:
        found.extend(row_blockers(mine.student, row))
    return found


def row_blockers(student, row):
    """What speaks against one choice."""
    project = row.round_project.project
    gone_at = row.round_project.withdrawn_at or project.withdrawn_at
    if gone_at or project.state == ProjectState.WITHDRAWN:
        return [_withdrawn(row, project, gone_at)]
    return [
        Blocker(reason.code, reason.sentence, reason.remedy, reason.url, reason.url_label, row, row.rank)
        for reason in project_reasons(student, project)
    ]


def _withdrawn(row, project, gone_at):
    return Blocker(
        "withdrawn",
        _("Choice %(place)d “%(project)s” was withdrawn on %(day)s.")
        % {"place": row.rank, "project": project.name, "day": day_short_text(gone_at) if gone_at else ""},
        _("Remove or replace it; your other choices are unaffected."),
        row=row,
        place=row.rank,
    )


def check_code(version, codes):
    """The code on a receipt: ten hex digits anyone can recompute from what the receipt shows.

    SHA-256, in UTF-8, over `round id|student number|version|code,code,code`, the projects' codes in their order
    (nothing after the last stroke for a withdrawal); its first ten digits, as five and five.
    """
    application = version.application
    text = check_text(application.round_id, application.student.number, version.number, codes)
    digest = hashlib.sha256(text.encode()).hexdigest()
    return f"{digest[:5]}-{digest[5:10]}"


def check_text(round_id, student_number, number, codes):
    """What the check code is made of."""
    return f"{round_id}|{student_number}|{number}|{','.join(codes)}"
