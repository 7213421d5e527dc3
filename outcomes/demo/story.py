"""The demo's story: scenes on days counted from the day of loading, played in order under a moved clock."""

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import partial

from consortium import clock
from consortium.audit import action
from consortium.clock import SHANGHAI


@dataclass
class Cast:
    """Everybody and everything made so far, by the keys of the files."""

    people: dict = field(default_factory=dict)
    organisations: dict = field(default_factory=dict)
    skills: dict = field(default_factory=dict)
    bases: dict = field(default_factory=dict)
    appointments: dict = field(default_factory=dict)
    students: dict = field(default_factory=dict)
    boards: dict = field(default_factory=dict)
    demands: dict = field(default_factory=dict)
    projects: dict = field(default_factory=dict)
    rounds: dict = field(default_factory=dict)


class Story:
    """Scenes by day and hour. `cast` is what they share."""

    def __init__(self, today: date):
        self.today = today
        self.cast = Cast()
        self.taken = {}  # round -> numbers of the students who take part
        self.applications = {}  # (round, student's number) -> application
        self.objection = None
        self.contested = None  # the log of which a student says that something differs
        self._scenes = []
        self._reached = None

    def day(self, offset):
        """The date so many days from the day of loading."""
        return self.today + timedelta(days=offset)

    def at(self, offset, hour=9, minute=0):
        """The moment on that day, by Shanghai's clock."""
        return datetime.combine(self.day(offset), time(hour, minute), SHANGHAI)

    def add(self, offset, act, *args, hour=9, minute=0, **kwargs):
        """Let `act(story, ...)` happen on a day, by the clock of that moment."""
        self._scenes.append(
            (self.at(offset, hour, minute), len(self._scenes), partial(act, self, *args, **kwargs))
        )

    def play(self):
        """Play every scene in the order of time; scenes that earlier ones add are played too.

        A scene is one act: its audit rows are sealed together, which is what makes thousands of acts quick.
        """
        while self._scenes:
            self._scenes.sort(key=lambda scene: scene[:2])
            moment, _number, act = self._scenes.pop(0)
            # No scene begins before the last one ended, so that the trail never steps back.
            with clock.standing_at(max(moment, self._reached or moment)):
                _scene(act=act)
                self._reached = clock.now()


@action
def _scene(*, act):
    act()
