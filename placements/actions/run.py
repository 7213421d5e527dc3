"""One run: the frozen file in, a verified result out, stored whole together with the end of its job."""

import logging
import time
from collections import Counter

from django.db.models import Max
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop, ngettext, override

from consortium import files
from consortium.audit import action, record
from consortium.clock import now
from consortium.enums import JobState
from consortium.jobs import Lost, start_job, stop_job
from consortium.notifications import notify_many
from consortium.reach import holders
from consortium.refusals import Refused
from consortium.roles import Permission
from placements import matching
from placements.actions.round.step import CHUNK, move
from placements.causes import cause_of
from placements.enums import RoundState, RunState
from placements.models import MatchingRound, MatchResult, MatchRun, RoundProject
from placements.queries import round as queries
from placements.rules import round as rules

log = logging.getLogger(__name__)

KIND = "match"
STEPS = {
    "queue": gettext_lazy("In the queue"),
    "read": gettext_lazy("Read the frozen snapshot"),
    "solve": gettext_lazy("Compute"),
    "verify": gettext_lazy("Independent check"),
    "reasons": gettext_lazy("Reasons for everybody"),
    "store": gettext_lazy("Store the result"),
}
# A job that has failed this often by the death of its worker is not taken up again by itself.
MOST_ATTEMPTS = 6


class _Failed(Exception):
    """The run cannot give a result; `text` is a msgid and `params` its values, said in each reader's language."""

    def __init__(self, text, **params):
        super().__init__(text)
        self.text, self.params = text, params


@action
def run_round(*, round, by):
    """Start a run of the frozen round; a run that is going on already is returned."""
    rules.ask_permission(by, Permission.RUN_ROUND)
    round.refresh_from_db()
    going = queries.live_run(round) if round.state == RoundState.RUNNING else None
    if going:
        return going
    move(round, expected=[RoundState.FROZEN], to=RoundState.RUNNING)
    number = (round.runs.aggregate(n=Max("number"))["n"] or 0) + 1
    run = MatchRun.objects.create(
        round=round,
        number=number,
        started_by=by,
        started_at=now(),
        instance_sha256=round.instance_sha256,
        rule="stable",
    )
    run.job = start_job(kind=KIND, object_id=run.pk, by=by)
    run.save(update_fields=["job"])
    record("run started", round, by=by, run=number, instance_sha256=round.instance_sha256)
    return run


@action
def stop_run(*, run, by):
    """Stop a run that is going on; the round is frozen again and nothing is stored."""
    rules.ask_permission(by, Permission.RUN_ROUND)
    if not stop_job(job=run.job, by=by):
        raise Refused(
            _("This run has ended already, so there was nothing to stop."),
            url=run.round.get_absolute_url(),
            url_label=_("Open the round"),
            code="state",
        )
    _give_up(
        run, by, _Failed(gettext_noop("Stopped by %(name)s. Nothing was stored."), name=by.get_full_name())
    )


def settle_stopped_runs():
    """Give up runs whose job was stopped elsewhere, so that no round waits for them. Returns how many."""
    ended = MatchRun.objects.filter(
        state=RunState.RUNNING, job__state__in=[JobState.CANCELLED, JobState.FAILED]
    ).select_related("round", "job")
    settled = 0
    for run in ended.order_by("pk"):
        settled += bool(_settle(run=run))
    return settled


@action
def _settle(*, run):
    error = run.job.error
    return _give_up(
        run,
        None,
        _Failed("%(said)s", said=error) if error else _Failed(gettext_noop("Stopped. Nothing was stored.")),
    )


def why_failed(run):
    """Why a run gave no result, in the reader's language."""
    why = run.verdict.get("why")
    return _(why["text"]) % why["params"] if why else run.error


def _give_up(run, by, failure):
    """Mark the run as failed and the round as frozen; inside an action, once."""
    sentence = _(failure.text) % failure.params
    ended = MatchRun.objects.filter(pk=run.pk, state=RunState.RUNNING).update(
        state=RunState.FAILED,
        error=sentence,
        verdict={"why": {"text": failure.text, "params": failure.params}},
        ended_at=now(),
    )
    if ended:
        MatchingRound.objects.filter(pk=run.round_id, state=RoundState.RUNNING).update(
            state=RoundState.FROZEN
        )
        record("run failed", run.round, by=by, run=run.number, error=sentence)
    return ended


# In the worker


def perform(job, beat):
    """Do one run. Called by the job's worker, perhaps more than once: only the holder of the claim stores anything."""
    run = MatchRun.objects.select_related("round__instance", "started_by").filter(pk=job.object_id).first()
    if run is None or run.state != RunState.RUNNING:
        beat.fail("There is no such run.")
        return
    with override(run.started_by.language if run.started_by_id else "zh-hans"):
        try:
            _perform(run, job, beat)
        except Lost:
            raise
        except _Failed as failure:
            _fail(run=run, beat=beat, failure=failure)
        except Exception:
            log.exception("run.failed", extra={"run": run.pk})
            failure = _Failed(
                gettext_noop(
                    "The computation stopped on a fault of the program. Nothing was stored; lists and scores are untouched."
                )
            )
            _fail(run=run, beat=beat, failure=failure)


def _perform(run, job, beat):
    if job.attempts > MOST_ATTEMPTS:
        raise _Failed(
            gettext_noop("The computing program was interrupted %(n)d times, so the run was given up."),
            n=job.attempts - 1,
        )
    seconds = {}
    beat.step("read")
    with _timed(seconds, "read"):
        instance = _read(run)
    choices = len(instance.choices)
    beat.step("solve", choices)
    with _timed(seconds, "solve"):
        result = matching.solve(instance, _telling(beat, choices))
    beat.step("verify", choices)
    with _timed(seconds, "verify"):
        faults = matching.verify(instance, result, _telling(beat, choices))
    if faults:
        raise _Failed(
            gettext_noop(
                "The independent check failed: %(fault)s. The result is not used; the round stays frozen."
            ),
            fault=str(faults[0]),
        )
    beat.step("reasons", len(instance.students))
    with matching.no_collector():
        rows, verdict = _rows(run, instance, result, beat)
        verdict["seconds"] = {name: round(spent, 3) for name, spent in seconds.items()}
        beat.step("store", len(rows))
        _store(
            run=run,
            beat=beat,
            content=matching.result_bytes(result),
            rule=result["rule"],
            rows=rows,
            verdict=verdict,
        )


class _timed:
    """Notes how long a step took; a stopwatch and no date."""

    def __init__(self, seconds, name):
        self.seconds, self.name = seconds, name

    def __enter__(self):
        self.start = time.perf_counter()

    def __exit__(self, *_error):
        self.seconds[self.name] = time.perf_counter() - self.start


def _telling(beat, total):
    """What the engine calls with how far it is (0 to 1); raises Lost in the middle of the work when it was stopped."""
    return lambda part: beat.alive(int(part * total))


def _read(run):
    stored = run.round.instance
    if stored is None or stored.sha256 != run.instance_sha256:
        raise _Failed(gettext_noop("The round was frozen anew after this run began. Start the run again."))
    try:
        content = files.read(stored)
    except files.Damaged:
        raise _Failed(
            gettext_noop(
                "The frozen file no longer agrees with its hash. Nothing was computed; tell the administrator."
            )
        ) from None
    except OSError:
        raise _Failed(
            gettext_noop(
                "The frozen file cannot be read from the disk. Nothing was computed; tell the administrator."
            )
        ) from None
    try:
        return matching.load_instance(content)
    except matching.BadInput as fault:
        raise _Failed(
            gettext_noop("The engine refused the frozen file: %(fault)s."), fault=str(fault)
        ) from None


def _rows(run, instance, result, beat):
    """MatchResult rows of everybody and the figures of the round, without a name."""
    projects = dict(RoundProject.objects.filter(round=run.round).order_by().values_list("code", "pk"))
    lists = dict(zip(instance.students, _lists(instance), strict=True))
    rows, causes = [], Counter()
    for number, (pk, code, eligible) in enumerate(
        run.round.round_students.order_by("pk").values_list("pk", "code", "eligible")
    ):
        place = result["assignment"][code]
        reasons = result["explanations"].get(code, [])
        cause = "" if place else cause_of(reasons, eligible=eligible)
        if cause:
            causes[str(cause)] += 1
        rows.append(
            MatchResult(
                run=run,
                round_student_id=pk,
                round_project_id=projects[place] if place else None,
                choice=lists[code].index(place) + 1 if place else None,
                explanations=reasons,
                cause=cause,
            )
        )
        if number % CHUNK == 0:
            beat.alive(number)
    return rows, _verdict(run, instance, result, causes)


def _lists(instance):
    names = instance.projects
    for start, stop in zip(instance.starts, instance.starts[1:], strict=False):
        yield [names[project] for project in instance.choices[start:stop]]


def _verdict(run, instance, result, causes):
    filled = Counter(place for place in result["assignment"].values() if place)
    by_field, by_base = {}, {}
    rows = list(
        RoundProject.objects.filter(round=run.round, withdrawn_at=None)
        .order_by("project__field", "pk")
        .values_list("project__field", "project__base__name", "code", "places")
    )
    for field, base, code, places in rows:
        for table, key in ((by_field, field), (by_base, base)):
            line = table.setdefault(key, {"key": key, "places": 0, "placed": 0})
            line["places"] += places
            line["placed"] += filled[code]
    counts = Counter(run.round.caps.order_by().values_list("kind", flat=True))
    engine = result["verdict"]
    return {
        "students": len(instance.students),
        "places": sum(line["places"] for line in by_field.values()),
        "projects": len(rows),
        "choices": len(instance.choices),
        "placed": engine["placed"],
        "at_choice": engine["at_choice"],
        "blocking_pairs": len(engine["blocking_pairs"]),
        "envy": len(engine["envy"]),
        "caps": dict(counts),
        "checks": {
            "places": 0,
            "eligibility": 0,
            "blocking": len(engine["blocking_pairs"]),
            "envy": len(engine["envy"]),
            "input": 0,
        },
        "fields": sorted(by_field.values(), key=lambda line: -line["places"]),
        "bases": sorted(by_base.values(), key=lambda line: -line["places"]),
        "causes": dict(causes),
    }


@action
def _store(*, run, beat, content, rule, rows, verdict):
    """Store everything in one transaction with the end of the job: all of it is there, or nothing."""
    beat.hold()
    MatchResult.objects.bulk_create(rows, batch_size=CHUNK)
    stored = files.store(
        content,
        name=f"round-{run.round_id}-result-{run.number}.json",
        media_type="application/json",
        by=run.started_by,
    )
    MatchRun.objects.filter(round=run.round, adopted=True).update(adopted=False)
    adopted = MatchRun.objects.filter(pk=run.pk, state=RunState.RUNNING).update(
        state=RunState.VERIFIED,
        ended_at=now(),
        result=stored,
        result_sha256=stored.sha256,
        rule=rule,
        verdict=verdict,
        adopted=True,
    )
    if not adopted:
        raise Lost
    move(run.round, expected=[RoundState.RUNNING], to=RoundState.VERIFIED)
    record(
        "run verified",
        run.round,
        by=None,
        run=run.number,
        result_sha256=stored.sha256,
        placed=verdict["placed"],
        students=verdict["students"],
    )
    notify_many(
        rules.publishers(run.round),
        queries.RUN_VERIFIED,
        key=f"{run.pk}",
        url=run.round.get_absolute_url(),
        round=run.round.name,
        placed=verdict["placed"],
        students=verdict["students"],
    )
    beat.finish(run=run.pk, placed=verdict["placed"])


@action
def _fail(*, run, beat, failure):
    beat.hold()
    _give_up(run, None, failure)
    notify_many(
        holders(Permission.RUN_ROUND),
        "round_run_failed",
        key=f"{run.pk}",
        url=run.round.get_absolute_url(),
        round=run.round.name,
    )
    beat.fail(_(failure.text) % failure.params)


def interruptions(job):
    """How often the worker of a job died, in words, or an empty text."""
    times = len(job.history)
    if not times:
        return ""
    return ngettext(
        "Interrupted once and started again by itself: same input, same result.",
        "Interrupted %(n)d times and started again by itself: same input, same result.",
        times,
    ) % {"n": times}
