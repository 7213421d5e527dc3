"""Lists of 20,000 rows with one fault in a hundred: tested and imported, and what that takes of a worker's memory."""

from bench import Figure
from bench._worlds import IMPORT, Postgresql, Sqlite, require_services

ROWS, FEW = 20_000, 2_000
LIMIT = 60.0  # s
OWN_LIMIT = 30.0  # s of the processor: what others do on this machine does not count
# SQLite fills the 20 MB of its page cache, and no more (PRAGMA cache_size).
FLAT = {"PostgreSQL": 1.1, "SQLite": 1.2}
LISTS = {"students": "students", "members": "organisations"}


def measure():
    """On both databases; each run in a process of its own, on a copy of the same world."""
    require_services()
    for engine in (Sqlite, Postgresql):
        for kind, name in LISTS.items():
            few, many = _whole(engine, kind, FEW), _whole(engine, kind, ROWS)
            yield Figure(
                f"list of 20,000 {name} on {engine.engine}: tested and imported",
                many["seconds"],
                at_most=LIMIT,
            )
            yield Figure(
                f"list of 20,000 {name} on {engine.engine}: the same, of the processor",
                many["processor"],
                at_most=OWN_LIMIT,
            )
            yield Figure(
                f"list of 20,000 {name} on {engine.engine}: the worker's memory at its most",
                many["peak"],
                unit="MB",
                against="2,000 rows",
                against_value=few["peak"],
                at_most=FLAT[engine.engine],
            )


def _whole(engine, kind, rows):
    with IMPORT.copy_on(engine) as database:
        stored = database.ask("imports.make", kind=kind, rows=rows)
        return database.ask("imports.whole", kind=kind, stored=stored, rows=rows)
