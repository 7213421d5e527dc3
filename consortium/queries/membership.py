"""Memberships and resolutions as pages need them."""

from consortium.enums import MembershipState
from consortium.models import Membership, Resolution


def memberships_of(organisation):
    """All memberships of an organisation, newest first, with what their lines show."""
    return organisation.memberships.select_related(
        "council", "resolution", "resolution__minutes", "recorded_by", "confirmed_by"
    )


def memberships_visible_to(user):
    """Confirmed memberships are public; those waiting for a second person are the office's."""
    from consortium.queries.organisation import sees_register

    rows = Membership.objects.select_related("organisation", "council", "resolution")
    return rows if sees_register(user) else rows.filter(confirmed_at__isnull=False)


def waiting_for(user):
    """Memberships that this person may confirm: recorded by somebody else."""
    return Membership.objects.filter(state=MembershipState.RECORDED).exclude(recorded_by=user)


def resolution_with(body, number):
    """The resolution of a body with this number, or None."""
    return Resolution.objects.filter(body=body, number=number).first()
