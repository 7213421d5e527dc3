"""Three hundred mentors sign a log each within ten seconds; everybody's supervision as a heat calendar."""

import re
import time
from concurrent.futures import ThreadPoolExecutor

from bench import Figure, Unmeasurable, slow_one
from bench._served import Client, web
from bench._worlds import SUPERVISION, Postgresql, require_services

MENTORS, WITHIN = 300, 10.0  # seconds
SLOWEST, CALENDAR = 1.0, 300.0  # seconds, milliseconds
VIEWS = 40
FIELDS = re.compile(r'name="(csrfmiddlewaretoken|form_key)" value="([^"]+)"')
TYPED = {
    "act": "sign",
    "when": "today",
    "kind": "on_site",
    "length": "60",
    "text": "罐上数据一起看过，补料起点下周再提前两小时试一批。",
    "again": "on",
}


def measure():
    """The calendar on the world as it is, the signing on a copy that is thrown away."""
    require_services()
    yield from _calendar(SUPERVISION.on(Postgresql))
    with SUPERVISION.copy_on(Postgresql) as database:
        yield from _signing(database)


def _calendar(database):
    with web(database) as (port, _process):
        client = Client(port, database.ask("supervision.office"))
        spent = [client.get(f"/supervision/?page={number % 20 + 1}")[0] for number in range(VIEWS)]
        client.close()
    yield Figure(
        "heat calendar of 10,000 mentorships, first view", spent[0] * 1000, unit="ms", at_most=CALENDAR
    )
    yield Figure(
        f"heat calendar of 10,000 mentorships, p95 of {VIEWS} views",
        slow_one(spent) * 1000,
        unit="ms",
        at_most=CALENDAR,
    )


def _signing(database):
    before = database.ask("supervision.signed")
    mentors = database.ask("supervision.mentors", count=MENTORS)
    with web(database) as (port, _process):
        forms = [_open(port, session, mentorship) for session, mentorship in mentors]
        start = time.perf_counter()
        with ThreadPoolExecutor(MENTORS) as together:
            presses = [
                together.submit(_press, start + WITHIN * number / MENTORS, *form)
                for number, form in enumerate(forms)
            ]
            spent = [press.result() for press in presses]
    signed = database.ask("supervision.signed") - before
    yield Figure(
        f"{MENTORS} mentors signing within 10 s: logs lost", MENTORS - signed, unit="logs", at_most=0
    )
    yield Figure(
        f"{MENTORS} mentors signing within 10 s: p95 of the answer",
        slow_one(spent),
        unit="s",
        at_most=SLOWEST,
    )


def _open(port, session, mentorship):
    """A mentor's connection with the form before him: (client, address, what the form sends)."""
    client, address = Client(port, session), f"/mentorships/{mentorship}/log/"
    _seconds, answer, body = client.get(address)
    sent = dict(FIELDS.findall(body.decode()))
    if "csrfmiddlewaretoken" not in sent:
        raise Unmeasurable(f"{address} holds no form")
    return client, address, sent | TYPED


def _press(moment, client, address, sent):
    """Sign at the moment; seconds until the answer, which must lead to the signed log."""
    time.sleep(max(0.0, moment - time.perf_counter()))
    spent, answer = client.post(address, sent)
    client.close()
    if answer.status != 302 or "/logs/" not in answer.headers.get("Location", ""):
        raise Unmeasurable(f"signing at {address} answered {answer.status}")
    return spent
