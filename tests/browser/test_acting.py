"""One account with several roles: chosen in the head, followed by the start page, the menu and a form; kept for the next sign-in."""

import pytest

from tests.browser.looks import looks_wrong
from tests.browser.person import Person
from tests.browser.words import says, zh


@pytest.fixture(params=["phone", "desk"])
def size(request):
    return request.param


def head_of(who, size):
    """Where the role is said: under the header of a phone, beside the name on a desk."""
    place = ".acting-line" if size == "phone" else ".account-name small"
    return who.page.locator(place).inner_text()


def open_menu(who):
    """The account's menu, by the keyboard as well as by a press."""
    who.page.locator("details.account > summary").focus()
    who.page.keyboard.press("Enter")


def test_a_mentor_who_also_works_for_two_enterprises(open_page, size, accessibility_faults):
    who = Person(open_page(size), "several").sign_in()
    choose(who, zh("Academic mentor"))
    assert zh("Academic mentor") in head_of(who, size)
    who.sees(zh("In your other roles"))
    assert looks_wrong(who.page, who.page.url, accessibility_faults) == []
    open_menu(who)
    assert looks_wrong(who.page, who.page.url, accessibility_faults) == []
    menu = who.page.locator(".menu-list .acting")
    assert menu.locator("[aria-current=true]").count() == 1 and menu.get_by_role("button").count() == 2
    assert who.send("button", says("Enterprise administrator"), within=menu) == 200
    assert zh("Enterprise administrator") in head_of(who, size)
    who.sees(zh("Our demands"))
    who.go("/demands/new/?list=talent")
    assert zh("Enterprise administrator") in head_of(who, size)
    who.go("/me/")
    who.sees(zh("Acting in it"))
    assert looks_wrong(who.page, who.page.url, accessibility_faults) == []
    assert who.send("button", says("Base manager"), within=who.page.locator("#roles")) == 200
    assert zh("Base manager") in head_of(who, size)
    # The next sign-in begins as the last one ended.
    later = Person(open_page(size), "several").sign_in()  # a session of its own
    assert zh("Base manager") in head_of(later, size)


def choose(who, role):
    """Begin in this role, whatever an earlier run of the story left."""
    open_menu(who)
    button = who.page.locator(".menu-list .acting").get_by_role("button").filter(has_text=role)
    if button.count():
        with who.page.expect_navigation():
            button.click()
    else:
        who.page.keyboard.press("Enter")


def test_the_switch_works_without_script(open_page, size):
    page = open_page(size, java_script_enabled=False)
    who = Person(page, "several").sign_in()
    page.locator("details.account > summary").click()
    button = page.locator(".menu-list .acting button").first
    wanted = button.inner_text()
    with page.expect_navigation():
        button.click()
    assert wanted in head_of(who, size)
