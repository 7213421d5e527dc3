"""A real demo as a process with a folder of its own, for tests that look at it from outside."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request

import psutil

from tests.settings import ROOT

FIRST_START_LIMIT = 180.0  # seconds to migrate, load and run the main job
NOT_INHERITED = {
    "DJANGO_TEST",
    "DJANGO_SETTINGS_MODULE",
    "DATABASE_URL",
    "REDIS_URL",
    "CELERY_QUEUE",
    "LOG_LEVEL",
}


def free_port():
    """A port nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Demo:
    """`python -m consortium.supervisor` as `make demo` runs it, on a free port, with its data in `folder`."""

    def __init__(self, folder, port=None):
        self.folder = folder
        self.port = port or free_port()
        self.address = f"http://127.0.0.1:{self.port}"
        self.log = folder / "demo.log"
        self.process = None

    def start(self, **environment):
        """Start it and return at once."""
        inherited = {name: value for name, value in os.environ.items() if name not in NOT_INHERITED}
        own = {"VAR_DIR": str(self.folder), "HOST": "127.0.0.1", "PORT": str(self.port), "RESET": ""}
        with self.log.open("wb") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "consortium.supervisor"],
                cwd=ROOT,
                env=inherited | own | environment,
                stdout=output,
                stderr=subprocess.STDOUT,
            )
        return self

    def health(self, page="healthz"):
        """The status that /healthz (or /readyz) answers, or None when nobody does."""
        try:
            with urllib.request.urlopen(f"{self.address}/{page}", timeout=2) as answer:
                return answer.status
        except urllib.error.HTTPError as answer:
            answer.close()
            return answer.code
        except OSError:
            return None

    def wait_until_ready(self, seconds=FIRST_START_LIMIT):
        """Return the answers /healthz gave on the way; fail with the output when it does not come up."""
        answers, deadline = [], time.monotonic() + seconds
        while self.process.poll() is None and time.monotonic() < deadline:
            answers.append(self.health())
            if answers[-1] == 200:
                return answers
            time.sleep(0.1)
        raise AssertionError(f"the demo did not become ready in {seconds} s:\n{self.output()[-4000:]}")

    def output(self):
        """All it has printed since its last start."""
        return self.log.read_text(encoding="utf-8", errors="replace")

    def processes(self):
        """All processes below the supervisor."""
        return psutil.Process(self.process.pid).children(recursive=True)

    def stop(self, number=signal.SIGTERM):
        """Ask it to stop; the seconds until it and all its children were gone."""
        family = self.processes()
        started = time.monotonic()
        self.process.send_signal(number)
        self.process.wait(timeout=30)
        _, alive = psutil.wait_procs(family, timeout=10)
        assert not alive
        return time.monotonic() - started

    def clean_up(self):
        """End it whatever state it is in."""
        if self.process and self.process.poll() is None:
            self.process.terminate()
            self.process.wait(timeout=30)
