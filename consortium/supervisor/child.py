"""One process of the demo: forked, in a group of its own, ended together with the supervisor."""

import ctypes
import os
import signal
import sys
import time
from contextlib import suppress

from consortium.preflight import MEGABYTE

LOG_LIMIT = 10 * MEGABYTE
PR_SET_PDEATHSIG, PR_SET_NAME, PR_SET_CHILD_SUBREAPER = 1, 15, 36  # from linux/prctl.h


class Child:
    """One forked process with a group of its own; `work` runs in it and its return ends it."""

    def __init__(self, name, work, log=None, ready=None):
        self.name, self.work, self.log, self.ready_file = name, work, log, ready
        self.pid = self.started = None
        self.failed_starts = 0
        self.start_at = 0.0

    def start(self):
        if self.ready_file:
            self.ready_file.unlink(missing_ok=True)
        sys.stdout.flush()
        parent = os.getpid()
        self.started = time.monotonic()
        self.pid = os.fork()
        if self.pid == 0:
            self._become(parent)

    def _become(self, parent):
        code = 1
        try:
            os.setsid()
            for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
                signal.signal(number, signal.SIG_DFL)
            _process_control(PR_SET_PDEATHSIG, signal.SIGTERM)
            _process_control(PR_SET_NAME, f"portal-{self.name}".encode())
            if os.getppid() == parent:
                if self.log:
                    _write_to(self.log)
                code = self.work() or 0
        except SystemExit as end:
            code = end.code if isinstance(end.code, int) else 1
        except BaseException:
            sys.excepthook(*sys.exc_info())
        finally:
            with suppress(Exception):
                sys.stdout.flush()
                sys.stderr.flush()
            os._exit(code)

    def reap(self):
        """None while it runs; how it ended once it has. What it left in its group is ended with it."""
        if self.pid is None:
            return None
        pid, status = os.waitpid(self.pid, os.WNOHANG)
        if not pid:
            return None
        self.signal_group(signal.SIGKILL)
        with suppress(ChildProcessError):
            while True:
                os.waitpid(-self.pid, 0)
        self.pid = None
        return os.waitstatus_to_exitcode(status)

    def ask_to_stop(self):
        if self.pid:
            with suppress(ProcessLookupError):
                os.kill(self.pid, signal.SIGTERM)

    def signal_group(self, number):
        if self.pid:
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(self.pid, number)


def adopt_orphans():
    """Let what a dead child leaves behind become this process's children, to be waited for."""
    _process_control(PR_SET_CHILD_SUBREAPER, 1)


def _process_control(option, value):
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(option, value, 0, 0, 0)


def _write_to(log):
    if log.exists() and log.stat().st_size > LOG_LIMIT:
        log.replace(log.with_suffix(".log.1"))
    descriptor = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
    os.dup2(descriptor, 1)
    os.dup2(descriptor, 2)
    os.close(descriptor)
