"""`manage.py messages`: bring the translation catalogue up to date, check it, compile it."""

from django.core.management.base import BaseCommand, CommandError

from consortium import translations


class Command(BaseCommand):
    """Update locale/zh_Hans from the sources; --check only reports, --compile only compiles."""

    help = "Update the Chinese catalogue from the sources, check that it is complete, or compile it."
    requires_system_checks = []

    def add_arguments(self, parser):
        what = parser.add_mutually_exclusive_group()
        what.add_argument(
            "--check", action="store_true", help="report what is missing and fail if anything is"
        )
        what.add_argument("--compile", action="store_true", help="write the binary catalogue Django reads")

    def handle(self, *args, check=False, **options):
        if options["compile"]:
            translations.compile_catalogue()
            return
        try:
            found = translations.extract()
        except translations.Unreadable as error:
            raise CommandError(str(error)) from error
        if check:
            self._check(found)
        else:
            self._update(found)

    def _update(self, found):
        merged = translations.merge(found, translations.read())
        translations.write(merged)
        translations.compile_catalogue()
        missing = translations.compare(found, merged).missing
        self.stdout.write(f"{len(merged)} messages, {len(missing)} still to translate.")

    def _check(self, found):
        difference = translations.compare(found, translations.read())
        for kind in ("missing", "fuzzy", "obsolete", "placeholders"):
            for line in getattr(difference, kind):
                self.stderr.write(f"{kind}: {line!r}")
        if difference:
            raise CommandError(
                "The translations are not complete; run `make messages` and translate what is listed."
            )
        self.stdout.write(f"Translations complete: {len(found)} messages.")
