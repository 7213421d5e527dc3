"""The bridge to allauth's second factors: who must have one, whether this session has shown it, how secrets rest."""

import io
import time

import segno
from allauth.account import app_settings as account_settings
from allauth.account.authentication import get_authentication_records
from allauth.account.internal.flows.login import record_authentication
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import generate_totp_secret
from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from consortium import sealed
from consortium.reach import active_grants
from consortium.roles import STAFF_ROLES

MAIN_TYPES = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)
# Where the session keeps the page that a person was on the way to.
WANTED = "wanted_page"
# Set while recovery codes that were just made may be read in this session; gone once they are said to be kept.
FRESH_CODES = "fresh_recovery_codes"


class MFAAdapter(DefaultMFAAdapter):
    """allauth's second factors in the portal's words, with secrets that are no use without DATA_KEYS."""

    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": gettext_lazy(
            "This code is not right. Enter the newest one; each code works once. If it goes on, set your device's clock."
        ),
        "cannot_generate_recovery_codes": gettext_lazy(
            "Recovery codes stand in for an app or a passkey. Set one of these up first."
        ),
    }

    def get_totp_issuer(self):
        """Whose code it is, as the app lists it."""
        return _("TEDA Biomedicine Consortium")

    def get_totp_label(self, user):
        """The sign-in name: mail addresses change."""
        return user.username

    def build_totp_svg(self, url):
        """The QR code, dark on white in either theme."""
        drawing = io.BytesIO()  # with its namespace: it is shown as an image, not as part of the page
        segno.make(url, error="m").save(
            drawing, kind="svg", xmldecl=False, scale=5, border=3, dark="#000", light="#fff"
        )
        return drawing.getvalue().decode()

    def generate_authenticator_name(self, user, type):
        """What a passkey is called until its owner says otherwise."""
        number = Authenticator.objects.filter(user=user, type=type).count() + 1
        return _("Passkey %(number)d") % {"number": number}

    def get_public_key_credential_rp_entity(self):
        """Whose passkey it is, as the device names it; it holds for the portal's host alone."""
        return {**super().get_public_key_credential_rp_entity(), "name": self.get_totp_issuer()}

    def get_public_key_credential_user_entity(self, user):
        """The sign-in name, not the mail address."""
        return {**super().get_public_key_credential_user_entity(user), "name": user.username}

    def encrypt(self, text):
        """Secrets rest encrypted: reading the table gives none away."""
        return sealed.seal(text)

    def decrypt(self, encrypted_text):
        """The secret. When none of DATA_KEYS opens it, one that no code fits."""
        secret = sealed.opened(encrypted_text)
        # The sentence that stands for it, or nothing at all, would have codes that anybody can compute.
        return generate_totp_secret() if not secret or isinstance(secret, sealed.Unreadable) else secret


SEALED = {Authenticator.Type.TOTP: "secret", Authenticator.Type.RECOVERY_CODES: "seed"}


def reseal(*, change=True):
    """Encrypt the secrets anew with the first key, as `sealed.reseal` does numbers; {outcome: how many}. May run twice."""
    found = {"current": 0, "older": 0, "unreadable": 0}
    for pk in list(Authenticator.objects.filter(type__in=SEALED).order_by("pk").values_list("pk", flat=True)):
        with transaction.atomic():
            row = Authenticator.objects.select_for_update().filter(pk=pk).first()
            if row is None:
                continue  # removed meanwhile
            outcome, anew = sealed.fate_of(row.data[SEALED[row.type]])
            found[outcome] += 1
            if anew and change:
                row.data[SEALED[row.type]] = anew
                row.save(update_fields=["data"])
    return found


def must_have(user):
    """Whether this person's roles ask for a second factor: those of the offices, and whoever may open the admin."""
    if not settings.SECOND_FACTOR_REQUIRED or not user.is_authenticated:
        return False
    return (
        user.is_staff or user.is_superuser or any(grant.role in STAFF_ROLES for grant in active_grants(user))
    )


def factors_of(user):
    """A person's app and passkeys, oldest first; recovery codes only stand in for them."""
    return Authenticator.objects.filter(user_id=user.pk, type__in=MAIN_TYPES).order_by("pk")


def recovery_codes_of(user):
    """The recovery codes not used yet, and whether there are any at all: (codes, number made)."""
    row = Authenticator.objects.filter(user_id=user.pk, type=Authenticator.Type.RECOVERY_CODES).first()
    if row is None:
        return [], 0
    codes = row.wrap()
    return codes.get_unused_codes(), len(codes.generate_codes())


def shown(request):
    """Whether this session has shown a second factor."""
    return any(one["method"] == "mfa" for one in get_authentication_records(request, request.user))


def note_shown(request, factor):
    """Setting a factor up shows it too: its code or its key was used just now."""
    record_authentication(request, request.user, "mfa", id=factor.pk, type=factor.type)


def recently_proved(request):
    """Whether the person proved within the last minutes who it is: with the factor where there is one, else by sign-in."""
    records = get_authentication_records(request, request.user)
    if factors_of(request.user).exists():
        records = [one for one in records if one["method"] == "mfa"]
    # allauth's own clock: these moments never leave the session.
    return any(time.time() - one["at"] < account_settings.REAUTHENTICATION_TIMEOUT for one in records)


def drop_once_reached(request):
    """Forget the wanted page when it is opened."""
    if request.session.get(WANTED) == request.get_full_path():
        del request.session[WANTED]
