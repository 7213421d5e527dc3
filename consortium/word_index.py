"""Full-text search in the database, Chinese included: pairs of neighbouring characters, and Latin words by prefix.

Two characters suffice; a single one is matched by prefix. An index is a table that holds one row of words for each
record: FTS5 on SQLite, a tsvector with GIN on PostgreSQL, made by a migration (`created` gives its statements) and
joined through an unmanaged model whose relation is called `words` and whose column is an `IndexedWords`.
"""

import re
from dataclasses import dataclass
from itertools import islice, pairwise

from django.db import connection, models
from django.db.models.expressions import RawSQL

LONGEST_QUERY = 60
AT_ONCE = 500
HAN = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
HAN_CHARACTER = re.compile(f"[{HAN}]")
RUN = re.compile(rf"[{HAN}]+|[^\W_{HAN}]+")


class IndexedWords(models.TextField):
    """The column of words of an index, in an unmanaged model through which SQLite joins it."""


class IndexRow(models.Model):
    """A record's row of an index as SQLite joins it: a subclass names the record, in a relation called `words` whose
    column is `rowid`, and its table, which a migration makes."""

    # The same column by another of its names: an order by the record's key would be read from the record's table.
    place = models.BigIntegerField(db_column="_rowid_")
    body = IndexedWords()

    class Meta:
        abstract = True
        managed = False
        default_permissions = ()

    def __str__(self):
        return f"{self.pk}"


@IndexedWords.register_lookup
class Match(models.Lookup):
    """The words of an FTS5 query are in the index."""

    lookup_name = "match"
    prepare_rhs = False

    def as_sql(self, compiler, connection):
        """`body MATCH query`."""
        body, _nothing = self.process_lhs(compiler, connection)
        return f"{body} MATCH %s", [self.rhs]


@dataclass(frozen=True)
class WordIndex:
    """The words of one kind of record: the name of its table and of the record's key there (on PostgreSQL)."""

    table: str
    key: str

    def put(self, rows):
        """Put (key, words in their order) in place of what stood there, in chunks; `rows` may be any iterable."""
        rows = iter(rows)
        while chunk := list(islice(rows, AT_ONCE)):
            self._write(chunk)

    def drop(self, keys):
        """Take the words of these records out."""
        key = "rowid" if connection.vendor == "sqlite" else self.key
        with connection.cursor() as cursor:
            cursor.executemany(f"DELETE FROM {self.table} WHERE {key} = %s", [(one,) for one in keys])

    def matching(self, queryset, query):
        """The records of a queryset that hold every word of the query; all of them for an empty one."""
        if not query.strip():
            return queryset
        wanted = _wanted(query)
        if not wanted:
            return queryset.none()
        return queryset.filter(pk__in=RawSQL(*self._hits(wanted)))

    def in_order(self, queryset, query, *, newest_first=False):
        """The same in the order of their keys, read no further than asked for: a common word hits nearly all.

        SQLite is led by the index, which gives its hits in that order: ask for them in no other, and for a count
        ask `matching`. PostgreSQL chooses by its statistics.
        """
        sign, wanted = "-" if newest_first else "", _wanted(query)
        if not wanted or connection.vendor != "sqlite":
            return self.matching(queryset, query).order_by(f"{sign}pk")
        return queryset.filter(words__body__match=_match(wanted)).order_by(f"{sign}words__place")

    def created(self, vendor):
        """The statements of a migration that makes the table."""
        if vendor == "sqlite":
            return [
                f"CREATE VIRTUAL TABLE {self.table} USING fts5(body, tokenize = 'unicode61 remove_diacritics 0')"
            ]
        return [
            # No foreign key: a flush of the models could not truncate what this table, none of them, refers to.
            f"CREATE TABLE {self.table} ({self.key} bigint PRIMARY KEY, body tsvector NOT NULL)",
            f"CREATE INDEX {self.table}_body ON {self.table} USING gin (body)",
            # With statistics of the usual size a rare word is taken for a common one and every record is read.
            f"ALTER TABLE {self.table} ALTER COLUMN body SET STATISTICS 1000",
        ]

    def _write(self, rows):
        with connection.cursor() as cursor:
            if connection.vendor == "sqlite":
                cursor.executemany(
                    f"DELETE FROM {self.table} WHERE rowid = %s", [(key,) for key, _words in rows]
                )
                cursor.executemany(
                    f"INSERT INTO {self.table} (rowid, body) VALUES (%s, %s)",
                    [(key, " ".join(words)) for key, words in rows],
                )
                return
            values = ", ".join(["(%s, %s::tsvector)"] * len(rows))
            cursor.execute(
                f"INSERT INTO {self.table} ({self.key}, body) VALUES {values} "
                f"ON CONFLICT ({self.key}) DO UPDATE SET body = EXCLUDED.body",
                [value for key, words in rows for value in (key, vector(words))],
            )

    def _hits(self, wanted):
        if connection.vendor == "sqlite":
            return f"SELECT rowid FROM {self.table} WHERE {self.table} MATCH %s", [_match(wanted)]
        match = " & ".join(
            "(" + " <-> ".join(f"'{word}'" + (":*" if prefix else "") for word in words) + ")"
            for words, prefix in wanted
        )
        return f"SELECT {self.key} FROM {self.table} WHERE body @@ %s::tsquery", [match]


def tokens(text):
    """Words of a text in their order: pairs of Chinese characters with each run's last one, and Latin words."""
    words = []
    for run in runs(text):
        if is_han(run):
            words += _pairs(run)
            words.append(run[-1])
        else:
            words.append(run)
    return words


def runs(text):
    """The unbroken stretches of a text, either of Chinese characters or of other letters and digits."""
    return [run[:40] for run in RUN.findall(text.lower())]


def is_han(run):
    """Whether a stretch is Chinese."""
    return HAN_CHARACTER.match(run) is not None


def vector(words):
    """Words in their order as a tsvector literal; positions end at 16383 there."""
    return " ".join(f"'{word}':{min(place, 16383)}" for place, word in enumerate(words, start=1))


def _wanted(query):
    """Each run of the query as (tokens that follow one another, whether the last is a prefix)."""
    return [
        (_pairs(run), False) if is_han(run) and len(run) > 1 else ([run], True)
        for run in runs(query[:LONGEST_QUERY])
    ]


def _match(wanted):
    """A query of FTS5."""
    return " AND ".join(f'"{" ".join(words)}"' + ("*" if prefix else "") for words, prefix in wanted)


def _pairs(run):
    return [first + second for first, second in pairwise(run)]
