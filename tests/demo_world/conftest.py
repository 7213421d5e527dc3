"""The demo's world, loaded once for this folder and taken back as a whole."""

import pytest
from django.core.management import call_command
from django.db import transaction
from django.db.models import QuerySet

from consortium import notifications
from tests.conftest import SEED
from tests.strictness import shuffled


@pytest.fixture(scope="package")
def demo_world(django_db_setup, django_db_blocker):
    """Both loaders as `make demo` runs them; rows nobody ordered come shuffled here too."""
    with django_db_blocker.unblock(), pytest.MonkeyPatch.context() as patch:
        patch.setattr(QuerySet, "_fetch_all", shuffled(QuerySet._fetch_all, SEED))
        patch.setattr("django.conf.settings.EMAIL_BACKEND", "consortium.mail.MailboxBackend")
        with transaction.atomic():
            call_command("load_seed", verbosity=0)
            call_command("load_demo", verbosity=0)
            notifications.deliver()
            patch.undo()
            yield
            transaction.set_rollback(True)
