"""Where the demo's world is not loaded, and that a failed load leaves nothing."""

import pytest
from django.core.management import CommandError, call_command

from consortium.models import AuditEvent, User
from consortium.refusals import Refused
from tests.factories import make_board, make_organisation, make_user

BOARDS = ("integration", "technology", "enterprise", "general")


def load():
    call_command("load_demo", verbosity=0)


def refusal():
    with pytest.raises(CommandError) as caught:
        load()
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_refused_outside_the_demo(db, settings):
    settings.DEMO = settings.TESTING = False
    assert "DEMO=1" in refusal()
    assert not User.objects.exists()


def test_refused_where_real_people_are(db):
    for code in BOARDS:
        make_board(code)
    make_user("secretary")
    assert "not invented" in refusal()
    assert User.objects.count() == 1


def test_refused_before_the_boards_are_there(db):
    make_board("technology")
    assert "load_seed" in refusal()


def test_a_failed_load_leaves_nothing(db):
    for code in BOARDS:
        make_board(code)
    make_organisation("示例利疫苗有限公司")
    with pytest.raises(Refused):
        load()
    assert not User.objects.exists()
    assert not AuditEvent.objects.exists()
