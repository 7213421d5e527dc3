"""The worlds that are measured in: built once by the portal's own commands, kept under var/bench and on the server.

A world is known by its name and a digest of what built it; what an older state of the project has built is removed.
"""

import hashlib
import json
import os
import shutil
import subprocess
import sys
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg2
from psycopg2 import sql

from bench import Unmeasurable
from tests.services.ready import complaints

ROOT = Path(__file__).resolve().parent.parent
KEPT = ROOT / "var" / "bench"
SERVER = os.environ.get("DATABASE_URL") or "postgres://postgres@127.0.0.1:5432/postgres"
BROKER = os.environ.get("REDIS_URL") or "redis://127.0.0.1:6379/0"
BUILDERS = ("*/migrations/*.py", "outcomes/demo/*.py", "outcomes/large_world/*.py", "bench/_inside/scored.py")


def require_services():
    """Raise Unmeasurable when PostgreSQL or Redis does not answer."""
    if missing := list(complaints(SERVER, BROKER)):
        raise Unmeasurable("; ".join(missing))


class Database:
    """One database of the portal with a folder for everything else that changes; processes are started on it."""

    engine = ""

    def __init__(self, name):
        self.name = name
        self.folder = KEPT / f"{name}-{self.engine.lower()}"

    def environment(self, **more):
        """What a process of the portal is started with. A demo's settings, as all people here are invented."""
        own = {
            "DJANGO_SETTINGS_MODULE": "consortium.settings",
            "DEMO": "1",
            "DEBUG": "0",
            "DJANGO_TEST": "0",
            "LOG_LEVEL": "WARNING",
            "VAR_DIR": str(self.folder),
            "REDIS_URL": "",
        }
        return os.environ | own | self.settings() | more

    def run(self, *arguments, environment=None):
        """Run Python with these arguments on it; what it printed. Raises Unmeasurable with its last words."""
        self.folder.mkdir(parents=True, exist_ok=True)
        said = subprocess.run(
            [sys.executable, *arguments],
            cwd=ROOT,
            env=environment or self.environment(),
            capture_output=True,
            text=True,
        )
        if said.returncode:
            last = (said.stderr.strip() or said.stdout.strip() or "nothing").splitlines()[-1]
            raise Unmeasurable(f"{' '.join(arguments)} ended with {said.returncode} and said: {last}")
        return said.stdout

    def ask(self, question, environment=None, **values):
        """The answer of one function of `bench._inside`, called in a process that works on this database."""
        said = self.run("-m", "bench._inside", question, json.dumps(values), environment=environment)
        return json.loads(said.splitlines()[-1])

    def remove(self):
        """Remove all of it."""
        shutil.rmtree(self.folder, ignore_errors=True)


class Sqlite(Database):
    """A file in the database's folder."""

    engine = "SQLite"

    @property
    def file(self):
        """The database itself."""
        return self.folder / "portal.sqlite3"

    def settings(self):
        """What names it."""
        return {"DATABASE_URL": "", "SQLITE_FILE": str(self.file)}

    def exists(self):
        """Whether it is there."""
        return self.file.exists()

    def create(self):
        """Make it, empty."""
        self.folder.mkdir(parents=True)

    def rename(self, name):
        """Give it another name."""
        renamed = Sqlite(name)
        self.folder.rename(renamed.folder)
        return renamed

    def copied(self, name):
        """A copy under another name."""
        copy = Sqlite(name)
        shutil.copytree(self.folder, copy.folder)
        return copy

    @classmethod
    def others(cls, world, name):
        """Databases of the world under any other name."""
        folders = KEPT.glob(f"{world}-*-{cls.engine.lower()}") if KEPT.exists() else ()
        found = (folder.name.removesuffix(f"-{cls.engine.lower()}") for folder in folders)
        return [cls(other) for other in found if other != name]


class Postgresql(Database):
    """A database on the server that DATABASE_URL names."""

    engine = "PostgreSQL"

    def settings(self):
        """What names it."""
        return {
            "DATABASE_URL": urlunsplit(urlsplit(SERVER)._replace(path=f"/{self._named}")),
            "SQLITE_FILE": "",
        }

    def exists(self):
        """Whether it is there."""
        return self._named in _names()

    def create(self):
        """Make it, empty."""
        self.folder.mkdir(parents=True)
        _do("CREATE DATABASE {}", self._named)

    def rename(self, name):
        """Give it another name."""
        renamed = Postgresql(name)
        self.folder.rename(renamed.folder)
        _do("ALTER DATABASE {} RENAME TO {}", self._named, renamed._named)
        return renamed

    def copied(self, name):
        """A copy under another name."""
        copy = Postgresql(name)
        shutil.copytree(self.folder, copy.folder)
        _do("CREATE DATABASE {} TEMPLATE {}", copy._named, self._named)
        return copy

    def remove(self):
        """Remove all of it."""
        _do("DROP DATABASE IF EXISTS {}", self._named)
        super().remove()

    @property
    def _named(self):
        return f"portal_bench_{self.name.replace('-', '_')}"

    @classmethod
    def others(cls, world, name):
        """Databases of the world under any other name."""
        start = cls(f"{world}-")._named
        found = (f"{world}-{one.removeprefix(start)}" for one in _names() if one.startswith(start))
        return [cls(other) for other in found if other != name]


def _names():
    with closing(psycopg2.connect(SERVER)) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT datname FROM pg_database")
        return [name for (name,) in cursor.fetchall()]


def _do(statement, *names):
    with closing(psycopg2.connect(SERVER)) as connection:
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))


@dataclass(frozen=True)
class World:
    """A name and what fills an empty database: commands, each as arguments of Python."""

    name: str
    commands: tuple

    def on(self, kind):
        """The world's database of that kind, built if it is not there yet."""
        name = f"{self.name}-{self._digest()}"
        database = kind(name)
        if not database.exists():
            for other in kind.others(self.name, name):
                other.remove()
            database = self._built(kind, name)
        return database

    @contextmanager
    def copy_on(self, kind):
        """A copy of it that may be changed and is removed afterwards."""
        copy = kind(f"{self.name}-copy")
        copy.remove()
        try:
            yield self.on(kind).copied(copy.name)
        finally:
            copy.remove()

    def _built(self, kind, name):
        print(f"Building the world “{self.name}” on {kind.engine}, once", flush=True)
        database = kind(f"{self.name}-unfinished")
        for left_by_a_break in (database, kind(name)):
            left_by_a_break.remove()
        database.create()
        for arguments in (("manage.py", "migrate", "--noinput"), *self.commands):
            database.run(*arguments)
        database.run("-m", "bench._inside", "tables.settle")
        return database.rename(name)

    def _digest(self):
        digest = hashlib.sha256(repr(self.commands).encode())
        for path in sorted(path for pattern in BUILDERS for path in ROOT.glob(pattern)):
            digest.update(path.read_bytes())
        return digest.hexdigest()[:10]


def _large(name, students, projects, organisations, *more):
    sizes = {"students": students, "projects": projects, "organisations": organisations}
    options = [word for option, count in sizes.items() for word in (f"--{option}", str(count))]
    return World(name, (("manage.py", "load_world", "--verbosity", "0", *options), *more))


SMALL = _large("small", 200, 1_200, 300)
LARGE = _large("large", 200, 100_000, 100_000)
ROUND = _large("round", 10_000, 1_200, 150, ("-m", "bench._inside", "scored.until_scored"))
SUPERVISION = World(
    "supervision",
    (
        (
            *("manage.py", "load_world", "--verbosity", "0", "--students", "17000", "--projects", "4000"),
            *("--organisations", "300", "--mentorships", "10000"),
        ),
    ),
)
IMPORT = World("import", (("manage.py", "load_seed"),))
DEMO = World("demo", (("manage.py", "load_seed"), ("manage.py", "load_demo")))
