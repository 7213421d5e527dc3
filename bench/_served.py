"""The portal as production runs it: the very commands of deploy/, with another address; and a client over loopback."""

import http.client
import os
import shlex
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlencode

from bench import Unmeasurable
from bench._worlds import BROKER, ROOT
from tests.demo_process import free_port

UP_WITHIN = 60.0


def command_of(unit):
    """What a systemd unit under deploy/ starts, as arguments, with this installation's programs."""
    lines = (ROOT / "deploy" / unit).read_text(encoding="utf-8").splitlines()
    started = next(line.removeprefix("ExecStart=") for line in lines if line.startswith("ExecStart="))
    program, *arguments = shlex.split(started)
    return [str(Path(sys.executable).with_name(Path(program).name)), *arguments]


def production(database, **more):
    """The environment of production on one of the worlds: Redis, HTTPS behind a proxy, collected static files."""
    queue = f"bench-{os.getpid()}"
    return database.environment(
        REDIS_URL=BROKER, HTTPS="1", CELERY_QUEUE=queue, SITE_URL="https://127.0.0.1", **more
    )


@contextmanager
def web(database, application="consortium.wsgi:application", **more):
    """gunicorn with production's arguments on a port of its own: (port, process)."""
    port = free_port()
    arguments = command_of("portal-web.service")
    arguments[arguments.index("--bind") + 1] = f"127.0.0.1:{port}"
    arguments[-1] = application
    log = database.folder / f"web-{port}.log"
    with _running(arguments, production(database, **more), log) as process:
        _wait(lambda: _answers(port), process, log)
        yield port, process


@contextmanager
def worker(database):
    """Celery's worker with production's arguments: its process."""
    log = database.folder / "worker.log"
    with _running(command_of("portal-worker.service"), production(database), log) as process:
        yield process


@contextmanager
def _running(arguments, environment, log):
    with log.open("wb") as out:
        process = subprocess.Popen(arguments, cwd=ROOT, env=environment, stdout=out, stderr=subprocess.STDOUT)
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(timeout=30)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait(is_up, process, log):
    until = time.monotonic() + UP_WITHIN
    while not is_up():
        if process.poll() is not None or time.monotonic() > until:
            said = (log.read_text(encoding="utf-8", errors="replace").splitlines() or ["nothing"])[-1]
            raise Unmeasurable(f"{process.args[0]} did not come up and said: {said}")
        time.sleep(0.1)


def _answers(port):
    client = Client(port)
    try:
        client.get("/healthz")
    except (OSError, Unmeasurable):
        return False
    finally:
        client.close()
    return True


class Client:
    """One kept connection, as the proxy in front keeps it; a reader with a session, or a visitor."""

    def __init__(self, port, session=""):
        self.origin = f"https://127.0.0.1:{port}"
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        self.headers = {"X-Forwarded-Proto": "https", "Accept": "text/html"}
        self.cookies = {}
        if session:
            self._keep(f"sessionid={session}")

    def _keep(self, cookie):
        name, _is, value = cookie.partition("=")
        self.cookies[name] = value
        self.headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())

    def get(self, address):
        """(seconds, answer, body); an answer other than 200 is an error, for nothing is claimed of those."""
        started = time.perf_counter()
        self.connection.request("GET", address, headers=self.headers)
        answer = self.connection.getresponse()
        body = answer.read()
        seconds = time.perf_counter() - started
        for cookie in answer.headers.get_all("Set-Cookie") or ():
            self._keep(cookie.partition(";")[0])
        if answer.status != 200:
            raise Unmeasurable(f"{address} answered {answer.status}")
        return seconds, answer, body

    def post(self, address, sent):
        """(seconds, answer) of a form sent as a browser on this site sends it; cookies of earlier answers go along."""
        headers = self.headers | {
            "Content-Type": "application/x-www-form-urlencoded",
            "Referer": self.origin + address,
        }
        started = time.perf_counter()
        self.connection.request("POST", address, body=urlencode(sent), headers=headers)
        answer = self.connection.getresponse()
        answer.read()
        return time.perf_counter() - started, answer

    def close(self):
        """End the connection."""
        self.connection.close()
