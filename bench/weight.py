"""What a first view of a page weighs: the page and everything it loads, compressed as nginx of deploy/ sends it."""

import gzip
import re
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

from bench import Figure
from bench._served import Client, web
from bench._worlds import DEMO, ROOT, Postgresql, require_services

PAGES = {"home": "/", "project list": "/projects/", "directory": "/members/", "notices": "/notices/"}
LIMIT = 150.0  # kB
LEVEL = 1  # nginx's own default
IN_STYLES = re.compile(r"""(?:url\(|@import\s+)["']?([^"')]+)""")


class _Loaded(HTMLParser):
    """The addresses that a browser fetches for a page by itself."""

    def __init__(self, text):
        super().__init__()
        self.found = []
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        """Links that load, scripts, images and parts of sprites."""
        given = dict(attributes)
        if tag == "link" and set(given.get("rel", "").split()) & {
            "stylesheet",
            "icon",
            "preload",
            "manifest",
        }:
            self.found.append(given.get("href"))
        if tag in ("script", "img", "source", "iframe"):
            self.found.append(given.get("src"))
        if tag in ("use", "image"):
            self.found.append(given.get("href") or given.get("xlink:href"))


def measure():
    """Each page with all it loads, as a visitor sees it first."""
    require_services()
    database = DEMO.on(Postgresql)
    database.run("manage.py", "collectstatic", "--noinput", "--verbosity", "0")
    with web(database) as (port, _process):
        client = Client(port)
        for page, address in PAGES.items():
            parts = _parts(client, address)
            yield Figure(
                f"{page} with the {len(parts) - 1} files it loads, compressed",
                sum(parts.values()) / 1000,
                unit="kB",
                at_most=LIMIT,
            )
        client.close()


def _parts(client, address):
    """{address: bytes on the line} of a page and everything reached from it."""
    weights, waiting = {}, [address]
    while waiting:
        one = waiting.pop()
        if one in weights:
            continue
        _seconds, answer, body = client.get(one)
        kind = answer.getheader("Content-Type", "").partition(";")[0]
        weights[one] = len(gzip.compress(body, LEVEL)) if kind in _compressed() else len(body)
        waiting += [
            local for found in _loads(kind, body) if (local := _local(urljoin(one, found))) is not None
        ]
    return weights


def _loads(kind, body):
    if kind == "text/html":
        return [address for address in _Loaded(body.decode()).found if address]
    if kind == "text/css":
        return IN_STYLES.findall(body.decode())
    return []


def _local(address):
    """The path of an address of this server; None for what is written into the page itself."""
    parts = urlsplit(address)
    return None if parts.scheme or parts.netloc else parts.path


def _compressed():
    """The kinds that nginx compresses."""
    said = re.search(r"gzip_types ([^;]+);", (ROOT / "deploy/nginx.conf").read_text(encoding="utf-8"))
    return {"text/html", *said[1].split()}
