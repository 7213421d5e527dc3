"""A person of the demo before a browser, who finds controls by their names and counts every press."""

import re

from playwright.sync_api import expect

from consortium.demo_accounts import ACCOUNTS
from tests.browser.words import zh

PASSWORD = "demo-consortium-2026"


class Person:
    """Signs in, presses, types. `presses` counts what the flows call clicks; typing and scrolling count nothing."""

    def __init__(self, page, username):
        self.page, self.username, self.presses = page, username, 0

    def sign_in(self):
        """Come to the start page: with one press where the demo offers it, else with the password."""
        if self.username in ACCOUNTS:
            self.page.goto("/demo/")
            name = zh("Sign in as %(username)s", username=self.username)
            self.page.get_by_role("button", name=name, exact=True).click()
        else:
            self.page.goto("/accounts/login/")
            self.page.locator("input[name=login]").fill(self.username)
            self.page.locator("input[type=password]").fill(PASSWORD)
            self.page.locator("input[type=password]").press("Enter")
        self.page.wait_for_url("**/dashboard/")
        return self

    def go(self, address):
        """Type an address; returns the status."""
        return self.page.goto(address).status

    def press(self, role, name, nth=0, within=None):
        """One press of a control that this person can see."""
        self._find(role, name, within).nth(nth).click()
        self.presses += 1

    def send(self, role, name, nth=0, within=None):
        """One press that loads a page; returns the answer's status."""
        control = self._find(role, name, within).nth(nth)
        with self.page.expect_navigation() as loaded:
            control.click()
        self.presses += 1
        return loaded.value.status

    def _find(self, role, name, within):
        exact = {} if isinstance(name, re.Pattern) else {"exact": True}
        return (within or self.page).get_by_role(role, name=name, **exact)

    def sees(self, text):
        """The words are on the page, and visible."""
        expect(self.page.get_by_text(text).filter(visible=True).first).to_be_visible()

    def sees_heading(self, text):
        """The page is the one with this heading."""
        expect(self.page.get_by_role("heading", level=1)).to_contain_text(text)

    def text(self):
        """All that this person can read."""
        return self.page.locator("body").inner_text()
