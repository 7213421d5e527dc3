"""Agreements: who knows of which, whose signature is missing, what ends soon."""

from datetime import timedelta

from django.db.models import Exists, F, OuterRef, Prefetch, Q

from consortium.enums import (
    AGREEMENT_CONCLUDED,
    AGREEMENT_OVER,
    AgreementDisclosure,
    AgreementState,
    OrganisationKind,
)
from consortium.models import Agreement, AgreementParty, AgreementSignature, AgreementText
from consortium.reach import reach
from consortium.roles import Permission

EXPIRING_DAYS = 90
# Who has nobody of its own here: the graduate school signs for them.
UNIVERSITIES = (OrganisationKind.UNIVERSITY, OrganisationKind.COLLEGE)


def keeps_agreements(user):
    """Whether the person draws up and keeps agreements."""
    return reach(user, Permission.KEEP_AGREEMENTS).all


def sees_all(user):
    """Whether every agreement is theirs to read: the offices that keep them, and auditors."""
    return keeps_agreements(user) or reach(user, Permission.READ_AUDIT).all


def signs_for(user):
    """The organisations for which the person signs."""
    return reach(user, Permission.SIGN_AGREEMENT).organisations


def agreements_visible_to(user):
    """All for those who keep or audit them; a party's own people those offered to it; others what is concluded and public."""
    rows = Agreement.objects.all()
    if sees_all(user):
        return rows
    concluded = Q(disclosure=AgreementDisclosure.PUBLIC, state__in=AGREEMENT_CONCLUDED)
    return rows.filter(concluded | _own(user))


def _own(user):
    mine = AgreementParty.objects.filter(agreement=OuterRef("pk"), organisation__in=signs_for(user))
    # Before its first offer a draft is the office's paper: whom it goes to is not settled.
    return Q(Exists(mine), offered_at__isnull=False)


def texts_shown_to(user, agreement):
    """The texts of an agreement, newest first; what was added after the last offer is the office's alone."""
    texts = list(agreement.texts.all())
    return texts if sees_all(user) else [row for row in texts if row.added_at <= agreement.offered_at]


def reads_paper(user, stored):
    """Whether a file is a text or a scan that the person may read."""
    scans = AgreementSignature.objects.filter(evidence=stored)
    texts = AgreementText.objects.filter(file=stored)
    if not sees_all(user):
        own = Agreement.objects.filter(_own(user))
        scans = scans.filter(party__agreement__in=own)
        texts = texts.filter(agreement__in=own, added_at__lte=F("agreement__offered_at"))
    return texts.exists() or scans.exists()


def with_parties(rows):
    """What a row of the list shows."""
    return rows.prefetch_related(
        Prefetch("parties", AgreementParty.objects.select_related("organisation").order_by("order"))
    )


def with_page(rows):
    """What the page of one shows: parties with their signatures, texts with their files, what it renews."""
    return rows.select_related("text", "offered", "previous", "recorded_by").prefetch_related(
        Prefetch("parties", AgreementParty.objects.select_related("organisation").order_by("order")),
        Prefetch("parties__signatures", AgreementSignature.objects.select_related("text").order_by("pk")),
        Prefetch("texts", AgreementText.objects.select_related("file", "added_by").order_by("-number")),
        "renewals",
    )


def unsigned(rows=None):
    """Parties that have not signed the text that is offered."""
    rows = AgreementParty.objects.all() if rows is None else rows
    signed = AgreementSignature.objects.filter(party=OuterRef("pk"), text=OuterRef("agreement__offered"))
    return rows.filter(~Exists(signed), agreement__offered__isnull=False)


def turns_of(user):
    """Parties for which this person can sign now: all before them have signed."""
    earlier = unsigned(
        AgreementParty.objects.filter(agreement=OuterRef("agreement"), order__lt=OuterRef("order"))
    )
    mine = Q(organisation__in=signs_for(user))
    if reach(user, Permission.SIGN_AGREEMENT).all:
        mine |= Q(organisation__kind__in=UNIVERSITIES)
    rows = unsigned().filter(~Exists(earlier), mine)
    return rows.select_related("agreement", "organisation").order_by("agreement__offered_at", "pk")


def to_draw_up(user):
    """What the office has to do next: drafts, the oldest first."""
    rows = (
        Agreement.objects.filter(state=AgreementState.DRAFT)
        if keeps_agreements(user)
        else Agreement.objects.none()
    )
    return rows.order_by("created_at", "pk")


def waiting_for(user):
    """Agreements that wait for this person, as the list shows them."""
    turns = turns_of(user).order_by().values("agreement")
    wait = Q(pk__in=turns)
    if keeps_agreements(user):
        wait |= Q(state=AgreementState.DRAFT)
    return Agreement.objects.filter(wait)


def being_signed(rows):
    """With a text on offer: new ones and amendments."""
    return rows.filter(offered__isnull=False)


def ending_within(rows, day, days=EXPIRING_DAYS):
    """In force, with a last day within so many days, and not renewed yet."""
    followed = Agreement.objects.filter(previous=OuterRef("pk"), state=AgreementState.IN_FORCE)
    return rows.filter(
        ~Exists(followed),
        state=AgreementState.IN_FORCE,
        until__gte=day,
        until__lte=day + timedelta(days=days),
    )


def over(rows):
    """Ended, ended early, or never concluded."""
    return rows.filter(state__in=AGREEMENT_OVER)


def over_on(day):
    """In force by their state, but past their last day."""
    rows = Agreement.objects.filter(state=AgreementState.IN_FORCE, until__lt=day)
    return list(rows.order_by("until", "pk"))


def to_warn_of(day):
    """In force and ending within 90 days, with no renewal signed or being signed."""
    going_on = Agreement.objects.filter(
        previous=OuterRef("pk"), state__in=[AgreementState.SIGNING, AgreementState.IN_FORCE]
    )
    rows = ending_within(Agreement.objects.filter(~Exists(going_on)), day)
    return list(rows.order_by("until", "pk"))


def searched(rows, words):
    """Narrow to a number, a part of a title, or a party's name."""
    for word in words.split()[:5]:
        party = AgreementParty.objects.filter(
            Q(organisation__name_zh__icontains=word) | Q(organisation__pinyin__contains=word.lower()),
            agreement=OuterRef("pk"),
        )
        rows = rows.filter(Q(number__icontains=word) | Q(title__icontains=word) | Exists(party))
    return rows


def concluded_of(organisation, user):
    """The agreements of an organisation that were signed by all, as far as the reader may know of them."""
    mine = AgreementParty.objects.filter(agreement=OuterRef("pk"), organisation=organisation)
    rows = agreements_visible_to(user).filter(Exists(mine), state__in=AGREEMENT_CONCLUDED)
    return with_parties(rows).select_related("recorded_by").order_by("-since", "-pk")


def texts_with(sha256):
    """Texts with these very bytes that were offered or are in force, newest first."""
    rows = AgreementText.objects.filter(sha256=sha256, added_at__lte=F("agreement__offered_at"))
    return rows.select_related("agreement").order_by("-pk")
