"""Encrypts the numbers that were stored in plain text; backwards they are written in plain text again."""

from django.db import migrations

from consortium.sealed import TOKEN, Unreadable, opened, read_raw, seal, write_raw

COLUMNS = (("OrganisationContact", "phone"), ("MembershipObjection", "contact"))


def _stored(apps, editor):
    """(rows, column, primary key, what is stored) of all that is not empty."""
    for model, name in COLUMNS:
        rows = apps.get_model("consortium", model).objects.using(editor.connection.alias)
        for pk, stored in list(read_raw(rows, name).exclude(raw="").values_list("pk", "raw")):
            yield rows.filter(pk=pk), name, pk, stored


def encrypt(apps, editor):
    for row, name, _pk, stored in _stored(apps, editor):
        if not stored.startswith(TOKEN):
            write_raw(row, name, seal(stored))


def decrypt(apps, editor):
    for row, name, pk, stored in _stored(apps, editor):
        number = opened(stored) if stored.startswith(TOKEN) else stored
        if isinstance(number, Unreadable):
            raise ValueError(f"{name} of row {pk} cannot be opened with DATA_KEYS; nothing was changed.")
        write_raw(row, name, number)


class Migration(migrations.Migration):
    dependencies = [("consortium", "0015_numbers_sealed")]

    operations = [migrations.RunPython(encrypt, decrypt)]
