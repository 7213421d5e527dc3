"""The audit trail only grows: the database itself refuses to change a row (and on PostgreSQL to delete one)."""

from django.db import migrations

SQLITE = """
CREATE TRIGGER audit_no_update BEFORE UPDATE ON consortium_auditevent
BEGIN SELECT RAISE(ABORT, 'The audit trail is append-only.'); END
"""
POSTGRES = """
CREATE FUNCTION consortium_audit_append_only() RETURNS trigger AS $$
BEGIN RAISE EXCEPTION 'The audit trail is append-only.'; END $$ LANGUAGE plpgsql;
CREATE TRIGGER audit_no_change BEFORE UPDATE OR DELETE ON consortium_auditevent
FOR EACH ROW EXECUTE FUNCTION consortium_audit_append_only();
"""


def add(apps, schema_editor):
    schema_editor.execute(SQLITE if schema_editor.connection.vendor == "sqlite" else POSTGRES)


def remove(apps, schema_editor):
    if schema_editor.connection.vendor == "sqlite":
        schema_editor.execute("DROP TRIGGER audit_no_update")
    else:
        schema_editor.execute("DROP TRIGGER audit_no_change ON consortium_auditevent")
        schema_editor.execute("DROP FUNCTION consortium_audit_append_only")


class Migration(migrations.Migration):
    dependencies = [("consortium", "0001_initial")]
    operations = [migrations.RunPython(add, remove)]
