"""An agreement as a whole story: drawn up, offered, sent back, offered anew, signed by one here and by one on paper."""

import datetime
import hashlib
import re

import pytest

from tests.browser.looks import looks_wrong
from tests.browser.words import like, says, zh

UNITS = """
from consortium.models import Organisation, RoleGrant
firm = RoleGrant.objects.get(user__username="enterprise", role="enterprise_admin", ended_at=None).organisation
university = Organisation.objects.filter(kind="university", is_sample=True).order_by("pk").first()
print("UNITS" + firm.name_zh + "|" + university.name_zh)
"""


def file(words):
    return {"name": "示例协议.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.4 " + words.encode()}


class Story:
    """The people of the story in one size; each page they come to is looked at."""

    def __init__(self, person, world, size, check):
        self.number = f"示例协{datetime.datetime.now():%H%M%S}{size[0]}"
        self.size, self._person, self._check = size, person, check
        self.firm, self.university = world._shell(UNITS).partition("UNITS")[2].strip().split("|")

    def enter(self, username):
        return self._person(username, self.size)

    def look(self, who):
        """No sideways scroll, one heading, nothing that axe finds."""
        assert looks_wrong(who.page, who.page.url, self._check) == []


@pytest.fixture(params=["phone", "desk"])
def story(request, person, world, accessibility_faults):
    return Story(person, world, request.param, accessibility_faults)


def field(who, msgid, role="textbox"):
    """A field by its label; the label may go on with “optional”."""
    return who.page.get_by_role(role, name=re.compile("^" + re.escape(zh(msgid)))).first


def test_from_a_draft_to_an_agreement_in_force(story, faults):
    faults.expect(403, 404, 409, 422)
    office, boss = story.enter("graduate"), story.enter("enterprise")
    page = draws_it_up(story, office)
    assert boss.go(page) == 404, "a draft is the office's"
    adds_a_text(story, office, page, "第一版")
    offers_it(story, office, page)
    sends_it_back(story, boss, page)
    adds_a_text(story, office, page, "第二版")
    offers_it(story, office, page)
    signs_it(story, boss, page)
    the_university_signed_on_paper(story, office, page)
    all_read_it(story, office, boss, page)


def draws_it_up(story, office):
    """From the list; what is missing stands at its field, what was typed stays."""
    office.go("/agreements/")
    story.look(office)
    office.send("link", zh("Draw up an agreement"))
    story.look(office)
    office.page.locator("#id_number").fill(story.number)
    assert office.send("button", zh("Begin the draft")) == 422
    assert office.page.locator("#id_number").input_value() == story.number
    story.look(office)
    office.page.locator("#id_title").fill("示例验收协议")
    office.page.locator("#id_kind").select_option("training")
    office.page.locator("#id_subject").fill("示例：共同培养。")
    office.page.locator("#id_since").fill(str(datetime.date.today()))
    office.page.locator("#id_until").fill(str(datetime.date.today() + datetime.timedelta(days=60)))
    office.page.locator("#id_party_1").fill(story.firm)
    office.page.locator("#id_party_2").fill(story.university)
    assert office.send("button", zh("Begin the draft")) == 200
    office.sees_heading("示例验收协议")
    story.look(office)
    return office.page.url


def adds_a_text(story, office, page, words):
    office.go(f"{page}texts/new/")
    story.look(office)
    office.page.locator("#id_file").set_input_files(file(story.number + words))
    assert office.send("button", zh("Add the text")) == 200
    story.look(office)


def offers_it(story, office, page):
    office.go(page)
    office.send("link", zh("Offer the text for signing"))
    story.look(office)
    assert office.send("button", zh("Offer the text")) == 200
    office.sees(zh("The text is offered; the first party was told."))
    story.look(office)


def sends_it_back(story, boss, page):
    """From the start page; without words it does not go."""
    boss.go("/dashboard/")
    boss.sees(re.compile(re.escape(story.number)))
    boss.go(page)
    story.look(boss)
    boss.send("link", zh("Send the text back"))
    story.look(boss)
    assert boss.send("button", zh("Send the text back")) == 422
    boss.page.locator("#id_wish").fill("第3条请改为两年。")
    assert boss.send("button", zh("Send the text back")) == 200
    story.look(boss)


def signs_it(story, boss, page):
    """Unread is unsigned; one tick and one press."""
    boss.go(page)
    boss.send("link", zh("Read and sign the agreement"), nth=0)
    story.look(boss)
    assert boss.send("button", zh("Sign the text")) == 422
    story.look(boss)
    boss.page.locator("#id_read").check()
    assert boss.send("button", zh("Sign the text")) == 200
    boss.sees(zh("Your signature is recorded."))
    story.look(boss)


def the_university_signed_on_paper(story, office, page):
    office.go(page)
    office.send("link", like("%(unit)s signed on paper"))
    story.look(office)
    office.page.locator("#id_signer").fill("示例校长")
    office.page.locator("#id_signed_on").fill(str(datetime.date.today()))
    office.page.locator("#id_evidence").set_input_files(file("扫描"))
    assert office.send("button", zh("Record the signature")) == 200
    office.sees(zh("signed by all"))
    story.look(office)


def all_read_it(story, office, boss, page):
    """The list of what ends soon, the page of the unit, and the check by the file's hash."""
    office.go("/agreements/?tab=expiring")
    office.sees("示例验收协议")
    story.look(office)
    boss.go(page)
    story.look(boss)
    digest = hashlib.sha256(file(story.number + "第二版")["buffer"]).hexdigest()
    boss.go(f"/agreements/check/?sha256={digest}")
    boss.sees(says("This is text %(n)s of agreement %(number)s."))
    story.look(boss)
