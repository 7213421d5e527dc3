"""The search index of organisations' names, filled with those that are there."""

import django.db.models.deletion
from django.db import migrations, models

import consortium.word_index
from consortium.names import INDEX, index_organisations


def create(apps, schema_editor):
    for statement in INDEX.created(schema_editor.connection.vendor):
        schema_editor.execute(statement)


def drop(apps, schema_editor):
    schema_editor.execute(f"DROP TABLE {INDEX.table}")


def fill(apps, schema_editor):
    index_organisations(apps.get_model("consortium", "Organisation").objects.order_by("pk").iterator(500))


class Migration(migrations.Migration):
    dependencies = [("consortium", "0024_agreements_never_change")]

    operations = [
        migrations.CreateModel(
            name="OrganisationWords",
            fields=[
                (
                    "organisation",
                    models.OneToOneField(
                        db_column="rowid",
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        primary_key=True,
                        related_name="words",
                        serialize=False,
                        to="consortium.organisation",
                    ),
                ),
                ("place", models.BigIntegerField(db_column="_rowid_")),
                ("body", consortium.word_index.IndexedWords()),
            ],
            options={
                "db_table": "consortium_organisationsearch",
                "managed": False,
                "default_permissions": (),
            },
        ),
        migrations.RunPython(create, drop),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
