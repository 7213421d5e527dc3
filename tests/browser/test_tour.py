"""A tour through every kind of page as every kind of reader, on a phone in Chinese and at a desk in English and dark.

Pictures are kept under var/screens. A kind of page is visited once for each kind of reader who comes to it by links:
the tenth project's page is like the first's, and the second secretary sees what the first sees.
"""

import gzip
import re
import shutil

import pytest

from consortium import translations
from consortium.demo_accounts import ACCOUNTS
from placements.forms.demand import ANSWERS, QUESTIONS
from tests.browser.looks import looks_wrong
from tests.browser.words import zh
from tests.demo_world.walk import LINKS, SPARED, kind_of
from tests.settings import ROOT

SCREENS = ROOT / "var" / "screens"
STARTS = ["/", "/projects/", "/demands/", "/members/", "/rounds/", "/notices/", "/bases/", "/governance/"]
OWN_STARTS = ["/dashboard/", "/notifications/", "/me/"]
# Readers in the order of the tour, each with the group whose members see the same pages alike.
READERS = {
    "visitor": "visitor",
    "student": "student",
    "industry": "mentor",
    "enterprise": "enterprise",
    "basemanager": "base",
    "graduate": "office",
    "secretary": "council",
    "auditor": "council",
}
# Who sees nothing on a page that the visitor does not see need not look at it again.
PUBLIC = re.compile(r"^/(source|privacy|records|vehicles|platforms|governance)/")
MOST_PAGES = 60
FIRST_VIEW = 150_000  # bytes compressed, fonts included
# Every text a reader gets, what is read to him and what stands in empty fields included.
TEXTS = """() => {
  const found = [];
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    if (!walk.currentNode.parentElement.closest('[lang="zh-CN"], script, template')) found.push(walk.currentNode.textContent.trim());
  }
  for (const part of document.querySelectorAll("[aria-label], [placeholder], [title], [alt]"))
    for (const name of ["aria-label", "placeholder", "title", "alt"]) found.push(part.getAttribute(name) ?? "");
  return found;
}"""
CHINESE = re.compile("[\u4e00-\u9fff]")


@pytest.fixture(scope="module")
def seen():
    """What earlier readers of a group have visited: (group, kind of page)."""
    shutil.rmtree(SCREENS, ignore_errors=True)
    SCREENS.mkdir(parents=True)
    return set()


def pages_of(page, reader):
    """One address of each kind that this reader comes to by links, in the order of finding."""
    queue = list(STARTS if reader == "visitor" else OWN_STARTS + STARTS)
    found, kinds = [], set()
    while queue and len(found) < MOST_PAGES:
        address = queue.pop(0).replace("&amp;", "&")
        if address.startswith(SPARED) or kind_of(address) in kinds:
            continue
        kinds.add(kind_of(address))
        answer = page.request.get(address)
        if answer.status == 200 and "text/html" in answer.headers.get("content-type", ""):
            found.append(address)
            queue += LINKS.findall(answer.text())
    return found


def to_visit(found, reader, seen):
    """The pages that nobody of the reader's group has visited; a list with a filter is the same page."""
    group = READERS[reader]
    for address in found:
        kind = kind_of(address).partition("?")[0]
        owners = {(group, kind), ("visitor", kind)} if PUBLIC.match(address) else {(group, kind)}
        if not owners & seen:
            seen.add((group, kind))
            yield address


def portal_words():
    """What only the portal itself says in Chinese: every translation without holes, save what people enter too:
    names of the real world, and the ready sentences, which stand as the officer sent them."""
    named_in_data = {"天津经开区", "示例联系人", "CHO细胞灌流培养的在线溶氧控制", "发酵工程"}
    named_in_data |= {zh(str(sentence)) for sentence in (*ANSWERS.values(), *QUESTIONS.values())}
    return {
        text
        for message in translations.read()
        if message.id and CHINESE.search(text := translations.translation(message)) and "%(" not in text
    } - named_in_data


def file_name(reader, address, what):
    path = re.sub(r"[^a-z0-9]+", "-", address.partition("?")[0].lower()).strip("-") or "home"
    return SCREENS / f"{reader}-{path}-{what}.png"


def speak(page, language):
    """Change the language by the frame's own form, which a signed-in reader finds folded in a menu."""
    page.goto("/")
    with page.expect_navigation():
        page.locator(f"form.language button[value={language}]").first.evaluate("b => b.form.requestSubmit(b)")


def look(reader, addresses, phone, open_page, accessibility_faults):
    """Look at the addresses on both devices, keep pictures, and return what is wrong in lines."""
    wrong, chinese = [], portal_words()
    for address in addresses:
        phone.goto(address)
        phone.screenshot(path=file_name(reader, address, "phone"), full_page=True)
        wrong += looks_wrong(phone, f"phone {address}", accessibility_faults)

    desk = open_page("desk", color_scheme="dark", storage_state=phone.context.storage_state())
    speak(desk, "en")
    try:
        for address in addresses:
            desk.goto(address)
            desk.screenshot(path=file_name(reader, address, "desk-dark-en"), full_page=True)
            wrong += looks_wrong(desk, f"desk {address}", accessibility_faults)
            left = set(desk.evaluate(TEXTS)) & chinese
            wrong += [f"desk {address}: still Chinese: {text}" for text in sorted(left)]
    finally:
        speak(desk, "zh-hans")
    return wrong


@pytest.mark.parametrize("reader", READERS)
def test_every_kind_of_page(reader, open_page, person, seen, accessibility_faults):
    phone = open_page("phone") if reader == "visitor" else person(reader, "phone").page
    addresses = list(to_visit(pages_of(phone, reader), reader, seen))
    assert addresses
    wrong = look(reader, addresses, phone, open_page, accessibility_faults)
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("reader", [name for name in ACCOUNTS if name not in READERS])
def test_the_start_of_everybody_else(reader, open_page, person, seen, accessibility_faults):
    phone = person(reader, "phone").page
    wrong = look(reader, ["/dashboard/"], phone, open_page, accessibility_faults)
    assert not wrong, "\n".join(wrong)


def test_first_view_is_light(open_page):
    page, bodies = open_page("desk"), []
    page.on("response", lambda response: bodies.append(response))
    page.goto("/", wait_until="networkidle")
    weight = sum(len(gzip.compress(body.body())) for body in bodies)
    assert bodies
    assert weight <= FIRST_VIEW, sorted((len(gzip.compress(body.body())), body.url) for body in bodies)
