"""Flow 7 at the directory: an organisation registered, seen on a past day, merged and taken apart; members reminded."""

import datetime
import re

import pytest

from tests.browser.looks import looks_wrong
from tests.browser.words import says, zh

CODE_WITH_A_SLIP = "91110000600037341K"


class Desk:
    """The secretariat in one size; each page it comes to is looked at."""

    def __init__(self, person, size, check):
        self.size, self._person, self._check = size, person, check
        now = datetime.datetime.now()
        self.name = f"示例{now:%H%M%S}海河药业"  # found by it, so nobody else's

    def enter(self, username="secretary"):
        return self._person(username, self.size)

    def look(self, who):
        assert looks_wrong(who.page, who.page.url, self._check) == []


@pytest.fixture(params=["phone", "desk"])
def desk(request, person, accessibility_faults):
    return Desk(person, request.param, accessibility_faults)


def field(who, msgid, role="textbox"):
    """A field by its label; the label may go on with “optional”."""
    return who.page.get_by_role(role, name=re.compile("^" + re.escape(zh(msgid)))).first


def registers(desk, who, name, another=False):
    """Register an organisation; where one looks alike, say that it is another."""
    who.go("/members/new/")
    field(who, "Full Chinese name").fill(name)
    field(who, "Unified social credit code").fill("")  # a draft of the last try may stand there
    field(who, "Kind", "combobox").select_option(label=zh("Enterprise"))
    if another:
        who.sees(zh("On record already?"))  # told while typing
        desk.look(who)
        assert who.send("button", zh("Register the organisation")) == 422
        desk.look(who)
        assert field(who, "Full Chinese name").input_value() == name
        field(who, "It is another organisation than those that look alike", "checkbox").check()
    assert who.send("button", zh("Register the organisation")) == 200
    who.sees_heading(name)
    return who.page.url


def test_a_record_is_kept_merged_and_taken_apart(desk, faults):
    faults.expect(403, 404, 409, 422)
    who = desk.enter()
    wrong_code(desk, who)
    kept = registers(desk, who, f"{desk.name}有限公司")
    desk.look(who)
    gone = registers(desk, who, f"天津{desk.name}股份有限公司", another=True)
    a_contact(desk, who, gone)
    a_former_name(desk, who, kept)
    merges(desk, who, kept, gone)


def wrong_code(desk, who):
    """A wrong code is told by its character and the text stays."""
    who.go("/members/new/")
    desk.look(who)
    field(who, "Full Chinese name").fill(desk.name)
    field(who, "Kind", "combobox").select_option(label=zh("Enterprise"))
    field(who, "Unified social credit code").fill(CODE_WITH_A_SLIP)
    assert who.send("button", zh("Register the organisation")) == 422
    who.sees(re.compile("第18位.*“K”.*“L”"))
    assert field(who, "Unified social credit code").input_value() == CODE_WITH_A_SLIP
    desk.look(who)


def a_contact(desk, who, unit):
    """A contact is kept with consent, masked, and shown in full for a reason."""
    who.go(unit)
    who.send("link", zh("Record a contact"))
    desk.look(who)
    field(who, "Name").fill("示例联系人")
    field(who, "Phone").fill("13800001234")
    who.page.get_by_label(re.compile("^" + zh("Consent given on"))).fill("2026-01-05")
    field(who, "How consent was given").fill("邮件")
    assert who.send("button", zh("Record the contact")) == 200
    assert "13800001234" not in who.text()
    desk.look(who)
    who.send("link", zh("Show in full"))
    desk.look(who)
    field(who, "What you need the number for").fill("核对材料")
    assert who.send("button", zh("Show number and address")) == 200
    who.sees("13800001234")
    desk.look(who)


def a_former_name(desk, who, unit):
    """On a past day the page bears the name of that day, says so, and offers nothing to change."""
    who.go(unit)
    who.send("link", zh("Record a former name"))
    desk.look(who)
    field(who, "Former name").fill(f"{desk.name}厂")
    who.page.get_by_label(re.compile("^" + zh("Last day"))).fill("2024-02-29")
    assert who.send("button", zh("Record the former name")) == 200
    desk.look(who)
    who.page.get_by_label(zh("As of"), exact=True).fill("2023-05-01")
    who.send("button", zh("Show that day"))
    assert "as_of=2023-05-01" in who.page.url
    who.sees_heading(f"{desk.name}厂")
    who.sees(zh("As of %(day)s", day="2023年5月1日"))
    assert who.page.get_by_role("link", name=zh("Edit the record")).count() == 0
    desk.look(who)
    who.send("link", zh("Back to today"))
    who.sees_heading(f"{desk.name}有限公司")


def merges(desk, who, kept, gone):
    """Every row is shown before it moves; the old address leads on; an undo makes two of one again."""
    who.go(kept)
    who.send("link", zh("Merge with another record"))
    desk.look(who)
    other = f"天津{desk.name}股份有限公司"
    who.send("link", zh("Look at merging “%(name)s”", name=other))
    desk.look(who)
    who.page.locator("summary", has_text="联系人").click()
    who.sees("示例联系人")
    assert who.send("button", zh("Merge the two records")) == 422
    desk.look(who)
    field(who, "Why both are the same organisation").fill("同一营业执照")
    assert who.send("button", zh("Merge the two records")) == 200
    merge = who.page.url
    who.sees(zh("Can be undone until"))
    desk.look(who)
    assert who.go(gone) == 200
    assert who.page.url == kept
    who.sees("示例联系人")
    desk.look(who)
    who.go(merge)
    assert who.send("button", zh("Undo the merge")) == 200
    assert who.page.url == gone
    who.sees("示例联系人")
    desk.look(who)


def test_members_are_found_by_conditions_and_keys(desk, faults):
    who = desk.enter()
    who.go("/members/")
    desk.look(who)
    columns = who.page.locator("summary", has_text=zh("Columns"))
    columns.click()
    field(who, "Unified social credit code", "checkbox").check()
    desk.look(who)
    who.send("button", zh("Show these columns"))
    assert "cols=code" in who.page.url
    desk.look(who)
    who.page.locator("summary", has_text=zh("Kept filters")).click()
    field(who, "Keep what is shown as").fill(desk.name)
    who.send("button", zh("Keep the filter"))
    who.go("/members/")
    who.page.locator("summary", has_text=zh("Kept filters")).click()
    desk.look(who)
    who.send("link", desk.name)
    assert "cols=code" in who.page.url
    first = who.page.locator("input[name=unit]").first
    who.page.keyboard.press("j")
    who.page.keyboard.press("x")
    assert first.is_checked()
    who.sees(zh("{n} ticked").replace("{n}", "1"))
    who.page.keyboard.press("/")
    assert who.page.evaluate("document.activeElement.name") == "q"


def test_members_are_reminded_after_a_second_look(desk, faults):
    """Four presses and two; the phone takes its reminder back, so that the desk may send one on the same day."""
    faults.expect(403)
    first, second = desk.enter(), desk.enter("secretary2")
    first.go("/members/?tab=complete&q=" + "示例")
    first.presses = 0
    first.page.locator("input[name=unit]").nth(0).check()
    first.page.locator("input[name=unit]").nth(1).check()
    first.send("button", zh("Remind the ticked ones"))
    desk.look(first)
    first.send("link", zh("Credit code missing"))
    first.sees(zh("The message"))
    desk.look(first)
    assert first.send("button", zh("Put it into the outbox")) == 200
    assert first.presses <= 4
    desk.look(first)
    second.presses = 0
    second.go("/dashboard/")
    second.press("link", zh("Look the reminder over"))
    second.page.wait_for_url("**/members/reminders/**")
    desk.look(second)
    act = zh("Send the reminder") if desk.size == "desk" else zh("Take the reminder back")
    assert second.send("button", act) == 200
    assert second.presses <= 2
    second.sees(says("Sent to %(n)d person.") if desk.size == "desk" else zh("Taken back"))
    desk.look(second)
