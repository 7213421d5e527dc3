"""Real workers on PostgreSQL and Redis; collected only by `make test-services`."""

import os
import signal
import subprocess
import sys
import time
from contextlib import suppress

import pytest
import redis
from django.apps import apps
from django.db import connection

# By their names: the settings may name the class that configures one.
EVERY_APP = [config.name for config in apps.get_app_configs()]
WORKER_LIMIT = 30.0  # seconds until a worker must have said that it is ready


def pytest_collection_modifyitems(config, items):
    """Everything here carries the marker, and nothing here runs on the embedded default by mistake."""
    here = [item for item in items if "services" in item.path.parts]
    if here and not (os.environ["DATABASE_URL"] and os.environ["REDIS_URL"]):
        raise pytest.UsageError("tests/services needs DATABASE_URL and REDIS_URL; run `make test-services`.")
    for item in here:
        item.add_marker(pytest.mark.services)


class Worker:
    """One Celery worker in a process group of its own, on the test's database and this run's own queue."""

    def __init__(self, log, environment):
        self.log = log
        with log.open("wb") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "celery", "-A", "consortium", "worker", "--concurrency=1"]
                + ["--without-gossip", "--without-mingle", "--loglevel=INFO"],
                env=os.environ | environment,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self._wait_until_ready()

    def _wait_until_ready(self):
        deadline = time.monotonic() + WORKER_LIMIT
        while b" ready." not in self.log.read_bytes():
            if self.process.poll() is not None or time.monotonic() > deadline:
                self.kill()
                raise AssertionError(
                    f"the worker did not start:\n{self.log.read_text(errors='replace')[-3000:]}"
                )
            time.sleep(0.1)

    def kill(self):
        """kill -9 the worker with all its children, as a power cut would."""
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()


@pytest.fixture
def start_worker(transactional_db, tmp_path):
    """A function that starts one more real worker; all are killed at the end of the test."""
    database = connection.settings_dict
    address = os.environ["DATABASE_URL"].rsplit("/", 1)[0] + f"/{database['NAME']}"
    environment = {"DJANGO_SETTINGS_MODULE": "tests.settings", "DATABASE_URL": address}
    workers = []

    def start():
        workers.append(Worker(tmp_path / f"worker-{len(workers)}.log", environment))
        return workers[-1]

    yield start
    for worker in workers:
        worker.kill()
    with redis.Redis.from_url(os.environ["REDIS_URL"]) as client:
        for key in client.scan_iter(f"{os.environ['CELERY_QUEUE']}:*"):
            client.delete(key)


def wait_until(question, seconds=30.0, every=0.1):
    """Ask `question` until it answers with something true, which is returned; fails after `seconds`."""
    deadline = time.monotonic() + seconds
    while not (answer := question()):
        assert time.monotonic() < deadline, f"{question} was still {answer!r} after {seconds} s"
        time.sleep(every)
    return answer
