"""What is known of an organisation, each thing by its days and with its source: names, roles, memberships, people."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Q
from django.utils.translation import gettext as _

from consortium import clock
from consortium.enums import MembershipState, NameKind
from consortium.models import AuditEvent, RoleGrant
from consortium.queries.contact import contacts_visible_to
from consortium.queries.membership import memberships_of
from consortium.queries.organisation import sees_register
from consortium.reach import reach
from consortium.registry import Fact, registry
from consortium.roles import ROLES, Permission
from consortium.verbs import actor_of, said_of

MOST = 60


@dataclass(frozen=True)
class Moment:
    """One line of the timeline: something began, ended or was done on a day."""

    on: date
    what: str
    title: str = ""
    url: str = ""
    line: int | None = None
    who: str = ""


def name_on(organisation, day):
    """What it was called on that day: a former name where one is on record, else the name in the reader's language."""
    former = [row for row in organisation.aliases.all() if row.kind == NameKind.FORMER and row.until >= day]
    former = [row for row in former if row.since is None or row.since <= day]
    return min(former, key=lambda row: row.until).name if former else organisation.name


def facts_of(organisation, user, day):
    """All facts begun by that day that the reader may see, the ground's own first, then what each app knows."""
    facts = [
        *_names(organisation),
        *_roles(organisation),
        *_memberships(organisation, user, day),
        *_people(organisation, user),
    ]
    for more in registry.organisation_facts:
        facts += more(organisation, user, day)
    return [fact for fact in facts if fact.since is None or fact.since <= day]


def grouped(facts, without=()):
    """[(heading, facts)] in the order in which the headings first come."""
    groups = {}
    for fact in facts:
        if fact.group not in without:
            groups.setdefault(fact.group, []).append(fact)
    return list(groups.items())


def timeline(organisation, user, facts, day):
    """What began, ended or was done up to that day, newest first."""
    moments = []
    for fact in facts:
        said = {"title": fact.title, "url": fact.url, "line": fact.line}
        if fact.since:
            moments.append(
                Moment(fact.since, _("begins: %(group)s") % {"group": fact.group}, who=fact.by, **said)
            )
        if fact.until and fact.until < day:
            moments.append(Moment(fact.until, _("ends: %(group)s") % {"group": fact.group}, **said))
    if sees_register(user):
        moments += _acts(organisation, day)
    return sorted(moments, key=lambda one: one.on, reverse=True)[:MOST]


def _acts(organisation, day):
    end = clock.end_of(day)
    merged = organisation.merges.filter(undone_at=None).values_list("gone", flat=True)
    numbers = [str(pk) for pk in (organisation.pk, *merged)]
    rows = AuditEvent.objects.filter(
        object_kind="consortium.organisation", object_id__in=numbers, at__lte=end
    ).order_by("-id")
    for row in rows[:MOST]:
        yield Moment(clock.day_of(row.at), said_of(row.verb), who=actor_of(row))


def _names(organisation):
    group = _("Names")
    former = sorted(
        (row for row in organisation.aliases.all() if row.kind == NameKind.FORMER), key=lambda row: row.until
    )
    begun = former[-1].until + timedelta(days=1) if former else None
    yield Fact(
        group,
        organisation.name_zh,
        note=_("present name"),
        since=begun,
        line=organisation.source_line,
        quote=organisation.source_quote,
        by=organisation.created_by.name if organisation.created_by else "",
        entered=clock.day_of(organisation.created_at),
    )
    for row in organisation.aliases.all():
        yield Fact(
            group,
            row.name,
            note=row.get_kind_display(),
            since=row.since,
            until=row.until,
            line=row.source_line,
            quote=row.source_quote,
            by=row.recorded_by.name if row.recorded_by else "",
            entered=clock.day_of(row.recorded_at),
        )


def _roles(organisation):
    for row in organisation.roles.all():
        yield Fact(
            _("Roles"),
            row.get_role_display(),
            note=row.body.name,
            url=row.body.get_absolute_url(),
            since=row.since,
            until=row.until,
            line=row.source_line,
            quote=row.source_quote,
            by=row.recorded_by.name if row.recorded_by else "",
        )


def _memberships(organisation, user, day):
    for row in memberships_of(organisation):
        if row.confirmed_at is None or row.state == MembershipState.RECORDED:
            continue
        yield Fact(
            _("Memberships"),
            row.get_rank_display(),
            note=row.council.name,
            url=row.get_absolute_url(),
            since=row.since,
            until=row.until,
            by=row.recorded_by.name if row.recorded_by else "",
            entered=clock.day_of(row.created_at),
        )


def _people(organisation, user):
    """Administrators and base managers, for the office and for the organisation's own people."""
    held = reach(user, Permission.INVITE)
    if not held.all and organisation.pk not in held.organisations:
        return
    rows = RoleGrant.objects.filter(
        Q(role__in=[key for key, role in ROLES.items() if role.needs_organisation]), organisation=organisation
    ).select_related("user", "given_by")
    for row in rows.order_by("-given_at", "-pk")[:MOST]:
        yield Fact(
            _("People with an account"),
            row.user.name,
            note=str(ROLES[row.role].label),
            since=clock.day_of(row.given_at),
            until=clock.day_of(row.ended_at),
            by=row.given_by.name if row.given_by else "",
            entered=clock.day_of(row.given_at),
            is_sample=row.user.is_sample,
        )


def contacts_on(organisation, user, day):
    """The people to talk to on that day, as far as the reader keeps them; those whose consent stands."""
    rows = contacts_visible_to(user).filter(organisation=organisation, withdrawn_on=None, since__lte=day)
    return list(rows.filter(Q(until=None) | Q(until__gte=day)).order_by("-since", "-pk"))
