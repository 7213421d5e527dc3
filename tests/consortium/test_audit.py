"""The chain: what is recorded, that it holds, and that any change to it is found."""

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction

from consortium.audit import action, first_broken_link, record
from consortium.models import AuditEvent, AuditHead
from tests.factories import make_user

pytestmark = pytest.mark.django_db


@action
def rename(*, user, name, by):
    user.name = name
    user.save(update_fields=["name"])
    record("renamed", user, by=by, to=name)


@action
def rename_and_fail(*, user, by):
    rename(user=user, name="示例改名", by=by)
    raise RuntimeError


def test_action_leaves_one_row_that_names_who_and_what():
    user = make_user(name="示例甲")
    rename(user=user, name="示例乙", by=user)
    event = AuditEvent.objects.order_by("-number").first()
    assert (event.verb, event.object_kind, event.object_id, event.actor, event.details) == (
        "renamed",
        "consortium.user",
        str(user.pk),
        user,
        {"to": "示例乙"},
    )


def test_failed_action_leaves_neither_change_nor_row():
    user = make_user(name="示例甲")
    before = AuditEvent.objects.count()
    with pytest.raises(RuntimeError):
        rename_and_fail(user=user, by=user)
    user.refresh_from_db()
    assert user.name == "示例甲"
    assert AuditEvent.objects.count() == before


def test_record_outside_an_action_is_a_programming_error():
    with pytest.raises(RuntimeError):
        record("renamed", make_user(), by=None)


def test_chain_of_many_acts_is_whole():
    user = make_user()
    for name in ("示例一", "示例二", "示例三"):
        rename(user=user, name=name, by=user)
    assert first_broken_link() is None
    assert AuditHead.objects.get(stream="acts").number == AuditEvent.objects.filter(stream="acts").count()


def _tamper(sql, *params):
    """Change a row as somebody with the database's own tools would, past the guard against updates."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("DROP TRIGGER IF EXISTS audit_no_update")
        else:
            cursor.execute("ALTER TABLE consortium_auditevent DISABLE TRIGGER USER")
        cursor.execute(sql, params)


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE consortium_auditevent SET verb = 'other' WHERE id = %s",
        'UPDATE consortium_auditevent SET details = \'{"to": "x"}\' WHERE id = %s',
        "DELETE FROM consortium_auditevent WHERE id = %s",
    ],
)
def test_changed_or_missing_row_is_named(sql):
    user = make_user()
    for name in ("示例一", "示例二", "示例三"):
        rename(user=user, name=name, by=user)
    target = AuditEvent.objects.order_by("-number")[1]
    _tamper(sql, target.pk)
    broken = first_broken_link()
    assert broken.number in (target.number, target.number + 1)
    with pytest.raises(CommandError, match="broken"):
        call_command("verify_audit")


def test_row_cut_off_at_the_end_is_found():
    user = make_user()
    rename(user=user, name="示例一", by=user)
    last = AuditEvent.objects.order_by("-number").first()
    _tamper("DELETE FROM consortium_auditevent WHERE id = %s", last.pk)
    assert first_broken_link().number == last.number


def test_database_refuses_to_change_a_row():
    user = make_user()
    rename(user=user, name="示例一", by=user)
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        AuditEvent.objects.update(verb="other")
