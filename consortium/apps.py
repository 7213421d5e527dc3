from django.apps import AppConfig


class ConsortiumConfig(AppConfig):
    name = "consortium"
    verbose_name = "Consortium"

    def ready(self):
        from allauth.mfa.models import Authenticator
        from django.contrib import admin

        from consortium import (
            announcements,
            announcements_imports,
            announcements_memberships,
            announcements_people,
            checks,  # noqa: F401
        )

        admin.site.unregister(Authenticator)  # factors change by their owner's pages and by the reset alone
        announcements.announce()
        announcements_memberships.announce()
        announcements_people.announce()
        announcements_imports.announce()
