"""`python -m consortium.supervisor`: HOST, PORT and RESET come from the environment."""

import os
import secrets
import sys
import tempfile
from pathlib import Path

from consortium import preflight
from consortium.supervisor.watch import Supervisor

ROOT = Path(__file__).resolve().parent.parent.parent


def _environment(host, port):
    """Set what the embedded demo runs with; Django's settings read it."""
    var = Path(os.environ.get("VAR_DIR") or ROOT / "var").resolve()
    var.mkdir(parents=True, exist_ok=True)
    shown = "127.0.0.1" if host == "0.0.0.0" else host
    os.environ.update(
        DJANGO_SETTINGS_MODULE="consortium.settings",
        DEMO="1",
        DJANGO_TEST="0",
        DATABASE_URL="",
        REDIS_URL="",
        VAR_DIR=str(var),
        READY_FILE=str(var / "run" / "ready"),
        WAIT_FOR_READY_FILE="1",
        SECRET_KEY=_secret_key(var / "secret_key"),
        SITE_URL=f"http://{shown}:{port}",
        TMPDIR=str(var / "tmp"),  # the broker writes here first, and a rename must not cross file systems
    )
    os.environ.setdefault("LOG_LEVEL", "WARNING")
    tempfile.tempdir = None


def _secret_key(path):
    """This installation's own key, made once."""
    if not path.exists() or not path.read_text().strip():
        unfinished = path.with_suffix(".new")
        unfinished.touch(mode=0o600)
        unfinished.write_text(secrets.token_urlsafe(50))
        unfinished.replace(path)
    return path.read_text().strip()


def main():
    """Check, prepare the environment, run; one clear line for what is not fit."""
    host = os.environ.get("HOST") or "127.0.0.1"
    reset = os.environ.get("RESET", "") not in {"", "0"}
    os.chdir(ROOT)
    try:
        preflight.check_python()
        port = preflight.check_port(host, os.environ.get("PORT") or "8000")
        preflight.check_disk(preflight.FREE_TO_RUN, ROOT)
        _environment(host, port)
        return Supervisor(host, port, reset).run()
    except preflight.Unfit as reason:
        print(reason, file=sys.stderr)
    except PermissionError as error:
        print(f"{error.filename} cannot be written: {error.strerror}.", file=sys.stderr)
    return 1


if __name__ == "__main__":
    ended_with = main()
    sys.stdout.flush()
    os._exit(ended_with)  # taking a large process apart politely would only make a stop slower
