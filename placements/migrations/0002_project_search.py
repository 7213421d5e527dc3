"""The search index of projects: FTS5 on SQLite, tsvector with GIN on PostgreSQL. It holds nothing that is not elsewhere."""

from django.db import migrations

SQLITE = "CREATE VIRTUAL TABLE placements_projectsearch USING fts5(body, tokenize = 'unicode61 remove_diacritics 0')"
POSTGRESQL = (
    # No foreign key: a flush of the models could not truncate what this table, which is none of them, refers to.
    "CREATE TABLE placements_projectsearch (project_id bigint PRIMARY KEY, body tsvector NOT NULL)",
    "CREATE INDEX placements_projectsearch_body ON placements_projectsearch USING gin (body)",
)


def create(apps, schema_editor):
    statements = (SQLITE,) if schema_editor.connection.vendor == "sqlite" else POSTGRESQL
    for statement in statements:
        schema_editor.execute(statement)


def drop(apps, schema_editor):
    schema_editor.execute("DROP TABLE placements_projectsearch")


class Migration(migrations.Migration):
    dependencies = [("placements", "0001_initial")]
    operations = [migrations.RunPython(create, drop)]
