"""A worker that dies in the middle of a list: what it had stored whole stays, the rest follows, each row once."""

import csv
import io
import os
from contextlib import contextmanager

import psycopg2
import pytest
from django.db import connection

from consortium import files, jobs
from consortium.actions.list_import import CHUNK, begin_import, undo_import, write_import
from consortium.audit import first_broken_link
from consortium.enums import JobState
from consortium.models import AuditEvent, Job, Organisation
from tests.factories import make_uscc, make_user
from tests.services.conftest import EVERY_APP, wait_until

# Named apps let the flush after each test cascade to the search table, which is no model.
pytestmark = pytest.mark.django_db(transaction=True, available_apps=EVERY_APP)

GATE = 4712
ROWS = CHUNK + 200
HEADS = ["单位名称", "统一社会信用代码", "类别"]
HOLD = f"""
CREATE OR REPLACE FUNCTION hold_importer() RETURNS trigger AS $$
BEGIN PERFORM pg_advisory_xact_lock({GATE}); RETURN NEW; END $$ LANGUAGE plpgsql
"""
# Where the worker is held: in its second piece, which it has not stored yet, or at its last breath.
SECOND_TESTED = f"INSERT ON consortium_importrow FOR EACH ROW WHEN (NEW.line > {CHUNK + 1})"
SECOND_WRITTEN = (
    f"UPDATE ON consortium_importrow FOR EACH ROW WHEN (NEW.fate = 'written' AND NEW.line > {CHUNK + 1})"
)
SECOND_UNDONE = (
    f"UPDATE ON consortium_importrow FOR EACH ROW WHEN (NEW.fate = 'undone' AND NEW.line < {ROWS - CHUNK})"
)
LAST = "UPDATE ON consortium_job FOR EACH ROW WHEN (NEW.state = 'done')"


@contextmanager
def gate(moment):
    """Hold every worker at `moment`; yields a function that tells whether one stands there."""
    address = os.environ["DATABASE_URL"].rsplit("/", 1)[0] + f"/{connection.settings_dict['NAME']}"
    keeper = psycopg2.connect(address)
    keeper.autocommit = True
    table = moment.split(" ON ")[1].split()[0]
    with keeper.cursor() as cursor:
        cursor.execute(HOLD)
        cursor.execute(f"CREATE TRIGGER hold_importer BEFORE {moment} EXECUTE FUNCTION hold_importer()")
        cursor.execute(f"SELECT pg_advisory_lock({GATE})")

        def stands_there():
            cursor.execute(
                f"SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND objid = {GATE} AND NOT granted"
            )
            return cursor.fetchone()[0]

        try:
            yield stands_there
        finally:
            cursor.execute(f"SELECT pg_advisory_unlock({GATE})")
            wait_until(lambda: not stands_there())
            cursor.execute(f"DROP TRIGGER hold_importer ON {table}")
            keeper.close()


@pytest.fixture
def impatient(settings):
    """A silent job is taken up again after a second."""
    settings.JOB_SILENT_SECONDS = 1


@pytest.fixture
def office():
    return make_user("secretary")


def sent_up(by):
    """A list of organisations on its way to its test."""
    out = io.StringIO()
    csv.writer(out).writerows([HEADS, *([f"示例单位{one}号", make_uscc(one), "企业"] for one in range(ROWS))])
    stored = files.store(out.getvalue().encode(), name="名单.csv", media_type="text/csv", by=by)
    return begin_import(kind="members", file=stored, by=by)


def ended(run):
    """Let the clock's sweep run as beat would, until the job has ended; the run as it is then."""

    def done():
        jobs.sweep()
        return not Job.objects.get(pk=run.job_id).is_live

    wait_until(done, 90, every=0.3)
    run.refresh_from_db()
    return run


def killed_at(moment, start_worker, begin):
    """Begin work and kill the worker at the moment; the run."""
    with gate(moment) as stands_there:
        worker = start_worker()
        run = begin()
        wait_until(stands_there, 60)
        worker.kill()
        assert Job.objects.get(pk=run.job_id).state == JobState.RUNNING
    return run


def assert_written_once(run):
    assert run.state == "written"
    assert run.rows.filter(fate="written").count() == ROWS
    assert Organisation.objects.count() == ROWS
    assert AuditEvent.objects.filter(verb="organisation registered").count() == ROWS
    assert AuditEvent.objects.filter(verb="list imported").count() == 1
    assert first_broken_link() is None


def test_killed_in_its_test_a_list_is_tested_anew(start_worker, impatient, office):
    run = killed_at(SECOND_TESTED, start_worker, lambda: sent_up(office))
    assert run.rows.count() == CHUNK
    start_worker()
    run = ended(run)
    assert (run.state, run.rows.filter(outcome="new").count()) == ("tested", ROWS)
    assert Job.objects.get(pk=run.job_id).attempts == 2
    assert not Organisation.objects.exists()


@pytest.mark.parametrize(("moment", "stored"), [(SECOND_WRITTEN, CHUNK), (LAST, ROWS)])
def test_killed_while_it_writes_it_goes_on_after_the_last_whole_piece(
    start_worker, impatient, office, moment, stored
):
    first = start_worker()
    run = ended(sent_up(office))
    first.kill()
    killed_at(moment, start_worker, lambda: write_import(run=run, by=office))
    assert Organisation.objects.count() == stored, "what was not stored whole is not there"
    start_worker()
    assert_written_once(ended(run))


def test_killed_while_it_undoes_it_goes_on(start_worker, impatient, office):
    first = start_worker()
    run = ended(sent_up(office))
    assert_written_once(ended(write_import(run=run, by=office)))
    first.kill()
    killed_at(SECOND_UNDONE, start_worker, lambda: undo_import(run=run, by=office))
    assert Organisation.objects.count() == ROWS - CHUNK
    start_worker()
    run = ended(run)
    assert run.state == "undone" and not Organisation.objects.exists()
    assert AuditEvent.objects.filter(verb="organisation taken back").count() == ROWS
    assert AuditEvent.objects.filter(verb="list import undone").count() == 1
    assert first_broken_link() is None
