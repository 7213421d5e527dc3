"""Flow 6: a company applies by the open form, is checked, returned and mended, voted on, on notice, and becomes a member."""

import datetime
import re

import pytest

from tests.browser.looks import looks_wrong
from tests.browser.person import Person
from tests.browser.words import like, says, zh

PAPER = {"name": "示例材料.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.4 sample"}
COUNCIL = "示例产教联合体理事会"
# Five working days of notice cannot be waited for, nor the clock's five minutes: both pass in the database.
DAYS_PASS = """
from datetime import timedelta
from consortium import clock
from consortium.actions import membership_clock
from consortium.models import MembershipApplication, PublicNotice
row = MembershipApplication.objects.get(unit_name="{unit}")
PublicNotice.objects.filter(pk=row.notice_id).update(starts_at=clock.now() - timedelta(days=7), ends_at=clock.now())
membership_clock.advance()
row.refresh_from_db()
print("CODE" + row.membership.certificate.code)
"""
CODE_OF = """
from stdnum.cn import uscc
head = "91000000" + "{digits}"
print("USCC" + head + uscc.calc_check_digit(head))
"""


class Story:
    """Everybody of the story in one size; each page they come to is looked at."""

    def __init__(self, person, open_page, world, size, check):
        self.unit = f"示例验收生物{datetime.datetime.now():%H%M%S}有限公司"
        self.email = f"contact-{datetime.datetime.now():%H%M%S}@example.invalid"
        self.size, self.world = size, world
        self._person, self._open, self._check = person, open_page, check

    def enter(self, username):
        """One person of the demo signs in."""
        return self._person(username, self.size)

    def visitor(self):
        """Somebody without an account."""
        return Person(self._open(self.size), "visitor")

    def ask(self, program, mark):
        """What the database answers behind a mark."""
        return self.world._shell(program).partition(mark)[2].strip()

    def look(self, who):
        """The page stands: no sideways scroll, one heading, nothing that axe finds."""
        assert looks_wrong(who.page, who.page.url, self._check) == []


@pytest.fixture(params=["phone", "desk"])
def story(request, person, open_page, world, accessibility_faults):
    return Story(person, open_page, world, request.param, accessibility_faults)


def field(who, msgid, role="textbox"):
    """A field by its label; the label may go on with “optional”."""
    return who.page.get_by_role(role, name=re.compile("^" + re.escape(zh(msgid)))).first


def test_from_a_request_to_a_member(story, faults):
    faults.expect(403, 404, 409, 422)
    applicant = story.visitor()
    link = asks_for_the_link(story, applicant)
    writes_it(story, applicant, link)
    secretary, second, third = story.enter("secretary"), story.enter("secretary2"), story.enter("auditor")
    page = returns_it(story, secretary)
    mends_it(story, applicant)
    checks_it(story, secretary, page)
    votes_on_it(story, secretary, page)
    records_the_resolution(story, secretary, page)
    confirms_it(story, secretary, second, page)
    notice = announces_it(story, secretary, page)
    objects(story, notice)
    answers(story, second, page)
    becomes_a_member(story, secretary, applicant, page)
    third.go(page)
    story.look(third)


def asks_for_the_link(story, applicant):
    """The open form; what is missing stands at its field; the link comes by mail."""
    applicant.go("/join/")
    story.look(applicant)
    assert applicant.send("button", zh("Send me the link")) == 422
    story.look(applicant)
    field(applicant, "Council", "combobox").select_option(label=COUNCIL)
    field(applicant, "Full Chinese name of the unit").fill(story.unit)
    field(applicant, "Name of the contact").fill("示例联系人")
    field(applicant, "Mail address").fill(story.email)
    assert applicant.send("button", zh("Send me the link")) == 200
    applicant.sees_heading(zh("The link is on its way"))
    story.look(applicant)
    return newest_link(story, applicant)


def newest_link(story, applicant):
    """The link in the last mail to the applicant."""
    applicant.go(f"/demo/mailbox/?to={story.email}")
    found = re.findall(r"/join/[\w-]{20,}/", applicant.text())
    return found[0]


def writes_it(story, applicant, link):
    """One page in four blocks; the code is checked while it is typed; what is incomplete is refused and kept."""
    applicant.go(link)
    story.look(applicant)
    code = story.ask(CODE_OF.format(digits=f"{datetime.datetime.now():%d%H%M%S}0"), "USCC")
    wrong = code[:-1] + ("0" if code[-1] != "0" else "1")
    field(applicant, "Unified social credit code").press_sequentially(wrong)
    applicant.sees(
        says(
            "Character 18 of the credit code does not check: it is “%(given)s”, but from the 17 before it follows “%(expected)s”."
        )
    )
    field(applicant, "Unified social credit code").fill(code)
    applicant.sees(zh("The code checks."))
    field(applicant, "Kind", "combobox").select_option(label=zh("Enterprise"))
    assert applicant.send("button", zh("Hand in the application")) == 422
    assert field(applicant, "Unified social credit code").input_value() == code
    story.look(applicant)
    field(applicant, "What you want and what you offer").fill("希望解决发酵放大问题；可接收两名学生。")
    for name in ("licence", "letter"):
        applicant.page.locator(f"#id_{name}").set_input_files(PAPER)
    assert applicant.send("button", zh("Hand in the application")) == 200
    applicant.sees(like("Handed in as %(number)s."))
    story.look(applicant)


def returns_it(story, secretary):
    """From the start page to the check; returned with a sentence."""
    secretary.presses = 0
    secretary.go("/dashboard/")
    secretary.sees(re.compile(re.escape(story.unit)))
    story.look(secretary)
    secretary.go("/memberships/?tab=check")
    story.look(secretary)
    secretary.send("link", story.unit)
    page = secretary.page.url
    story.look(secretary)
    secretary.send("link", zh("Check the application"))
    story.look(secretary)
    assert secretary.send("button", zh("Pass the check")) == 422
    story.look(secretary)
    line = secretary.page.locator(".check-list > li").nth(3)
    line.locator("summary").click()
    line.get_by_role("textbox").fill("申请书没有盖章，请补章。")
    assert secretary.send("button", zh("Return to be mended")) == 200
    secretary.sees(zh("Returned; the applicant was told what to mend."))
    story.look(secretary)
    return page


def mends_it(story, applicant):
    """The new link shows the sentence; mended under the same number."""
    applicant.go(newest_link(story, applicant))
    applicant.sees("申请书没有盖章，请补章。")
    story.look(applicant)
    applicant.page.locator("#id_letter").set_input_files(PAPER)
    assert applicant.send("button", zh("Hand in the application")) == 200
    story.look(applicant)


def checks_it(story, secretary, page):
    """Four ticks and one press."""
    secretary.go(f"{page}check/")
    for box in secretary.page.locator(".check-list input[type=checkbox]").all():
        box.check()
    choices = secretary.page.get_by_role("radio", name=zh("It is another unit: register it anew"))
    if choices.count():
        choices.check()
    assert secretary.send("button", zh("Pass the check")) == 200
    secretary.sees(zh("Ready for the vote"))
    story.look(secretary)


def votes_on_it(story, secretary, page):
    """Put on the agenda of today's meeting."""
    secretary.go(page)
    secretary.send("link", zh("Put it to the vote"))
    story.look(secretary)
    field(secretary, "Day of the meeting, or last day").fill(datetime.date.today().isoformat())
    today = story.ask("from consortium import clock; print('DAY' + clock.today().isoformat())", "DAY")
    field(secretary, "Day of the meeting, or last day").fill(today)
    assert secretary.send("button", zh("Put it to the vote")) == 200
    story.look(secretary)


def records_the_resolution(story, secretary, page):
    """A vote without quorum cannot be recorded; the right figures can."""
    secretary.send("link", zh("Record the resolution"))
    story.look(secretary)
    figures = {
        "Number of the resolution": f"示例〔{story.unit[6:12]}〕号",
        "Entitled to vote": "26",
        "Present": "12",
        "In favour": "10",
        "Against": "1",
        "Abstentions": "1",
    }
    for label, value in figures.items():
        secretary.page.get_by_label(re.compile("^" + re.escape(zh(label)))).first.fill(value)
    secretary.page.locator("#id_minutes").set_input_files(PAPER)
    assert secretary.send("button", zh("Record the resolution")) == 422
    secretary.sees(
        says(
            "The vote did not reach its quorum: %(entitled)d entitled, %(present)d present, %(needed)d needed."
        )
    )
    story.look(secretary)
    secretary.page.locator("#id_present").fill("17")
    secretary.page.locator("#id_minutes").set_input_files(PAPER)
    assert secretary.send("button", zh("Record the resolution")) == 200
    secretary.sees(zh("Recorded. A second person confirms it."))
    story.look(secretary)


def confirms_it(story, secretary, second, page):
    """Not by whoever typed it; by another, in one press."""
    secretary.go(f"{page}resolution/confirm/")
    story.look(secretary)
    assert secretary.page.get_by_role("button", name=zh("Confirm: it agrees with the minutes")).count() == 0
    second.go(page)
    second.send("link", zh("Confirm the resolution"))
    story.look(second)
    assert second.send("button", zh("Confirm: it agrees with the minutes")) == 200
    second.sees(zh("The resolution is confirmed."))


def announces_it(story, secretary, page):
    """The notice's words are ready; it is public at once."""
    secretary.go(page)
    secretary.send("link", zh("Begin the notice"))
    story.look(secretary)
    assert secretary.send("button", zh("Begin the notice")) == 200
    story.look(secretary)
    return secretary.page.get_by_role("link", name=zh("Open the notice")).get_attribute("href")


def objects(story, notice):
    """A visitor objects; an empty form stands with its sentences."""
    visitor = story.visitor()
    visitor.go(notice)
    story.look(visitor)
    assert visitor.send("button", zh("Hand in the objection")) == 422
    story.look(visitor)
    field(visitor, "Your name").fill("示例市民")
    field(visitor, "Mail address or telephone").fill("citizen@example.invalid")
    field(visitor, "What you object to, and why").fill("该单位的执照信息与公示不一致，请核对。")
    assert visitor.send("button", zh("Hand in the objection")) == 200
    visitor.sees(zh("Your objection was received. The membership does not begin before it is answered."))
    story.look(visitor)


def answers(story, second, page):
    """By somebody who neither checked nor recorded."""
    second.go(page)
    second.send("link", re.compile("^该单位的执照信息"))
    story.look(second)
    second.page.get_by_role("radio", name=zh("The objection does not hold; the membership goes on")).check()
    field(second, "Answer").fill("已核对营业执照原件，信息一致。")
    assert second.send("button", zh("Record the answer")) == 200
    story.look(second)


def becomes_a_member(story, secretary, applicant, page):
    """By itself after the notice: certificate, check page, and the unit's welcome."""
    code = story.ask(DAYS_PASS.format(unit=story.unit), "CODE")
    secretary.go(page)
    secretary.sees_heading(story.unit)
    secretary.sees(zh("Download the certificate"))
    story.look(secretary)
    applicant.go(f"/check/{code}/")
    applicant.sees(zh("Valid"))
    story.look(applicant)
    assert applicant.go("/check/AAAA-BBBB-CCCC/") == 404
    story.look(applicant)
    applicant.go(f"/demo/mailbox/?to={story.email}")
    applicant.sees(zh("Your membership is in force"))
