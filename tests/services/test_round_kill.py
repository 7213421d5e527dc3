"""A worker that dies at each step of a run: the round is finished once, with one result and one set of messages."""

import os
from contextlib import contextmanager

import psycopg2
import pytest
from django.db import connection

from consortium import jobs
from consortium.audit import first_broken_link
from consortium.enums import JobState
from consortium.models import Job, Notification, OutboxMessage
from consortium.refusals import Refused
from consortium.tasks import run_job
from placements.actions.run import run_round, stop_run
from placements.enums import RoundState
from placements.models import MatchResult, MatchRun
from tests.placements.round_kit import Kit
from tests.services.conftest import EVERY_APP, wait_until

# Named apps let the flush after each test cascade to the search table, which is no model.
pytestmark = pytest.mark.django_db(transaction=True, available_apps=EVERY_APP)

GATE = 4711
# The moment in the life of the job's row at which the worker is held, so that it can be killed just there.
MOMENTS = ["read", "solve", "verify", "reasons", "store", "done"]
HOLD = f"""
CREATE OR REPLACE FUNCTION hold_worker() RETURNS trigger AS $$
BEGIN
  IF (TG_ARGV[0] = 'done' AND NEW.state = 'done')
     OR (NEW.state = 'running' AND NEW.steps->-1->>'key' = TG_ARGV[0] AND OLD.steps <> NEW.steps) THEN
    PERFORM pg_advisory_xact_lock({GATE});
  END IF;
  RETURN NEW;
END $$ LANGUAGE plpgsql
"""


@contextmanager
def gate(moment):
    """Hold every worker at `moment`; yields a function that tells whether one stands there."""
    address = os.environ["DATABASE_URL"].rsplit("/", 1)[0] + f"/{connection.settings_dict['NAME']}"
    keeper = psycopg2.connect(address)
    keeper.autocommit = True
    with keeper.cursor() as cursor:
        cursor.execute(HOLD)
        cursor.execute(
            "CREATE TRIGGER hold_worker BEFORE UPDATE ON consortium_job FOR EACH ROW "
            f"EXECUTE FUNCTION hold_worker('{moment}')"
        )
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
            cursor.execute("DROP TRIGGER hold_worker ON consortium_job")
            keeper.close()


def sweep_until_done(job_id):
    """Let the clock's sweep run as beat would, until the job has ended."""

    def ended():
        jobs.sweep()
        return not Job.objects.get(pk=job_id).is_live

    wait_until(ended, 60, every=0.3)
    return Job.objects.get(pk=job_id)


@pytest.fixture
def impatient(settings):
    """A silent job is taken up again after a second."""
    settings.JOB_SILENT_SECONDS = 1


def assert_one_result(kit, run):
    kit.round.refresh_from_db()
    assert kit.round.state == RoundState.VERIFIED
    assert MatchRun.objects.filter(round=kit.round).count() == 1
    assert MatchResult.objects.filter(run=run).count() == len(kit.students)
    told = Notification.objects.filter(kind="round_verified")
    assert told.count() == 1
    assert OutboxMessage.objects.filter(notification__in=told).count() == 1
    assert first_broken_link() is None


@pytest.mark.parametrize("moment", MOMENTS)
def test_killed_at_each_step_it_is_finished_once(start_worker, impatient, moment):
    kit = Kit(students=12, projects=5).frozen()
    with gate(moment) as stands_there:
        worker = start_worker()
        run = run_round(round=kit.round, by=kit.first)
        wait_until(stands_there)
        worker.kill()
        assert not MatchResult.objects.exists()
        assert Job.objects.get(pk=run.job_id).state == JobState.RUNNING
    start_worker()
    job = sweep_until_done(run.job_id)
    assert job.state == JobState.DONE
    assert job.attempts == 2 and len(job.history) == 1
    assert_one_result(kit, run)


def test_killed_three_times_in_a_row_it_is_still_finished(start_worker, impatient):
    kit = Kit(students=12, projects=5).frozen()
    run = None
    for attempt, moment in enumerate(("solve", "store", "done"), 1):
        with gate(moment) as stands_there:
            worker = start_worker()
            run = run or run_round(round=kit.round, by=kit.first)

            def standing():
                jobs.sweep()
                return stands_there()  # noqa: B023

            wait_until(standing, 40, every=0.3)
            worker.kill()
            assert Job.objects.get(pk=run.job_id).attempts == attempt
    start_worker()
    assert sweep_until_done(run.job_id).attempts == 4
    assert_one_result(kit, run)


def test_the_same_task_delivered_twenty_times_at_once_has_one_effect(start_worker):
    kit = Kit(students=12, projects=5).frozen()
    run = run_round(round=kit.round, by=kit.first)
    for _ in range(20):
        run_job.apply_async((run.job_id,))
    start_worker()
    start_worker()
    wait_until(lambda: not Job.objects.get(pk=run.job_id).is_live, 60)
    assert Job.objects.get(pk=run.job_id).attempts == 1
    assert_one_result(kit, run)


def test_stopping_while_it_works_leaves_nothing(start_worker):
    kit = Kit(students=12, projects=5).frozen()
    with gate("reasons") as stands_there:
        start_worker()
        run = run_round(round=kit.round, by=kit.first)
        wait_until(stands_there)
    stop = wait_until(lambda: _stopped(run, kit) or not Job.objects.get(pk=run.job_id).is_live)
    kit.round.refresh_from_db()
    if stop == "stopped":
        assert kit.round.state == RoundState.FROZEN and not MatchResult.objects.exists()
    else:
        assert_one_result(kit, run)


def _stopped(run, kit):
    try:
        stop_run(run=run, by=kit.second)
    except Refused:
        return ""
    return "stopped"
