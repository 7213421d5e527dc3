"""What is checked before anything starts: each fault is one line that names what to do."""

import os
import socket
import subprocess
import sys

import pytest

from consortium import preflight
from tests.settings import ROOT


@pytest.fixture
def taken_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        yield listener.getsockname()[1]


def test_free_port_is_returned_as_number(taken_port):
    free = taken_port + 1 if taken_port < 65535 else taken_port - 1
    assert preflight.check_port("127.0.0.1", str(free)) == free


def test_taken_port_names_another(taken_port):
    with pytest.raises(preflight.Unfit, match=f"Port {taken_port} is taken .* PORT="):
        preflight.check_port("127.0.0.1", str(taken_port))


@pytest.mark.parametrize("port", ["", "0", "65536", "-1", "http", "80x"])
def test_port_that_is_no_port_is_refused(port):
    with pytest.raises(preflight.Unfit, match="is not a port number"):
        preflight.check_port("127.0.0.1", port)


def test_old_python_is_refused_and_present_one_is_not():
    preflight.check_python()
    with pytest.raises(preflight.Unfit, match="Python 3.11 or newer is needed; this is 3.9"):
        preflight.check_python((3, 9, 18))


def test_full_disk_is_refused_and_roomy_one_is_not(tmp_path):
    preflight.check_disk(0, tmp_path)
    with pytest.raises(preflight.Unfit, match="The disk is full: .* MB are free"):
        preflight.check_disk(10**18, tmp_path)


def test_script_prints_one_line_and_fails(taken_port):
    command = [sys.executable, "-I", f"{ROOT}/consortium/preflight.py", "start"]
    answer = subprocess.run(
        command, env=os.environ | {"PORT": str(taken_port)}, capture_output=True, text=True, check=False
    )
    assert answer.returncode == 1
    assert answer.stdout == ""
    assert len(answer.stderr.splitlines()) == 1
