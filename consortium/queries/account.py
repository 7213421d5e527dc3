"""Who may see which invitation; the accounts of the demo."""

from consortium.models import Invitation, User
from consortium.reach import reach
from consortium.roles import Permission


def invitations_visible_to(user):
    """Open invitations that the user may see: all, or those of the own organisations."""
    rows = Invitation.objects.filter(accepted_at=None, withdrawn_at=None).select_related(
        "organisation", "invited_by"
    )
    held = reach(user, Permission.INVITE)
    if held.all:
        return rows
    return rows.filter(organisation__in=held.organisations)


def owner_of(invitation):
    """The open account an invitation is for: the one that waits for it, else that of its mail address; or None."""
    if invitation.user is not None:
        return invitation.user
    return User.objects.filter(email__iexact=invitation.email, is_active=True).first()


def sample_accounts(usernames):
    """The demo's accounts among these names; an account of a real person is never one."""
    return User.objects.filter(username__in=usernames, is_sample=True, is_active=True)
