"""How far the demo's database is, kept inside it and read without Django; and its removal."""

import shutil
import sqlite3
from contextlib import closing
from enum import IntEnum
from pathlib import Path


class Stage(IntEnum):
    """How far the demo database is; kept inside it as SQLite's `user_version`."""

    NONE = 0
    LOADING = 1
    LOADED = 2
    SHOWN = 3  # the main job ran through the worker once


def database_file(settings):
    return Path(settings.DATABASES["default"]["NAME"])


def read_stage(settings):
    """How far the database is; NONE when there is none."""
    path = database_file(settings)
    if not path.exists():
        return Stage.NONE
    with closing(sqlite3.connect(path)) as connection:
        return Stage(connection.execute("PRAGMA user_version").fetchone()[0])


def write_stage(settings, stage):
    with closing(sqlite3.connect(database_file(settings), timeout=20)) as connection:
        connection.execute(f"PRAGMA user_version = {int(stage)}")
        connection.commit()


def is_somebody_elses(settings):
    path = database_file(settings)
    if not path.exists():
        return False
    with closing(sqlite3.connect(path)) as connection:
        return bool(connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0])


def remove_data(settings):
    """Remove the database, what waits in the broker and the stored files: all that a start makes anew."""
    path = database_file(settings)
    for suffix in ("", "-wal", "-shm", "-journal"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)
    for folder in (settings.BROKER_DIR, settings.FILES_DIR, settings.VAR / "cache"):
        shutil.rmtree(folder, ignore_errors=True)
    for leftover in (settings.VAR / "run").glob("clock-schedule*"):
        leftover.unlink()
