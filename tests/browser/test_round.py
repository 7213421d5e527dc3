"""Flow 9: the graduate school plans a round by two persons, and takes another from scores to public notice."""

import re

from playwright.sync_api import expect

from tests.browser.words import says, zh


def test_last_years_round_is_copied_and_opened_by_two_persons(person, world, faults):
    faults.expect(403)
    first = person("graduate")
    approve_what_waits(first)
    first.go(f"/rounds/{world.rounds['published']}/")
    first.presses = 0
    first.page.get_by_text(zh("More"), exact=True).click()
    first.presses += 1
    first.send("button", zh("Copy for the next year"))
    first.page.wait_for_url("**/edit/")
    first.send("button", zh("Save the settings"))
    first.send("button", zh("Ask for opening"))
    assert first.presses <= 5
    first.sees(zh("Waiting for the second person"))
    round = re.search(r"/rounds/(\d+)/", first.page.url).group(1)
    assert not first.page.get_by_role("button", name=zh("Agree to the opening")).count()
    assert sends_instead(first, zh("Take the request back"), f"/rounds/{round}/agree/open/") == 403
    first.sees(says("Somebody else with the right to it must act: %(names)s."))

    second = person("graduate2", "phone")
    second.go(f"/rounds/{round}/")
    second.presses = 0
    assert second.send("button", zh("Agree to the opening")) == 200
    assert second.presses <= 2
    second.sees(zh("Agreed by two persons"))


def approve_what_waits(officer):
    """A round can only open with a project that waits for one."""
    officer.go("/projects/approvals/")
    officer.press("link", zh("Check the project"))
    officer.send("button", zh("Approve the project"))


def sends_instead(officer, button, address):
    """What somebody could send by hand: this button's form to an address that the page does not offer."""
    control = officer.page.get_by_role("button", name=button)
    control.evaluate("(button, address) => { button.form.action = address; }", address)
    return officer.send("button", button)


def test_a_round_from_scores_to_public_notice(person, world, faults):
    faults.expect(403, 409)
    round = world.rounds["ranking"]
    finish_scoring(person("enterprise"))
    runner, publisher = person("graduate"), person("graduate2")
    run(runner, round)
    assert runner.go(f"/rounds/{round}/notice/") == 403
    runner.sees(says("Whoever ran the round cannot publish its result."))
    publisher.go(f"/rounds/{round}/")
    publisher.press("link", zh("Start the public notice"))
    assert publisher.send("button", zh("Start the public notice")) == 200
    assert publisher.presses <= 2
    publisher.sees(zh("No objection so far."))
    assert publisher.go(f"/rounds/{round}/publish/") == 409
    publisher.sees(says("The public notice runs until %(time)s."))
    assert runner.go(f"/rounds/{round}/publish/") == 403


def finish_scoring(owner):
    """Hand in the scores of every project that is still awaited; blank is allowed."""
    owner.go("/scores/")
    waiting = owner.page.get_by_role("link", name=zh("Score applicants"))
    assert waiting.count()
    while waiting.count():
        owner.press("link", zh("Score applicants"))
        assert owner.send("button", zh("Hand in the scores")) == 200
        owner.page.wait_for_url("**/scores/")


def run(officer, round):
    """End scoring, freeze, run; the page tells by itself when the run is verified."""
    officer.go(f"/rounds/{round}/")
    officer.presses = 0
    for label in ("End scoring", "Freeze the snapshot", "Start the run"):
        assert officer.send("button", zh(label)) == 200
    assert officer.presses == 3
    stage = officer.page.get_by_role("region", name=zh("Where this stands"))
    expect(stage).to_contain_text(zh("Verified, to be put on public notice"), timeout=20_000)
    officer.sees(zh("Which choice students got"))
    assert not officer.page.get_by_role("link", name=zh("Start the public notice")).count()
