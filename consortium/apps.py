from django.apps import AppConfig
from django.contrib.admin import apps as admin
from django.utils.translation import gettext_lazy as _


class ConsortiumConfig(AppConfig):
    name = "consortium"
    verbose_name = _("Consortium")
    default = True

    def ready(self):
        from consortium import (
            announcements,
            announcements_agreements,
            announcements_imports,
            announcements_memberships,
            announcements_people,
            checks,  # noqa: F401
        )

        announcements.announce()
        announcements_memberships.announce()
        announcements_people.announce()
        announcements_agreements.announce()
        announcements_imports.announce()


class PortalAdmin(admin.AdminConfig):
    """Django's admin on a site of ours, which takes nothing but lists."""

    default_site = "consortium.admin_site.Site"
    default = False
