"""No membership is in force without a resolution that two persons hold: the database itself refuses it, by whatever door."""

from django.db import migrations

WRONG = "A membership in force needs a resolution that a second person has confirmed."
UNCONFIRMED = """NEW.state IN ('active', 'suspended', 'to_begin') AND NOT EXISTS (
    SELECT 1 FROM consortium_resolution r WHERE r.id = NEW.resolution_id AND r.confirmed_by_id IS NOT NULL)"""
SQLITE = [
    f"""CREATE TRIGGER membership_resolved_{name} BEFORE {when} ON consortium_membership WHEN {UNCONFIRMED}
BEGIN SELECT RAISE(ABORT, '{WRONG}'); END"""
    for name, when in (("insert", "INSERT"), ("update", "UPDATE"))
]
POSTGRES = f"""
CREATE FUNCTION consortium_membership_resolved() RETURNS trigger AS $$
BEGIN
    IF {UNCONFIRMED} THEN
        RAISE EXCEPTION '{WRONG}' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$ LANGUAGE plpgsql;
CREATE TRIGGER membership_resolved BEFORE INSERT OR UPDATE ON consortium_membership
FOR EACH ROW EXECUTE FUNCTION consortium_membership_resolved();
"""


def add(apps, schema_editor):
    if schema_editor.connection.vendor != "sqlite":
        schema_editor.execute(POSTGRES)
        return
    for statement in SQLITE:
        schema_editor.execute(statement)


def remove(apps, schema_editor):
    if schema_editor.connection.vendor == "sqlite":
        schema_editor.execute("DROP TRIGGER membership_resolved_insert")
        schema_editor.execute("DROP TRIGGER membership_resolved_update")
    else:
        schema_editor.execute("DROP TRIGGER membership_resolved ON consortium_membership")
        schema_editor.execute("DROP FUNCTION consortium_membership_resolved")


class Migration(migrations.Migration):
    dependencies = [("consortium", "0007_membership_decisions")]
    operations = [migrations.RunPython(add, remove)]
