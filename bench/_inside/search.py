"""What the portal's own searches cost in the database: their querysets as the pages ask them, run there alone."""

from time import perf_counter

from django.contrib.auth.models import AnonymousUser
from django.db import connection

from consortium.lists import PER_PAGE
from consortium.models import Organisation
from consortium.queries.organisation import searched_in_order
from placements.queries.browse import Conditions, search
from placements.queries.project import open_projects
from placements.views.project import PAGE

TIMES = 15


def projects(words):
    """{words: milliseconds of the first page of hits among the projects that a visitor may see}."""
    shown = open_projects(AnonymousUser())
    found = {one: search(shown, Conditions(query=one)).hits[:PAGE] for one in words}
    return {one: _milliseconds(rows) for one, rows in found.items()}


def organisations(words):
    """{words: milliseconds of the first page of hits in the directory}."""
    return {
        one: _milliseconds(searched_in_order(Organisation.objects.all(), one)[:PER_PAGE]) for one in words
    }


def _milliseconds(rows):
    sql, params = rows.query.sql_with_params()
    quickest = float("inf")
    with connection.cursor() as cursor:
        for _time in range(TIMES):
            started = perf_counter()
            cursor.execute(sql, params)
            cursor.fetchall()
            quickest = min(quickest, perf_counter() - started)
    return quickest * 1000
