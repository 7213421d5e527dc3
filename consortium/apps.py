from django.apps import AppConfig


class ConsortiumConfig(AppConfig):
    name = "consortium"
    verbose_name = "Consortium"

    def ready(self):
        from consortium import announcements, announcements_memberships, announcements_people

        announcements.announce()
        announcements_memberships.announce()
        announcements_people.announce()
