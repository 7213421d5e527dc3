"""What tells those who run the portal that it is well, and which part is not."""

import os
import subprocess
import sys
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.db import connection
from prometheus_client.parser import text_string_to_metric_families

from consortium import clock, pulse
from consortium.celery import app
from consortium.models import Job
from consortium.tasks import sweep_jobs
from tests.settings import ROOT

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def all_well(settings, tmp_path):
    (tmp_path / "queue").mkdir()
    settings.EMBEDDED = True
    settings.BROKER_DIR = tmp_path
    cache.clear()
    for who in (pulse.CLOCK, pulse.WORKER):
        pulse.beat(who)
    yield
    cache.clear()


def failing(client):
    """The names of the checks that fail, as /readyz tells them."""
    answer = client.get("/readyz")
    told = answer.json()
    bad = {name for name, well in told["checks"].items() if not well}
    assert told["ready"] is (not bad) and answer.status_code == (503 if bad else 200)
    assert set(told["checks"]) == {"database", "broker", "clock", "worker", "disk"}
    return bad


def silent_since(who, seconds):
    cache.set(who, cache.get(who) - seconds, timeout=None)


def test_all_well(client):
    assert failing(client) == set()


def test_a_clock_and_a_worker_that_went_silent_or_never_spoke(client):
    silent_since(pulse.CLOCK, pulse.SILENT_SECONDS + 1)
    assert failing(client) == {"clock"}
    cache.delete(pulse.WORKER)
    assert failing(client) == {"clock", "worker"}


def test_the_sweeper_is_the_workers_sign_of_life(client):
    cache.delete(pulse.WORKER)
    sweep_jobs()
    assert failing(client) == set()


def test_a_worker_with_both_hands_full_is_alive(client):
    cache.delete(pulse.WORKER)
    now = clock.now()
    job = Job.objects.create(kind="k", object_id=1, state="running", created_at=now, heartbeat_at=now)
    assert failing(client) == set()
    Job.objects.filter(pk=job.pk).update(heartbeat_at=now - timedelta(seconds=pulse.SILENT_SECONDS + 1))
    assert failing(client) == {"worker"}


def test_work_that_nobody_takes_up(client):
    Job.objects.create(kind="k", object_id=1, created_at=clock.now() - timedelta(minutes=6))
    assert failing(client) == {"worker"}


def test_a_broker_that_is_not_there(client, settings, tmp_path):
    (tmp_path / "queue").rmdir()
    assert failing(client) == {"broker"}


def test_a_broker_that_does_not_answer(client, settings, monkeypatch, unused_port):
    settings.EMBEDDED = False
    monkeypatch.setattr(app.conf, "broker_write_url", f"redis://127.0.0.1:{unused_port}/0")
    app.pool.force_close_all()
    assert failing(client) == {"broker"}


@pytest.fixture
def unused_port():
    import socket

    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))  # bound but not listening: a connection is refused
        yield held.getsockname()[1]


def test_a_full_disk(client, monkeypatch):
    monkeypatch.setattr("consortium.views.health.LEAST_FREE", 2**62)
    assert failing(client) == {"disk"}


def figures(client, token):
    answer = client.get("/metrics", headers={"authorization": f"Bearer {token}"})
    assert answer.status_code == 200 and answer["Content-Type"].startswith("text/plain")
    families = text_string_to_metric_families(answer.content.decode())
    return {(s.name, *s.labels.values()): s.value for family in families for s in family.samples}


def test_figures_are_for_the_holder_of_the_token(client, settings):
    assert client.get("/metrics").status_code == 404, "off until a token is set"
    settings.METRICS_TOKEN = "a long secret"
    for header in ("", "Bearer ", "Bearer wrong", "Bearer ä"):
        assert client.get("/metrics", headers={"authorization": header}).status_code == 404
    assert figures(client, "a long secret")


def test_figures_equal_the_rows(client, settings, django_assert_max_num_queries):
    settings.METRICS_TOKEN = "secret"
    Job.objects.create(kind="k", object_id=1, created_at=clock.now() - timedelta(minutes=3))
    silent_since(pulse.CLOCK, 40)
    with django_assert_max_num_queries(8):
        told = figures(client, "secret")
    assert told["portal_jobs", "queued"] == 1 and told["portal_jobs", "failed"] == 0
    assert 180 <= told["portal_oldest_waiting_job_seconds",] < 190
    assert 40 <= told["portal_clock_silent_seconds",] < 50
    assert told["portal_disk_free_bytes",] > 0


def test_nothing_is_stored_by_looking(client):
    before = Job.objects.count()
    with connection.execute_wrapper(_refuse_writes):
        client.get("/readyz")
    assert Job.objects.count() == before


def _refuse_writes(execute, sql, params, many, context):
    assert sql.lstrip().upper().startswith("SELECT"), sql
    return execute(sql, params, many, context)


def test_a_web_process_has_imported_its_pages_before_the_first_request(tmp_path):
    """Whoever comes first in a process waits no longer than others."""
    line = "import sys, consortium.wsgi; print('placements.views.project' in sys.modules)"
    environment = {
        **os.environ,
        "DJANGO_TEST": "0",
        "DEMO": "1",
        "SQLITE_FILE": str(tmp_path / "none.sqlite3"),
    }
    said = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", line],
        env=environment | {"DATABASE_URL": "", "REDIS_URL": ""},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert said.stdout.strip() == "True"
