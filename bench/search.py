"""Searching 100,000 projects and 100,000 organisations, in the database alone: the first page of hits."""

from bench import Figure
from bench._worlds import LARGE, Postgresql, Sqlite, require_services

# What each is in the large world: see outcomes/large_world/words.py.
PROJECTS = {"发酵": "common word", "噬菌体": "rare word", "杂质": "two characters", "深海潜水": "no hit"}
ORGANISATIONS = {"示例": "common word", "禾云": "two characters", "99999": "rare word", "深海潜水": "no hit"}
MOST = 10.0  # ms


def measure():
    """Each kind of word on both databases."""
    require_services()
    for kind in (Sqlite, Postgresql):
        database = LARGE.on(kind)
        for subject, words in (("projects", PROJECTS), ("organisations", ORGANISATIONS)):
            spent = database.ask(f"search.{subject}", words=list(words))
            for word, what in words.items():
                yield Figure(
                    f"search of 100,000 {subject} on {kind.engine}, {what}",
                    spent[word],
                    unit="ms",
                    at_most=MOST,
                )
