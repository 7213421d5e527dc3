from django.apps import AppConfig


class MentorsConfig(AppConfig):
    name = "mentors"

    def ready(self):
        from mentors import announcements

        announcements.announce()
