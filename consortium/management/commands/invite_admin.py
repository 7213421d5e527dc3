from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.core.validators import EmailValidator, ValidationError
from django.urls import reverse

from consortium.actions.account import invite


class Command(BaseCommand):
    help = "Print a one-time link that makes the first administrator of an installation."

    def add_arguments(self, parser):
        parser.add_argument("email")

    def handle(self, *args, email, **options):
        try:
            EmailValidator()(email)
        except ValidationError:
            raise CommandError(f"EMAIL: “{email}” is not a mail address.") from None
        invitation, token = invite(email=email, role="system_admin", by=None)
        self.stdout.write(settings.SITE_URL.rstrip("/") + reverse("invitation", args=[token]))
        self.stdout.write(f"Valid until {invitation.expires_at:%Y-%m-%d %H:%M} UTC, once.")
