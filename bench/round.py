"""A round of 10,000 students from its scores to the stored result, beside plainly reading and writing the same rows."""

from statistics import median

from bench import Figure
from bench._worlds import ROUND, Postgresql, Sqlite, require_services

TIMES, PLAINLY = 3, 4  # so that both sides take about as long and meet the same disturbances
PLAIN = "the rows plainly read and written"


def measure():
    """On both databases: each run in a process of its own, on a copy of the same scored round."""
    require_services()
    for kind in (Sqlite, Postgresql):
        whole, plain = [], []
        for _time in range(TIMES):
            with ROUND.copy_on(kind) as database:
                whole.append(database.ask("round.whole")["all"])
                plain.append(database.ask("round.plain", times=PLAINLY))
        yield Figure(
            f"round of 10,000 students on {kind.engine}: freeze, solve, verify, store",
            median(whole),
            against=PLAIN,
            against_value=median(plain),
            at_most=3.0,
        )
