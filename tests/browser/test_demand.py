"""Flow 11: an enterprise's demand is sent back and mended, becomes a project in a round, and a student lists it."""

import datetime
import re

import pytest

from tests.browser.looks import looks_wrong
from tests.browser.test_choosing import CHECK, SUBMIT
from tests.browser.words import like, says, zh

PROBLEM = "尾气质谱每班漂移约百分之三，呼吸商算不准；希望连续七天漂移小于百分之一；明年春天前要用上。"
TEXTS = {
    "one sentence for the list": "让尾气质谱连续七天不漂，把呼吸商算准。",
    "aims": "连续七天漂移小于1%\n给出可写进规程的校正方法",
    "tasks": "第1至2个月：查历史数据\n第3至6个月：做校正并验证",
    "confidentiality terms": "产品名与批记录不外传，期限两年。",
    "intellectual property terms": "成果归双方共有，论文发表前由企业审阅。",
}
CHOICES = {
    "field": "Fermentation",
    "chain": "Industry chain",
    "kind of engineer": "Industrial engineer",
    "housing": "Provided",
    "safety class": "General laboratory",
}
MENDED = "目前每班漂移约百分之三；请见补充的连续三十批数据。"
GROUNDS = "企业另供食宿和交通，折合每月1500元。"


class Story:
    """Everybody of the story in one size; each page they come to is looked at."""

    def __init__(self, person, size, check):
        self.title = (
            f"发酵尾气质谱的漂移校正{datetime.datetime.now():%H%M%S}"  # found by it, so nobody else's
        )
        self._person, self._size, self._check = person, size, check

    def enter(self, username):
        """One person signs in."""
        return self._person(username, self._size)

    def look(self, who, status=None):
        """The page is the wanted one and stands: no sideways scroll, nothing that axe finds."""
        assert status in (None, 200, 403, 409, 422), status
        assert looks_wrong(who.page, who.page.url, self._check) == []


@pytest.fixture(params=["phone", "desk"])
def story(request, person, accessibility_faults):
    return Story(person, request.param, accessibility_faults)


def field(who, msgid, role="textbox"):
    """A field by its label; the label may go on with “optional”."""
    return who.page.get_by_role(role, name=re.compile("^" + re.escape(zh(msgid)))).first


def test_from_a_demand_to_a_students_list(story, world, faults, request):
    faults.expect(403, 409, 422)
    under_the_floor = "phone" in request.node.name
    enterprise = story.enter("enterprise")
    demand = states_a_demand(story, enterprise)
    board = story.enter("board")
    returns_it(story, board, demand)
    mends_it(story, enterprise, demand)
    answers_it(story, board, demand)
    project = drafts_the_project(story, enterprise, demand)
    hands_in(story, enterprise, project, under_the_floor)
    approves_it(story, story.enter("graduate"), enterprise, under_the_floor)
    opens_a_round(story, world)
    lists_it(story, project)
    enterprise.go(demand)
    enterprise.sees(zh("Open for students"))
    story.look(enterprise)


def states_a_demand(story, enterprise):
    """At most four presses from the start page; what is wrong stands at its field and nothing typed is lost."""
    enterprise.presses = 0
    enterprise.press("link", re.compile(re.escape(zh("State a demand"))))
    story.look(enterprise)
    enterprise.press("link", zh("State a technology demand"))
    story.look(enterprise)
    field(enterprise, "Short title").fill(story.title)
    assert enterprise.send("button", zh("Hand in the demand")) == 422
    story.look(enterprise)
    assert field(enterprise, "Short title").input_value() == story.title
    field(enterprise, "The problem").fill(PROBLEM)
    assert enterprise.send("button", zh("Hand in the demand")) == 200
    assert enterprise.presses <= 5  # the flow's four, and the press that was refused
    enterprise.sees_heading(story.title)
    enterprise.sees(
        says(
            "%(number)s was handed in. The first answer comes within %(days)d working days, by %(due)s at the latest."
        )
    )
    story.look(enterprise)
    return enterprise.page.url


def acts(officer, title):
    """One act of the board, unfolded."""
    panel = officer.page.get_by_role("region", name=zh("What the board does"))
    act = panel.locator("details").filter(has=officer.page.locator("summary b", has_text=title))
    if act.get_attribute("open") is None:
        act.locator("summary").click()
    return act


def returns_it(story, officer, demand):
    """The board sends it back; a return without words is refused at its field."""
    officer.sees(re.compile(re.escape(story.title)))
    story.look(officer)
    officer.go(demand)
    story.look(officer)
    act = acts(officer, zh("Return"))
    assert officer.send("button", zh("Return the demand"), within=act) == 422
    story.look(officer)
    act = acts(officer, zh("Return"))
    act.get_by_role("textbox").fill("请写明现在漂移多少、数据有多少批。")
    assert officer.send("button", zh("Return the demand"), within=act) == 200
    officer.sees(zh("The demand is returned."))
    story.look(officer)


def mends_it(story, enterprise, demand):
    """The enterprise comes from its start page, reads why, and hands it in again under the same number."""
    enterprise.go("/dashboard/")
    enterprise.sees(re.compile(re.escape(story.title)))
    story.look(enterprise)
    enterprise.go(demand)
    number = re.search(r"D-\d{4}-\d+", enterprise.text()).group()
    story.look(enterprise)
    enterprise.send("link", zh("Change the demand"))
    enterprise.sees("请写明现在漂移多少、数据有多少批。")
    story.look(enterprise)
    field(enterprise, "The problem").fill(f"{PROBLEM}{MENDED}")
    assert enterprise.send("button", zh("Hand in the demand")) == 200
    assert number in enterprise.text()
    enterprise.sees(re.compile(re.escape(MENDED)))
    story.look(enterprise)


def answers_it(story, officer, demand):
    """The board takes it, then answers with a ready sentence."""
    officer.go("/boards/technology/")
    officer.sees(story.title)
    story.look(officer)
    officer.go(demand)
    assert officer.send("button", re.compile(zh("Take it for %(board)s", board=".+"))) == 200
    story.look(officer)
    act = acts(officer, zh("Answer"))
    ready = "The problem is clear and fit for a project. Please draft it: aims, places, start and months."
    act.get_by_role("radio", name=zh(ready)).check()
    assert officer.send("button", zh("Send the answer"), within=act) == 200
    officer.sees(re.compile(re.escape(zh(ready))))
    story.look(officer)


def drafts_the_project(story, enterprise, demand):
    """From the answered demand, filled with it; two presses make one project."""
    enterprise.go(demand)
    story.look(enterprise)
    assert enterprise.send("button", zh("Draft the project")) == 200
    enterprise.page.wait_for_url("**/edit/")
    edit = enterprise.page.url
    assert field(enterprise, "Short title").input_value() == story.title
    story.look(enterprise)
    enterprise.page.go_back()
    assert enterprise.send("button", zh("Draft the project")) == 200
    assert enterprise.page.url == edit
    enterprise.sees(zh("This was already submitted; nothing was recorded twice. Below is the first result."))
    return edit.removesuffix("edit/")


def hands_in(story, enterprise, project, under_the_floor):
    """All that students need, both mentors, the base; pay below the floor is a red line until it is mended."""
    enterprise.go(f"{project}edit/")
    for label, text in TEXTS.items():
        field(enterprise, label).fill(text)
    for label, option in CHOICES.items():
        field(enterprise, label, "combobox").select_option(label=zh(option))
    start = datetime.date.today() + datetime.timedelta(days=120)
    field(enterprise, "start").fill(start.isoformat())
    field(enterprise, "stipend a month (yuan)", "spinbutton").fill("1200")
    field(enterprise, "wage of the same post (yuan)", "spinbutton").fill("4500")
    for label in ("base", "industry mentor", "academic mentor"):
        field(enterprise, label, "combobox").select_option(index=1)
    enterprise.page.locator("#terms").get_by_role("checkbox", name=re.compile("^我们声明")).check()
    assert enterprise.send("button", zh("Hand in for approval")) == 422
    enterprise.sees(
        says(
            "%(stipend)s yuan a month is below %(percent)s %% of the wage of the same post (%(floor)s yuan). Raise it, or give grounds for review by the graduate school."
        )
    )
    story.look(enterprise)
    if under_the_floor:
        field(enterprise, "grounds for less").fill(GROUNDS)
    else:
        field(enterprise, "stipend a month (yuan)", "spinbutton").fill("3600")
    assert enterprise.send("button", zh("Hand in for approval")) == 200
    enterprise.sees(zh("Handed in for approval. You will get a message when it is approved or returned."))
    story.look(enterprise)
    enterprise.go(project)
    enterprise.sees(zh("Waiting for approval"))
    story.look(enterprise)


def approves_it(story, officer, enterprise, under_the_floor):
    """The second person compares it with the demand; grounds for low pay are accepted in words."""
    officer.sees(re.compile(re.escape(story.title)))
    officer.go("/projects/approvals/")
    story.look(officer)
    officer.press("link", story.title)
    officer.sees(zh("changed") if under_the_floor else zh("Decide"))
    story.look(officer)
    if under_the_floor:
        officer.sees(GROUNDS)
        assert officer.send("button", zh("Accept the grounds and approve")) == 422
        story.look(officer)
        field(officer, "Why the grounds are accepted").fill("食宿折算后与同岗位相当。")
        assert officer.send("button", zh("Accept the grounds and approve")) == 200
    else:
        assert officer.send("button", zh("Approve the project")) == 200
    officer.sees(like("Project %(number)s is approved."))
    story.look(officer)
    enterprise.go("/notifications/")
    enterprise.sees(zh("Your project is approved"))
    story.look(enterprise)


def opens_a_round(story, world):
    """Two persons open a round that closes before any other, so that students choose in it."""
    first, second = story.enter("graduate"), story.enter("graduate2")
    first.go(f"/rounds/{world.rounds['published']}/")
    first.page.get_by_text(zh("More"), exact=True).click()
    first.send("button", zh("Copy for the next year"))
    first.page.wait_for_url("**/edit/")
    opens, closes, scored = world.times_of_a_round_that_closes_first()
    field(first, "Opens (Beijing time)").fill(opens)
    field(first, "Closes (Beijing time)").fill(closes)
    field(first, "Scoring ends (Beijing time)").fill(scored)
    first.send("button", zh("Save the settings"))
    first.send("button", zh("Ask for opening"))
    first.sees(zh("Waiting for the second person"))
    second.go(re.sub(r"edit/.*$", "", first.page.url))
    assert second.send("button", zh("Agree to the opening")) == 200
    second.sees(zh("Open for lists"))
    story.look(second)


def lists_it(story, project):
    """A student finds it by a word of its title, reads it, and hands in a list with it."""
    student = story.enter("student")
    assert student.go(f"/projects/?q={story.title}") == 200
    story.look(student)
    assert student.send("link", story.title) == 200
    assert student.page.url == project
    student.sees_heading(story.title)
    assert GROUNDS not in student.text()
    story.look(student)
    student.press("button", zh("Add to my list as choice %(n)s", n=1))
    student.go("/applications/mine/")
    student.press("link", CHECK)
    student.send("button", SUBMIT)
    student.sees_heading(zh("Version %(n)s is submitted", n=1))
    student.sees(story.title)
    story.look(student)
