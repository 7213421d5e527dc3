"""Second factors: what a person changes on one's own account, and the reset of a lost one by two administrators."""

from datetime import timedelta

from allauth.mfa.models import Authenticator
from django.db import IntegrityError, transaction
from django.db.models import F
from django.urls import reverse
from django.utils.translation import gettext as _

from consortium import clock
from consortium.audit import action, record
from consortium.enums import FactorResetState
from consortium.models import FactorReset, User
from consortium.notifications import notify, notify_many
from consortium.reach import holders
from consortium.refusals import Forbidden, Invalid, Refused
from consortium.roles import Permission
from consortium.rules.permission import ask_another_person, ask_permission

LEAST_REASON = 10
# Who somebody is was looked at when the reset was asked for; later it must be looked at again.
RESET_DAYS = 3

# verb of the trail -> kind of the message
OWN_CHANGES = {
    "second factor added": "factor_added",
    "second factor removed": "factor_removed",
    "recovery codes made": "codes_made",
}


@action
def change_own_factors(*, by, verb, kind, change):
    """Run `change()`, allauth's own step on the factors of `by`, as one act; return what it returned.

    `verb` is one of OWN_CHANGES, `kind` what was changed (totp, webauthn, recovery_codes). The person is told by bell
    and mail at once: whoever did not do this must learn of it. What `change` raises undoes all.
    """
    result = change()
    record(verb, by, by=by, kind=kind)
    notify(by, OWN_CHANGES[verb], key=f"{by.pk}:{clock.now().isoformat()}", url=reverse("mfa_index"))
    return result


@action
def ask_reset(*, user, reason, by):
    """Ask that a person's lost factors be taken off the account; return the request, which a second one confirms.

    The other administrators are asked, and the person is told: who did not lose anything can object. Refuses whoever
    does not keep accounts, one's own account, a reason of a few letters, an account without a factor, and a second
    request while one waits.
    """
    _must_keep_accounts(by)
    if by.pk == user.pk:
        raise Forbidden(
            _("Your own second step is reset by two others."),
            remedy=_("Remove it on your own page, or ask two other administrators."),
            code="own",
        )
    reason = (reason or "").strip()
    if len(reason) < LEAST_REASON:
        raise Invalid(
            _("Say how you made sure who asks, in at least ten characters."),
            remedy=_("For example: called back on the number in the register."),
            field="reason",
        )
    if not Authenticator.objects.filter(user=user).exists():
        raise Refused(
            _("%(name)s has no second step; there is nothing to reset.") % {"name": user.get_full_name()},
            remedy=_("With a forgotten password a code by mail helps at the sign-in."),
            code="none",
        )
    try:
        with transaction.atomic():
            reset = FactorReset.objects.create(
                user=user, reason=reason, asked_by=by, asked_at=clock.now(), state=FactorResetState.WAITING
            )
    except IntegrityError:
        waiting = FactorReset.objects.get(user=user, state=FactorResetState.WAITING)
        raise Refused(
            _("A reset for %(name)s waits already.") % {"name": user.get_full_name()},
            remedy=_("Look at it and confirm it, or withdraw it first."),
            url=waiting.get_absolute_url(),
            url_label=_("Open the request"),
            code="waits",
        ) from None
    record("factor reset asked", user, by=by, reset=reset.pk)
    notify_many(
        holders(Permission.MANAGE_ACCOUNTS, except_for=[by, user]),
        "factor_reset_waits",
        key=str(reset.pk),
        url=reset.get_absolute_url(),
    )
    notify(user, "factor_reset_asked", key=str(reset.pk), url=reverse("mfa_index"))
    return reset


@action
def confirm_reset(*, reset, by):
    """Take all factors off the account, as the second administrator, and end every sign-in of the person.

    Refuses whoever does not keep accounts, who asked, the person, a request that was decided, and one that is older
    than three days.
    """
    _must_keep_accounts(by)
    ask_another_person(
        by,
        reset.asked_by,
        Permission.MANAGE_ACCOUNTS,
        _("You asked for this reset; a second administrator confirms it."),
    )
    if by.pk == reset.user_id:
        raise Forbidden(
            _("Your own second step is reset by two others."),
            remedy=_("Ask another administrator."),
            code="own",
        )
    if clock.now() - reset.asked_at > timedelta(days=RESET_DAYS):
        raise Refused(
            _("This request is older than three days; who asks must be made sure of again."),
            remedy=_("Withdraw it and ask anew."),
            code="old",
        )
    _decide(reset, FactorResetState.DONE, by)
    _take_factors(reset.user)
    record("factor reset confirmed", reset.user, by=by, reset=reset.pk, asked_by=reset.asked_by_id)
    notify(reset.user, "factor_reset_done", key=str(reset.pk), url=reverse("mfa_index"))
    notify(reset.asked_by, "factor_reset_over", key=str(reset.pk), url=reset.get_absolute_url())
    return reset


@action
def withdraw_reset(*, reset, by):
    """Take a request back, by either of the administrators. Refuses others, and a request that was decided."""
    _must_keep_accounts(by)
    if by.pk == reset.user_id:
        raise Forbidden(
            _("Others decide about your own second step."), remedy=_("Tell them that it is not needed.")
        )
    _decide(reset, FactorResetState.WITHDRAWN, by)
    record("factor reset withdrawn", reset.user, by=by, reset=reset.pk)
    notify(reset.user, "factor_reset_withdrawn", key=str(reset.pk), url=reverse("mfa_index"))
    return reset


@action
def reset_at_the_server(*, user):
    """The command line's way, for an installation whose administrators are too few: whoever has the server has the data."""
    if not Authenticator.objects.filter(user=user).exists():
        raise Refused(
            _("%(name)s has no second step; there is nothing to reset.") % {"name": user.get_full_name()},
            code="none",
        )
    _take_factors(user)
    record("factor reset at the server", user, by=None)
    notify(user, "factor_reset_done", key=f"server:{clock.now().isoformat()}", url=reverse("mfa_index"))


def _must_keep_accounts(by):
    ask_permission(by, Permission.MANAGE_ACCOUNTS, _("Only system administrators reset a second step."))


def _decide(reset, state, by):
    taken = FactorReset.objects.filter(pk=reset.pk, state=FactorResetState.WAITING).update(
        state=state, decided_by=by, decided_at=clock.now()
    )
    if not taken:
        raise Refused(
            _("Somebody else has decided about this request already."),
            remedy=_("Open it again to see how."),
            url=reset.get_absolute_url(),
            url_label=_("Open the request"),
            code="decided",
        )


def _take_factors(user):
    Authenticator.objects.filter(user=user).delete()
    User.objects.filter(pk=user.pk).update(sign_in_round=F("sign_in_round") + 1)
