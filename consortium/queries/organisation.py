"""Organisations: who is in the directory, and who counts as a member on a day."""

from django.db.models import Exists, OuterRef, Prefetch, Q

from consortium import clock, remembered
from consortium.enums import MEMBERSHIP_OVER, MembershipState, NameKind
from consortium.models import GovernanceBody, Membership, Organisation, OrganisationAlias, OrganisationRole
from consortium.names import INDEX as NAMES
from consortium.reach import reach
from consortium.roles import Permission
from consortium.uscc import plain

EXPIRING_DAYS = clock.SOON_DAYS
CODE_START, CODE_LENGTH = 4, 18
MOST_BY_CODE = 1000
# The council of the consortium itself, as line 139 of the source document names it.
MAIN_COUNCIL = "天津经开区生物医药产教联合体理事会"


def main_council():
    """The consortium's own council, or None while the source document is not loaded."""
    return GovernanceBody.objects.filter(name_zh=MAIN_COUNCIL).first()


def memberships_on(day):
    """Confirmed memberships whose term holds the day, both ends included. An ended one ends with its last day."""
    return Membership.objects.filter(_held_on(day))


def _held_on(day):
    """A suspended membership held the days before its suspension."""
    in_force = Q(state__in=[MembershipState.ACTIVE, *MEMBERSHIP_OVER])
    suspended = Q(state=MembershipState.SUSPENDED, suspended_from__gt=day)
    return (in_force | suspended) & Q(confirmed_at__isnull=False, since__lte=day, until__gte=day)


def members_on(day):
    """Organisations with a membership that holds the day (indicator I01)."""
    return holding(Organisation.objects.all(), memberships_on(day))


def holding(organisations, memberships):
    """Those that hold one of the memberships; asked of each in its turn, so that a page reads no more than it shows."""
    return organisations.filter(Exists(memberships.filter(organisation=OuterRef("pk"))))


def members_expiring(day):
    """Members whose active membership ends within 90 days and has no later one behind it."""
    from datetime import timedelta

    later = Membership.objects.filter(
        organisation=OuterRef("organisation"), council=OuterRef("council"), state=MembershipState.TO_BEGIN
    )
    ends = Membership.objects.filter(
        ~Exists(later),
        state=MembershipState.ACTIVE,
        since__lte=day,
        until__gte=day,
        until__lte=day + timedelta(days=EXPIRING_DAYS),
    )
    return Organisation.objects.filter(pk__in=ends.values("organisation"))


def members_lapsed(day):
    """Organisations whose last confirmed membership is over, and that hold none on the day."""
    over = Membership.objects.filter(confirmed_at__isnull=False, until__lt=day, organisation=OuterRef("pk"))
    held = memberships_on(day).filter(organisation=OuterRef("pk"))
    return Organisation.objects.filter(Exists(over), ~Exists(held))


def members_to_confirm():
    """Organisations with a membership that waits for a second person."""
    waiting = Membership.objects.filter(state=MembershipState.RECORDED)
    return Organisation.objects.filter(pk__in=waiting.values("organisation"))


def named_in_document():
    """Organisations that the source document names."""
    return Organisation.objects.filter(source_line__isnull=False)


def to_complete():
    """Organisations of which something is missing that the register wants to know: the credit code."""
    return Organisation.objects.filter(uscc__isnull=True, parent__isnull=True)


def sees_register(user):
    """Whether the person reads the office's side of the register: credit codes, what is missing, what waits."""
    return reach(user, Permission.RECORD_MEMBERSHIP).all or reach(user, Permission.READ_AUDIT).all


def searched(organisations, words, *, office=False):
    """Narrow to a name of any time, its pinyin or initials, or a credit code; the office finds a code by its start."""
    organisations, named = _without_codes(organisations, words, office)
    return NAMES.matching(organisations, named)


def searched_in_order(organisations, words, *, office=False):
    """The same in the order of recording, read no further than asked for."""
    organisations, named = _without_codes(organisations, words, office)
    return NAMES.in_order(organisations, named)


def _without_codes(organisations, words, office):
    named = []
    for word in words.split()[:5]:
        if keys := _by_code(word, office):
            found = NAMES.matching(Organisation.objects.order_by(), word)
            organisations = organisations.filter(Q(pk__in=keys) | Q(pk__in=found.values("pk")))
        else:
            named.append(word)
    return organisations, " ".join(named)


def _by_code(word, office):
    """Keys of the organisations whose credit code the word is, or begins; none for a word that is no code."""
    code = plain(word)
    if not code.isascii() or len(code) < CODE_START or not (office or len(code) == CODE_LENGTH):
        return []
    # Codes are digits and capitals, of which every collation keeps the order.
    rows = Organisation.objects.filter(uscc__gte=code, uscc__lte=code.ljust(CODE_LENGTH, "Z"))
    return list(rows.order_by("pk").values_list("pk", flat=True)[:MOST_BY_CODE])


def holds(membership, day):
    """Whether a membership is one of `memberships_on(day)`, by what was read of it."""
    in_force = membership.state in (MembershipState.ACTIVE, *MEMBERSHIP_OVER) or (
        membership.state == MembershipState.SUSPENDED and membership.suspended_from > day
    )
    return in_force and bool(membership.confirmed_at) and membership.since <= day <= membership.until


def suspended(day):
    """Organisations of which a membership is suspended on the day."""
    rows = Membership.objects.filter(
        state=MembershipState.SUSPENDED, suspended_from__lte=day, until__gte=day, organisation=OuterRef("pk")
    )
    return Organisation.objects.filter(Exists(rows))


def with_list_parts(organisations, day):
    """What a row of the directory shows: roles with sources, memberships that hold the day, wait, rest or are over."""
    shown = _held_on(day) | Q(state__in=[MembershipState.RECORDED, MembershipState.TO_BEGIN])
    shown |= Q(state__in=[MembershipState.SUSPENDED, *MEMBERSHIP_OVER], since__lte=day)
    return organisations.select_related("parent").prefetch_related(
        Prefetch("roles", OrganisationRole.objects.select_related("body")),
        Prefetch(
            "memberships",
            Membership.objects.filter(shown).select_related("council", "resolution"),
            to_attr="shown_memberships",
        ),
    )


@remembered.until_an_act_on("consortium.organisation", most=200)
def counted(*several):
    """How many organisations each of several querysets has, and the kinds of which there is one at all.

    Every act on a membership is one on its organisation.
    """
    kinds = Organisation.objects.order_by().values_list("kind", flat=True).distinct()
    return [rows.order_by().count() for rows in several], set(kinds)


def with_page(organisations):
    """What the page of one organisation reads again and again."""
    return organisations.select_related("parent", "created_by").prefetch_related(
        Prefetch("aliases", OrganisationAlias.objects.select_related("recorded_by")),
        Prefetch("roles", OrganisationRole.objects.select_related("body", "recorded_by")),
    )


def other_names(organisation):
    """Names that it bears beside its own."""
    return list(organisation.aliases.filter(kind=NameKind.OTHER).values_list("name", flat=True))


def names_of(numbers):
    """{number: name in the reader's language} of organisations."""
    return {row.pk: row.name for row in Organisation.objects.filter(pk__in=numbers)} if numbers else {}


def possible_doubles(*, name_zh="", uscc=None, except_for=None):
    """Organisations that already carry the name (also as another name) or the code."""
    same = Q()
    if name_zh:
        same |= Q(name_zh=name_zh) | Q(short_zh=name_zh) | Q(aliases__name=name_zh)
    if uscc:
        same |= Q(uscc=uscc)
    if not same:
        return Organisation.objects.none()
    found = Organisation.objects.filter(same).distinct().order_by("pk")
    return found.exclude(pk=except_for.pk) if except_for else found


def day_of(text):
    """The day a list is asked for (`as_of=2023-05-01`), else today; nonsense is today too."""
    from datetime import date

    try:
        return date.fromisoformat(text)
    except (TypeError, ValueError):
        return clock.today()
