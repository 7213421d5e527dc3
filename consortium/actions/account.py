"""Accounts: made by invitation or recorded by staff; roles given and ended, each with its audit row."""

import hashlib
import logging
import secrets
from datetime import timedelta

from django.db.models import Q
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from consortium import clock, policy
from consortium.actions.seat import end_delegations
from consortium.audit import action, record
from consortium.models import Invitation, RoleGrant, User
from consortium.queries.account import owner_of
from consortium.reach import reach
from consortium.refusals import Forbidden, Invalid, Refused
from consortium.roles import ROLES, STAFF_ROLES, Permission, Scope
from consortium.rules.people import can_end

log = logging.getLogger(__name__)


@action
def create_account(*, username, name, by, email=None, is_sample=False, language="zh-hans"):
    """Make an account without a password: its owner sets one through an invitation or a code sent by mail.

    Refuses a name or address that is taken.
    """
    if User.objects.filter(username__iexact=username).exists():
        raise Invalid(
            _("The user name “%(name)s” is taken.") % {"name": username}, field="username", code="taken"
        )
    if email and User.objects.filter(email__iexact=email).exists():
        raise Invalid(_("An account with this mail address exists already."), field="email", code="taken")
    user = User(username=username, name=name, email=email, is_sample=is_sample, language=language)
    user.set_unusable_password()
    user.save()
    record("account created", user, by=by)
    return user


@action
def give_role(*, user, role, by, organisation=None, board=None):
    """Give a role. A role that is held already stays as it is."""
    kind = ROLES[role]
    if kind.needs_organisation and organisation is None:
        raise Invalid(_("This role needs an organisation."), field="organisation")
    if kind.needs_board and board is None:
        raise Invalid(_("This role needs a board."), field="board")
    grant, made = RoleGrant.objects.get_or_create(
        user=user,
        role=role,
        organisation=organisation,
        board=board,
        ended_at=None,
        defaults={"given_by": by, "given_at": clock.now()},
    )
    if made:
        record("role given", user, by=by, role=role, organisation=organisation.pk if organisation else None)
        if hasattr(user, "_active_grants"):
            del user._active_grants
    return grant


@action
def end_role(*, grant, by):
    """End a role at once, and with the last one in an organisation the seats in which the person speaks for it.

    `by` None is the command line. Refuses whoever may not, and the last administrator of an organisation or of the
    portal.
    """
    if by is not None and not can_end(by, grant):
        raise Forbidden(
            _("Your role does not end this role."),
            remedy=_("Ask an administrator of the organisation, or the secretariat."),
        )
    if grant.role in ("enterprise_admin", "system_admin"):
        # All of them held: two administrators who end each other's role wait for one another.
        alike = RoleGrant.objects.filter(role=grant.role, organisation=grant.organisation, ended_at=None)
        held = list(alike.select_for_update().order_by("pk").values_list("user_id", flat=True))
        if not User.objects.filter(pk__in=held, is_active=True).exclude(pk=grant.user_id).exists():
            raise Refused(
                _("This is the only administrator and cannot be removed."),
                remedy=_("Name a successor first."),
                code="last",
            )
    ended = RoleGrant.objects.filter(pk=grant.pk, ended_at=None).update(ended_at=clock.now())
    if not ended:
        raise Refused(_("This role has ended already."), code="ended")
    if (
        grant.organisation_id
        and not grant.user.grants.filter(organisation=grant.organisation, ended_at=None).exists()
    ):
        end_delegations(user=grant.user, organisation=grant.organisation)
    record("role ended", grant.user, by=by, role=grant.role, organisation=grant.organisation_id)


@action
def choose_role(*, grant, by):
    """Remember in which of several roles a person acts: what is shown follows it, and the next sign-in begins with it.

    Choosing the same again changes nothing. Refuses somebody else's role and one that has ended.
    """
    if grant.user_id != by.pk:
        raise Forbidden(_("This role is another person's."), remedy=_("Choose one of your own."))
    held = by.grants.filter(ended_at=None)
    latest = held.exclude(chosen_at=None).order_by("-chosen_at").first()
    if latest is not None and latest.pk == grant.pk:
        return
    if not held.filter(pk=grant.pk).update(chosen_at=clock.now()):
        raise Refused(
            _("You do not hold this role any more."),
            remedy=_("Choose another one in the menu of your account."),
            code="ended",
        )
    record("role chosen", by, by=by, role=grant.role, organisation=grant.organisation_id)


@action
def invite(*, email, role, by, name="", organisation=None, user=None):
    """Invite an address to a role and return (invitation, token). The token is shown or mailed once and not stored.

    `by` None is the command line. An open invitation for the same address and role is replaced.
    """
    refuse_invite(by, role, organisation)
    email = email.strip().lower()
    now = clock.now()
    Invitation.objects.filter(
        email=email, role=role, organisation=organisation, accepted_at=None, withdrawn_at=None
    ).update(withdrawn_at=now)
    token = secrets.token_urlsafe(32)
    invitation = Invitation.objects.create(
        email=email,
        name=name,
        role=role,
        organisation=organisation,
        user=user,
        token_hash=hash_token(token),
        invited_by=by,
        created_at=now,
        expires_at=now + timedelta(days=policy.value("invitation_days")),
    )
    record("invited", invitation, by=by, role=role)
    _mail_invitation(invitation, token)
    return invitation, token


def refuse_invite(by, role, organisation):
    """Refuse when `by` may not invite to this role: staff roles need staff, an enterprise invites its own people."""
    if by is None:
        return
    held = reach(by, Permission.INVITE)
    if held.all and (role not in ("system_admin", "auditor") or reach(by, Permission.MANAGE_ACCOUNTS)):
        return
    own = organisation is not None and organisation.pk in held.organisations
    if own and role not in STAFF_ROLES and Scope.GROUP in held.scopes:
        return
    raise Forbidden(
        _("You cannot invite people to this role."),
        remedy=_("Ask a system administrator or the secretariat."),
    )


def _mail_invitation(invitation, token):
    """Mail the link. The address has no account yet, so this goes out after commit and not through the outbox."""
    from django.conf import settings
    from django.core.mail import send_mail
    from django.db import transaction
    from django.template.loader import render_to_string

    url = settings.SITE_URL.rstrip("/") + reverse("invitation", args=[token])
    context = {"invitation": invitation, "role": ROLES[invitation.role].label, "url": url}
    # In the language of who gets it; without an account nobody has chosen one yet.
    with translation.override(invitation.user.language if invitation.user else settings.LANGUAGE_CODE):
        subject = _("Invitation to the consortium portal")
        body = render_to_string("mail/invitation.txt", context)

    def hand_over():
        try:
            send_mail(subject, body, settings.DEFAULT_FROM_EMAIL, [invitation.email])
        except OSError as error:
            invitation.undelivered_at = clock.now()
            invitation.save(update_fields=["undelivered_at"])
            log.warning("invitation.undelivered", extra={"invitation": invitation.pk, "error": str(error)})

    transaction.on_commit(hand_over, robust=True)


def hash_token(token):
    """What is stored of a one-time token."""
    return hashlib.sha256(token.encode()).hexdigest()


def open_invitation(token):
    """The invitation behind a link if it can still be used, else None."""
    return (
        Invitation.objects.filter(
            Q(user=None) | Q(user__is_active=True),
            token_hash=hash_token(token),
            accepted_at=None,
            withdrawn_at=None,
            expires_at__gt=clock.now(),
        )
        .select_related("organisation", "user", "invited_by")
        .first()
    )


@action
def accept_invitation(*, invitation, username, name, password):
    """Turn an invitation into an account with its role, once.

    Refuses an address whose account has a password: its owner signs in with it and adds the role.
    """
    owner = owner_of(invitation)
    if owner is not None and owner.has_usable_password():
        raise Refused(
            _("This mail address has an account already."),
            remedy=_("Sign in with it; the role is then added to it."),
            code="account",
        )
    _use_up(invitation)
    user = owner or create_account(username=username, name=name, email=invitation.email, by=None)
    user.email = user.email or invitation.email
    user.set_password(password)
    user.save()
    give_role(user=user, role=invitation.role, organisation=invitation.organisation, by=invitation.invited_by)
    record("invitation accepted", invitation, by=user)
    return user


@action
def accept_with_account(*, invitation, by):
    """Add an invitation's role to the account of the person who is signed in, once. Returns the grant.

    Whoever holds the link reads the address's mail, so it may be another address of the same person; refused where that
    address has an account of its own, and to whoever sent it: nobody gives a role to themselves.
    """
    owner = owner_of(invitation)
    if owner is not None and owner.pk != by.pk:
        raise Forbidden(
            _("This invitation is for another account than the one you are signed in with."),
            remedy=_("Sign out, open the link again and sign in with that account."),
        )
    if invitation.invited_by_id == by.pk:
        raise Forbidden(
            _("You sent this invitation yourself."),
            remedy=_("Ask a colleague to invite you if you need the role."),
        )
    _use_up(invitation)
    grant = give_role(
        user=by, role=invitation.role, organisation=invitation.organisation, by=invitation.invited_by
    )
    record("invitation accepted", invitation, by=by)
    return grant


def _use_up(invitation):
    taken = Invitation.objects.filter(pk=invitation.pk, accepted_at=None, withdrawn_at=None).update(
        accepted_at=clock.now()
    )
    if not taken:
        raise Refused(_("This link was used already."), remedy=_("Sign in, or ask for a new invitation."))


@action
def withdraw_invitation(*, invitation, by):
    """Take an open invitation back; its link stops working."""
    taken = Invitation.objects.filter(pk=invitation.pk, accepted_at=None, withdrawn_at=None).update(
        withdrawn_at=clock.now()
    )
    if not taken:
        raise Refused(_("This invitation was used or withdrawn already."))
    record("invitation withdrawn", invitation, by=by)


@action
def set_preferences(*, user, by, language=None, theme=None):
    """Change the language or the theme of one's own account."""
    changed = {}
    if language is not None and language != user.language:
        changed["language"] = user.language = language
    if theme is not None and theme != user.theme:
        changed["theme"] = user.theme = theme
    if changed:
        user.save(update_fields=list(changed))
        record("preferences changed", user, by=by, **changed)
