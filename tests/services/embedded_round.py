"""`python -m tests.services.embedded_round`: kills workers during a run on SQLite and the filesystem broker.

A process of its own, since the settings of the suite name PostgreSQL and Redis. Prints what is left as one JSON line.
"""

import json
import os
import signal
import subprocess
import sys
import time
from contextlib import suppress

KILLS = ("read", "solve", "verify", "reasons", "store")


def main():
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0, interactive=False)
    from placements.actions.run import run_round
    from tests.placements.round_kit import Kit

    kit = Kit(students=150, projects=30, choices=6).frozen()
    run = run_round(round=kit.round, by=kit.first)
    seen = [_kill_at(run.job_id, step) for step in KILLS]
    _finish(run.job_id)
    sys.stdout.write(json.dumps(_left(kit, run) | {"killed": seen}) + "\n")


def _worker():
    return subprocess.Popen(
        [
            sys.executable,
            "-m",
            "celery",
            "-A",
            "consortium",
            "worker",
            "--concurrency=1",
            "--loglevel=WARNING",
        ]
        + ["--without-gossip", "--without-mingle"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )


def _kill(worker):
    with suppress(ProcessLookupError):
        os.killpg(worker.pid, signal.SIGKILL)
    worker.wait()


def _kill_at(job_id, step):
    """Start a worker and kill it with all its children once the job's row shows the step; says where it stood."""
    from consortium.jobs import sweep
    from consortium.models import Job

    attempts = Job.objects.get(pk=job_id).attempts
    worker = _worker()
    limit, swept = time.monotonic() + 120, 0.0
    while time.monotonic() < limit:
        job = Job.objects.get(pk=job_id)
        if job.attempts > attempts and step in [one["key"] for one in job.steps]:
            break
        if not job.is_live:
            break
        if time.monotonic() - swept > 1:
            sweep()
            swept = time.monotonic()
        time.sleep(0.002)
    _kill(worker)
    job = Job.objects.get(pk=job_id)
    return [job.state, job.steps[-1]["key"] if job.steps else ""]


def _finish(job_id):
    from consortium.jobs import sweep
    from consortium.models import Job

    worker = _worker()
    limit = time.monotonic() + 120
    while Job.objects.get(pk=job_id).is_live and time.monotonic() < limit:
        sweep()
        time.sleep(0.5)
    _kill(worker)


def _left(kit, run):
    from consortium.audit import first_broken_link
    from consortium.models import Job, Notification
    from placements.models import MatchingRound, MatchResult, MatchRun

    job = Job.objects.get(pk=run.job_id)
    return {
        "round": MatchingRound.objects.get(pk=kit.round.pk).state,
        "runs": MatchRun.objects.count(),
        "results": MatchResult.objects.count(),
        "students": len(kit.students),
        "messages": Notification.objects.filter(kind="round_verified").count(),
        "job": job.state,
        "attempts": job.attempts,
        "deaths": len(job.history),
        "chain": first_broken_link() is None,
    }


if __name__ == "__main__":
    main()
