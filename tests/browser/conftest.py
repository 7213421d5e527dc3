"""A real demo in a folder of its own and Debian's Chromium on it; collected only by `make test-browser`."""

import os
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import sync_playwright

from tests.browser.person import Person
from tests.browser.ready import CHROMIUM
from tests.browser.world import World
from tests.demo_process import Demo
from tests.settings import ROOT

SIZES = {"phone": {"width": 390, "height": 844}, "desk": {"width": 1280, "height": 800}}
QUIET = [
    "--no-sandbox",  # Chromium refuses its sandbox to root, which tests often are
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
RUNNING = "BROWSER_DEMO"  # "folder:port" of a demo that runs already, to repeat one test quickly


def pytest_collection_modifyitems(items):
    """Everything here carries the marker."""
    for item in items:
        if "browser" in item.path.parts:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def demo(tmp_path_factory):
    """A demo started as `make demo` starts it, with a fresh database."""
    if RUNNING in os.environ:
        folder, _colon, port = os.environ[RUNNING].rpartition(":")
        yield Demo(Path(folder), int(port))
        return
    demo = Demo(tmp_path_factory.mktemp("demo"))
    try:
        demo.start().wait_until_ready()
        yield demo
    finally:
        demo.clean_up()


@pytest.fixture(scope="session")
def site(demo):
    """The demo's address."""
    return demo.address


@pytest.fixture(scope="session")
def world(demo):
    """What the demo's database holds, asked through `manage.py shell`."""
    return World(demo.folder)


@pytest.fixture(scope="session")
def chromium():
    """One browser for the whole run; each test opens pages of its own in it."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield browser
        browser.close()


@dataclass
class Faults:
    """What went wrong in a page without anybody seeing it; a test may say what it expects."""

    lines: list[str] = field(default_factory=list)
    expected: set[int] = field(default_factory=set)

    def expect(self, *statuses):
        """Answers of these kinds are wanted here; Chromium reports each as an error of the console."""
        self.expected.update(statuses)

    def watch(self, page):
        """Listen to all that the page says."""
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.lines.append(f"script: {error}"))
        page.on("requestfailed", self._failed)

    def _console(self, message):
        if any(f"status of {status} " in message.text for status in self.expected):
            return
        if message.type in {"error", "warning"}:
            self.lines.append(f"console: {message.text} ({message.location.get('url', '')})")

    def _failed(self, request):
        if request.failure != "net::ERR_ABORTED":  # a page left before everything had come
            self.lines.append(f"request: {request.url} {request.failure}")


@pytest.fixture
def faults():
    """Console errors, script errors and failed requests of this test's pages; must be empty at its end."""
    found = Faults()
    yield found
    assert not found.lines


@pytest.fixture
def open_page(chromium, site, faults):
    """A function that opens a page of a visitor of his own, in Chinese unless told otherwise."""
    contexts = []

    def open_one(size="desk", **options):
        options = {
            "viewport": SIZES[size] if isinstance(size, str) else size,
            "locale": "zh-CN",
            "timezone_id": "Asia/Shanghai",
            "base_url": site,
            "reduced_motion": "reduce",
        } | options
        contexts.append(chromium.new_context(**options))
        page = contexts[-1].new_page()
        page.set_default_timeout(10_000)
        faults.watch(page)
        return page

    yield open_one
    for context in contexts:
        context.close()


@pytest.fixture
def person(open_page, world):
    """A function from a user name to a person of the demo who has just signed in, at a phone or a desk."""

    def sign_in(username, size="desk", **options):
        return Person(open_page(size, **options), username).sign_in()

    return sign_in


@pytest.fixture(scope="session")
def axe_source():
    """The accessibility checker that package-lock.json names."""
    return (ROOT / "node_modules" / "axe-core" / "axe.min.js").read_text(encoding="utf-8")


@pytest.fixture
def accessibility_faults(axe_source):
    """A function from a page to its violations of WCAG 2.1 A and AA, one line each."""

    def check(page):
        page.evaluate(axe_source)  # evaluated, not inserted, since the pages allow no foreign script
        tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]
        found = page.evaluate("tags => axe.run(document, {runOnly: tags})", tags)
        return [
            f"{fault['id']}: {fault['help']} at {node['target']}"
            for fault in found["violations"]
            for node in fault["nodes"]
        ]

    return check
