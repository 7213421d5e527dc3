"""The bridge to allauth's second factors: who must have one, whether this session has shown it, how secrets rest."""

import base64
import hashlib
import time

import segno
from allauth.account import app_settings as account_settings
from allauth.account.authentication import get_authentication_records
from allauth.account.internal.flows.login import record_authentication
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import generate_totp_secret
from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from consortium.reach import active_grants
from consortium.roles import STAFF_ROLES

MAIN_TYPES = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)
# Where the session keeps the page that a person was on the way to.
WANTED = "wanted_page"
# Set while recovery codes that were just made may be read in this session; gone once they are said to be kept.
FRESH_CODES = "fresh_recovery_codes"


class MFAAdapter(DefaultMFAAdapter):
    """allauth's second factors in the portal's words, with secrets that are no use without SECRET_KEY."""

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
        return segno.make(url, error="m").svg_inline(scale=5, border=3, dark="#000", light="#fff")

    def generate_authenticator_name(self, user, type):
        """What a passkey is called until its owner says otherwise."""
        number = Authenticator.objects.filter(user=user, type=type).count() + 1
        return _("Passkey %(number)d") % {"number": number}

    def encrypt(self, text):
        """Secrets rest encrypted: reading the table gives none away."""
        return _keys().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text):
        """The secret. When neither SECRET_KEY nor an earlier one opens it, one that no code fits."""
        try:
            return _keys().decrypt(encrypted_text.encode()).decode()
        except InvalidToken:
            return generate_totp_secret()  # an empty one would have codes that anybody can compute


def _keys():
    digests = [
        hashlib.sha256(f"second factor:{key}".encode()).digest()
        for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    ]
    return MultiFernet([Fernet(base64.urlsafe_b64encode(digest)) for digest in digests])


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
