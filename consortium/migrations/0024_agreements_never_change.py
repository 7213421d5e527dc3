"""A text and a signature never change, and nothing is in force that a party has not signed: the database refuses it."""

from django.db import migrations

CHANGED = "A text of an agreement and a signature under it never change."
UNSIGNED = "An agreement is in force when two parties or more have all signed its text."
SETTLED = "The parties of an agreement are settled once it is offered for signing."
NOT_SIGNED = """NEW.state = 'in_force' AND (
    (SELECT count(*) FROM consortium_agreementparty p WHERE p.agreement_id = NEW.id) < 2
    OR NOT EXISTS (SELECT 1 FROM consortium_agreementtext t WHERE t.id = NEW.text_id AND t.agreement_id = NEW.id)
    OR EXISTS (SELECT 1 FROM consortium_agreementparty p WHERE p.agreement_id = NEW.id AND NOT EXISTS (
        SELECT 1 FROM consortium_agreementsignature s WHERE s.party_id = p.id AND s.text_id = NEW.text_id)))"""
OFFERED = """EXISTS (SELECT 1 FROM consortium_agreement a WHERE a.id = {row}.agreement_id AND a.state <> 'draft')"""
SQLITE = [
    *(
        f"CREATE TRIGGER {table}_no_update BEFORE UPDATE ON consortium_{table} BEGIN SELECT RAISE(ABORT, '{CHANGED}'); END"
        for table in ("agreementtext", "agreementsignature")
    ),
    *(
        f"""CREATE TRIGGER agreement_signed_{name} BEFORE {name.upper()} ON consortium_agreement WHEN {NOT_SIGNED}
        BEGIN SELECT RAISE(ABORT, '{UNSIGNED}'); END"""
        for name in ("insert", "update")
    ),
    f"""CREATE TRIGGER agreement_party_settled BEFORE INSERT ON consortium_agreementparty WHEN {OFFERED.format(row="NEW")}
    BEGIN SELECT RAISE(ABORT, '{SETTLED}'); END""",
]
POSTGRES = f"""
CREATE FUNCTION consortium_agreement_no_change() RETURNS trigger AS $$
BEGIN RAISE EXCEPTION '{CHANGED}' USING ERRCODE = 'integrity_constraint_violation'; END
$$ LANGUAGE plpgsql;
CREATE TRIGGER agreementtext_no_change BEFORE UPDATE OR DELETE ON consortium_agreementtext
FOR EACH ROW EXECUTE FUNCTION consortium_agreement_no_change();
CREATE TRIGGER agreementsignature_no_change BEFORE UPDATE OR DELETE ON consortium_agreementsignature
FOR EACH ROW EXECUTE FUNCTION consortium_agreement_no_change();
CREATE FUNCTION consortium_agreement_signed() RETURNS trigger AS $$
BEGIN
    IF {NOT_SIGNED} THEN
        RAISE EXCEPTION '{UNSIGNED}' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$ LANGUAGE plpgsql;
CREATE TRIGGER agreement_signed BEFORE INSERT OR UPDATE ON consortium_agreement
FOR EACH ROW EXECUTE FUNCTION consortium_agreement_signed();
CREATE FUNCTION consortium_agreement_party_settled() RETURNS trigger AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF {OFFERED.format(row="NEW")} THEN
            RAISE EXCEPTION '{SETTLED}' USING ERRCODE = 'integrity_constraint_violation';
        END IF;
        RETURN NEW;
    END IF;
    IF {OFFERED.format(row="OLD")} THEN
        RAISE EXCEPTION '{SETTLED}' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN OLD;
END $$ LANGUAGE plpgsql;
CREATE TRIGGER agreement_party_settled BEFORE INSERT OR DELETE ON consortium_agreementparty
FOR EACH ROW EXECUTE FUNCTION consortium_agreement_party_settled();
"""
NAMES = ("agreementtext_no_update", "agreementsignature_no_update", "agreement_signed_insert", "agreement_signed_update", "agreement_party_settled")


def add(apps, schema_editor):
    for statement in SQLITE if schema_editor.connection.vendor == "sqlite" else [POSTGRES]:
        schema_editor.execute(statement)


def remove(apps, schema_editor):
    if schema_editor.connection.vendor == "sqlite":
        for name in NAMES:
            schema_editor.execute(f"DROP TRIGGER {name}")
        return
    for table, name in (
        ("agreementtext", "agreementtext_no_change"),
        ("agreementsignature", "agreementsignature_no_change"),
        ("agreement", "agreement_signed"),
        ("agreementparty", "agreement_party_settled"),
    ):
        schema_editor.execute(f"DROP TRIGGER {name} ON consortium_{table}")
    for name in ("no_change", "signed", "party_settled"):
        schema_editor.execute(f"DROP FUNCTION consortium_agreement_{name}")


class Migration(migrations.Migration):
    dependencies = [("consortium", "0023_agreements")]
    operations = [migrations.RunPython(add, remove)]
