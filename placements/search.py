"""Chinese full-text search over projects: pairs of neighbouring characters in an index of the database.

Two characters suffice; a single one is matched by prefix; Latin words by prefix too. The index is an FTS5 table on
SQLite and a tsvector with GIN on PostgreSQL (see the migration `project_search`). Mentors' names are not in it:
a visitor may not find people by it.
"""

import re
from functools import cache
from itertools import islice, pairwise
from operator import attrgetter

from django.db import connection
from django.db.models import prefetch_related_objects
from django.db.models.expressions import RawSQL
from django.utils import translation

from placements.enums import Chain, Field

TABLE = "placements_projectsearch"
LONGEST_QUERY = 60
AT_ONCE = 500
HAN = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
HAN_CHARACTER = re.compile(f"[{HAN}]")
RUN = re.compile(rf"[{HAN}]+|[^\W_{HAN}]+")


def index_project(project):
    """Put one project's words into the index, in place of what stood there. Called by every action that changes them."""
    index_projects([project])


def index_projects(projects):
    """The same for many at once, in chunks; `projects` may be any iterable of saved ones."""
    projects = iter(projects)
    while chunk := list(islice(projects, AT_ONCE)):
        prefetch_related_objects(chunk, "organisation", "base", "skills_required", "skills_welcome")
        _write([(project.pk, tokens(_text(project))) for project in chunk])


def _write(rows):
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.executemany(f"DELETE FROM {TABLE} WHERE rowid = %s", [(key,) for key, _words in rows])
            cursor.executemany(
                f"INSERT INTO {TABLE} (rowid, body) VALUES (%s, %s)",
                [(key, " ".join(words)) for key, words in rows],
            )
            return
        values = ", ".join(["(%s, %s::tsvector)"] * len(rows))
        cursor.execute(
            f"INSERT INTO {TABLE} (project_id, body) VALUES {values} "
            "ON CONFLICT (project_id) DO UPDATE SET body = EXCLUDED.body",
            [value for key, words in rows for value in (key, vector(words))],
        )


def matching(queryset, query):
    """The projects of a queryset that hold every word of the query; all of them for an empty one."""
    if not query.strip():
        return queryset
    wanted = _wanted(query)
    if not wanted:
        return queryset.none()
    return queryset.filter(pk__in=RawSQL(*_hits(wanted)))


def newest_matching(queryset, query):
    """The same, newest first, read no further than asked for: a common word has tens of thousands of hits.

    SQLite is led by the index, which gives its hits in the order of keys: ask for them in no other order, and for a
    count ask `matching`. PostgreSQL chooses by its statistics.
    """
    wanted = _wanted(query)
    if not wanted or connection.vendor != "sqlite":
        return matching(queryset, query).order_by("-pk")
    return queryset.filter(words__body__match=_match(wanted)).order_by("-words__place")


def tokens(text):
    """Words of a text in their order: pairs of Chinese characters with each run's last one, and Latin words."""
    words = []
    for run in _runs(text):
        if _is_han(run):
            words += _pairs(run)
            words.append(run[-1])
        else:
            words.append(run)
    return words


def _wanted(query):
    """Each run of the query as (tokens that follow one another, whether the last is a prefix)."""
    return [
        (_pairs(run), False) if _is_han(run) and len(run) > 1 else ([run], True)
        for run in _runs(query[:LONGEST_QUERY])
    ]


def _hits(wanted):
    if connection.vendor == "sqlite":
        return f"SELECT rowid FROM {TABLE} WHERE {TABLE} MATCH %s", [_match(wanted)]
    match = " & ".join(
        "(" + " <-> ".join(f"'{word}'" + (":*" if prefix else "") for word in words) + ")"
        for words, prefix in wanted
    )
    return f"SELECT project_id FROM {TABLE} WHERE body @@ %s::tsquery", [match]


def _match(wanted):
    """A query of FTS5."""
    return " AND ".join(f'"{" ".join(words)}"' + ("*" if prefix else "") for words, prefix in wanted)


def vector(words):
    """Words in their order as a tsvector literal; positions end at 16383 there."""
    return " ".join(f"'{word}':{min(place, 16383)}" for place, word in enumerate(words, start=1))


def _runs(text):
    return [run[:40] for run in RUN.findall(text.lower())]


def _pairs(run):
    return [first + second for first, second in pairwise(run)]


def _is_han(run):
    return HAN_CHARACTER.match(run) is not None


def _text(project):
    skills = [
        skill
        for some in (project.skills_required, project.skills_welcome)
        for skill in sorted(some.all(), key=attrgetter("pk"))
    ]
    parts = [
        project.title,
        project.title_en,
        project.number,
        project.summary,
        project.organisation.name_zh,
        project.organisation.short_zh,
        project.organisation.name_en,
        project.base.name,
        project.district,
        *_labels(Field, project.field),
        *_labels(Chain, project.chain),
        *[word for skill in skills for word in (skill.name_zh, skill.name_en)],
        project.problem,
        project.aims,
        project.tasks,
        project.deliverables,
    ]
    return "\n".join(part for part in parts if part)


@cache
def _labels(kind, value):
    """What the two languages call a value; a draft may have none."""
    labels = []
    for language in ("zh-hans", "en"):
        with translation.override(language):
            labels.append(str(kind(value).label))
    return labels
