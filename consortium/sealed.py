"""Personal numbers are encrypted where they are stored: whoever holds the database alone reads none of them.

The keys are DATA_KEYS; the first encrypts, all of them decrypt, so that a key can be replaced while the portal
runs (docs/operations.md). Embedded, without DATA_KEYS, an installation makes its own key in `var/data_key` when it
first needs one.
"""

import logging
import os
from functools import lru_cache

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.apps import apps
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError, models
from django.db.models import F, TextField, Value
from django.db.models.functions import Cast
from django.utils.translation import gettext as _

# How every token begins: the version byte and the first bytes of the time.
TOKEN = "gAAAA"

logger = logging.getLogger(__name__)


class Unreadable(str):
    """What stands where a number cannot be opened: a sentence to read, and the token, which saving puts back."""

    token = ""


def seal(text):
    """Encrypt a text with the first key; empty stays empty, so that a constraint can tell."""
    if isinstance(text, Unreadable):
        return text.token
    return _keyring().encrypt(text.encode()).decode() if text else text


def opened(token):
    """Decrypt; what no key opens comes back as Unreadable, for one lost key must not take a whole page along."""
    if not token:
        return token
    try:
        return _keyring().decrypt(token.encode()).decode()
    except InvalidToken:
        logger.error("A stored number cannot be opened: its key is not among DATA_KEYS.")
        shown = Unreadable(_("cannot be read"))
        shown.token = token
        return shown


class SealedField(models.TextField):
    """A text that is encrypted in its column. It can be asked whether it is empty, and nothing else."""

    def from_db_value(self, value, expression, connection):
        return opened(value)

    def get_prep_value(self, value):
        return seal(super().get_prep_value(value))

    def get_lookup(self, lookup_name):
        # Two encryptions of one number differ, so a comparison would find nothing and say so in silence.
        return super().get_lookup(lookup_name) if lookup_name in ("exact", "isnull") else None


@SealedField.register_lookup
class IsEmpty(models.lookups.Exact):
    """Equal to the empty text."""

    def get_prep_lookup(self):
        if self.rhs != "":
            raise ValueError("An encrypted field can only be compared with the empty text.")
        return self.rhs


def sealed_fields():
    """(model, name of the field) of everything that is kept encrypted."""
    return [
        (model, field.name)
        for model in apps.get_models()
        for field in model._meta.get_fields()
        if isinstance(field, SealedField)
    ]


def reseal(*, change=True, erase_lost=False, batch=500):
    """Encrypt anew, with the first key, whatever an older one encrypted. Returns {outcome: how many}.

    Outcomes are "current", "older" (encrypted anew when `change`) and "unreadable", which stays as it is
    unless `erase_lost`. A row that somebody writes at the same moment keeps what was written. May run twice.
    """
    found = {"current": 0, "older": 0, "unreadable": 0}
    newest, ring = Fernet(_keys()[0]), _keyring()
    for model, name in sealed_fields():
        for pk, token in _in_turn(_tokens(model, name), batch):
            outcome, anew = _fate(token, newest, ring)
            found[outcome] += 1
            if (anew and change) or (erase_lost and outcome == "unreadable"):
                write_raw(_tokens(model, name).filter(pk=pk, raw=token), name, anew)
    return found


def fate_of(token):
    """What replacing a key means for one token: (outcome as in `reseal`, the token under the first key if another)."""
    return _fate(token, Fernet(_keys()[0]), _keyring())


def _in_turn(rows, batch):
    """(primary key, token) of each row, read by the batch, so that a table of any size fits."""
    last = 0
    while page := list(rows.filter(pk__gt=last).order_by("pk").values_list("pk", "raw")[:batch]):
        yield from page
        last = page[-1][0]


def read_raw(rows, name):
    """The rows with the column as it is stored, in `raw`."""
    return rows.annotate(raw=Cast(F(name), TextField()))


def write_raw(rows, name, stored):
    """Write the column as it shall be stored."""
    return rows.update(**{name: Value(stored, output_field=TextField())})


def refuse_wrong_keys():
    """Refuse to start where DATA_KEYS are no keys, or do not open what is stored."""
    fault = fault_of_the_keys()
    if fault:
        raise ImproperlyConfigured(fault)


def fault_of_the_keys(stored=True):
    """What is wrong with DATA_KEYS, in one line, or nothing. `stored`: also try the oldest and the newest number."""
    if not stored and not settings.DATA_KEYS and not _own_file().exists():
        return ""  # embedded, and no number was stored yet: looking makes no key
    try:
        ring = _keyring()
    except ImproperlyConfigured as fault:
        return str(fault)
    return _fault_of_what_is_stored(ring) if stored else ""


def _fault_of_what_is_stored(ring):
    for model, name in sealed_fields():
        rows = _tokens(model, name)
        try:
            tokens = [
                row
                for order in ("pk", "-pk")
                for row in rows.order_by(order).values_list("raw", flat=True)[:1]
            ]
        except DatabaseError:
            continue  # no such table or column yet; the first request will say what is wrong
        for token in tokens:
            try:
                ring.decrypt(token.encode())
            except InvalidToken:
                return (
                    f"DATA_KEYS do not open what is stored in {model._meta.label}.{name}. "
                    "Put back the key it was encrypted with, behind the new one."
                )
    return ""


def _tokens(model, name):
    """The rows that hold something encrypted, as it is stored. What was stored before encryption is none."""
    return read_raw(model._base_manager.all(), name).filter(raw__startswith=TOKEN)


def _fate(token, newest, ring):
    try:
        newest.decrypt(token.encode())
        return "current", ""
    except InvalidToken:
        pass
    try:
        return "older", ring.rotate(token.encode()).decode()
    except InvalidToken:
        return "unreadable", ""


def _keyring():
    return _ring_of(_keys())


@lru_cache(maxsize=4)
def _ring_of(keys):
    try:
        return MultiFernet([Fernet(key) for key in keys])
    except ValueError:
        raise ImproperlyConfigured(
            "DATA_KEYS must be keys of 32 bytes in URL-safe base64, separated by commas; .env.example says how to make one."
        ) from None


def _keys():
    return tuple(settings.DATA_KEYS) or _own_keys(_own_file())


def _own_file():
    return settings.VAR / "data_key"


@lru_cache(maxsize=4)
def _own_keys(path):
    """The keys of an embedded installation, one a line; its first is made once, also when two processes need it at once."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        unfinished = path.with_name(f"data_key.{os.getpid()}")
        unfinished.touch(mode=0o600)
        unfinished.write_bytes(Fernet.generate_key() + b"\n")
        try:
            os.link(unfinished, path)
        except FileExistsError:
            pass  # another process was first, and its key is the key
        finally:
            unfinished.unlink()
    return tuple(path.read_text(encoding="ascii").split())
