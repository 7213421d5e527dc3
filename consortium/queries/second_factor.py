"""Who sees whose second factors and their resets: system administrators alone."""

from allauth.mfa.models import Authenticator
from django.db.models import Count, Max, Q

from consortium.models import FactorReset, User
from consortium.reach import reach
from consortium.roles import STAFF_ROLES, Permission
from consortium.second_factor import MAIN_TYPES


def factor_accounts_visible_to(user):
    """Open accounts with the number of their apps and passkeys, and when one was last used."""
    if not reach(user, Permission.MANAGE_ACCOUNTS).all:
        return User.objects.none()
    main = Q(authenticator__type__in=MAIN_TYPES)
    return User.objects.filter(is_active=True).annotate(
        apps=Count("authenticator", filter=Q(authenticator__type=Authenticator.Type.TOTP)),
        passkeys=Count("authenticator", filter=Q(authenticator__type=Authenticator.Type.WEBAUTHN)),
        last_used=Max("authenticator__last_used_at", filter=main),
    )


def of_the_offices(rows):
    """Those among the accounts whose roles ask for a second factor."""
    held = User.objects.filter(grants__role__in=STAFF_ROLES, grants__ended_at=None)
    return rows.filter(Q(pk__in=held.values("pk")) | Q(is_staff=True) | Q(is_superuser=True))


def resets_visible_to(user):
    """All resets for whoever keeps accounts, none for others."""
    if not reach(user, Permission.MANAGE_ACCOUNTS).all:
        return FactorReset.objects.none()
    return FactorReset.objects.select_related("user", "asked_by", "decided_by")


def resets_waiting_for(user):
    """Resets that this person can confirm: asked by another, for another."""
    rows = resets_visible_to(user).filter(state="waiting")
    return rows.exclude(asked_by=user).exclude(user=user)
