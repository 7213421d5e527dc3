"""What must be true before anything is installed or started; one clear line for each thing that is not.

Runs on the system's own Python before the virtual environment exists, so it uses nothing but the standard
library and no syntax newer than Python 3.6: `python3 -I consortium/preflight.py install|start`.
"""

import errno
import os
import shutil
import socket
import sys
from importlib.util import find_spec

NEEDED_PYTHON = (3, 11)
MEGABYTE = 1024 * 1024
FREE_TO_INSTALL = 900 * MEGABYTE  # the virtual environment with Node and the pages' libraries
FREE_TO_RUN = 200 * MEGABYTE


class Unfit(Exception):
    """Something is missing; the message is the one line that says what and what to do."""


def check_python(version=sys.version_info):
    """Refuse a Python that is too old."""
    if tuple(version[:2]) < NEEDED_PYTHON:
        raise Unfit(
            "Python %d.%d or newer is needed; this is %d.%d. Name another with PYTHON=/path/to/python3.11."
            % (NEEDED_PYTHON + tuple(version[:2]))
        )


def check_venv():
    """Refuse a Python whose module for virtual environments was left out, as Debian does."""
    if find_spec("venv") is None or find_spec("ensurepip") is None:
        raise Unfit("Python's venv module is missing; on Debian: apt-get install python3-venv.")


def check_disk(needed, folder="."):
    """Refuse to begin what would end half-written on a full disk."""
    free = shutil.disk_usage(folder).free
    if free < needed:
        raise Unfit(
            "The disk is full: %d MB are free in %s and %d MB are needed. Make room and start again."
            % (free // MEGABYTE, os.path.abspath(folder), needed // MEGABYTE)
        )


def check_port(host, port):
    """Refuse a port that is not a number or that somebody else listens on; returns the number."""
    try:
        number = int(port)
    except ValueError:
        number = 0
    if not 0 < number < 65536:
        raise Unfit("PORT=%s is not a port number; use one from 1 to 65535, like PORT=8000." % port)
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, number))
        except OSError as error:
            raise Unfit(_why_not_bound(error, host, number)) from None
    return number


def _why_not_bound(error, host, number):
    if error.errno == errno.EADDRINUSE:
        return "Port %d is taken by another program. Choose another: PORT=%d make demo." % (
            number,
            number % 65535 + 1,
        )
    if error.errno == errno.EACCES:
        return (
            "Port %d needs more rights than you have. Choose one from 1024 on: PORT=8000 make demo." % number
        )
    return "Nothing can listen on HOST=%s: %s." % (host, error.strerror)


def main(arguments):
    """Check what the named step needs: `install` or `start`."""
    try:
        check_python()
        if "install" in arguments:
            check_venv()
            check_disk(FREE_TO_INSTALL)
        if "start" in arguments:
            check_disk(FREE_TO_RUN)
            check_port(os.environ.get("HOST", "127.0.0.1"), os.environ.get("PORT", "8000"))
    except Unfit as reason:
        print(reason, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
