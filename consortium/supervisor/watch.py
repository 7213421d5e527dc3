"""The supervisor itself: the order of the start, the watch, the stop."""

import fcntl
import os
import signal
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

from consortium.demo_accounts import ACCOUNTS
from consortium.preflight import Unfit
from consortium.supervisor import parts
from consortium.supervisor.child import Child, adopt_orphans
from consortium.supervisor.demo_data import Stage, database_file, is_somebody_elses, read_stage, remove_data

ASK, THEN_KILL = 4.0, 0.8  # seconds a child gets to stop by itself, and to be gone after it was killed
START_LIMIT = 60.0  # seconds until a part that does not come up is reported
STEADY = 10.0  # seconds a part must have lived for its end not to count as a failed start
FAILED_STARTS = 3  # in a row, before everything is ready: give up and show the log


class Supervisor:
    """Starts the parts in order, prints what a person needs, restarts what dies, ends everything together."""

    def __init__(self, host, port, reset):
        self.host, self.port, self.reset = host, port, reset
        self.children = []
        self.stop_asked = 0

    def run(self):
        """All of it; returns the exit code."""
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, self._on_signal)
        adopt_orphans()
        self._make_folders()
        with self._only_one_here():
            try:
                return self._run_parts()
            finally:
                self.stop()

    def _on_signal(self, _number, _frame):
        self.stop_asked += 1

    def _make_folders(self):
        self.var = Path(os.environ["VAR_DIR"])
        self.run_dir = self.var / "run"
        for folder in (self.run_dir, self.var / "log", Path(os.environ["TMPDIR"])):
            folder.mkdir(parents=True, exist_ok=True)

    def _only_one_here(self):
        lock = (self.run_dir / "demo.lock").open("a+")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as taken:
            lock.seek(0)
            process = lock.read().strip() or "unknown"
            raise Unfit(
                f"A demo runs from this folder already (process {process}). End it before you start another."
            ) from taken
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
        return lock

    def _run_parts(self):
        settings = self._load_django()
        settings.READY_FILE.unlink(missing_ok=True)
        stage = self._settle_data(settings)
        if not self._finish(Child("prepare", lambda: parts.prepare(settings, stage))):
            return self._end_of_failure("The database could not be prepared.")
        self._start_services(settings)
        if not self._wait_until_up():
            return self._end_of_failure("")
        if read_stage(settings) < Stage.SHOWN and not self._finish(
            Child("main-job", lambda: parts.show_main_job(settings))
        ):
            return self._end_of_failure("The main job did not come to its end; see var/log/worker.log.")
        settings.READY_FILE.touch()
        self._greet()
        while not self.stop_asked:
            self._watch()
        print("Stopping.", flush=True)
        return 0

    def _load_django(self):
        """Import once what the children share; only what each needs alone is left to it."""
        import celery.apps.worker
        import celery.bin.celery  # noqa: F401
        import django
        from django.conf import settings
        from django.urls import get_resolver

        django.setup()
        get_resolver().url_patterns  # noqa: B018 - imports every view, which each web process would do anew
        return settings

    def _settle_data(self, settings):
        stage = read_stage(settings)
        if self.reset:
            print("Starting anew: the old demo world is removed.", flush=True)
        elif stage == Stage.LOADING:
            print("The last start was interrupted while loading; loading anew.", flush=True)
        elif stage == Stage.NONE and is_somebody_elses(settings):
            raise Unfit(
                f"{database_file(settings)} is not the demo's database. Move it away, or RESET=1 removes it."
            )
        else:
            return stage
        remove_data(settings)
        return Stage.NONE

    def _finish(self, child):
        """Run one child to its end; true when it ended well. A request to stop ends it."""
        self.children.append(child)
        child.start()
        while not self.stop_asked:
            code = child.reap()
            if code is not None:
                self.children.remove(child)
                return code == 0
            self._watch()
        return False

    def _end_of_failure(self, line):
        if self.stop_asked:
            print("Stopping.", flush=True)
            return 0
        if line:
            print(line, file=sys.stderr, flush=True)
        return 1

    def _start_services(self, settings):
        run, log = self.run_dir, self.var / "log"
        worker_up, clock_up = run / "worker-up", run / "clock-up"
        schedule = run / "clock-schedule"
        for folder in (settings.BROKER_DIR / "queue", settings.BROKER_DIR / "control"):
            folder.mkdir(parents=True, exist_ok=True)
        self.services = [
            Child("web", lambda: parts.serve_web(self.host, self.port), log / "web.log"),
            Child("worker", lambda: parts.run_worker(worker_up), log / "worker.log", worker_up),
            Child("clock", lambda: parts.run_clock(schedule, clock_up), log / "clock.log", clock_up),
        ]
        for child in self.services:
            self.children.append(child)
            child.start()

    def _wait_until_up(self):
        deadline = time.monotonic() + START_LIMIT
        while not self.stop_asked:
            if self._all_up():
                return True
            self._watch(pause=0.05)
            late = time.monotonic() > deadline
            hopeless = next((c for c in self.services if c.failed_starts >= FAILED_STARTS), None)
            if late or hopeless:
                return self._explain(hopeless or next(c for c in self.services if not self._is_up(c)))
        return False

    def _all_up(self):
        return all(self._is_up(child) for child in self.services)

    def _is_up(self, child):
        if child.pid is None:
            return False
        return child.ready_file.exists() if child.ready_file else self._web_answers()

    def _web_answers(self):
        host = "127.0.0.1" if self.host == "0.0.0.0" else self.host
        try:
            urllib.request.build_opener(urllib.request.ProxyHandler({})).open(
                f"http://{host}:{self.port}/healthz", timeout=2
            ).close()
        except urllib.error.HTTPError as answer:
            answer.close()
            return answer.code == 503
        except OSError:
            return False
        return True

    def _explain(self, child):
        print(f"The {child.name} does not start. The end of {child.log}:", file=sys.stderr)
        if child.log.exists():
            print(
                "\n".join(child.log.read_text(errors="replace").splitlines()[-15:]),
                file=sys.stderr,
                flush=True,
            )
        return False

    def _watch(self, pause=0.1):
        """Look once at every service: start again what has ended, after a pause that grows."""
        for child in getattr(self, "services", ()):
            code = child.reap()
            if code is not None:
                self._plan_restart(child, code)
            if child.pid is None and time.monotonic() >= child.start_at:
                child.start()
                print(f"The {child.name} was started again (process {child.pid}).", flush=True)
        time.sleep(pause)

    def _plan_restart(self, child, code):
        short = time.monotonic() - child.started < STEADY
        child.failed_starts = child.failed_starts + 1 if short else 0
        delay = min(2**child.failed_starts - 1, 30)
        child.start_at = time.monotonic() + delay
        how = f"signal {-code}" if code < 0 else f"code {code}"
        print(f"The {child.name} ended ({how}; see {child.log}).", flush=True)

    def _greet(self):
        host = "127.0.0.1" if self.host == "0.0.0.0" else self.host
        print(
            f"\nReady: http://{host}:{self.port}/\n"
            f"  one press signs you in as anybody: http://{host}:{self.port}/demo/\n"
            f"  accounts: {' '.join(ACCOUNTS)}\n"
            f"  password: {os.environ.get('DEMO_PASSWORD') or 'demo-consortium-2026'}\n"
            "Everything invented carries 示例. Ctrl-C stops all of it; RESET=1 make demo starts anew.",
            flush=True,
        )

    def stop(self):
        """End every child: ask, and kill what has not stopped by itself after three seconds."""
        ready = self.run_dir / "ready"
        ready.unlink(missing_ok=True)
        asked = self.stop_asked
        running = [child for child in self.children if child.pid]
        for child in running:
            child.ask_to_stop()
        deadline = time.monotonic() + ASK
        while running and time.monotonic() < deadline and self.stop_asked <= max(asked, 1):
            time.sleep(0.05)
            running = [child for child in running if child.reap() is None]
        for child in running:
            child.signal_group(signal.SIGKILL)
        deadline = time.monotonic() + THEN_KILL
        while running and time.monotonic() < deadline:
            time.sleep(0.02)
            running = [child for child in running if child.reap() is None]
