"""Load the large invented world that benches measure."""

from django.core.management.base import BaseCommand, CommandError

from outcomes.large_world.load import Unloadable, load

PROJECTS_EACH = 8


class Command(BaseCommand):
    help = (
        "Fill an empty database with a large invented world for benches: one open round in which every student has "
        "handed in a list. The same numbers and seed give the same world."
    )

    def add_arguments(self, parser):
        parser.add_argument("--students", type=int, required=True, metavar="N")
        parser.add_argument("--projects", type=int, required=True, metavar="M")
        parser.add_argument("--mentorships", type=int, default=0, metavar="L", help="default: none")
        parser.add_argument("--seed", type=int, default=1, metavar="S")
        parser.add_argument(
            "--organisations", type=int, metavar="K", help="default: one for eight projects, at least 12"
        )

    def handle(self, *, students, projects, seed, organisations, mentorships, **options):
        say = self._say if options["verbosity"] else lambda _line: None
        try:
            load(
                students=students,
                projects=projects,
                organisations=max(12, projects // PROJECTS_EACH) if organisations is None else organisations,
                mentorships=mentorships,
                seed=seed,
                say=say,
            )
        except Unloadable as reason:
            raise CommandError(str(reason)) from None
        self.stdout.write("The large world is loaded; all of it is invented.")

    def _say(self, line):
        self.stdout.write(line)
        self.stdout.flush()
