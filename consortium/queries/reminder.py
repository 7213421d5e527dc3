"""Whom a reminder reaches: which organisations it concerns, and who there has an address."""

from collections import defaultdict
from dataclasses import dataclass, field

from django.db.models import Max, Q

from consortium.enums import MembershipState, ReminderFate, ReminderKind
from consortium.models import Membership, OrganisationContact, Reminder, ReminderUnit, RoleGrant, SavedFilter
from consortium.queries.organisation import EXPIRING_DAYS
from consortium.reach import reach
from consortium.roles import Permission

ROLES_REMINDED = ("enterprise_admin", "base_manager")


@dataclass
class Recipient:
    """One organisation of a reminder. `left_out` says why it gets none; `until` is the last day of its membership."""

    organisation: object
    people: list = field(default_factory=list)
    contacts: list = field(default_factory=list)
    membership: object = None
    left_out: str = ""
    already: object = None

    @property
    def fate(self):
        """By mail where somebody has an address, else by telephone."""
        return ReminderFate.MAIL if any(one.email for one in self.people) else ReminderFate.CALL


def reminders_visible_to(user):
    """Reminders are the secretariat's."""
    rows = Reminder.objects.select_related("prepared_by", "decided_by")
    return rows if reach(user, Permission.RECORD_MEMBERSHIP).all else rows.none()


def waiting_for_a_look(user):
    """Reminders that this person may send: prepared by somebody else."""
    return reminders_visible_to(user).filter(state="waiting").exclude(prepared_by=user)


def filters_of(user):
    """The filters a person has saved."""
    return SavedFilter.objects.filter(user=user) if user.is_authenticated else SavedFilter.objects.none()


def recipients(organisations, kind, day):
    """[Recipient] of organisations in their order: whom it reaches, and which it does not concern. Constant reads."""
    from datetime import timedelta

    units = list(organisations)
    keys = [unit.pk for unit in units]
    found = {unit.pk: Recipient(unit) for unit in units}
    for grant in _grants(keys):
        people = found[grant.organisation_id].people
        if grant.user not in people:
            people.append(grant.user)
    for row in _contacts(keys, day):
        found[row.organisation_id].contacts.append(row)
    ending = Membership.objects.filter(
        organisation__in=keys,
        state=MembershipState.ACTIVE,
        until__gte=day,
        until__lte=day + timedelta(days=EXPIRING_DAYS),
    ).select_related("council")
    for row in ending.order_by("-until"):
        found[row.organisation_id].membership = row
    for row in ReminderUnit.objects.filter(
        organisation__in=keys, kind=kind, day=day, stands=True
    ).select_related("reminder"):
        found[row.organisation_id].already = row.reminder
    for one in found.values():
        one.left_out = _left_out(one, kind)
    return list(found.values())


def last_contact(keys):
    """{organisation: the last day on which a reminder to it was sent}."""
    rows = ReminderUnit.objects.filter(organisation__in=keys, reminder__state="sent", fate=ReminderFate.MAIL)
    return dict(rows.order_by().values_list("organisation").annotate(Max("day")))


def _grants(keys):
    return (
        RoleGrant.objects.filter(
            organisation__in=keys, role__in=ROLES_REMINDED, ended_at=None, user__is_active=True
        )
        .select_related("user")
        .order_by("pk")
    )


def _contacts(keys, day):
    held = Q(until=None) | Q(until__gte=day)
    return OrganisationContact.objects.filter(held, organisation__in=keys, withdrawn_on=None).order_by("pk")


def _left_out(one, kind):
    if one.already:
        return "already"
    if kind == ReminderKind.RENEWAL and one.membership is None:
        return "nothing"
    if kind == ReminderKind.RECORD and one.organisation.uscc:
        return "nothing"
    return ""


def people_of(reminder):
    """{organisation: [people]} to whom a reminder goes, as roles stand now."""
    keys = list(reminder.units.filter(fate=ReminderFate.MAIL).values_list("organisation", flat=True))
    found = defaultdict(list)
    for grant in _grants(keys):
        if grant.user.email and grant.user not in found[grant.organisation_id]:
            found[grant.organisation_id].append(grant.user)
    return found
