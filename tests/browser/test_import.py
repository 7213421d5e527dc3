"""Flow 8: a mixed list of members is tested, decided, imported, mended and undone; the register changes in between."""

import csv
import datetime
import io
import re

import pytest

from tests.browser.looks import looks_wrong
from tests.browser.words import says, zh, zh_many
from tests.factories import make_uscc

HEADS = ["单位名称", "统一社会信用代码", "类别", "所在地", "备注"]
WORK_LIMIT = 60_000  # ms that a worker of the demo may take to find and do its work


class Desk:
    """The secretariat in one size; each page it comes to is looked at. Names and codes are nobody else's."""

    def __init__(self, person, size, check):
        self._person, self.size, self._check = person, size, check
        now = datetime.datetime.now()
        self.mark = f"{now:%H%M%S}"
        self._code = int(f"{now:%d%H%M%S}") * 10

    def enter(self, username="secretary"):
        return self._person(username, self.size)

    def look(self, who):
        assert looks_wrong(who.page, who.page.url, self._check) == []

    def name(self, word, form="有限公司"):
        return f"示例{self.mark}{word}{form}"

    def code(self, number):
        return make_uscc(self._code + number)


@pytest.fixture(params=["phone", "desk"])
def desk(request, person, accessibility_faults):
    return Desk(person, request.param, accessibility_faults)


def a_list(*rows):
    """What a file chooser takes."""
    out = io.StringIO()
    csv.writer(out).writerows([HEADS, *rows])
    return {"name": "会员名单.csv", "mimeType": "text/csv", "buffer": out.getvalue().encode("gb18030")}


def sends_up(desk, who, file):
    """Three presses from the page of imports: the kind, the file, the test; then wait for the worker."""
    who.go("/imports/")
    desk.look(who)
    assert who.send("link", zh("Import a list of member organisations")) == 200
    desk.look(who)
    who.page.locator("input[type=file]").set_input_files(file)
    who.presses += 1
    who.send("button", zh("Test the file (writes nothing)"))
    worked(who, "What this file would do")


def worked(who, heading):
    """The worker is through and the page says so by itself."""
    who.page.get_by_role("heading", name=zh(heading)).wait_for(timeout=WORK_LIMIT)


def counted(who, key):
    return int(who.page.locator(f"[data-count={key}]").inner_text())


def imports(desk, who):
    """Two presses: continue, import."""
    assert who.send("link", zh("Continue: look once more, then import")) == 200
    desk.look(who)
    with who.page.expect_navigation():
        who.page.locator("main form button.btn-primary").click()
    who.presses += 1
    worked(who, "What was written")


SETTLE = (
    "Settle %(n)s row that is perhaps the same as suggested",
    "Settle %(n)s rows that are perhaps the same as suggested",
)


def test_a_mixed_list_is_imported_mended_and_undone(desk, faults):
    """Flow 8 counts six clicks from the page of the list on; one press more says which list."""
    who = desk.enter()
    sends_up(desk, who, a_list([desk.name("渤海药业"), desk.code(1), "企业", "滨海新区", ""]))
    imports(desk, who)
    who.presses = 0
    sends_up(desk, who, mixed(desk))
    assert [counted(who, key) for key in ("new", "changed", "left")] == [2, 1, 5]
    presses = who.presses
    what_is_to_be_mended(desk, who)
    who.presses = presses  # reading, and the word of one row, are no part of the way
    who.send("button", zh_many(*SETTLE, 1))
    assert [counted(who, key) for key in ("new", "changed", "left")] == [4, 1, 3]
    desk.look(who)
    imports(desk, who)
    assert who.presses <= 7
    desk.look(who)
    assert [counted(who, key) for key in ("made", "altered", "left")] == [4, 1, 3]
    run = who.page.url
    mended(desk, who)
    undone(desk, who, run)


def mixed(desk):
    """Two good ones, one that changes, two of one code, a wrong code, one that looks alike, an unknown kind."""
    return a_list(
        [desk.name("海河药业"), desk.code(2), "企业", "=1+1", ""],
        [desk.name("大学", ""), desk.code(3), "高校", "", "备注"],
        [desk.name("渤海药业"), desk.code(1), "企业", "天津经开区", ""],
        [desk.name("甲厂"), desk.code(4), "企业", "", ""],
        [desk.name("乙厂"), desk.code(4), "企业", "", ""],
        [desk.name("丙厂"), desk.code(5)[:17], "企业", "", ""],
        ["天津" + desk.name("渤海药业", "股份有限公司"), "", "企业", "", ""],
        [desk.name("研究所", ""), desk.code(6), "科研机构", "", ""],
    )


def what_is_to_be_mended(desk, who):
    """Every row with its column, value, reason and remedy; the nearest kind is used after one press."""
    desk.look(who)
    who.sees(says("Rows %(lines)s have the same code and different names."))
    who.sees(says("The unified social credit code has %(given)d characters; it needs 18."))
    who.sees(says("Not read: %(names)s"))
    who.send("button", zh("Use “%(word)s” everywhere", word="科研院所"))
    worked(who, "What this file would do")
    assert [counted(who, key) for key in ("new", "changed", "left")] == [3, 1, 4]
    who.send("link", re.compile("^" + zh("Perhaps the same")))
    who.sees(zh("the same name but for place and legal form"))
    desk.look(who)
    who.go(who.page.url + "&show=changed" if "?" in who.page.url else who.page.url + "?show=changed")
    assert who.page.locator("ins").inner_text() == "天津经开区"
    desk.look(who)


def mended(desk, who):
    """The file of rejected rows says why; mended, it brings in what it holds and touches nothing else."""
    with who.page.expect_download() as coming:
        who.press("link", zh("CSV (UTF-8)"))
    lines = list(csv.reader(io.StringIO(coming.value.path().read_text(encoding="utf-8-sig"))))
    assert lines[0] == [*HEADS, zh("Reason")] and len(lines) == 4
    for number, line in enumerate(lines[1:], 7):
        assert line[-1]
        line[1] = desk.code(number)
    out = io.StringIO()
    csv.writer(out).writerows(lines)
    sends_up(desk, who, {"name": "改好.csv", "mimeType": "text/csv", "buffer": out.getvalue().encode()})
    assert [counted(who, key) for key in ("new", "changed", "same", "left")] == [3, 0, 0, 0]
    imports(desk, who)


def undone(desk, who, run):
    """The import is taken back; what its mended rows brought stays."""
    who.go(run)
    who.send("link", zh("Undo this import"))
    desk.look(who)
    who.send("button", zh("Undo this import"))
    worked(who, "This import was undone")
    desk.look(who)
    assert who.page.locator("[data-count=undone]").inner_text() == "5"
    who.go(f"/members/?q={desk.mark}")
    left = who.page.locator("tbody tr").count()
    assert left == 4, "the one of the first list, and the three that were mended"
    desk.look(who)


def test_what_changes_between_is_409_and_is_tested_again(desk, faults):
    faults.expect(409)
    who, other = desk.enter(), desk.enter("secretary2")
    sends_up(desk, who, a_list([desk.name("黄河药业"), desk.code(1), "企业", "滨海新区", ""]))
    imports(desk, who)
    sends_up(desk, who, a_list([desk.name("黄河药业"), desk.code(1), "企业", "武清区", ""]))
    who.send("link", zh("Continue: look once more, then import"))
    other.go(f"/members/?q={desk.mark}")
    other.send("link", desk.name("黄河药业"))
    other.send("link", zh("Edit the record"))
    other.page.get_by_label(re.compile("^" + zh("District"))).fill("河东区")
    assert other.send("button", zh("Save the record")) == 200
    assert who.send("button", re.compile(like_import())) == 409
    who.sees(zh_many(*CHANGED, 1))
    desk.look(who)
    who.send("button", zh("Test the file again"))
    worked(who, "What this file would do")
    who.go(who.page.url + "?show=changed")
    assert who.page.locator("del").inner_text() == "河东区"


CHANGED = (
    "%(n)d record was changed since the test; nothing was written.",
    "%(n)d records were changed since the test; nothing was written.",
)


def like_import():
    return "^" + re.escape(zh_many("Import %(n)s row", "Import %(n)s rows", 1)) + "$"


def test_a_file_that_is_no_workbook_is_told_at_its_field(desk, faults):
    faults.expect(422)
    who = desk.enter()
    who.go("/members/import/")
    file = {"name": "名单.xlsx", "mimeType": "application/pdf", "buffer": b"%PDF-1.7 x"}
    who.page.locator("input[type=file]").set_input_files(file)
    assert who.send("button", zh("Test the file (writes nothing)")) == 422
    who.sees(re.compile("PDF"))
    desk.look(who)
