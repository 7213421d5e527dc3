"""A mentor from the employer's word to the letter: nominated, agreed by a mail's link, excepted by two, on notice, appointed."""

import datetime
import re

import pytest

from tests.browser.looks import looks_wrong
from tests.browser.person import Person
from tests.browser.words import says, zh

# Five working days of notice cannot be waited for: they pass in the database, and the clock's turn comes at once.
DAYS_PASS = """
from datetime import timedelta
from consortium import clock
from consortium.models import PublicNotice
from mentors.actions import appointment_clock
from mentors.models import Nomination
row = Nomination.objects.get(name="{name}")
PublicNotice.objects.filter(pk=row.notice_id).update(starts_at=clock.now() - timedelta(days=7), ends_at=clock.now())
appointment_clock.advance()
row.refresh_from_db()
print("CODE" + row.letter.code)
"""
PROOF = {"name": "示例证明.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.4 sample"}


class Story:
    """Everybody of the story in one size; each page they come to is looked at."""

    def __init__(self, person, open_page, world, size, check):
        moment = f"{datetime.datetime.now():%H%M%S}"
        self.name, self.email = f"示例验收工{moment}", f"nominee-{moment}@example.invalid"
        self.size, self.world = size, world
        self._person, self._open, self._check = person, open_page, check

    def enter(self, username):
        """One person of the demo signs in."""
        return self._person(username, self.size)

    def visitor(self):
        """Somebody without an account."""
        return Person(self._open(self.size), "visitor")

    def look(self, who):
        """The page stands: no sideways scroll, one heading, nothing that axe finds."""
        assert looks_wrong(who.page, who.page.url, self._check) == []


@pytest.fixture(params=["phone", "desk"])
def story(request, person, open_page, world, accessibility_faults):
    return Story(person, open_page, world, request.param, accessibility_faults)


def test_from_a_nomination_to_a_letter(story, faults):
    faults.expect(403, 404, 409, 422)
    employer, nominee = story.enter("enterprise"), story.visitor()
    page = nominates(story, employer)
    agrees(story, nominee)
    officer, second = story.enter("graduate"), story.enter("graduate2")
    asks_for_an_exception(story, officer, page)
    signs(story, officer, second, page)
    notice = announces(story, officer, page)
    objects(story, notice)
    answers(story, story.enter("secretary"), page)
    is_appointed(story, employer, nominee, page, notice)


def fill(who, **values):
    """Fields of the page by their names in the form."""
    for name, value in values.items():
        control = who.page.locator(f"#id_{name}")
        if control.evaluate("node => node.tagName") == "SELECT":
            control.select_option(value)
        else:
            control.fill(value)


def nominates(story, employer):
    """From the start page; what is wrong stands at its field, and the file that was chosen is kept."""
    employer.send("link", zh("Nominate a mentor"))
    story.look(employer)
    fill(
        employer,
        name=story.name,
        born="1959-01-05",
        degree="bachelor",
        title="首席技师",
        title_level="senior_technician",
        years="36",
        kind="industry_mentor",
        category="mentor_technical",
    )
    employer.page.locator("#id_proof").set_input_files(PROOF)
    assert employer.send("button", zh("Nominate and ask the person")) == 422
    employer.sees(says("“%(name)s” is kept; you need not choose it again."))
    story.look(employer)
    fill(employer, email=story.email)
    assert employer.send("button", zh("Nominate and ask the person")) == 200
    employer.sees_heading(story.name)
    story.look(employer)
    return employer.page.url


def agrees(story, nominee):
    """By the link in the mail; opening it records nothing, one press agrees."""
    nominee.go(f"/demo/mailbox/?to={story.email}")
    link = re.findall(r"/n/[\w-]{20,}/", nominee.text())[0]
    nominee.go(link)
    story.look(nominee)
    nominee.sees(zh("Do you agree?"))
    assert nominee.send("button", zh("I agree")) == 200
    nominee.sees(zh("You agreed. The office checks the nomination next."))
    story.look(nominee)


def asks_for_an_exception(story, officer, page):
    """The check shows rule, value and limit; without a reason there is no exception."""
    officer.go(page)
    assert officer.send("link", zh("Check the nomination")) == 200
    story.look(officer)
    officer.sees(says("at most %(limit)d, by an exception %(utmost)d"))
    assert officer.page.get_by_role("button", name=zh("Pass the check")).count() == 0
    officer.send("link", zh("Ask for an exception"))
    assert officer.send("button", zh("Ask for the exception")) == 422
    story.look(officer)
    fill(officer, reason="急需领域的首席技师，企业无可替代人选。")
    assert officer.send("button", zh("Ask for the exception")) == 200
    story.look(officer)


def signs(story, officer, second, page):
    """Not by whoever asked for it; by another, in one press."""
    officer.go(f"{page}sign/")
    story.look(officer)
    assert officer.page.get_by_role("button", name=zh("Sign the exception")).count() == 0
    second.go(page)
    second.send("link", zh("Look at the exception"))
    story.look(second)
    assert second.send("button", zh("Sign the exception")) == 200
    second.sees(zh("You signed the exception."))
    story.look(second)


def announces(story, officer, page):
    """The notice's words are ready and name nobody; the page shows the name beside them."""
    officer.go(page)
    officer.send("link", zh("Begin the notice"))
    story.look(officer)
    assert officer.send("button", zh("Begin the notice")) == 200
    return officer.page.get_by_role("link", name=zh("Open the notice")).get_attribute("href")


def objects(story, notice):
    """A visitor reads the name and objects."""
    visitor = story.visitor()
    visitor.go(notice)
    visitor.sees(story.name)
    story.look(visitor)
    fill(visitor, name="示例市民", contact="citizen@example.invalid", text="该人选的在岗情况有误，请核对。")
    assert visitor.send("button", zh("Hand in the objection")) == 200
    visitor.sees(zh("Your objection was received. The appointment does not begin before it is answered."))
    story.look(visitor)


def answers(story, secretary, page):
    """By somebody who neither checked nor signed."""
    secretary.go(page)
    secretary.send("link", re.compile("^该人选的在岗情况"))
    story.look(secretary)
    secretary.page.get_by_role(
        "radio", name=zh("The objection does not hold; the appointment goes on")
    ).check()
    fill(secretary, answer="已向单位核实，该人选在岗。")
    assert secretary.send("button", zh("Record the answer")) == 200
    story.look(secretary)


def is_appointed(story, employer, nominee, page, notice):
    """By itself after the notice: letter, check page, invitation; the notice shows no name any more."""
    code = story.world._shell(DAYS_PASS.format(name=story.name)).partition("CODE")[2].strip()
    employer.go(page)
    story.look(employer)
    employer.send("link", zh("Open the appointment"))
    employer.sees_heading(story.name)
    story.look(employer)
    nominee.go(f"/check/{code}/")
    nominee.sees(zh("The letter is genuine and the appointment is in force."))
    story.look(nominee)
    nominee.go(notice)
    assert story.name not in nominee.text()
    story.look(nominee)
    nominee.go(f"/demo/mailbox/?to={story.email}")
    nominee.sees(zh("Invitation to the consortium portal"))
