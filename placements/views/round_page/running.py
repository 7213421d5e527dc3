"""A frozen round and its runs: the live job, and the table of what every run came to."""

from datetime import datetime, timedelta

from django.urls import reverse
from django.utils.translation import gettext as _

from consortium.clock import now
from consortium.enums import JobState
from consortium.reach import may
from consortium.roles import Permission
from consortium.rules.job import silence
from placements.actions.run import STEPS, interruptions, why_failed
from placements.enums import RunState
from placements.queries import round as queries
from placements.rules import round as rules
from placements.views.round_page.reader import yours


def frozen(reader):
    """The strip of a frozen round."""
    found = {"whose": _("The office"), "due": _("As soon as possible")}
    if reader.office:
        return found | yours(_("Start the run"), post=reverse("round_run", args=[reader.round.pk]))
    return found


def running(reader):
    """The strip while a run is going on."""
    return {
        "stage": _("Running"),
        "whose": _("The program; you can leave this page"),
        "due": _("A few seconds to minutes"),
        "due_label": _("Done in"),
    }


def runs(round):
    """The table of runs: number, state, what happened, who, when; deaths of the worker are rows of their own words."""
    rows = []
    for run in round.runs.select_related("started_by", "job").order_by("-number"):
        rows.append(_run_row(run))
        rows += [_death_row(run, death) for death in reversed(run.job.history if run.job else [])]
    return rows


def _run_row(run):
    happened, note = _happened(run)
    return {
        "number": run.number,
        "state": run.state,
        "happened": happened,
        "note": note,
        "by": run.started_by.get_full_name(),
        "at": run.started_at,
        "adopted": run.adopted,
    }


def _death_row(run, death):
    happened = _(
        "The computing program stopped answering during “%(step)s”. Nothing was stored; lists and scores are untouched."
    )
    return {
        "number": run.number,
        "state": "interrupted",
        "happened": happened % {"step": STEPS.get(death["step"] or "queue")},
        "note": _("Started again by itself with the same input; you need not do anything."),
        "by": _("By itself"),
        "at": death["ended"],
        "adopted": False,
    }


def _happened(run):
    if run.state == RunState.VERIFIED:
        verdict = run.verdict
        said = _("%(placed)d of %(students)d students placed; the independent check passed.") % {
            "placed": verdict["placed"],
            "students": verdict["students"],
        }
        return said, interruptions(run.job) if run.adopted else _(
            "Replaced by a later computation; kept as history."
        )
    if run.state == RunState.FAILED:
        return why_failed(run), _("The round is frozen as before. You can start the run again.")
    return _("At work on the frozen snapshot."), interruptions(run.job) if run.job else ""


def job(round, user):
    """The job of the live run as the component wants it."""
    run = queries.live_run(round)
    if run is None or run.job is None:
        return None
    row = run.job
    return {
        "title": _("Run %(n)d") % {"n": run.number},
        "rule": _("Rule: %(rule)s") % {"rule": rules.rule_label("stable")},
        "state": row.state,
        "value": row.done,
        "maximum": row.total if row.state == JobState.RUNNING else 0,
        "unit": "",
        "steps": _steps(row),
        "alive_at": row.heartbeat_at,
        "silent": silence(row, now()),
        "why": row.error,
        "poll_url": reverse("round_run_progress", args=[round.pk]),
        "every": 2,
        "stop_url": reverse("round_run_stop", args=[round.pk]) if may(user, Permission.RUN_ROUND) else "",
        "interrupted": interruptions(row),
        "requeued": row.state == JobState.QUEUED and bool(row.history),
        "waits": row.state == JobState.QUEUED and now() - row.created_at > timedelta(seconds=15),
    }


def _steps(row):
    seen = {step["key"]: step for step in row.steps}
    current = row.steps[-1]["key"] if row.steps else "queue"
    keys = list(STEPS)
    steps = []
    for number, (key, label) in enumerate(STEPS.items()):
        state = "done" if number < keys.index(current) else "current" if key == current else "todo"
        steps.append({"label": label, "state": state, "note": _step_note(seen.get(key), state)})
    return steps


def _step_note(step, state):
    if step is None or not step.get("ended"):
        return ""
    spent = datetime.fromisoformat(step["ended"]) - datetime.fromisoformat(step["started"])
    return _("%(n).1f s") % {"n": spent.total_seconds()} if state == "done" else ""
