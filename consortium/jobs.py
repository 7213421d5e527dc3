"""Long work that survives its worker: the Job row is written first, claimed by a token, kept alive by a heartbeat.

A worker may die at any moment, a message may be lost, doubled or late: the sweeper puts silent jobs back in the
queue, only the holder of the claim can write a result, and work may therefore be started twice but counts once.
"""

import secrets
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q

from consortium import clock
from consortium.audit import action, record
from consortium.enums import JobState
from consortium.models import Job
from consortium.registry import registry
from consortium.rules.job import ask_to_stop


class Lost(Exception):
    """The job is no longer this worker's: it was taken over or stopped. Whatever was computed is dropped."""


@action
def start_job(*, kind, object_id, by):
    """Queue work of `kind` for one object and wake a worker after commit. A live job of the same work is returned."""
    job, made = Job.objects.get_or_create(
        kind=kind,
        object_id=object_id,
        state__in=[JobState.QUEUED, JobState.RUNNING],
        defaults={"state": JobState.QUEUED, "created_by": by, "created_at": clock.now()},
    )
    if made:
        record("job started", job, by=by, kind=kind)
        transaction.on_commit(lambda: send(job.pk))
    return job


def send(job_id):
    """Hand the id to the broker. A broker that does not answer is no error: the sweeper sends again."""
    from kombu.exceptions import OperationalError

    from consortium.tasks import run_job

    try:
        run_job.apply_async((job_id,), retry=False)
    except (OperationalError, OSError):
        return False
    return True


@action
def stop_job(*, job, by):
    """Stop a live job; only by whoever may start such work. The worker that holds it notices at its next sign of life."""
    ask_to_stop(by, job)
    stopped = Job.objects.filter(pk=job.pk, state__in=[JobState.QUEUED, JobState.RUNNING]).update(
        state=JobState.CANCELLED, ended_at=clock.now(), claim=""
    )
    if stopped:
        record("job stopped", job, by=by)
    return bool(stopped)


def waits_since(moment):
    """Whether a job of before that moment has been taken up by nobody."""
    return Job.objects.filter(state=JobState.QUEUED, created_at__lt=moment).exists()


def at_work_since(moment):
    """Whether a worker gave a sign of life for its job after that moment."""
    return Job.objects.filter(state=JobState.RUNNING, heartbeat_at__gt=moment).exists()


def run(job_id):
    """Do one job if nobody does it. Safe to call twice, at the same time, or for a row that is gone."""
    token = secrets.token_hex(16)
    now = clock.now()
    claimed = Job.objects.filter(pk=job_id, state=JobState.QUEUED).update(
        state=JobState.RUNNING,
        claim=token,
        attempts=F("attempts") + 1,
        heartbeat_at=now,
        done=0,
        total=0,
        steps=[],
    )
    if not claimed:
        return
    job = Job.objects.get(pk=job_id)
    beat = Heartbeat(job, token)
    try:
        registry.job_kinds[job.kind](job, beat)
    except Lost:
        return


class Heartbeat:
    """The worker's hold on its job: says that it lives, how far it is, and ends it in the same transaction as its result."""

    def __init__(self, job, token):
        self.job = job
        self.token = token
        self.steps = []
        self._told = None

    def _mine(self):
        return Job.objects.filter(pk=self.job.pk, state=JobState.RUNNING, claim=self.token)

    def step(self, key, total=0):
        """Begin a step of the work, with `total` countable units."""
        now = clock.now()
        if self.steps:
            self.steps[-1]["ended"] = now.isoformat()
        self.steps.append({"key": key, "started": now.isoformat(), "ended": None})
        self._write(now, done=0, total=total, steps=self.steps)

    def alive(self, done=None):
        """A sign of life, written at most twice a second. Raises Lost when the job was taken away."""
        now = clock.now()
        if self._told and now - self._told < timedelta(seconds=0.5):
            return
        self._write(now, **({} if done is None else {"done": done}))

    def _write(self, now, **fields):
        self._told = now
        if not self._mine().update(heartbeat_at=now, **fields):
            raise Lost

    def hold(self):
        """Lock the job's row inside a transaction and make sure it is still ours; call before writing a result."""
        if not self._mine().select_for_update().exists():
            raise Lost

    def finish(self, **result):
        """End the job well. Inside the transaction that stores the result, so both are there or neither."""
        self._end(JobState.DONE, result=result)

    def fail(self, error, **result):
        """End the job with a sentence for people. What was there before stays as it was."""
        self._end(JobState.FAILED, error=error, result=result)

    def _end(self, state, **fields):
        now = clock.now()
        if self.steps:
            self.steps[-1]["ended"] = now.isoformat()
        if not self._mine().update(state=state, ended_at=now, heartbeat_at=now, steps=self.steps, **fields):
            raise Lost


def sweep():
    """Put back what nobody runs: silent workers' jobs, and queued jobs whose message was lost. Returns their ids."""
    now = clock.now()
    silent = now - timedelta(seconds=settings.JOB_SILENT_SECONDS)
    for job in Job.objects.filter(state=JobState.RUNNING, heartbeat_at__lt=silent):
        note = {
            "attempt": job.attempts,
            "ended": now.isoformat(),
            "step": job.steps[-1]["key"] if job.steps else "",
        }
        Job.objects.filter(
            pk=job.pk, state=JobState.RUNNING, claim=job.claim, heartbeat_at__lt=silent
        ).update(state=JobState.QUEUED, claim="", history=[*job.history, note], heartbeat_at=None)
    late = now - timedelta(seconds=10)
    waiting = Q(heartbeat_at=None, created_at__lt=late) | Q(heartbeat_at__lt=late)
    ids = list(Job.objects.filter(waiting, state=JobState.QUEUED).values_list("pk", flat=True)[:50])
    # A resend is remembered as a sign of life, so that a long queue is not filled every five seconds.
    Job.objects.filter(pk__in=ids, state=JobState.QUEUED).update(heartbeat_at=now)
    for job_id in ids:
        send(job_id)
    return ids
