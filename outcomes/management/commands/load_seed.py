"""Load the real organisations that the source document names, and the published working days."""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from consortium import clock
from consortium.working_calendar import fill_from_published_calendar
from outcomes.seed.check import SeedFaulty
from outcomes.seed.load import PATH, load


class Command(BaseCommand):
    help = "Load the real organisations that the source document names, and the working days. Twice is once."

    def add_arguments(self, parser):
        parser.add_argument(
            "file", nargs="?", type=Path, default=PATH, help="another seed file of the same form"
        )

    def handle(self, *args, **options):
        try:
            counts = load(options["file"])
        except SeedFaulty as faulty:
            raise CommandError(f"Nothing was loaded.\n{faulty}") from None
        for kind, (before, made) in counts.items():
            self.stdout.write(f"{kind}: {made} loaded, {before} there before")
        years = fill_from_published_calendar(clock.today())
        self.stdout.write(
            f"working days: the published calendar of {', '.join(map(str, years)) or 'no year'}"
        )
