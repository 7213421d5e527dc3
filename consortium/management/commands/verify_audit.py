from django.core.management.base import BaseCommand, CommandError

from consortium.audit import first_broken_link
from consortium.models import AuditEvent


class Command(BaseCommand):
    help = "Check the audit chain; name the first broken link and exit 1 if there is one."

    def handle(self, *args, **options):
        broken = first_broken_link()
        if broken:
            raise CommandError(
                f"The audit chain “{broken.stream}” is broken at number {broken.number} ({broken.at:%Y-%m-%d %H:%M})."
            )
        self.stdout.write(f"The audit chain is whole: {AuditEvent.objects.count()} rows.")
