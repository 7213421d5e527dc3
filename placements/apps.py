from django.apps import AppConfig


class PlacementsConfig(AppConfig):
    name = "placements"

    def ready(self):
        from placements import (
            announcements_bases,
            announcements_memberships,
            announcements_owners,
            announcements_rounds,
            announcements_students,
        )

        announcements_bases.announce()
        announcements_memberships.announce()
        announcements_owners.announce()
        announcements_rounds.announce()
        announcements_students.announce()
