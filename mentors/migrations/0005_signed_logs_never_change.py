"""What a mentor signed never changes: the database itself refuses it (and on PostgreSQL to delete it)."""

from django.db import migrations

SIGNED = (
    "mentorship_id, side, mentor_id, kind, day, minutes, text, line, private, \"group\", file_id, "
    "signed_by_id, signed_at, amends_id, reason"
)
SQLITE = f"""
CREATE TRIGGER signed_log_no_update BEFORE UPDATE OF {SIGNED} ON mentors_supervisionlog
BEGIN SELECT RAISE(ABORT, 'A signed log is never changed, only amended.'); END
"""
POSTGRES = f"""
CREATE FUNCTION mentors_signed_log_never_changes() RETURNS trigger AS $$
BEGIN RAISE EXCEPTION 'A signed log is never changed, only amended.' USING ERRCODE = 'integrity_constraint_violation'; END
$$ LANGUAGE plpgsql;
CREATE TRIGGER signed_log_no_update BEFORE UPDATE OF {SIGNED} ON mentors_supervisionlog
FOR EACH ROW EXECUTE FUNCTION mentors_signed_log_never_changes();
CREATE TRIGGER signed_log_no_delete BEFORE DELETE ON mentors_supervisionlog
FOR EACH ROW EXECUTE FUNCTION mentors_signed_log_never_changes();
"""


def add(apps, schema_editor):
    schema_editor.execute(SQLITE if schema_editor.connection.vendor == "sqlite" else POSTGRES)


def remove(apps, schema_editor):
    if schema_editor.connection.vendor == "sqlite":
        schema_editor.execute("DROP TRIGGER signed_log_no_update")
    else:
        schema_editor.execute("DROP TRIGGER signed_log_no_update ON mentors_supervisionlog")
        schema_editor.execute("DROP TRIGGER signed_log_no_delete ON mentors_supervisionlog")
        schema_editor.execute("DROP FUNCTION mentors_signed_log_never_changes")


class Migration(migrations.Migration):
    dependencies = [("mentors", "0004_supervision_log")]
    operations = [migrations.RunPython(add, remove)]
