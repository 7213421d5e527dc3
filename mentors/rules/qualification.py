"""A nomination held against the scheme of its kind: each rule with its value and its limit."""

from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from consortium import clock, policy
from mentors import schemes
from mentors.enums import Degree, NominationKind, TitleLevel
from mentors.queries.scheme import limits_on


def age_on(born, day):
    """Whole years of age on a day."""
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


def held_against_scheme(nomination, *, excellent=0, assessments=(0, 0)):
    """What the check finds: [{"rule", "value", "limit", "utmost", "ok", "excusable", "source"}], plain values.

    `excellent`: years assessed as excellent so far. `assessments`: (years that are over, of them assessed and passed).
    """
    rules = schemes.rules_of(nomination.kind, renewal=nomination.process == NominationKind.RENEWAL)
    limits = limits_in_force(nomination.kind, rules)
    given = {"excellent": excellent, "assessments": assessments}
    return [_line(rule, nomination, limits[rule.code], given) for rule in rules]


@dataclass(frozen=True)
class Limit:
    """What a rule asks today: a number and how far an exception goes, a word of a list, or neither; and its source."""

    number: int | None
    utmost: int | None
    word: str
    source: str
    since: date | None = None

    @property
    def asked(self):
        """What a value is held against: the number, else the word, else yes."""
        return self.word or True if self.number is None else self.number


def limits_in_force(kind, rules):
    """{code: Limit} of these rules of a kind today: as the office set it, else as the scheme has it."""
    set_ = limits_on([kind], clock.today())
    defaults = policy.values(*[key for rule in rules for key in (rule.policy, rule.utmost) if key])
    found = {}
    for rule in rules:
        row = set_.get((kind, rule.code))
        found[rule.code] = (
            Limit(row.number, row.utmost, row.word, row.source, row.since)
            if row
            else Limit(defaults.get(rule.policy), defaults.get(rule.utmost), rule.least, rule.source)
        )
    return found


def _line(rule, nomination, limit, given):
    value, ok = _measured(rule, nomination, limit, given)
    within = limit.utmost is None or ok or value <= limit.utmost
    return {
        "rule": rule.code,
        "value": value,
        "limit": given["assessments"][0] if rule.code == schemes.ASSESSED else limit.asked,
        "least": limit.word,
        "utmost": limit.utmost,
        "ok": ok,
        "excusable": rule.excusable and within,
        # The words of our own sources are translated when they are read, those of papers stay as they are.
        "source": limit.source if isinstance(limit.source, str) else "",
    }


def _measured(rule, nomination, limit, given):
    """(value, whether it will do)."""
    if rule.code == schemes.AGE:
        age = age_on(nomination.born, nomination.since)
        return age, age <= limit.number
    if rule.code == schemes.DEGREE:
        enough = _at_least(Degree, nomination.degree, limit.word)
        senior = nomination.kind == "industry_professor" and nomination.title_level == TitleLevel.SENIOR
        return nomination.degree, enough or senior
    if rule.code == schemes.TITLE:
        enough = _at_least(TitleLevel, nomination.title_level, limit.word)
        stands_in = bool(rule.policy) and nomination.years >= limit.number
        doctor = not rule.policy and nomination.degree == Degree.DOCTOR
        return nomination.title_level, enough or stands_in or doctor
    if rule.code == schemes.YEARS:
        return nomination.years, nomination.years >= limit.number
    if rule.code == schemes.EXCELLENT:
        return given["excellent"], given["excellent"] >= limit.number
    if rule.code == schemes.ASSESSED:
        over, passed = given["assessments"]
        return passed, passed >= over
    return getattr(nomination, rule.code), bool(getattr(nomination, rule.code))


def _at_least(choices, word, least):
    return choices.values.index(word) >= choices.values.index(least)


def failed_of(lines):
    """The rules that are not met."""
    return [line for line in lines if not line["ok"]]


def beyond_exception(lines):
    """Failed rules for which no exception can be asked."""
    return [line for line in failed_of(lines) if not line["excusable"]]


def said_of(nomination, lines):
    """The lines in the reader's language: [{"label", "value", "limit", "ok", "excusable", "source", "sentence"}]."""
    return [_said(nomination, line) for line in lines]


def _said(nomination, line):
    rule = schemes.rule_of(nomination.kind, line["rule"])
    label = str(rule.label) if rule else line["rule"]
    value, limit = _value(line), _limit(line)
    sentence = _("%(rule)s: %(value)s, limit: %(limit)s.") % {"rule": label, "value": value, "limit": limit}
    return {
        "code": line["rule"],
        "label": label,
        "value": value,
        "limit": limit,
        "ok": line["ok"],
        "excusable": line["excusable"],
        "utmost": line["utmost"],
        "source": line["source"] or (str(rule.source) if rule else ""),
        "sentence": sentence,
    }


def _value(line):
    value = line["value"]
    if line["rule"] == schemes.DEGREE:
        return str(Degree(value).label)
    if line["rule"] == schemes.TITLE:
        return str(TitleLevel(value).label)
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return str(value)


def _limit(line):
    """The limit in words, as the table and the refusal say it."""
    code, limit = line["rule"], line["limit"]
    if code == schemes.AGE:
        if line["utmost"]:
            return _("at most %(limit)d, by an exception %(utmost)d") % {
                "limit": limit,
                "utmost": line["utmost"],
            }
        return _("at most %(limit)d") % {"limit": limit}
    if code == schemes.DEGREE:
        return _("at least %(word)s") % {"word": Degree(line["least"]).label}
    if code == schemes.TITLE:
        least = TitleLevel(line["least"]).label
        if isinstance(limit, bool) or not isinstance(limit, int):
            return _("at least %(word)s, or a doctorate") % {"word": least}
        return ngettext(
            "at least %(word)s, or %(limit)d year of practice",
            "at least %(word)s, or %(limit)d years of practice",
            limit,
        ) % {"word": least, "limit": limit}
    if isinstance(limit, bool):
        return _("yes")
    return _("at least %(limit)s") % {"limit": limit}


def limit_text(row):
    """A limit that the office entered, in words."""
    asked = row.word or True if row.number is None else row.number
    return _limit({"rule": row.rule, "limit": asked, "least": row.word, "utmost": row.utmost})


def scheme_lines(kind):
    """A scheme as its page shows it: [{"code", "label", "limit", "source", "excusable", "since", "values"}].

    `since`: from when on the office set it so, else None; `values`: as the form of a change begins, None without a limit.
    """
    rules = schemes.rules_of(kind)
    limits = limits_in_force(kind, rules)
    return [_scheme_line(rule, limits[rule.code]) for rule in rules]


def _scheme_line(rule, limit):
    line = {"rule": rule.code, "limit": limit.asked, "least": limit.word, "utmost": limit.utmost}
    values = {"number": limit.number, "utmost": limit.utmost, "word": limit.word}
    return {
        "code": rule.code,
        "label": rule.label,
        "limit": _limit(line),
        "source": limit.source,
        "excusable": rule.excusable,
        "since": limit.since,
        "values": values if rule.has_limit else None,
    }
