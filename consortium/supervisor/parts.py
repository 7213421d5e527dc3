"""What the children of the supervisor do; each function runs in a process of its own."""

import errno
import os
import sys
import time

from consortium.supervisor.demo_data import Stage, write_stage


def prepare(settings, stage):
    """Bring the database up to date and load the demo world into a new one."""
    from django.core.management import call_command
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    if stage < Stage.LOADED:
        write_stage(settings, Stage.LOADING)
    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        _timed("Preparing the database", lambda: call_command("migrate", verbosity=0, interactive=False))
    if stage < Stage.LOADED:
        _timed("Loading the real organisations", lambda: call_command("load_seed"))
        _timed("Loading the invented demo world", lambda: call_command("load_demo"))
        write_stage(settings, Stage.LOADED)


def show_main_job(settings):
    """Freeze, match, verify and put under notice one round of the demo world, through the real worker."""
    from django.core.management import call_command

    _timed("Running the main job through the worker", lambda: call_command("run_main_job"))
    write_stage(settings, Stage.SHOWN)


def serve_web(host, port):
    """gunicorn with two processes of four threads."""
    from gunicorn.app.base import BaseApplication

    from consortium.wsgi import application

    class Portal(BaseApplication):
        def load_config(self):
            for name, value in {
                "bind": f"{host}:{port}",
                "workers": 2,
                "worker_class": "gthread",
                "threads": 4,
                "keepalive": 75,
                "timeout": 60,
                "graceful_timeout": 2,
                "max_requests": 20_000,
                "max_requests_jitter": 2_000,
                "worker_tmp_dir": os.environ["TMPDIR"],
                "loglevel": "warning",
            }.items():
                self.cfg.set(name, value)

        def load(self):
            return application

    Portal().run()


def run_worker(ready):
    """The Celery worker, two tasks at a time."""
    from celery.signals import worker_ready

    from consortium.celery import app

    worker_ready.connect(lambda **_: ready.touch(), weak=False)
    quiet = ["--without-gossip", "--without-mingle", "--without-heartbeat", "--loglevel=WARNING"]
    app.worker_main(["worker", "--concurrency=2", "--hostname=demo@%h", *quiet])


def run_clock(schedule, ready):
    """Celery's beat, which sends what the table in consortium/celery.py says."""
    from celery.signals import beat_init

    from consortium.celery import app

    beat_init.connect(lambda **_: ready.touch(), weak=False)
    app.start(["beat", f"--schedule={schedule}", "--pidfile=", "--loglevel=WARNING"])


def _timed(what, act):
    print(f"{what} ...", flush=True)
    started = time.monotonic()
    try:
        act()
    except Exception as error:
        if reason := _reason_in_words(error):
            print(reason, file=sys.stderr, flush=True)
            sys.exit(1)
        raise
    print(f"  done in {time.monotonic() - started:.1f} s", flush=True)


def _reason_in_words(error):
    """One line for what a person can mend; empty for a fault of ours, which keeps its traceback."""
    from django.core.management import CommandError

    if isinstance(error, CommandError):
        return str(error)
    return "The disk is full. Make room and start again." if _is_disk_full(error) else ""


def _is_disk_full(error):
    while error is not None:
        if getattr(error, "errno", None) == errno.ENOSPC or "disk is full" in str(error):
            return True
        error = error.__cause__ or error.__context__
    return False
