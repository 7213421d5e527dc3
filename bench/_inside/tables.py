"""The tables as they lie after some days of use."""

from django.db import connection


def settle():
    """Do at once what PostgreSQL's own vacuum does by and by; SQLite has nothing of the kind."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")
