"""Agreements: who keeps, who signs, whose turn it is, how one stands on a day."""

from consortium.enums import AgreementState as State
from consortium.queries.agreement import EXPIRING_DAYS, UNIVERSITIES, keeps_agreements, sees_all, signs_for
from consortium.reach import reach
from consortium.roles import Permission


def can_keep(user):
    """Whether the person draws up, offers, renews and ends agreements."""
    return keeps_agreements(user)


def can_sign_for(user, organisation):
    """Whether the person signs for an organisation: its own people, and the graduate school for a university."""
    if organisation.pk in signs_for(user):
        return True
    return reach(user, Permission.SIGN_AGREEMENT).all and organisation.kind in UNIVERSITIES


def can_read_in_full(user, agreement):
    """Whether subject, texts and signatures are shown: to the offices and to the people of the parties."""
    if sees_all(user):
        return True
    parties = {party.organisation_id for party in agreement.parties.all()}
    return agreement.offered_at is not None and bool(parties & signs_for(user))


def seats(agreement, text):
    """[(party, signature or None)] of one text, in the order of signing. Reads what was fetched with the page."""
    return [
        (party, next((row for row in party.signatures.all() if text and row.text_id == text.pk), None))
        for party in agreement.parties.all()
    ]


def whose_turn(agreement):
    """The first party that has not signed the text on offer; None when nothing is on offer."""
    if agreement.offered_id is None:
        return None
    return next((party for party, signed in seats(agreement, agreement.offered) if signed is None), None)


def standing(agreement, day):
    """How it stands on a day: its state, or within it "to_begin" or "expiring"."""
    if agreement.state != State.IN_FORCE:
        return agreement.state
    if agreement.since > day:
        return "to_begin"
    if agreement.until and (agreement.until - day).days <= EXPIRING_DAYS:
        return "expiring"
    return agreement.state


def may_edit(user, agreement):
    """Whether its facts and parties can be changed."""
    return can_keep(user) and agreement.state == State.DRAFT


def may_add_text(user, agreement):
    """A new text: while it is drawn up, and as an amendment of one in force; not over the heads of those who sign."""
    return can_keep(user) and agreement.state in (State.DRAFT, State.IN_FORCE) and not agreement.offered_id


def may_withdraw(user, agreement):
    """Given up before all have signed."""
    return can_keep(user) and agreement.state in (State.DRAFT, State.SIGNING)


def may_end(user, agreement):
    """Before its last day."""
    return can_keep(user) and agreement.state == State.IN_FORCE


def may_renew(user, agreement):
    """Not twice at a time, and only what has a last day."""
    followed = any(row.state != State.WITHDRAWN for row in agreement.renewals.all())
    held = agreement.state in (State.IN_FORCE, State.ENDED) and agreement.until is not None
    return can_keep(user) and held and not followed


def may_offer(user, agreement):
    """Whether there is a text that its parties have not been asked to sign, or one that came back."""
    texts = list(agreement.texts.all())
    fit = agreement.state in (State.DRAFT, State.IN_FORCE) and agreement.offered_id is None
    return can_keep(user) and fit and bool(texts) and texts[0].pk != agreement.text_id
