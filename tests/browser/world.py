"""Questions to the demo's database and the one arrangement that time would make, through `manage.py shell`."""

import json
import os
import subprocess
import sys

from tests.demo_process import NOT_INHERITED
from tests.settings import ROOT

READ = """
import json
from consortium.models import StudentProfile, User
from placements.enums import PlacementState
from placements.models import MatchingRound, MatchResult, Placement, Application
from consortium import clock

rounds = {row.state: row.pk for row in MatchingRound.objects.order_by("pk")}
notice = MatchingRound.objects.get(state="public_notice")
found = MatchResult.objects.filter(run__round=notice, run__adopted=True).order_by("pk")
def people(rows):
    return [row.round_student.student.user.username for row in rows.select_related("round_student__student__user")]
busy = set(Application.objects.values_list("student_id", flat=True)) | set(Placement.objects.values_list("student_id", flat=True))
free = StudentProfile.objects.filter(on_leave=False, fresh_graduate__isnull=False, degree="master").exclude(pk__in=busy)
print("JSON" + json.dumps({
    "rounds": rounds,
    "placed": people(found.exclude(round_project=None)),
    "unplaced": people(found.filter(round_project=None)),
    "free": [row.user.username for row in free.select_related("user").order_by("number") if row.user.username != "student"],
    "names": {row.user.username: row.user.name for row in StudentProfile.objects.select_related("user")},
    "numbers": {row.user.username: row.number for row in StudentProfile.objects.select_related("user")},
}))
"""
# Five working days of notice cannot be waited for: the days pass in the database, everything else happens in pages.
DAYS_PASS = """
from placements.models import MatchingRound
from consortium import clock
MatchingRound.objects.filter(pk={round}).update(notice_ends_at=clock.now())
"""

# A student's list belongs to the open round that closes first.
BEFORE_ALL = """
from datetime import timedelta
from consortium import clock
from placements.models import MatchingRound
closing = MatchingRound.objects.filter(state="open").order_by("closes_at").first().closes_at
times = (clock.now() - timedelta(hours=1), closing - timedelta(hours=1), closing + timedelta(days=9))
print("TIMES" + " ".join(f"{one.astimezone(clock.SHANGHAI):%Y-%m-%dT%H:%M}" for one in times))
"""


# A meeting that is just over, and the clock asks for its log: nobody waits an hour for it.
ASKED = """
from datetime import timedelta
from consortium import clock
from mentors.actions.meeting import ask_for_logs
from mentors.models import LogLink, Meeting, Mentorship, SupervisionLog
ended = clock.now() - timedelta(minutes=1)
logged = SupervisionLog.objects.filter(day__gte=clock.day_of(ended) - timedelta(days=1), side="industry")
row = Mentorship.objects.filter(industry__user__username="industry").exclude(logs__in=logged).first()
meeting = Meeting.objects.create(mentorship=row, mentor=row.industry, starts_at=ended - timedelta(hours=1),
    ends_at=ended, planned_by=row.industry.user, planned_at=ended - timedelta(days=1))
ask_for_logs()
print("LINK" + LogLink.objects.get(meeting=meeting).get_absolute_url())
"""


class World:
    """What the demo's story made, by names: `rounds` by state, `placed` and `unplaced` of the round on notice."""

    def __init__(self, folder):
        self.folder = folder
        answer = self._shell(READ)
        self.__dict__.update(json.loads(answer.partition("JSON")[2]))

    def let_the_notice_end(self, round):
        """The days of the public notice pass."""
        self._shell(DAYS_PASS.format(round=round))

    def times_of_a_round_that_closes_first(self):
        """When such a round opens, closes and ends its scoring, as its form takes them."""
        return self._shell(BEFORE_ALL).partition("TIMES")[2].split()

    def ask_for_a_log(self):
        """The address in the mail that asks for the log of a meeting."""
        return self._shell(ASKED).partition("LINK")[2].strip()

    def _shell(self, program):
        inherited = {name: value for name, value in os.environ.items() if name not in NOT_INHERITED}
        done = subprocess.run(
            [sys.executable, "manage.py", "shell", "-v", "0", "-c", program],
            cwd=ROOT,
            # The demo's own key: what is signed here is read there.
            env=inherited
            | {
                "VAR_DIR": str(self.folder),
                "DEMO": "1",
                "SECRET_KEY": (self.folder / "secret_key").read_text().strip(),
            },
            capture_output=True,
            text=True,
            timeout=60,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout
