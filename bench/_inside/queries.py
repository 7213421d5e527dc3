"""How many queries a page asks of the database, and what each of them costs there."""

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from bench._inside.readers import session_of
from consortium import remembered


def asked(address, reader=""):
    """Queries of the first view of a page in a process, and of a further one: [first, further]."""
    client = Client()
    if reader:
        client.cookies["sessionid"] = session_of(reader)
    counts = []
    remembered.forget()
    for _view in range(2):
        with CaptureQueriesContext(connection) as caught:
            answer = client.get(address, headers={"host": "127.0.0.1"})
        if answer.status_code != 200:
            raise RuntimeError(f"{address} answered {answer.status_code}")
        counts.append(len(caught))
    return counts
