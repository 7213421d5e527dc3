"""Rules of schemes: entered by one person of the office with source and reason, in force once a second one has agreed."""

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from consortium import clock
from consortium.audit import action, record
from consortium.enums import Degree
from consortium.notifications import notify, notify_many
from consortium.reach import holders, names
from consortium.refusals import Forbidden, Invalid, Refused
from consortium.templatetags.portal import day_text
from mentors import schemes
from mentors.enums import RULE_MOVES, RuleState
from mentors.models import SchemeLimit, SupervisionMinimum
from mentors.models.scheme import MOST_LOGS
from mentors.rules import scheme as rules

# As verbs of the trail and keys of messages name the two kinds.
WORD = {SupervisionMinimum: "supervision minimum", SchemeLimit: "scheme limit"}


@action
def enter_minimum(*, by, degree, programme, academic, industry, joint, since, source, reason):
    """Enter the least numbers of one scheme, and ask a second person to agree. Returns the row.

    They begin with a month that lies ahead: what a running month asks does not change under those who work by it.
    Refuses numbers out of bounds, a missing source or reason, and a second entry for a scheme while one waits.
    """
    must_keep(by, SupervisionMinimum)
    if degree not in ("", *Degree.values):
        raise Invalid(_("There is no such degree."), remedy=_("Choose one of the list."), field="degree")
    for field, number in (("academic", academic), ("industry", industry), ("joint", joint)):
        if not 0 <= number <= MOST_LOGS:
            raise Invalid(
                _("%(n)d cannot be right.") % {"n": number},
                remedy=_("Enter a whole number from %(least)d to %(most)d.")
                % {"least": 0, "most": MOST_LOGS},
                field=field,
            )
    if since.day != 1 or since <= clock.today():
        raise Invalid(
            _("Least numbers begin with a month that lies ahead."),
            remedy=_("Choose the first day of a coming month."),
            field="since",
        )
    return _entered(
        SupervisionMinimum(
            degree=degree,
            programme=programme.strip(),
            academic=academic,
            industry=industry,
            joint=joint,
            since=since,
            source=source,
            reason=reason,
        ),
        by,
    )


@action
def enter_limit(*, by, kind, rule, since, source, reason, number=None, utmost=None, word=""):
    """Enter another limit for one rule of one kind of mentor, and ask a second person to agree. Returns the row.

    What was checked before its first day keeps the limit it was checked by. Refuses a rule without a limit, an
    exception that is stricter than the rule, a first day that is over, a missing source or reason, and a second entry
    for a rule while one waits.
    """
    must_keep(by, SchemeLimit)
    asked = schemes.rule_of(kind, rule)
    if asked is None or not asked.has_limit:
        raise Invalid(
            _("This rule has no limit to be changed: it is met or not."),
            remedy=_("Choose another rule."),
            field="rule",
        )
    if asked.policy and number is None:
        raise Invalid(_("The limit is missing."), remedy=_("Enter a whole number."), field="number")
    if asked.least and word not in asked.words:
        raise Invalid(_("There is no such word."), remedy=_("Choose one of the list."), field="word")
    if asked.utmost and (utmost is None or utmost < number):
        raise Invalid(
            _("An exception goes at least as far as the rule."),
            remedy=_("Enter the same number or a greater one."),
            field="utmost",
        )
    if since < clock.today():
        raise Invalid(
            _("A limit does not hold for days that are over."),
            remedy=_("Choose today or a later day."),
            field="since",
        )
    return _entered(
        SchemeLimit(
            kind=kind,
            rule=rule,
            number=number if asked.policy else None,
            utmost=utmost if asked.utmost else None,
            word=word if asked.least else "",
            since=since,
            source=source,
            reason=reason,
        ),
        by,
    )


def must_keep(by, model):
    """Refuse whoever does not set rules of this kind, and name who does."""
    if not rules.can_keep(by, model):
        people = names(holders(rules.permission_of(model)))
        raise Forbidden(
            _("Your role does not set the rules of schemes."), remedy=_("Ask %(names)s.") % {"names": people}
        )


def _entered(row, by):
    row.source, row.reason = row.source.strip(), row.reason.strip()
    for field, longest in (("source", rules.LONGEST_SOURCE), ("reason", rules.LONGEST_REASON)):
        text = getattr(row, field)
        if not text or len(text) > longest:
            raise Invalid(
                _("Say in one sentence where the rule comes from.")
                if field == "source"
                else _("Say in one sentence why it changes."),
                remedy=_("At most %(most)d characters.") % {"most": longest},
                field=field,
            )
    row.entered_by, row.entered_at = by, clock.now()
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError:
        raise Refused(
            _("Another entry for this waits for a second person."),
            remedy=_("Agree to it or withdraw it first."),
            url=row.get_absolute_url(),
            url_label=_("Open the page"),
            code="waits",
        ) from None
    record(f"{WORD[type(row)]} entered", row, by=by, **_values(row))
    notify_many(
        holders(rules.permission_of(type(row)), except_for=[by]),
        "scheme_rule_to_agree",
        key=f"{row._meta.model_name}:{row.pk}",
        url=row.get_absolute_url(),
        since=row.since,
    )
    return row


def _values(row):
    fields = (
        ("degree", "programme", "academic", "industry", "joint")
        if isinstance(row, SupervisionMinimum)
        else ("kind", "rule", "number", "utmost", "word")
    )
    values = {name: getattr(row, name) for name in fields}
    return values | {"since": row.since.isoformat(), "source": row.source, "reason": row.reason}


@action
def agree(*, row, by):
    """The second person agrees; it holds from its day on, and who entered it is told.

    Refuses whoever entered it, what waits no longer, what would reach back, and a second one from the same day.
    """
    must_keep(by, type(row))
    if by.pk == row.entered_by_id:
        others = holders(rules.permission_of(type(row)), except_for=[by])
        raise Forbidden(
            _("You entered this yourself; a second person must agree."),
            remedy=_("Ask %(names)s.") % {"names": names(others)},
        )
    if row.since < clock.today() or (isinstance(row, SupervisionMinimum) and row.since == clock.today()):
        raise Refused(
            _("It was to hold from %(day)s, and that day has come.") % {"day": day_text(row.since)},
            remedy=_("Withdraw it and enter it again with a later day."),
            code="late",
        )
    try:
        with transaction.atomic():
            _moved(row, RuleState.AGREED, agreed_by=by, agreed_at=clock.now())
    except IntegrityError:
        raise Refused(
            _("Another rule from the same day was agreed already."),
            remedy=_("Withdraw one of the two."),
            code="same",
        ) from None
    record(f"{WORD[type(row)]} agreed", row, by=by, **_values(row))
    notify(
        row.entered_by,
        "scheme_rule_agreed",
        key=f"{row._meta.model_name}:{row.pk}",
        url=row.get_absolute_url(),
        since=row.since,
    )
    return row


@action
def withdraw(*, row, by):
    """Take it back before it holds. Refuses what holds already: a later rule follows it."""
    must_keep(by, type(row))
    if row.state == RuleState.AGREED and row.since <= clock.today():
        raise Refused(
            _("This rule holds since %(day)s and is not taken back.") % {"day": day_text(row.since)},
            remedy=_("Enter another one with a later day."),
            code="holds",
        )
    _moved(row, RuleState.WITHDRAWN)
    record(f"{WORD[type(row)]} withdrawn", row, by=by, **_values(row))
    return row


def _moved(row, state, **values):
    """The move from what the page showed; whoever came second is told so."""
    expected = [one for one, moves in RULE_MOVES.items() if state in moves and one == row.state]
    moved = type(row).objects.filter(pk=row.pk, state__in=expected).update(state=state, **values)
    if not moved:
        raise Refused(
            _("This was agreed to or withdrawn already."),
            remedy=_("The page shows how it stands."),
            url=row.get_absolute_url(),
            url_label=_("Open the page"),
            code="state",
        )
    row.refresh_from_db()
