"""What was counted from rows, kept in this process until the next act on them.

Every change is an act with its row in the audit trail, so the newest row about a kind of record says whether anything
changed: one look at an index instead of counting thousands of rows anew. Inside a transaction nothing is kept, for
what it has written may yet be undone.
"""

from functools import lru_cache, wraps

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import QuerySet

from consortium.audit import last_acts

_keepers = []


def until_an_act_on(*kinds, most):
    """Keep what a function answers, for the `most` questions asked last, while records of `kinds` stand still.

    Without `kinds` an answer holds as long as what was asked about, which then is itself a kept answer. A question is the positional arguments: what can be hashed, and querysets, which are known by their SQL. Named
    arguments are what the function works with and must follow from the question.
    """

    def decorate(function):
        @lru_cache(maxsize=most)
        def answered(question):
            return function(*question.asked, **question.means)

        @wraps(function)
        def ask(*asked, **means):
            if connection.in_atomic_block:
                return function(*asked, **means)
            # Read before the rows: what changes in between is asked for again the next time.
            acts = last_acts(*kinds) if kinds else None
            return answered(_Question((acts, *map(known_by, asked)), asked, means))

        _keepers.append(answered)
        return ask

    return decorate


def forget():
    """Keep nothing of what was kept: rows have changed without an act, as in tests and loaders."""
    for keeper in _keepers:
        keeper.cache_clear()


def known_by(asked):
    """What tells one question from another: the SQL of a queryset (None where it can find nothing), else itself."""
    if not isinstance(asked, QuerySet):
        return asked
    try:
        sql, params = asked.query.sql_with_params()
    except EmptyResultSet:
        return None
    return sql, str(params)


class _Question:
    """Arguments that equal others when they ask the same of the same state of things."""

    def __init__(self, key, asked, means):
        self.key, self.asked, self.means = key, asked, means

    def __hash__(self):
        return hash(self.key)

    def __eq__(self, other):
        return self.key == other.key
