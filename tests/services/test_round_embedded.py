"""The same on one machine without services: SQLite, the filesystem broker, a worker killed again and again."""

import json
import os
import subprocess
import sys


def test_killed_workers_on_the_embedded_default_leave_one_result(tmp_path):
    for folder in ("run", "broker/queue", "broker/control", "tmp"):
        (tmp_path / folder).mkdir(parents=True)
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "consortium.settings",
        "DJANGO_TEST": "0",
        "DEMO": "1",
        "DATABASE_URL": "",
        "REDIS_URL": "",
        "VAR_DIR": str(tmp_path),
        "TMPDIR": str(tmp_path / "tmp"),
        "JOB_SILENT_SECONDS": "1",
    }
    said = subprocess.run(
        [sys.executable, "-m", "tests.services.embedded_round"],
        env=environment,
        capture_output=True,
        text=True,
        timeout=600,
    )
    assert said.returncode == 0, said.stderr[-3000:]
    left = json.loads(said.stdout.splitlines()[-1])
    assert (left["round"], left["job"], left["runs"], left["messages"]) == ("verified", "done", 1, 1)
    assert left["results"] == left["students"]
    assert left["deaths"] >= 1 and left["attempts"] == left["deaths"] + 1
    assert left["chain"]
