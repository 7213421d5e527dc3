"""`import_members FILE --by USER`: test a list of organisations at the server, and import it with `--write`."""

import time
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import override

from consortium import files, jobs
from consortium.actions.list_import import begin_import, write_import
from consortium.models import Job, User
from consortium.queries.list_import import counts_of, to_be_mended
from consortium.reach import holders
from consortium.refusals import Refused
from consortium.registry import registry
from consortium.roles import Permission
from consortium.views.import_rows import faults_of

KIND = "members"
SHOWN = 50


class Command(BaseCommand):
    help = "Test a list of organisations (XLSX or CSV) and say what it would do; with --write import it."

    def add_arguments(self, parser):
        """The file, in whose name, and whether it is written."""
        parser.add_argument("file", type=Path)
        parser.add_argument(
            "--by", help="user name of somebody of the secretariat; needed where there are several"
        )
        parser.add_argument("--write", action="store_true", help="import what can be imported")

    def handle(self, *args, file, by, write, **options):
        """The same steps as on the pages, by the same actions: what may not be done there is refused here."""
        user = _person(by)
        if not file.is_file():
            raise CommandError(f"There is no file {file}.")
        with override("en"):
            try:
                self._go(file, user, write)
            except Refused as refusal:
                raise CommandError(f"{refusal.sentence} {refusal.remedy}") from None

    def _go(self, file, by, write):
        with file.open("rb") as content:
            stored = files.store_pieces(
                iter(lambda: content.read(1 << 16), b""),
                name=file.name,
                media_type="application/octet-stream",
                by=by,
            )
        run = _worked(begin_import(kind=KIND, file=stored, by=by))
        self._tell(run)
        if write and run.state == "tested":
            run = _worked(write_import(run=run, by=by))
            counts = counts_of(run)
            self.stdout.write(f"Written: {counts['made']} new, {counts['altered']} changed.")
        self.stdout.write(f"Its page: {run.get_absolute_url()}")

    def _tell(self, run):
        if run.state != "tested":
            raise CommandError(
                f"It could not be tested: {run.get_state_display()}. Its page: {run.get_absolute_url()}"
            )
        counts = counts_of(run)
        self.stdout.write(
            f"{counts['total']} rows: {counts['new']} new, {counts['changed']} changed, {counts['same']} unchanged, "
            f"{counts['alike']} perhaps on record, {counts['mend']} to be mended."
        )
        of = registry.import_kinds[run.kind]
        for row in to_be_mended(run)[:SHOWN]:
            for heading, value, reason, remedy, _fault in faults_of(run, of, row):
                self.stdout.write(f"  row {row.line} {heading} “{value}”: {reason} {remedy}")


def _person(username):
    """In whose name: the account named, else the one person who keeps the register."""
    if username:
        user = User.objects.filter(username=username, is_active=True).first()
        if user is None:
            raise CommandError(f"There is no account “{username}”.")
        return user
    keepers = holders(Permission.RECORD_MEMBERSHIP)
    if len(keepers) != 1:
        raise CommandError(f"{len(keepers)} persons keep the register; say in whose name with --by.")
    return keepers[0]


def _worked(run):
    """The run after its work, which a worker may do as well: whoever claims it first."""
    jobs.run(run.job_id)
    while Job.objects.get(pk=run.job_id).is_live:
        time.sleep(0.5)
    run.refresh_from_db()
    return run
