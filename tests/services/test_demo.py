"""`make demo` seen from outside: it starts, repeats nothing, heals, and ends with everything it started."""

import os
import re
import signal
import socket
import time

import psutil
import pytest

from tests.demo_process import Demo
from tests.services.conftest import wait_until

SECOND_START = STOP = 5.0  # seconds, as promised for a machine with nothing else to do


def busy():
    """By how much others slow this machine: processes that want to run for each core, at least 1."""
    return max(1.0, os.getloadavg()[0] / os.cpu_count())


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    """A demo that has had its first start."""
    started = Demo(tmp_path_factory.mktemp("demo"))
    started.start()
    started.first_answers = started.wait_until_ready()
    started.first_output = started.output()
    yield started
    started.clean_up()


@pytest.fixture
def running(demo):
    """The demo, started again if the test before has ended it."""
    if demo.process.poll() is not None:
        demo.start()
        demo.wait_until_ready(30)
    return demo


def part(demo, name):
    """The process of one part: web, worker or clock."""
    found = [
        process
        for process in psutil.Process(demo.process.pid).children()
        if process.name() == f"portal-{name}"
    ]
    return found[0] if found else None


def test_first_start_is_not_ready_before_the_main_job_ran(demo):
    assert 503 in demo.first_answers
    assert demo.first_output.index("Running the main job") < demo.first_output.index("Ready: ")


def test_all_parts_give_signs_of_life(running):
    wait_until(lambda: running.health("readyz") == 200)


def test_greeting_names_address_accounts_and_password(demo):
    for text in (demo.address, " secretary2 ", "demo-consortium-2026"):
        assert text in demo.first_output


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_one_signal_ends_everything(running, number):
    assert len(running.processes()) >= 5
    assert running.stop(number) < STOP * busy()
    assert running.process.returncode == 0
    assert running.health() is None


def test_second_start_is_quick_and_repeats_nothing(running):
    running.stop()
    started = time.monotonic()
    running.start()
    running.wait_until_ready(60)
    assert time.monotonic() - started < SECOND_START * busy()
    assert "Loading" not in running.output()
    assert "main job" not in running.output()


@pytest.mark.parametrize("name", ["web", "worker", "clock"])
def test_part_that_dies_is_started_again_with_a_line(running, name):
    old = part(running, name)
    old.kill()
    said = re.compile(rf"The {name} ended \(signal 9; .*\nThe {name} was started again \(process (\d+)\)")
    new = wait_until(lambda: said.search(running.output()))
    assert psutil.pid_exists(int(new[1]))
    assert not old.is_running()
    wait_until(lambda: running.health() == 200)


def test_killed_supervisor_takes_its_children_along(running):
    family = running.processes()
    running.process.kill()
    running.process.wait()
    _, alive = psutil.wait_procs(family, timeout=15)
    assert not [process for process in alive if process.status() != psutil.STATUS_ZOMBIE]


def test_second_demo_in_the_same_folder_is_refused(running):
    other = Demo(running.folder)
    other.log = running.folder / "other.log"
    other.start()
    assert other.process.wait(timeout=20) == 1
    assert other.output().startswith(f"A demo runs from this folder already (process {running.process.pid}).")


def test_taken_port_is_one_line(tmp_path):
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        late = Demo(tmp_path, port=listener.getsockname()[1]).start()
        assert late.process.wait(timeout=20) == 1
    assert late.output().startswith(f"Port {late.port} is taken")
    assert len(late.output().splitlines()) == 1


def test_stop_during_the_first_start_is_quick_and_the_next_one_begins_anew(tmp_path):
    demo = Demo(tmp_path).start()
    try:
        wait_until(lambda: "Loading" in demo.output(), seconds=60)
        assert demo.stop() < STOP * busy()
        demo.start()
        wait_until(lambda: "interrupted while loading; loading anew" in demo.output())
    finally:
        demo.clean_up()


def test_foreign_database_is_never_touched(tmp_path):
    import sqlite3

    path = tmp_path / "portal.sqlite3"
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE precious (id)")
    connection.close()
    before = path.read_bytes()
    demo = Demo(tmp_path).start()
    assert demo.process.wait(timeout=30) == 1
    assert "is not the demo's database" in demo.output()
    assert path.read_bytes() == before
