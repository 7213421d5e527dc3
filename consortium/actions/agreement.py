"""Agreements: drawn up, offered, signed party by party, in force by the last signature, renewed, ended."""

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from consortium import clock
from consortium.audit import action, record
from consortium.due import each_due
from consortium.enums import AgreementState as State
from consortium.models import (
    Agreement,
    AgreementParty,
    AgreementSignature,
    AgreementText,
)
from consortium.notifications import notify_many
from consortium.queries import agreement as queries
from consortium.queries.people import acting_for
from consortium.reach import holders
from consortium.refusals import Forbidden, Invalid, Refused
from consortium.roles import Permission
from consortium.rules import agreement as rules
from consortium.rules.membership_term import warning_due
from consortium.templatetags.portal import day_text

MOST_PARTIES = 6
EDITABLE = ("number", "title", "kind", "subject", "disclosure", "since", "until")


# --- drawing up


@action
def record_agreement(
    *,
    by,
    number,
    title,
    kind,
    subject,
    parties,
    since,
    until=None,
    disclosure="parties",
    previous=None,
    is_sample=False,
):
    """Begin a draft between organisations, in the order in which they sign; returns it.

    Refuses fewer than two parties, one named twice, days in the wrong order, a number that is taken.
    """
    _must_keep(by)
    _refuse_parties(parties)
    _refuse_days(since, until)
    _refuse_number(number)
    agreement = Agreement(
        number=number.strip(),
        title=title.strip(),
        kind=kind,
        subject=subject.strip(),
        since=since,
        until=until,
        disclosure=disclosure,
        previous=previous,
        recorded_by=by,
        created_at=clock.now(),
        is_sample=is_sample,
    )
    _save_new(agreement)
    _set_parties(agreement, parties)
    record(
        "agreement recorded",
        agreement,
        by=by,
        parties=[one.name_zh for one in parties],
        renews=previous.number if previous else None,
    )
    return agreement


@action
def edit_agreement(*, agreement, by, version, parties, **fields):
    """Change a draft; only what differs is written and noted. Refuses when somebody saved since `version`."""
    _must_keep(by)
    agreement = _locked(agreement)
    _refuse_state(agreement, State.DRAFT)
    if agreement.version != version:
        raise Refused(
            _("Somebody has saved this draft since you opened it; nothing of yours was saved."),
            remedy=_("What you typed is still here. Open the draft beside it, compare, and save again."),
            url=agreement.get_absolute_url(),
            url_label=_("Open the draft"),
            code="version",
        )
    _refuse_parties(parties)
    _refuse_days(fields["since"], fields["until"])
    if fields["number"] != agreement.number:
        _refuse_number(fields["number"])
    changed = {
        name: [str(getattr(agreement, name) or ""), str(fields[name] or "")]
        for name in EDITABLE
        if fields[name] != getattr(agreement, name)
    }
    for name in changed:
        setattr(agreement, name, fields[name])
    if [one.pk for one in parties] != [row.organisation_id for row in agreement.parties.order_by("order")]:
        _refuse_signed(agreement)
        agreement.parties.all().delete()
        _set_parties(agreement, parties)
        changed["parties"] = [one.name_zh for one in parties]
    if changed:
        agreement.version += 1
        _save_new(agreement)
        record("agreement edited", agreement, by=by, changed=changed)
    return agreement


@action
def add_text(*, agreement, by, file, note=""):
    """Keep a new text under its hash and return it. Of one in force it is an amendment, offered next.

    Refuses the very bytes of the newest text, and any text while one is being signed.
    """
    _must_keep(by)
    agreement = _locked(agreement)
    if not rules.may_add_text(by, agreement):
        raise Refused(
            _("Text %(n)d is being signed; another now would go over the heads of those who sign.")
            % {"n": agreement.offered.number}
            if agreement.offered_id
            else _("This agreement is “%(state)s”; it takes no further text.")
            % {"state": agreement.get_state_display()},
            remedy=_("Wait for the signatures, or let a party send it back first.")
            if agreement.offered_id
            else _("Record a new agreement, or renew this one."),
            code="state",
        )
    newest = agreement.texts.order_by("-number").first()
    if newest and newest.sha256 == file.sha256:
        raise Invalid(
            _("This file is text %(n)d, byte by byte.") % {"n": newest.number},
            remedy=_("Choose the changed one."),
            field="file",
        )
    text = AgreementText.objects.create(
        agreement=agreement,
        number=(newest.number if newest else 0) + 1,
        file=file,
        sha256=file.sha256,
        note=note.strip(),
        added_by=by,
        added_at=clock.now(),
    )
    record("agreement text added", agreement, by=by, text=text.number, sha256=text.sha256)
    return text


@action
def offer(*, agreement, by):
    """Offer the newest text for signing: from here on its parties are settled. The first of them is told.

    Refuses a draft without a text, one whose newest text a party sent back or has signed already.
    """
    _must_keep(by)
    agreement = _locked(agreement)
    newest = agreement.texts.order_by("-number").first()
    if newest is None:
        raise Refused(
            _("There is no text yet."),
            remedy=_("Add the text that the parties are to sign."),
            code="no_text",
        )
    if (
        newest.pk == agreement.text_id
        or agreement.offered_id
        or agreement.state not in (State.DRAFT, State.IN_FORCE)
    ):
        raise Refused(
            _("There is no new text to offer; nothing was done."),
            remedy=_("Open the agreement and see how far it is."),
            url=agreement.get_absolute_url(),
            url_label=_("Open the agreement"),
            code="state",
        )
    state = State.SIGNING if agreement.state == State.DRAFT else State.IN_FORCE
    _move(agreement, agreement.state, state, offered=newest, offered_at=clock.now(), wish="")
    record("agreement offered", agreement, by=by, text=newest.number, sha256=newest.sha256)
    _tell_next(agreement)
    return agreement


# --- signing


@action
def sign(*, party, text, by, post=""):
    """Sign for a party, here and now. The last signature brings the text into force.

    `text` is the one that was read: refuses another on offer by now, a turn that has not come, whoever does not sign
    for the party, and a second signature.
    """
    agreement, party = _of(party)
    if not rules.can_sign_for(by, party.organisation):
        raise _no_signer(party)
    _refuse_unoffered(agreement, text)
    turn = rules.whose_turn(agreement)
    if turn != party and not _signed(party, text):
        raise Refused(
            _("It is the turn of %(unit)s.") % {"unit": turn.organisation.name},
            remedy=_("You are told when it has signed."),
            code="turn",
        )
    return _put_signature(
        agreement,
        party,
        text,
        by,
        signer=by.get_full_name(),
        post=post,
        signed_on=clock.today(),
        evidence=None,
    )


@action
def record_signature(*, party, by, signer, signed_on, evidence, post=""):
    """Record a signature given on paper, with its scan. Papers come in any order.

    Refuses a day to come, a missing scan, and a second signature of the party.
    """
    _must_keep(by)
    agreement, party = _of(party)
    _refuse_unoffered(agreement, agreement.offered)
    if evidence is None:
        raise Invalid(
            _("The scan of the signed paper is missing."),
            remedy=_("Choose the file; without it nobody can compare."),
            field="evidence",
        )
    if signed_on > clock.today():
        raise Invalid(
            _("%(day)s is still to come.") % {"day": day_text(signed_on)},
            remedy=_("Enter today or an earlier day."),
            field="signed_on",
        )
    return _put_signature(
        agreement,
        party,
        agreement.offered,
        by,
        signer=signer.strip(),
        post=post,
        signed_on=signed_on,
        evidence=evidence,
    )


@action
def send_back(*, agreement, by, wish, party=None):
    """A party says what it wants changed instead of signing, before its turn too; or the office takes the text back.

    What was signed stays signed: offered again, the same text needs the missing signatures only.
    """
    agreement = _locked(agreement)
    if party is None:
        _must_keep(by)
    elif not rules.can_sign_for(by, party.organisation):
        raise _no_signer(party)
    _refuse_unoffered(agreement, agreement.offered)
    if not wish.strip():
        raise Invalid(
            _("Say what you want changed."),
            remedy=_("The office reads it and draws up the next text."),
            field="wish",
        )
    sent = agreement.offered
    state = State.DRAFT if agreement.state == State.SIGNING else State.IN_FORCE
    _move(agreement, agreement.state, state, offered=None, wish=wish.strip())
    unit = party.organisation.name_zh if party else None
    record("agreement sent back", agreement, by=by, text=sent.number, unit=unit)
    if party:
        people = holders(Permission.KEEP_AGREEMENTS, except_for=[by])
        given = {"key": f"{agreement.pk}:{clock.now().isoformat()}", "unit": unit}
        _tell(people, agreement, "agreement_sent_back", **given)
    return agreement


# --- the end


@action
def withdraw(*, agreement, by, reason):
    """Give up an agreement that was never signed by all; whoever was to sign is told."""
    _must_keep(by)
    agreement = _locked(agreement)
    _ask_reason(reason)
    was_offered = agreement.offered_at is not None
    _refuse_state(agreement, State.DRAFT, State.SIGNING)
    _move(
        agreement,
        agreement.state,
        State.WITHDRAWN,
        offered=None,
        ended_on=clock.today(),
        end_reason=reason.strip(),
    )
    record("agreement withdrawn", agreement, by=by, reason=reason.strip())
    if was_offered:
        _tell_parties(agreement, "agreement_withdrawn", key=str(agreement.pk), reason=reason.strip())
    return agreement


@action
def end_agreement(*, agreement, by, reason, on=None):
    """End one in force before its last day, on a day that is today or past; the parties are told."""
    _must_keep(by)
    agreement = _locked(agreement)
    _refuse_state(agreement, State.IN_FORCE)
    _ask_reason(reason)
    today = clock.today()
    on = on or today
    if on > today or (agreement.until and on > agreement.until):
        raise Invalid(
            _("%(day)s is still to come.") % {"day": day_text(on)},
            remedy=_("Enter today or an earlier day; a later end needs an amended text."),
            field="on",
        )
    if on < agreement.since:
        raise Invalid(
            _("It begins on %(day)s; it cannot end before.") % {"day": day_text(agreement.since)},
            remedy=_("Enter a day from then on."),
            field="on",
        )
    _move(
        agreement,
        State.IN_FORCE,
        State.TERMINATED,
        offered=None,
        ended_on=on,
        end_reason=reason.strip(),
    )
    record("agreement ended", agreement, by=by, reason=reason.strip(), on=on.isoformat())
    _tell_parties(agreement, "agreement_ended", key=str(agreement.pk), on=on, reason=reason.strip())
    return agreement


@action
def renew(*, agreement, by, number, since, until):
    """Draw up the agreement that follows: same parties, kind and subject, a number and days of its own.

    Refuses one without a last day, one that is renewed already, and days that overlap.
    """
    _must_keep(by)
    agreement = _locked(agreement)
    if not rules.may_renew(by, agreement):
        followed = agreement.renewals.exclude(state=State.WITHDRAWN).first()
        raise Refused(
            _("It is renewed already, by %(number)s.") % {"number": followed.number}
            if followed
            else _("There is nothing to renew: it has no last day, or was never in force."),
            remedy=_("Open that one.") if followed else _("Record a new agreement instead."),
            url=followed.get_absolute_url() if followed else "",
            url_label=_("Open the renewal") if followed else "",
            code="renewed",
        )
    if since <= agreement.until:
        raise Invalid(
            _("The present one holds until %(day)s.") % {"day": day_text(agreement.until)},
            remedy=_("Let the next one begin on the day after or later."),
            field="since",
        )
    return record_agreement(
        by=by,
        number=number,
        title=agreement.title,
        kind=agreement.kind,
        subject=agreement.subject,
        parties=[
            row.organisation for row in agreement.parties.select_related("organisation").order_by("order")
        ],
        since=since,
        until=until,
        disclosure=agreement.disclosure,
        previous=agreement,
        is_sample=agreement.is_sample,
    )


# --- the clock


@action
def close_agreement(*, agreement):
    """By the clock, after its last day. None when somebody was first."""
    agreement = _locked(agreement)
    if agreement.state != State.IN_FORCE or agreement.until is None or agreement.until >= clock.today():
        return None
    _move(agreement, State.IN_FORCE, State.ENDED, offered=None, ended_on=agreement.until)
    record("agreement over", agreement, by=None, until=agreement.until.isoformat())
    given = {"key": str(agreement.pk), "until": agreement.until}
    _tell_parties(agreement, "agreement_over", **given)
    _tell_office(agreement, "agreement_over", **given)
    return agreement


@action
def warn_of_end(*, agreement, days):
    """By the clock: parties and offices learn that it ends within so many days, once for each of the three."""
    moved = Agreement.objects.filter(pk=agreement.pk, state=State.IN_FORCE).exclude(warned=days)
    if not moved.update(warned=days):
        return None
    given = {
        "key": f"{agreement.pk}:{days}",
        "until": agreement.until,
        "days": (agreement.until - clock.today()).days,
    }
    record("agreement ends soon", agreement, by=None, days=days)
    _tell_parties(agreement, "agreement_ends_soon", **given)
    _tell_office(agreement, "agreement_ends_soon", **given)
    return agreement


def advance():
    """End and warn, each when its day has come; may run late, twice and in two workers. Returns how many of each."""
    today = clock.today()
    return {
        "over": each_due(queries.over_on(today), lambda row: close_agreement(agreement=row), stuck=_leave),
        "warned": each_due(queries.to_warn_of(today), lambda row: _warn(row, today), stuck=_leave),
    }


def _warn(agreement, today):
    days = warning_due(agreement.until, today)
    if not days or agreement.warned == days:
        return None
    return warn_of_end(agreement=agreement, days=days)


def _leave(agreement, refusal):
    """Nothing here waits for a person: the next beat tries again, and the log names the row."""


# --- what all share


def _put_signature(agreement, party, text, by, *, signer, post, signed_on, evidence):
    first = _signed(party, text)
    if first:
        raise Refused(
            _("%(unit)s has signed this text: %(name)s on %(day)s.")
            % {"unit": party.organisation.name, "name": first.signer, "day": day_text(first.signed_on)},
            remedy=_("Nothing was recorded twice."),
            url=agreement.get_absolute_url(),
            url_label=_("Open the agreement"),
            code="signed",
        )
    signature = AgreementSignature.objects.create(
        party=party,
        text=text,
        signer=signer,
        post=post.strip(),
        signed_on=signed_on,
        evidence=evidence,
        recorded_by=by,
        recorded_at=clock.now(),
    )
    record(
        "agreement signed on paper" if evidence else "agreement signed",
        agreement,
        by=by,
        unit=party.organisation.name_zh,
        text=text.number,
        sha256=text.sha256,
        evidence=evidence.sha256 if evidence else None,
    )
    if queries.unsigned(agreement.parties.all()).exists():
        _tell_next(agreement)
    else:
        _bring_into_force(agreement, text)
    return signature


def _bring_into_force(agreement, text):
    """The last signature: this text holds from now on, and nothing changes it any more."""
    _move(
        agreement,
        agreement.state,
        State.IN_FORCE,
        text=text,
        offered=None,
        in_force_at=agreement.in_force_at or clock.now(),
    )
    record("agreement in force", agreement, by=None, text=text.number, sha256=text.sha256)
    given = {"key": str(text.pk), "since": agreement.since}
    _tell_parties(agreement, "agreement_in_force", **given)
    _tell_office(agreement, "agreement_in_force", **given)


def _move(agreement, expected, to, **fields):
    """Whoever holds the lock moves it; the state it is expected in keeps a door without the lock shut too."""
    moved = Agreement.objects.filter(pk=agreement.pk, state=expected).update(state=to, **fields)
    if not moved:
        raise _moved_on(agreement)
    for name, value in {"state": to, **fields}.items():
        setattr(agreement, name, value)


def _locked(agreement):
    return (
        Agreement.objects.select_for_update(of=("self",))
        .select_related("text", "offered")
        .get(pk=agreement.pk)
    )


def _of(party):
    """(the agreement locked, the party with its organisation): signatures of one agreement come one after another."""
    agreement = _locked(party.agreement)
    return agreement, AgreementParty.objects.select_related("organisation").get(pk=party.pk)


def _signed(party, text):
    return AgreementSignature.objects.filter(party=party, text=text).first()


def _no_signer(party):
    return Forbidden(
        _("You do not sign for %(unit)s.") % {"unit": party.organisation.name},
        remedy=_("Its administrators do; for a university the graduate school does."),
    )


def _must_keep(by):
    if not rules.can_keep(by):
        raise Forbidden(
            _("Your role does not keep agreements."),
            remedy=_("Ask the secretariat or the graduate school to do it."),
        )


def _refuse_unoffered(agreement, text):
    if agreement.offered_id is None or text is None or text.pk != agreement.offered_id:
        raise Refused(
            _("This text is not on offer any more; nothing was signed."),
            remedy=_("Open the agreement and read the newest text."),
            url=agreement.get_absolute_url(),
            url_label=_("Open the agreement"),
            code="text",
        )


def _refuse_state(agreement, *states):
    if agreement.state not in states:
        raise _moved_on(agreement)


def _moved_on(agreement):
    return Refused(
        _("This agreement has moved on and is now “%(state)s”; nothing was done.")
        % {"state": State(Agreement.objects.get(pk=agreement.pk).state).label},
        remedy=_("Open it again and go on from there."),
        url=agreement.get_absolute_url(),
        url_label=_("Open the agreement"),
        code="state",
    )


def _refuse_parties(parties):
    if len(parties) < 2:
        raise Invalid(
            _("An agreement has two parties or more."), remedy=_("Name the other one."), field="party_2"
        )
    if len(parties) > MOST_PARTIES:
        raise Invalid(
            _("At most %(n)d parties.") % {"n": MOST_PARTIES},
            remedy=_("Record one agreement for each group."),
            field="party_2",
        )
    keys = [one.pk for one in parties]
    for number, key in enumerate(keys, 1):
        if key in keys[: number - 1]:
            raise Invalid(
                _("%(unit)s is named twice.") % {"unit": parties[number - 1].name},
                remedy=_("Name each party once."),
                field=f"party_{number}",
            )


def _refuse_days(since, until):
    if until is not None and until < since:
        raise Invalid(
            _("The last day %(until)s lies before the first.") % {"until": day_text(until)},
            remedy=_("Enter a last day from the first on, or none."),
            field="until",
        )


def _refuse_number(number):
    first = Agreement.objects.filter(number=number.strip()).first()
    if first:
        raise Invalid(
            _("The number %(number)s stands for “%(title)s”.")
            % {"number": first.number, "title": first.title},
            remedy=_("Compare it with the paper."),
            field="number",
            code="double",
            url=first.get_absolute_url(),
            url_label=_("Open that agreement"),
        )


def _save_new(agreement):
    try:
        with transaction.atomic():
            agreement.save()
    except IntegrityError:
        taken = Agreement.objects.filter(number=agreement.number).exclude(pk=agreement.pk)
        if taken.exists():
            _refuse_number(agreement.number)
        raise


def _set_parties(agreement, parties):
    AgreementParty.objects.bulk_create(
        AgreementParty(agreement=agreement, organisation=one, order=order)
        for order, one in enumerate(parties, 1)
    )


def _refuse_signed(agreement):
    signed = AgreementSignature.objects.filter(party__agreement=agreement).select_related(
        "party__organisation"
    )
    first = signed.first()
    if first:
        raise Invalid(
            _("%(unit)s has signed text %(n)d between these parties.")
            % {"unit": first.party.organisation.name, "n": first.text.number},
            remedy=_("Withdraw this one and record another between the new parties."),
            field="party_1",
        )


def _ask_reason(reason):
    if not reason.strip():
        raise Invalid(
            _("Say in one sentence why."),
            remedy=_("The parties read it, and it stays in the trail."),
            field="reason",
        )


def signers_of(organisation):
    """The people who sign for an organisation here; for a university that has none, the graduate school."""
    people = acting_for([organisation], Permission.SIGN_AGREEMENT)
    if organisation.kind in rules.UNIVERSITIES and not people.exists():
        return holders(Permission.SIGN_AGREEMENT)
    return people


def _tell_next(agreement):
    """Tell those whose turn it is now; nobody is asked before their turn."""
    party = rules.whose_turn(queries.with_page(Agreement.objects.filter(pk=agreement.pk)).get())
    notify_many(
        signers_of(party.organisation),
        "agreement_to_sign",
        key=f"{party.pk}:{agreement.offered_at.isoformat()}",
        url=agreement.get_absolute_url(),
        unit=party.organisation.name_zh,
        number=agreement.number,
    )


def _tell_parties(agreement, kind, *, key, **params):
    people = {}
    for party in agreement.parties.select_related("organisation").order_by("order"):
        people |= {person.pk: person for person in signers_of(party.organisation)}
    _tell(people.values(), agreement, kind, key, **params)


def _tell_office(agreement, kind, *, key, **params):
    _tell(holders(Permission.KEEP_AGREEMENTS), agreement, kind, key, **params)


def _tell(people, agreement, kind, key, **params):
    notify_many(people, kind, key=key, url=agreement.get_absolute_url(), number=agreement.number, **params)
