"""`manage.py run_main_job`: take one round from scores to public notice, with the run done by the Celery worker."""

import time

from django.core.management.base import BaseCommand, CommandError

from consortium.clock import now
from consortium.enums import JobState
from consortium.models import User
from consortium.refusals import Refused
from placements.actions.freeze import close_round, end_scoring, freeze_round
from placements.actions.notice import start_notice
from placements.actions.run import run_round
from placements.enums import RoundState
from placements.models import MatchingRound
from placements.queries.round import adopted_run, live_run

S = RoundState
READY = (S.OPEN, S.RANKING, S.READY, S.FROZEN, S.RUNNING, S.VERIFIED)
# Each state that can be left by one step: the step, and the time that must be past, if any.
STEPS = {
    S.OPEN: (close_round, "closes_at"),
    S.RANKING: (end_scoring, "scoring_ends_at"),
    S.READY: (freeze_round, None),
}


class Command(BaseCommand):
    """Freeze, run, check and announce a round; print its figures."""

    help = "Freeze a round, run it through the worker, start its public notice by a second person, print the figures."

    def add_arguments(self, parser):
        parser.add_argument(
            "--round", type=int, help="id of the round; default: the newest sample round past scoring"
        )
        parser.add_argument("--runner", default="graduate", help="username of who runs")
        parser.add_argument(
            "--publisher", default="graduate2", help="username of who publishes, another person"
        )
        parser.add_argument("--seconds", type=int, default=120, help="how long to wait for the worker")
        parser.add_argument("--note", default="", help="public note of the notice")

    def handle(self, *args, **options):
        round = self._round(options["round"])
        runner, publisher = self._person(options["runner"]), self._person(options["publisher"])
        try:
            self._prepare(round)
            if round.state in (S.FROZEN, S.RUNNING):
                run_round(round=round, by=runner)
                self._wait(round, options["seconds"])
            if round.state == S.VERIFIED:
                start_notice(round=round, by=publisher, public_note=options["note"])
        except Refused as refusal:
            raise CommandError(str(refusal)) from refusal
        self._report(round)

    def _round(self, pk):
        if pk:
            round = MatchingRound.objects.filter(pk=pk).first()
            if round is None:
                raise CommandError(f"There is no round {pk}.")
            return round
        moment = now()
        rows = MatchingRound.objects.filter(is_sample=True, state__in=READY).order_by(
            "-scoring_ends_at", "-pk"
        )
        for round in rows:
            if round.state not in (S.OPEN, S.RANKING) or round.scoring_ends_at <= moment:
                return round
        done = (
            MatchingRound.objects.filter(is_sample=True, runs__adopted=True)
            .order_by("-scoring_ends_at", "-pk")
            .first()
        )
        if done is None:
            raise CommandError("No sample round is past the end of its scoring. Name one with --round.")
        return done

    def _person(self, username):
        person = User.objects.filter(username=username, is_active=True).first()
        if person is None:
            raise CommandError(f"There is no active account {username!r}.")
        return person

    def _prepare(self, round):
        while round.state in STEPS:
            step, at = STEPS[round.state]
            if at and getattr(round, at) > now():
                raise CommandError(
                    f"Round {round.pk} is {round.state!r} until {getattr(round, at):%Y-%m-%d %H:%M} UTC."
                )
            step(round=round)
            round.refresh_from_db()

    def _wait(self, round, seconds):
        """Wait for the worker by looking at the job's row; the row is the truth, whatever the broker does."""
        limit = time.monotonic() + seconds
        run = live_run(round) or round.runs.order_by("-number").first()
        while True:
            run.job.refresh_from_db()
            if not run.job.is_live:
                break
            if time.monotonic() > limit:
                raise CommandError(
                    f"The worker gave no result within {seconds} s (job {run.job.pk} is {run.job.state}). "
                    "The job stays in the queue; start a worker and run this command again."
                )
            time.sleep(0.1)
        round.refresh_from_db()
        if run.job.state != JobState.DONE:
            raise CommandError(f"The run gave no result: {run.job.error or run.job.state}")

    def _report(self, round):
        round.refresh_from_db()
        run = adopted_run(round)
        if run is None:
            raise CommandError(f"Round {round.pk} has no verified run; it is {round.state!r}.")
        figures = run.verdict
        at = {
            int(choice): number for choice, number in figures["at_choice"].items() if str(choice).isdecimal()
        }
        students = figures["students"] or 1
        first, third = at.get(1, 0), sum(number for choice, number in at.items() if choice <= 3)
        self.stdout.write(
            f"Round {round.pk}: {figures['students']} students, {figures['places']} places in {figures['projects']} projects, "
            f"{figures['choices']} choices. Placed {figures['placed']} of {figures['students']} "
            f"({100 * figures['placed'] / students:.1f} %); choice 1: {100 * first / students:.1f} %, "
            f"choices 1 to 3: {100 * third / students:.1f} %; blocking pairs {figures['blocking_pairs']}. "
            f"Solved in {figures['seconds']['solve']:.3f} s, checked in {figures['seconds']['verify']:.3f} s by separate code. "
            f"Result {run.result_sha256[:12]}, state {round.state}."
        )
