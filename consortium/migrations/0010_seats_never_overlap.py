"""A body has one chair on any day, a unit one seat in it, a seat one delegate: the database itself sees to it.

PostgreSQL excludes intervals that meet; SQLite, which has no such constraint, looks in a trigger before each write
(it has one writer at a time, so nothing slips between). A later change of these tables on SQLite that rebuilds
them drops the triggers: it has to run `add` again, and the test of each rule would fail without.
"""

from django.db import migrations

# name, table, what must be the same, when the rule holds, the columns that matter
RULES = (
    ("one_chair_at_a_time", "consortium_seat", "body_id", "post = 'chair'", "body_id, post, since, until"),
    (
        "one_seat_of_a_unit",
        "consortium_seat",
        "body_id, organisation_id",
        "",
        "body_id, organisation_id, since, until",
    ),
    ("one_delegate_at_a_time", "consortium_seatdelegate", "seat_id", "", "seat_id, since, until"),
)


def _sqlite(name, table, same, when, columns):
    alike = " AND ".join(f"{column} = NEW.{column}" for column in same.split(", "))
    among = f" AND {when}" if when else ""
    concerned = f" AND NEW.{when}" if when else ""
    for event, moment in (("insert", "INSERT"), ("update", f"UPDATE OF {columns}")):
        yield f"""
CREATE TRIGGER {name}_{event} BEFORE {moment} ON {table}
WHEN EXISTS (
    SELECT 1 FROM {table}
    WHERE id IS NOT NEW.id AND {alike}{among} AND since <= NEW.until AND until >= NEW.since
){concerned}
BEGIN SELECT RAISE(ABORT, 'exclusion: {name}'); END
"""


def _postgres(name, table, same, when, _columns):
    alike = ", ".join(f"int8range({column}, {column}, '[]') WITH &&" for column in same.split(", "))
    among = f" WHERE ({when})" if when else ""
    yield (
        f"ALTER TABLE {table} ADD CONSTRAINT {name} "
        f"EXCLUDE USING gist ({alike}, daterange(since, until, '[]') WITH &&){among}"
    )


def add(apps, schema_editor):
    write = _sqlite if schema_editor.connection.vendor == "sqlite" else _postgres
    for rule in RULES:
        for statement in write(*rule):
            schema_editor.execute(statement)


def remove(apps, schema_editor):
    for name, table, *_rest in RULES:
        if schema_editor.connection.vendor == "sqlite":
            for event in ("insert", "update"):
                schema_editor.execute(f"DROP TRIGGER {name}_{event}")
        else:
            schema_editor.execute(f"ALTER TABLE {table} DROP CONSTRAINT {name}")


class Migration(migrations.Migration):
    dependencies = [("consortium", "0009_seats")]
    operations = [migrations.RunPython(add, remove)]
