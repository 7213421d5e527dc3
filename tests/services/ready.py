"""`python -m tests.services.ready`: one clear line when PostgreSQL or Redis does not answer."""

import os
import sys
from urllib.parse import urlsplit

import psycopg2
import redis


def without_password(address):
    """An address as it may be printed."""
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.hostname}:{parts.port}{parts.path}"


def complaints(database_url, redis_url):
    """One line for each service that does not answer."""
    try:
        psycopg2.connect(database_url, connect_timeout=5).close()
    except (psycopg2.Error, ValueError) as error:
        where = without_password(database_url)
        yield f"PostgreSQL does not answer at {where} (DATABASE_URL): {_first_line(error)}"
    try:
        with redis.Redis.from_url(redis_url, socket_connect_timeout=5) as client:
            client.ping()
    except (redis.RedisError, ValueError) as error:
        where = without_password(redis_url)
        yield f"Redis does not answer at {where} (REDIS_URL): {_first_line(error)}"


def _first_line(error):
    return str(error).strip().splitlines()[0]


if __name__ == "__main__":
    lines = list(complaints(os.environ["DATABASE_URL"], os.environ["REDIS_URL"]))
    for line in lines:
        print(line, file=sys.stderr)
    sys.exit(bool(lines))
