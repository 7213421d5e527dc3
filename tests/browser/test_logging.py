"""Flows 4 and 5: guidance logged on a phone and confirmed, from the home page and from the mail; a joint meeting; an amendment."""

import datetime
import re
import time

import pytest

from tests.browser.looks import looks_wrong
from tests.browser.person import Person
from tests.browser.words import says, zh

TEXT = "第七批罐上数据一起看过，溶氧拐点比上批提前，下周改补料起点再跑一批。"
DIFFERS = "那天是线上谈的，大约三十分钟。"
SIGN = zh("Sign")
NOTE = "进度比计划慢一周。"


class Story:
    """Everybody of the story in one size; each page they come to is looked at."""

    def __init__(self, person, size, check):
        self._person, self._size, self._check = person, size, check
        self.text = f"{TEXT}{datetime.datetime.now():%H%M%S%f}"  # found by it, so nobody else's

    def enter(self, username):
        """One person signs in."""
        return self._person(username, self._size)

    def look(self, who, status=200):
        """No sideways scroll, nothing that axe finds."""
        assert status in (200, 409, 410, 422), status
        assert not looks_wrong(who.page, who.page.url, self._check)


@pytest.fixture(params=["phone", "desk"])
def story(request, person, accessibility_faults):
    return Story(person, request.param, accessibility_faults)


def tile(who, msgid, context=None, **params):
    """One press of a tile."""
    who.page.get_by_text(zh(msgid, context, **params), exact=True).first.click()
    who.presses += 1


def text_of(who):
    return who.page.get_by_role("textbox", name=re.compile("^" + re.escape(zh("What was done"))))


def test_a_log_from_the_home_page_to_the_students_confirmation(story, world, faults):
    faults.expect(409, 422)
    mentor = story.enter("industry")
    student = world.names["student"]
    story.look(mentor)
    form = open_the_form(story, mentor, student)
    loses_nothing(story, mentor, form)
    signs_in_four_presses(story, mentor, student)
    twice_is_once(story, mentor, form)
    confirms_in_two(story, story.enter("student"))
    mentor.page.reload()
    mentor.sees(zh("Confirmed", "supervision log"))


def open_the_form(story, mentor, student):
    """From the home page by the name of the student, or from the list of my students."""
    mentor.go("/mentorships/")
    story.look(mentor)
    mentor.go("/dashboard/")
    link = mentor.page.get_by_role("link", name=zh("My students"), exact=True).first
    link.click()
    mentor.presses = 1
    mentor.press("link", zh("Record guidance of %(name)s", name=student))
    mentor.sees_heading(zh("Record guidance"))
    story.look(mentor)
    return mentor.page.url


def loses_nothing(story, mentor, form):
    """What is wrong stands at its field; a reload and a lost network lose no word."""
    presses = mentor.presses
    text_of(mentor).fill(story.text)
    note = mentor.page.locator("details", has_text=zh("Note between the mentors"))
    if note.get_attribute("open") is None:  # it stands open where a draft has one
        note.locator("summary").click()
    mentor.page.get_by_role("textbox", name=re.compile(zh("Note between the mentors"))).fill(NOTE)
    mentor.page.wait_for_timeout(700)
    mentor.page.reload()
    assert text_of(mentor).input_value() == story.text
    tile(mentor, "Other")
    mentor.page.get_by_role("spinbutton", name=re.compile(zh("Minutes", "length"))).fill("2000")
    assert mentor.send("button", SIGN) == 422
    story.look(mentor, 422)
    assert text_of(mentor).input_value() == story.text
    mentor.page.context.set_offline(True)
    text_of(mentor).fill(story.text + "另补两批。")
    mentor.page.wait_for_timeout(700)
    mentor.page.context.set_offline(False)
    mentor.go(form)
    assert text_of(mentor).input_value().endswith("另补两批。")
    mentor.presses = presses


def signs_in_four_presses(story, mentor, student):
    """Kind, minutes, sign: with the way to the form at most the flow's four and one for the list."""
    started = time.monotonic()
    text_of(mentor).fill(story.text)
    tile(mentor, "Video call")
    tile(mentor, "%(n)d min", n=60)
    again = mentor.page.get_by_role("checkbox", name=zh("This is another meeting of the same day"))
    status = mentor.send("button", SIGN)
    if status == 409:  # the demo's mentor has logged this very day already
        story.look(mentor, 409)
        again.check()
        status = mentor.send("button", SIGN)
        mentor.presses -= 1
    assert status == 200
    assert mentor.presses <= 5 and time.monotonic() - started < 60
    mentor.sees(says("Signed. It waits for %(name)s to confirm."))
    mentor.sees(NOTE)
    story.look(mentor)


def twice_is_once(story, mentor, form):
    """Back and pressed again: the same log."""
    log = mentor.page.url
    mentor.page.go_back()
    if mentor.page.url == form and text_of(mentor).input_value():
        tile(mentor, "Video call")
        tile(mentor, "%(n)d min", n=60)
        assert mentor.send("button", SIGN) in (200, 409)
    mentor.go(log)
    mentor.sees(story.text)


def confirms_in_two(story, student):
    """Home, the log, Confirm."""
    row = student.page.get_by_role("listitem").filter(has_text=zh("Is it as you remember it?")).last
    story.look(student)
    student.presses = 0
    student.send("link", zh("Confirm"), within=row)
    student.sees(story.text)
    assert NOTE not in student.text()
    story.look(student)
    assert student.send("button", zh("Confirm")) == 200
    assert student.presses == 2
    student.sees(zh("Confirmed", "supervision log"))
    story.look(student)


def test_from_the_mail_without_a_sign_in(story, world, faults, open_page, request):
    faults.expect(403, 409, 410, 422)
    size = "phone" if "phone" in request.node.name else "desk"
    link = world.ask_for_a_log()
    visitor = Person(open_page(size), "nobody")
    assert visitor.go(link) == 200
    visitor.sees_heading(zh("Record guidance"))
    story.look(visitor)
    other = story.enter("academic")
    assert other.go(link) == 403
    other.sees(says("This link belongs to another mentor."))
    text_of(visitor).fill(story.text)
    tile(visitor, "On site")
    tile(visitor, "%(n)d min", n=30)
    assert visitor.send("button", SIGN) == 200
    assert visitor.presses == 3  # and the press of the link itself
    visitor.sees(zh("Signed; this link has done its work."))
    story.look(visitor)
    assert visitor.go(link) == 200
    visitor.sees(story.text)


def test_a_joint_meeting_is_signed_by_both_and_amended(story, world, faults):
    faults.expect(409, 422)
    academic, industry = story.enter("academic"), story.enter("industry")
    log = meets(story, academic, world.names["student"])
    does_not_sign(story, industry, log)
    amends(story, academic)
    industry.go(academic.page.url)
    assert industry.send("button", zh("Sign too")) == 200
    industry.sees(zh("Signed by both mentors"))
    story.look(industry)


def meets(story, academic, student):
    """Tick the student, write one text and a line, sign."""
    academic.go("/mentorships/")
    academic.page.get_by_role("checkbox", name=student).check()
    academic.presses = 1
    academic.send("button", zh("Joint meeting with those chosen"))
    academic.sees_heading(zh("Record a joint meeting"))
    story.look(academic)
    assert academic.page.get_by_role("checkbox", name=re.compile(student)).is_checked()
    text_of(academic).fill(story.text)
    tile(academic, "%(n)d min", n=90)
    button = zh("Sign and ask the other mentors to sign")
    status = academic.send("button", button)
    if status == 409:  # this mentor has met the student today already, on the other size
        story.look(academic, 409)
        academic.page.get_by_role("checkbox", name=zh("This is another meeting of the same day")).check()
        status = academic.send("button", button)
        academic.presses -= 1
    assert status == 200 and academic.presses <= 6
    academic.sees(zh("To be signed by the other mentor"))
    story.look(academic)
    return academic.page.url


def does_not_sign(story, industry, log):
    """The other mentor says why not; without words it is refused at its field."""
    industry.go(log)
    industry.page.get_by_text(zh("I do not sign this"), exact=True).click()
    assert industry.send("button", zh("Send why I do not sign")) == 422
    story.look(industry, 422)
    industry.page.get_by_role("textbox", name=re.compile(zh("Why you do not sign"))).fill("时间应为一小时")
    assert industry.send("button", zh("Send why I do not sign")) == 200
    industry.sees(zh("Not signed by the other mentor"))


def amends(story, academic):
    """Both texts are shown with the words that differ."""
    academic.page.reload()
    academic.presses = 0
    academic.send("link", zh("Made a mistake? Amend it"))
    story.look(academic)
    text_of(academic).fill(story.text.replace("提前", "推迟"))
    academic.page.get_by_role("textbox", name=re.compile(zh("Why it is amended"))).fill("方向写反")
    assert academic.send("button", zh("Sign the amendment")) == 200
    assert academic.presses <= 3
    assert academic.page.locator("ins").inner_text() and academic.page.locator("del").inner_text()
    story.look(academic)


def test_the_office_sees_everybody_and_decides_on_a_late_day(story, faults):
    faults.expect(409, 422)
    office = story.enter("graduate")
    office.go("/supervision/")
    story.look(office)
    office.go("/supervision/?view=list&only=before")
    story.look(office)
    office.go("/mentorships/")
    story.look(office)
