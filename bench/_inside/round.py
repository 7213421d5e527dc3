"""The main job on a scored round for real, and its rows plainly read and written."""

from contextlib import contextmanager
from time import perf_counter

from django.conf import settings
from django.db import transaction
from django.urls import get_resolver

from consortium import jobs
from consortium.models import Job, RoleGrant, StudentProfile, User
from placements.actions.freeze import freeze_round
from placements.actions.run import run_round
from placements.enums import RoundState
from placements.models import (
    Application,
    ApplicationVersion,
    MatchingRound,
    MatchResult,
    Preference,
    Project,
    ProjectScore,
    RoundCap,
    RoundProject,
    RoundStudent,
)


def whole():
    """Seconds of the main job in this process: {"freeze", "run", "all"}."""
    get_resolver().url_patterns  # noqa: B018 - a process that has worked before has imported every view
    round, by = _round_and_runner()
    seconds = {}
    with _timed(seconds, "freeze"):
        freeze_round(round=round, by=by)
    run = run_round(round=round, by=by)
    with _timed(seconds, "run"):
        jobs.run(run.job_id)
    round.refresh_from_db()
    if round.state != RoundState.VERIFIED:
        run.refresh_from_db()
        raise RuntimeError(f"The run gave no result: {run.error}")
    return seconds | {"all": sum(seconds.values())}


def begin():
    """Freeze the round and hand its run to the worker; the number of the job."""
    round, by = _round_and_runner()
    freeze_round(round=round, by=by)
    return run_round(round=round, by=by).job_id


def state_of(job):
    """How far the job is."""
    return Job.objects.get(pk=job).state


def _round_and_runner():
    if not settings.REDIS_URL:
        for folder in ("queue", "control"):
            (settings.BROKER_DIR / folder).mkdir(parents=True, exist_ok=True)
    return MatchingRound.objects.get(), User.objects.get(username="graduate")


def plain(times):
    """Mean seconds of reading once every row that the main job reads, and of writing the results that it wrote."""
    return sum(_plainly() for _time in range(times)) / times


def _plainly():
    seconds = {}
    round = MatchingRound.objects.get()
    with _timed(seconds, "read"):
        for rows in _inputs(round):
            for _row in rows.order_by("pk").values_list().iterator():
                pass
    results = list(MatchResult.objects.order_by("pk"))
    with transaction.atomic():
        MatchResult.objects.all().delete()
        for row in results:
            row.pk = None
        with _timed(seconds, "write"):
            MatchResult.objects.bulk_create(results, batch_size=500)
        transaction.set_rollback(True)
    return sum(seconds.values())


def _inputs(round):
    """Every table of which the main job reads rows of this round; plainly, so each by itself and the rows whole."""
    yield StudentProfile.objects.filter(round_students__round=round)
    yield RoundStudent.objects.filter(round=round)
    yield RoleGrant.objects.filter(user__student__round_students__round=round, ended_at=None)
    yield Application.objects.filter(round=round)
    yield ApplicationVersion.objects.filter(application__round=round)
    yield Preference.objects.filter(version__application__round=round)
    yield ProjectScore.objects.filter(round_project__round=round)
    yield RoundProject.objects.filter(round=round)
    yield Project.objects.filter(round_projects__round=round)
    yield RoundCap.objects.filter(round=round)


@contextmanager
def _timed(seconds, step):
    started = perf_counter()
    yield
    seconds[step] = perf_counter() - started
