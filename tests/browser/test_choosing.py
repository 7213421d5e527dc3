"""Flows 1 and 2: a student makes a list, hands it in, changes it, on one device and on two, with and without scripts."""

import hashlib
import re

from playwright.sync_api import expect

from tests.browser.words import like, says, zh

ADD = like("Add to my list: “%(title)s”")
CHECK = zh("Check and submit")
SUBMIT = like("Submit version %(next_number)s")
DOWN = like("Down: “%(title)s”")
GRIP = like("Move “%(title)s”")


def add(student, number):
    """Add the first project that is not on the list yet, and wait until the page says so."""
    student.press("button", ADD)
    expect(
        student.page.get_by_role("button", name=like("Remove “%(title)s”")).filter(visible=True)
    ).to_have_count(number)


def order(student):
    """The names of the ranked list's rows, from the buttons that move them."""
    names = [
        button.get_attribute("aria-label") for button in student.page.get_by_role("button", name=DOWN).all()
    ]
    return [DOWN.match(name).group(1) for name in names]


def moved(student, address, what):
    """Do something that the page sends to the server by itself, and wait for the server's answer."""
    with student.page.expect_response(lambda answer: answer.url.endswith(address)) as answer:
        what()
    assert answer.value.status == 204
    return answer.value


def receipt(student):
    """What the receipt shows: version heading aside, the projects' codes and the check code."""
    facts = student.page.get_by_role("term").filter(has_text=zh("Check code")).locator("+ dd")
    lists = student.page.get_by_role("list").filter(has=student.page.locator("code"))
    codes = [row.locator("code").last.inner_text() for row in lists.first.get_by_role("listitem").all()]
    return codes, facts.inner_text()


def check_code(world, username, version, codes):
    """The code anybody can make from what a receipt shows."""
    text = f"{world.rounds['open']}|{world.numbers[username]}|{version}|{','.join(codes)}"
    digest = hashlib.sha256(text.encode()).hexdigest()
    return f"{digest[:5]}-{digest[5:10]}"


def test_a_list_by_phone_then_by_two_devices(person, world, faults):
    faults.expect(409)
    phone = person("student", "phone")
    hand_in_three(phone, world)
    reorder_and_hand_in_again(phone)
    laptop = person("student", "desk")
    choose_between_two_devices(phone, laptop)


def hand_in_three(student, world):
    """Three projects, checked and handed in, in at most six presses from the list of projects."""
    student.go("/projects/")
    student.presses = 0
    for number in (1, 2, 3):
        add(student, number)
    student.press("link", CHECK)
    listed = order(student)
    assert len(listed) == 3
    student.send("button", SUBMIT)
    assert student.presses <= 6
    student.sees_heading(zh("Version %(n)s is submitted", n=1))
    codes, code = receipt(student)
    assert len(codes) == 3
    assert code == check_code(world, "student", 1, codes)


def reorder_and_hand_in_again(student):
    """One move by a button, one by the keyboard; the second receipt says what is different."""
    student.go("/applications/mine/")
    first, second, third = order(student)
    moved(student, "/move/", lambda: student.press("button", DOWN))
    assert order(student) == [second, first, third]
    grip = student.page.get_by_role("button", name=GRIP).last
    grip.focus()

    def up_by_keys():
        for key in ("Space", "ArrowUp", "ArrowUp", "Space"):
            student.page.keyboard.press(key)

    moved(student, "/move/", up_by_keys)
    assert order(student) == [third, second, first]
    said = zh("“{s}” is now number {n} of {t}").format(s=third, n=1, t=3)
    expect(student.page.get_by_text(said)).to_be_attached()
    student.go("/applications/mine/")
    assert order(student) == [third, second, first]
    student.press("link", CHECK)
    student.send("button", SUBMIT)
    student.sees_heading(zh("Version %(n)s is submitted", n=2))
    student.sees(zh("Changes against version %(n)s", n=1))
    student.sees(f"“{third}” {zh('from %(a)s to %(b)s', a=3, b=1)}")


def choose_between_two_devices(phone, laptop):
    """Both look at version 2; the phone hands in another order; the laptop is asked and overwrites nothing."""
    for device in (phone, laptop):
        device.go("/applications/mine/review/")
    before = order(laptop)
    moved(phone, "/move/", lambda: phone.press("button", DOWN))
    after = order(phone)
    phone.send("button", SUBMIT)
    phone.sees_heading(zh("Version %(n)s is submitted", n=3))
    assert laptop.send("button", SUBMIT) == 409
    laptop.sees_heading(zh("Which list shall stand?"))
    mine = laptop.page.get_by_role("heading", name=zh("On this page")).locator("..").get_by_role("listitem")
    theirs = laptop.page.get_by_role("heading", name=zh("Version %(number)s, submitted", number=3))
    theirs = theirs.locator("..").get_by_role("listitem")
    for rows, expected in ((mine, before), (theirs, after)):
        assert [row.inner_text().split("\n")[0] for row in rows.all()] == expected
    phone.go("/applications/mine/")
    assert order(phone) == after
    phone.sees(says("Version %(n)s was submitted %(at)s."))
    laptop.send("button", zh("Take this list and check it"))
    assert order(laptop) == before
    laptop.send("button", SUBMIT)
    laptop.sees_heading(zh("Version %(n)s is submitted", n=4))


def test_a_list_without_scripts(person, world):
    username = world.free[0]
    student = person(username, "desk", java_script_enabled=False)
    student.go("/projects/")
    for number in (1, 2, 3):
        assert student.send("button", ADD) == 200
        remove = student.page.get_by_role("button", name=like("Remove “%(title)s”"))
        assert remove.filter(visible=True).count() >= number
    student.send("link", CHECK)
    first, second, third = order(student)
    student.send("button", re.compile(re.escape(zh("Up: “%(title)s”", title=third))))
    assert order(student) == [first, third, second]
    student.send("button", SUBMIT)
    student.sees_heading(zh("Version %(n)s is submitted", n=1))
    codes, code = receipt(student)
    assert code == check_code(world, username, 1, codes)


def test_conditions_stay_open_on_a_phone_while_one_taps_through_them(person):
    phone = person("student", "phone")
    phone.go("/projects/")
    panel = phone.page.locator("details.filters")
    panel.locator("> summary").click()
    for number in range(3):
        row = panel.locator("section.facet").nth(2 + number).locator("a").first
        row.scroll_into_view_if_needed()
        at = panel.locator(".filters-panel").evaluate("panel => panel.scrollTop")
        address = row.get_attribute("href")
        row.click()
        phone.page.wait_for_url(f"**{address}")
        expect(panel).to_have_attribute("open", "")
        assert abs(panel.locator(".filters-panel").evaluate("panel => panel.scrollTop") - at) < 60
    panel.locator(".filters-foot a").click()
    expect(panel).not_to_have_attribute("open", "")
    expect(phone.page.locator(".chips .is-on, .chips [aria-current]").first).to_be_visible()
    phone.page.reload()
    expect(panel).not_to_have_attribute("open", "")
