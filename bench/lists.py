"""Lists at 1,200 and at 100,000 rows: the same queries, and what a request costs beside a bare Django view."""

from contextlib import ExitStack

from bench import Figure, slow_one
from bench._served import Client, web
from bench._worlds import LARGE, SMALL, Postgresql, require_services

READERS = {"visitor": "", "student": "student"}
# A student's page holds the student's own list beside that of the projects.
TIMES_BARE = {"visitor": 3.0, "student": 3.5}
CONNECTIONS, WARM, REQUESTS = 8, 5, 480
PORTALS = "consortium.backend.Backend"
PLAIN = "django.contrib.auth.backends.ModelBackend"
# The first view counts: above 5,000 hits it asks once whether there are more than it has read.
MORE = {"first view": 1, "further view": 0}
BARE = "a bare Django view of the same rows"
FEW, MANY = "1,200 projects", "100,000 projects"


def measure():
    """Queries and waiting of the project list and of the directory, on PostgreSQL under production's gunicorn."""
    require_services()
    small, large = SMALL.on(Postgresql), LARGE.on(Postgresql)
    for reader, username in READERS.items():
        yield from _queries("/projects/", f"project list, {reader}", username, small, large)
    yield from _queries("/members/", "directory, visitor", "", small, large)
    for size, database in ((FEW, small), (MANY, large)):
        yield from _waiting(size, database)


def _queries(address, page, reader, small, large):
    few, many = (one.ask("queries.asked", address=address, reader=reader) for one in (small, large))
    for (view, at_most), at_few, at_many in zip(MORE.items(), few, many, strict=True):
        yield Figure(
            f"{page}, {view}: queries more at 100,000 rows than at the few",
            at_many - at_few,
            unit="queries",
            at_most=at_most,
        )


def _waiting(size, database):
    with ExitStack() as stack:
        portal, _process = stack.enter_context(web(database))
        bare, _process = stack.enter_context(
            web(
                database,
                "bench._inside.bare:application",
                DJANGO_SETTINGS_MODULE="bench._inside.bare_settings",
            )
        )
        for reader, username in READERS.items():
            sessions = [_session(database, username, backend) for backend in (PORTALS, PLAIN)]
            ours, plain = _alternately("/projects/", (portal, sessions[0]), (bare, sessions[1]))
            yield Figure(
                f"project list of {size}, {reader}: p95 of {REQUESTS} requests",
                slow_one(ours) * 1000,
                unit="ms",
                against=BARE,
                against_value=slow_one(plain) * 1000,
                at_most=TIMES_BARE[reader],
            )
        if size == MANY:
            ours, _plain = _alternately("/members/", (portal, ""), (bare, ""))
            yield Figure(
                f"directory of 100,000 organisations, visitor: p95 of {REQUESTS} requests",
                slow_one(ours) * 1000,
                unit="ms",
                at_most=300,
            )


def _session(database, username, backend):
    """What signs the person in on either side; a visitor has nothing of the kind."""
    return database.ask("readers.session_of", username=username, backend=backend) if username else ""


def _alternately(address, *sides):
    """Seconds of requests to each (port, session), one after the other in turn, over kept connections that are warm."""
    seconds = tuple([] for _side in sides)
    with ExitStack() as stack:
        clients = []
        for port, session in sides:
            clients.append([Client(port, session) for _number in range(CONNECTIONS)])
            for client in clients[-1]:
                stack.callback(client.close)
                for _time in range(WARM):
                    client.get(address)
        for number in range(REQUESTS):
            for side, connections in enumerate(clients):
                spent, _answer, _body = connections[number % CONNECTIONS].get(address)
                seconds[side].append(spent)
    return seconds
