"""Personal numbers lie encrypted in the database; keys are replaced, lost ones are said and take nothing along."""

import os
import subprocess
import sys
from importlib import import_module
from io import StringIO
from types import SimpleNamespace

import pytest
from cryptography.fernet import Fernet
from django.apps import apps
from django.contrib.sessions.models import Session
from django.core.exceptions import FieldError, ImproperlyConfigured
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection

from consortium.actions.contact import end_contact
from consortium.models import MembershipObjection, OrganisationContact
from consortium.sealed import (
    SealedField,
    Unreadable,
    fault_of_the_keys,
    opened,
    read_raw,
    refuse_wrong_keys,
    reseal,
    seal,
    sealed_fields,
)
from tests.consortium.membership_kit import Office
from tests.factories import make_contact, make_organisation, make_user
from tests.settings import ROOT

pytestmark = pytest.mark.django_db

NUMBER = "13800001234"
OLD, NEW = Fernet.generate_key().decode(), Fernet.generate_key().decode()


def stored(model, column):
    """What lies in the column, as somebody who has the database alone reads it."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {column} FROM {model._meta.db_table} ORDER BY id")
        return [value for (value,) in cursor.fetchall()]


def write(model, column, value):
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE {model._meta.db_table} SET {column} = %s", [value])


def contact():
    return make_contact(organisation=make_organisation())


def test_the_column_holds_no_digit_of_the_number_and_no_two_alike():
    contact(), contact()
    first, second = stored(OrganisationContact, "phone")
    assert first.startswith("gAAAA") and first != second
    assert NUMBER not in first and NUMBER[:4] not in first
    assert [row.phone for row in OrganisationContact.objects.all()] == [NUMBER, NUMBER]


def test_what_is_empty_stays_empty():
    row = contact()
    end_contact(contact=row, by=None, consent_withdrawn=True)
    assert stored(OrganisationContact, "phone") == [""]
    assert OrganisationContact.objects.filter(phone="").exists()


def test_an_objector_is_reached_by_what_lies_encrypted(client):
    notice = Office().application().notice
    words = {"name": "示例某", "contact": NUMBER, "text": "该单位的材料与实际情况不符，请核实。"}
    assert client.post(f"/notices/{notice.pk}/object/", words).status_code == 302
    assert NUMBER not in stored(MembershipObjection, "contact")[0]
    objection = MembershipObjection.objects.get()
    assert objection.contact == NUMBER
    client.force_login(make_user("secretary"))
    assert NUMBER in client.get(objection.get_absolute_url()).content.decode()


def test_an_encrypted_field_is_not_searched_in_silence():
    with pytest.raises(ValueError):
        OrganisationContact.objects.filter(phone=NUMBER).exists()
    for lookup in ("contains", "startswith", "in", "gt"):
        with pytest.raises(FieldError):
            OrganisationContact.objects.filter(**{f"phone__{lookup}": NUMBER}).exists()


def test_every_field_that_is_named_a_number_of_a_person_is_sealed():
    sealed = {(model.__name__, name) for model, name in sealed_fields()}
    assert {("OrganisationContact", "phone"), ("MembershipObjection", "contact")} <= sealed
    # By what an objector is reached, on whatever notice.
    assert all(
        (model.__name__, "contact") in sealed
        for model in apps.get_models()
        if model.__name__.endswith("Objection") and any(one.name == "contact" for one in model._meta.fields)
    )
    plain = [
        f"{model.__name__}.{field.name}"
        for model in apps.get_models()
        for field in model._meta.get_fields()
        if any(word in field.name for word in ("phone", "mobile", "telephone", "national_id", "id_number"))
        and not isinstance(field, SealedField)
    ]
    assert plain == []


def test_a_form_kept_after_the_sign_in_expired_lies_encrypted_in_the_session(client):
    unit = make_organisation()
    client.post(f"/members/{unit.pk}/contacts/new/", {"name": "示例某", "phone": NUMBER})
    words = Session.objects.get().get_decoded()
    assert words and NUMBER not in str(words)
    client.force_login(make_user("secretary"))
    assert NUMBER in client.get("/kept-form/").content.decode()


# --- keys


def test_another_key_is_named_by_the_check_and_refused_at_the_start(settings):
    settings.DATA_KEYS = [OLD]
    contact()
    assert fault_of_the_keys() == ""
    refuse_wrong_keys()
    settings.DATA_KEYS = [NEW]
    with pytest.raises(
        ImproperlyConfigured, match="do not open what is stored in consortium.OrganisationContact.phone"
    ):
        refuse_wrong_keys()
    with pytest.raises(CommandError, match="E002"):
        call_command("check", database=["default"], stderr=StringIO())
    settings.DATA_KEYS = [NEW, OLD]
    refuse_wrong_keys()


def test_a_word_that_is_no_key_is_named(settings):
    settings.DATA_KEYS = ["secret"]
    with pytest.raises(CommandError, match="E001"):
        call_command("check", stderr=StringIO())
    with pytest.raises(ImproperlyConfigured, match="32 bytes"):
        refuse_wrong_keys()


def test_a_lost_key_takes_no_page_along_and_no_number_is_overwritten(client, settings):
    settings.DATA_KEYS = [OLD]
    row = contact()
    before = stored(OrganisationContact, "phone")
    settings.DATA_KEYS = [NEW]
    client.force_login(make_user("secretary"))
    for address in (row.organisation.get_absolute_url(), f"/contacts/{row.pk}/"):
        page = client.get(address)
        assert page.status_code == 200 and "无法读取" in page.content.decode()
    row = OrganisationContact.objects.get()
    assert isinstance(row.phone, Unreadable)
    row.post = "示例部门"
    row.save()
    assert stored(OrganisationContact, "phone") == before
    settings.DATA_KEYS = [NEW, OLD]
    assert OrganisationContact.objects.get().phone == NUMBER


def test_rotation_encrypts_anew_once_and_keeps_what_it_cannot_open(settings):
    settings.DATA_KEYS = [OLD]
    for _each in range(3):
        contact()
    settings.DATA_KEYS = [NEW, OLD]
    assert reseal(change=False) == {"current": 0, "older": 3, "unreadable": 0}
    said = StringIO()
    call_command("rotate_data_keys", check=True, stdout=said)
    call_command("rotate_data_keys", stdout=said)
    call_command("rotate_data_keys", stdout=said)
    assert said.getvalue().splitlines() == [
        "0 under the first key already, 3 still under an older key.",
        "0 under the first key already, 3 encrypted anew.",
        "3 under the first key already, 0 encrypted anew.",
    ]
    settings.DATA_KEYS = [NEW]
    assert {row.phone for row in OrganisationContact.objects.all()} == {NUMBER}
    settings.DATA_KEYS = [OLD]
    with pytest.raises(CommandError, match="3 are under none"):
        call_command("rotate_data_keys", stdout=StringIO())
    settings.DATA_KEYS = [NEW]
    assert reseal(batch=2) == {"current": 3, "older": 0, "unreadable": 0}


def test_numbers_whose_key_is_lost_for_good_are_erased_only_when_asked(settings):
    settings.DATA_KEYS = [OLD]
    contact()
    settings.DATA_KEYS = [NEW]
    contact()
    call_command("rotate_data_keys", erase_lost=True, stdout=StringIO())
    assert [row.phone for row in OrganisationContact.objects.order_by("pk")] == ["", NUMBER]
    refuse_wrong_keys()


def test_rotation_leaves_what_somebody_writes_at_the_same_moment(settings, monkeypatch):
    """The row is written between reading and writing: the newer number stays."""
    settings.DATA_KEYS = [OLD]
    row = contact()
    settings.DATA_KEYS = [NEW, OLD]
    tokens = list(read_raw(OrganisationContact.objects.all(), "phone").values_list("pk", "raw"))
    OrganisationContact.objects.filter(pk=row.pk).update(phone="022-60000000")
    monkeypatch.setattr(
        "consortium.sealed._in_turn", lambda rows, batch: tokens if rows.model is OrganisationContact else []
    )
    reseal()
    assert OrganisationContact.objects.get().phone == "022-60000000"


def test_an_installation_without_keys_makes_its_own_once(settings, tmp_path):
    settings.DATA_KEYS, settings.VAR = [], tmp_path / "var"
    assert fault_of_the_keys(stored=False) == "" and not (tmp_path / "var" / "data_key").exists()
    token = seal(NUMBER)
    file = tmp_path / "var" / "data_key"
    assert file.stat().st_mode & 0o777 == 0o600
    assert opened(token) == NUMBER and len(file.read_text().split()) == 1
    assert [path.name for path in (tmp_path / "var").iterdir()] == ["data_key"]


def test_production_does_not_start_without_keys():
    """The settings name what is missing, in a process of their own."""
    wanted = {"SECRET_KEY": "x" * 50, "REDIS_URL": "redis://127.0.0.1:1/0", "ALLOWED_HOSTS": "portal.example"}
    clean = {name: value for name, value in os.environ.items() if name in ("PATH", "HOME")}
    for keys in ({}, {"DATA_KEYS": ""}):
        done = subprocess.run(
            [sys.executable, "-c", "import consortium.settings"],
            cwd=ROOT,
            env={**clean, **wanted, **keys},
            capture_output=True,
            text=True,
        )
        assert done.returncode == 1 and "Set the DATA_KEYS environment variable" in done.stderr


# --- what was stored before


def test_the_migration_encrypts_what_is_there_and_takes_it_back():
    moved = import_module("consortium.migrations.0016_seal_numbers")
    editor = SimpleNamespace(connection=connection)
    contact(), contact()
    write(OrganisationContact, "phone", NUMBER)
    for _twice in range(2):
        moved.encrypt(apps, editor)
        assert all(value.startswith("gAAAA") for value in stored(OrganisationContact, "phone"))
        assert {row.phone for row in OrganisationContact.objects.all()} == {NUMBER}
    moved.decrypt(apps, editor)
    assert stored(OrganisationContact, "phone") == [NUMBER, NUMBER]


def test_the_migration_goes_back_with_all_keys_or_not_at_all(settings):
    moved = import_module("consortium.migrations.0016_seal_numbers")
    settings.DATA_KEYS = [OLD]
    contact()
    settings.DATA_KEYS = [NEW]
    with pytest.raises(ValueError, match="cannot be opened"):
        moved.decrypt(apps, SimpleNamespace(connection=connection))
    assert stored(OrganisationContact, "phone")[0].startswith("gAAAA")
