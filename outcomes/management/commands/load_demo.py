from django.core.management.base import BaseCommand, CommandError

from outcomes.demo.load import Unloadable, load


class Command(BaseCommand):
    help = "Load the invented demo world into a database that holds no real people. Safe to run twice."

    def handle(self, *args, **options):
        try:
            loaded = load()
        except Unloadable as reason:
            raise CommandError(str(reason)) from None
        self.stdout.write(
            "The demo world is loaded." if loaded else "The demo world was loaded before; nothing to do."
        )
