"""Load the large world once, into a database without people: all of it in one transaction, or nothing."""

from itertools import chain, islice

from django.conf import settings
from django.contrib.auth.hashers import make_password

from consortium import clock
from consortium.audit import action, record
from consortium.models import RoleGrant, User
from outcomes.large_world import partners, projects, round, supervision, words
from outcomes.large_world.draw import Draw

AT_ONCE = 1000
STAFF = {
    "secretary": "secretary",
    "secretary2": "secretary",
    "graduate": "graduate_officer",
    "graduate2": "graduate_officer",
    "auditor": "auditor",
    "admin": "system_admin",
}
MOST = {"students": 200_000, "projects": 200_000, "organisations": 200_000}


class Unloadable(Exception):
    """Why the world cannot be loaded here, in one line."""


class World:
    """What is made so far, the moment it is made for, and how its rows are written."""

    def __init__(self, seed, students, projects, say):
        self.seed, self.say = seed, say
        self.now = clock.now()
        self.today = clock.today()
        # About as many places as students.
        self.places_a_project = max(1, min(14, round_up(students, projects)))
        self.appointments = {}

    def base_of(self, mentor):
        """The base whose projects a mentor guides."""
        return self.bases[mentor % len(self.bases)]

    def write(self, model, rows, what, count=None):
        """Insert rows in chunks, saying how far; the rows with their keys."""
        written = []
        for chunk in chunks(self.counted(rows, what, count)):
            written += model.objects.bulk_create(chunk)
        return written

    def counted(self, rows, what, count=None):
        """The rows one by one; every 20,000 and the end are said."""
        done = 0
        for done, row in enumerate(rows, 1):
            yield row
            if done % 20_000 == 0 and done != count:
                self.say(f"{what}: {done:,}" + (f" of {count:,}" if count else ""))
        self.say(f"{what}: {done:,}")

    def enter_people(self, draw, prefix, count, role, names=(), first=1):
        """Accounts with one role: the first carry `names`, the others are numbered. They cannot sign in."""
        numbered = chain(names, (f"{prefix}{number}" for number in range(first + len(names), first + count)))
        people = self.write(
            User,
            (
                User(
                    username=name,
                    name=words.person(draw, number),
                    email=f"{name}@example.invalid",
                    password="!",
                    is_sample=True,
                    date_joined=self.now,
                )
                for number, name in enumerate(islice(numbered, count))
            ),
            f"accounts ({role.replace('_', ' ')})",
            count,
        )
        self.write(RoleGrant, (self._grant(user, role) for user in people), "roles", count)
        return people

    def _grant(self, user, role):
        grant = RoleGrant(user=user, role=role, given_at=self.now)
        user._active_grants = [grant]  # what rules would otherwise ask the database for, once a person
        return grant


def round_up(students, projects):
    """Places that each project must offer so that everybody could be placed."""
    return -(-students // max(projects, 1))


def chunks(rows):
    """The rows in lists of at most AT_ONCE."""
    rows = iter(rows)
    while chunk := list(islice(rows, AT_ONCE)):
        yield chunk


def load(*, students, projects, organisations, mentorships=0, seed, say):
    """Build the world. `say` takes a line of progress. Raises Unloadable."""
    _ask(students=students, projects=projects, organisations=organisations)
    if not 0 <= mentorships <= students:
        raise Unloadable("--mentorships is a number from 0 to that of the students.")
    return _build(
        students=students,
        projects=projects,
        organisations=organisations,
        mentorships=mentorships,
        seed=seed,
        say=say,
    )


def _ask(**sizes):
    if not settings.LOCAL:
        raise Unloadable(
            "load_world invents people, so it runs only with DEMO=1 or DEBUG=1, never in production."
        )
    if User.objects.exists():
        raise Unloadable(
            "This database holds people already; load_world only fills an empty one. "
            "Name another with SQLITE_FILE or DATABASE_URL, run migrate on it and try again."
        )
    for name, count in sizes.items():
        if not 1 <= count <= MOST[name]:
            raise Unloadable(f"--{name} is a number from 1 to {MOST[name]:,}.")


@action
def _build(*, students, projects: int, organisations, mentorships, seed, say):
    world = World(seed, students, projects, say)
    _enter_staff(world)
    fill(world, students, projects, organisations)
    if mentorships:
        supervision.enter_mentorships(world, mentorships)
    record(
        "large world loaded",
        world.university,  # an act on an organisation: whatever was counted before is counted anew
        by=world.graduate,
        students=students,
        projects=projects,
        organisations=organisations,
        seed=seed,
    )
    return world


def fill(world, students, count, organisations):
    """Everything but the staff, in the order in which one thing leans on another."""
    partners.enter_organisations(world, organisations)
    partners.enter_bases(world, count)
    partners.enter_mentors(world, count)
    projects.enter_skills(world)
    projects.enter_projects(world, count)
    round.enter_students(world, students)
    round.enter_round(world)


def _enter_staff(world):
    draw = Draw(world.seed, "staff")
    password = make_password(settings.DEMO_PASSWORD)
    for number, (username, role) in enumerate(STAFF.items()):
        user = User.objects.create(
            username=username,
            name=words.person(draw, number),
            email=f"{username}@example.invalid",
            password=password,
            is_sample=True,
        )
        RoleGrant.objects.create(user=user, role=role, given_at=world.now)
        setattr(world, username, user)
