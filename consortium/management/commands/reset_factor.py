from django.core.management.base import BaseCommand, CommandError

from consortium.actions.second_factor import reset_at_the_server
from consortium.models import User
from consortium.refusals import Refused


class Command(BaseCommand):
    help = "Take the second factors off an account, for an installation whose administrators are too few to do it."

    def add_arguments(self, parser):
        parser.add_argument("username")

    def handle(self, *args, username, **options):
        user = User.objects.filter(username=username, is_active=True).first()
        if user is None:
            raise CommandError(f"USERNAME: there is no open account “{username}”.")
        try:
            reset_at_the_server(user=user)
        except Refused as refusal:
            raise CommandError(str(refusal)) from None
        self.stdout.write("Reset. The person was signed out everywhere and told by mail.")
