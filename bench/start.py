"""How long `make demo` takes until it is ready: the first time after the installation, and the second time."""

import os
import shutil
import signal
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
from contextlib import contextmanager
from pathlib import Path

from bench import Figure, Unmeasurable
from bench._worlds import ROOT
from tests.demo_process import NOT_INHERITED, free_port

GIVE_UP = 300.0
FIRST, SECOND = 60, 5
INSTALLED = (".venv", "node_modules")  # what `make` fetches; all else is made anew


def measure():
    """Both starts, in a copy of the sources with a folder of data of its own."""
    with tempfile.TemporaryDirectory(prefix="portal-start-") as name:
        folder = Path(name) / "portal"
        _copy(folder)
        for which, limit in (("first", FIRST), ("second", SECOND)):
            with _demo(folder) as seconds:
                yield Figure(f"make demo, {which} start, until it is ready", seconds, at_most=limit)


def _copy(folder):
    """The sources with their times, so that `make` finds the installation as new as it is."""
    listed = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    for name in subprocess.run(listed, cwd=ROOT, capture_output=True, check=True, text=True).stdout.split(
        "\0"
    ):
        if name and (ROOT / name).is_file() and name not in INSTALLED:
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, folder / name)
    for name in INSTALLED:
        (folder / name).symlink_to((ROOT / name).resolve())


@contextmanager
def _demo(folder):
    """`make demo` from its start to /healthz; the seconds. It is ended before the next one."""
    port = free_port()
    kept = {
        name: value for name, value in os.environ.items() if name not in {*NOT_INHERITED, "VAR_DIR", "DEMO"}
    }
    started = time.monotonic()
    process = subprocess.Popen(
        ["make", "demo", f"PORT={port}"],
        cwd=folder,
        env=kept,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        while not _healthy(port):
            if process.poll() is not None or time.monotonic() - started > GIVE_UP:
                raise Unmeasurable(f"make demo was not ready within {GIVE_UP:g} s or ended by itself.")
            time.sleep(0.05)
        yield time.monotonic() - started
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGTERM)
            process.wait(timeout=30)


def _healthy(port):
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=2) as answer:
            return answer.status == 200
    except (urllib.error.HTTPError, OSError):
        return False
