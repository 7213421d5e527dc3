"""Resident memory of the web processes and of the worker after work: pages by the hundred, a round of 10,000 students."""

import time
from urllib.parse import quote

import psutil

from bench import Figure, Unmeasurable
from bench._served import Client, production, web, worker
from bench._worlds import ROUND, Postgresql, require_services

LIMIT = 200.0  # MB, each process
PAGES = (
    "/",
    "/projects/",
    f"/projects/?q={quote('发酵')}",
    "/members/",
    f"/members/?q={quote('示例')}",
    "/notices/",
)
VIEWS, CONNECTIONS = 40, 16
RUN_WITHIN = 300.0


def measure():
    """The largest process of each kind, with everything running as in production."""
    require_services()
    with ROUND.copy_on(Postgresql) as database, web(database) as (port, server), worker(database) as hand:
        _view(port)
        _run(database)
        yield _largest("web process after some hundred pages", server)
        yield _largest("worker process after a round of 10,000 students", hand)


def _view(port):
    for _connection in range(CONNECTIONS):
        client = Client(port)
        for number in range(VIEWS):
            client.get(PAGES[number % len(PAGES)])
        client.close()


def _run(database):
    """Freeze the round, let the worker run it."""
    environment = production(database)
    job = database.ask("round.begin", environment)
    until = time.monotonic() + RUN_WITHIN
    while (state := database.ask("round.state_of", environment, job=job)) in ("queued", "running"):
        if time.monotonic() > until:
            raise Unmeasurable(f"The worker did not end the round within {RUN_WITHIN:g} s.")
        time.sleep(1)
    if state != "done":
        raise Unmeasurable(f"The round ended as {state}.")


def _largest(name, process):
    family = [psutil.Process(process.pid), *psutil.Process(process.pid).children(recursive=True)]
    most = max(one.memory_info().rss for one in family)
    return Figure(f"{name}, resident", most / 1e6, unit="MB", at_most=LIMIT)
