"""The list of projects and one project: who sees what, counts that keep their promise, constant queries."""

import re
from io import BytesIO

import pytest
from django.db import connection
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook

from placements.models import Project, RoundProject
from placements.queries import browse
from placements.queries.project import open_projects, projects_visible_to
from placements.rules import eligibility
from tests import factories

pytestmark = pytest.mark.django_db
STATES = ("drafted", "submitted", "returned", "approved", "open", "matched", "withdrawn")


def visible(user):
    return set(projects_visible_to(user).values_list("title", flat=True))


@pytest.fixture
def world():
    """One project of each state and level at one enterprise, one open at another, and everybody."""
    home = factories.make_organisation("示例甲企业")
    away = factories.make_organisation("示例乙企业")
    board = factories.make_board("technology")
    mentor = factories.make_appointment(organisation=home)
    for level in ("public", "member"):
        for state in STATES:
            factories.make_project(
                organisation=home,
                state=state,
                level=level,
                title=f"{state}-{level}",
                industry_mentor=mentor,
                board=board,
            )
    factories.make_project(organisation=away, state="drafted", title="stranger")
    return {
        "home": home,
        "mentor": mentor.user,
        "student": factories.make_student().user,
        "other_mentor": factories.make_appointment().user,
        "enterprise": factories.make_user("enterprise_admin", organisation=home),
        "other_enterprise": factories.make_user("enterprise_admin", organisation=away),
        "base_manager": factories.make_user("base_manager", organisation=home),
        "graduate_officer": factories.make_user("graduate_officer"),
        "board_officer": factories.make_user("board_officer", board=board),
        "other_board": factories.make_user("board_officer", board=factories.make_board("general")),
        "expert": factories.make_user("expert"),
        "auditor": factories.make_user("auditor"),
        "no_role": factories.make_user(),
    }


SHOWN = {f"{state}-{level}" for state in ("open", "matched") for level in ("public", "member")}
PUBLIC = {"open-public", "matched-public"}
OWN = {f"{state}-{level}" for state in STATES for level in ("public", "member")}


@pytest.mark.parametrize(
    ("who", "titles"),
    [
        ("student", SHOWN),
        ("other_mentor", SHOWN),
        ("mentor", OWN),
        ("enterprise", OWN),
        ("base_manager", OWN),
        ("other_enterprise", SHOWN | {"stranger"}),
        ("graduate_officer", OWN | {"stranger"}),
        ("board_officer", OWN),
        ("other_board", SHOWN),
        ("auditor", SHOWN),
        ("expert", PUBLIC),
        ("no_role", PUBLIC),
    ],
)
def test_who_sees_which_project(world, who, titles):
    assert visible(world[who]) == titles


def test_a_visitor_reads_public_ones_alone_and_gets_404_for_the_rest(world, client):
    for project in Project.objects.order_by("pk"):
        expected = 200 if project.title in PUBLIC else 404
        assert client.get(reverse("project", args=[project.pk])).status_code == expected, project.title
    page = client.get(reverse("projects")).content.decode()
    assert "open-public" in page and "open-member" not in page and "drafted" not in page


def test_a_visitor_sees_no_mentor_and_no_contact(client):
    user = factories.make_user("industry_mentor", name="欧阳示例", email="secret@example.invalid")
    project = factories.make_project(industry_mentor=factories.make_appointment(user=user))
    page = client.get(reverse("project", args=[project.pk])).content.decode()
    assert "欧阳示例" not in page and "secret@example" not in page
    student = factories.make_student()
    client.force_login(student.user)
    page = client.get(reverse("project", args=[project.pk])).content.decode()
    assert "欧阳示例" in page and "secret@example" not in page


def test_member_level_leaks_neither_into_counts_nor_into_the_file_nor_into_compare(client):
    factories.make_project(title="公开的", field="enzyme", level="public")
    hidden = factories.make_project(title="成员看的", field="strain", level="member")
    page = client.get(reverse("projects")).content.decode()
    assert "strain" not in page
    assert "成员看的" not in b"".join(client.get(reverse("projects"), {"format": "csv"})).decode("utf-8-sig")
    assert "成员看的" not in client.get(reverse("project_compare"), {"p": hidden.pk}).content.decode()
    assert "成员看的" not in client.get(reverse("projects"), {"q": "成员"}).content.decode()


# Counts


@pytest.fixture
def market():
    skills = [factories.make_skill(f"s{n}", name_zh=f"技能{n}") for n in range(3)]
    organisations = [factories.make_organisation() for _ in range(2)]
    bases = [factories.make_base(organisation=one, district=f"区{n}") for n, one in enumerate(organisations)]
    made = []
    for n in range(24):
        made.append(
            factories.make_project(
                organisation=organisations[n % 2],
                base=bases[n % 2],
                field=["enzyme", "strain", "quality"][n % 3],
                months=[6, 9, 12][n % 3],
                stipend=[1500, 2500, 3500, 5000][n % 4],
                talent_type=["industrial", "scientist"][n % 2],
                chain=["industry", "talent"][n // 12],
                degree=["any", "doctor"][n % 5 == 0],
                bottleneck=n % 6 == 0,
                skills=skills[: n % 4],
            )
        )
    return made


def conditions(text, eligible=False):
    return browse.Conditions.of(QueryDict(text), eligible=eligible)


def run(user, student, text, listed=frozenset()):
    return browse.search(
        open_projects(user),
        conditions(text, eligible=student is not None),
        may_list=(lambda row: eligibility.may_list(student, row)) if student else None,
        open_to=eligibility.open_to(student) if student else None,
        listed=listed,
    )


@pytest.mark.parametrize(
    "start", ["", "field=enzyme", "field=enzyme&months=6", "pay=2000", "unlisted=1", "show=all", "show=other"]
)
def test_every_count_is_what_a_tap_gives(market, start):
    student = factories.make_student(fresh_graduate=False)
    listed = frozenset({market[2].pk, market[5].pk})
    found = run(student.user, student, start, listed)
    assert found.total == found.hits.count() > 0
    chosen = conditions(start).chosen
    for facet in browse.FACETS:
        for value, count in found.counts[facet.name].items():
            if value in chosen.get(facet.name, []):
                continue
            tapped = run(student.user, student, f"{start}&{facet.name}={value}", listed)
            assert tapped.total == tapped.hits.count()
            added = tapped.total - (found.total if facet.name in chosen and not facet.each else 0)
            assert added == count, (facet.name, value)


def test_the_way_out_of_an_empty_list_gives_what_it_says(market):
    user = factories.make_user("auditor")
    text = "field=enzyme&months=9"
    found = run(user, None, text)
    assert found.total == 0 and set(found.without) == {"field", "months"}
    assert run(user, None, "months=9").total == found.without["field"]
    assert run(user, None, "field=enzyme").total == found.without["months"]


def test_the_empty_page_names_the_condition_to_drop_with_its_count(market, client):
    client.force_login(factories.make_user("auditor"))
    page = client.get(reverse("projects"), {"field": "enzyme", "months": "9"}).content.decode()
    assert page.count("看8个项目") == 1
    assert reverse("projects") + "?months=9" in page.replace("&amp;", "&")


def test_a_student_starts_with_what_may_be_listed_and_reads_why_not_the_others(market, client):
    student = factories.make_student(fresh_graduate=True)
    client.force_login(student.user)
    page = client.get(reverse("projects"))
    assert page.context["found"].total == page.context["found"].eligible < page.context["found"].all == 24
    everything = client.get(reverse("projects"), {"show": "all"})
    assert everything.context["found"].total == 24
    assert "你登记的是应届生，需要12个月" in everything.content.decode()
    mine = page.context["found"].eligible
    for answer in (page, everything):
        assert f"可申请{mine}个，全部24个" in answer.content.decode()
    others = client.get(reverse("projects"), {"show": "other"})
    assert others.context["found"].total == 24 - mine
    assert len(others.context["cards"]) == 24 - mine and not any(
        "formaction" in card for card in others.context["cards"]
    )
    assert all("text-amber" in card for card in others.context["cards"])
    assert "show=other" in page.content.decode()


def test_beyond_the_limit_counts_are_said_as_more(market, monkeypatch, client):
    monkeypatch.setattr(browse, "LIMIT", 10)
    page = client.get(reverse("projects"))
    assert page.context["total"] == "10+"
    assert not page.context["found"].complete
    assert len(page.context["cards"]) == 11 or page.context["page"].paginator.count == 11


@pytest.mark.parametrize(
    "text",
    [
        "page=999",
        "page=x",
        "field=nonsense",
        "months=abc",
        "base=99999999999999999",
        "skill=-1",
        "sort=drop",
        "pay=7",
        "q=%00",
        "district=%00",
        "field=enzyme&field=strain",
        "q=" + "长" * 500,
        "show=bad&unlisted=maybe",
        "mark=x",
    ],
)
def test_a_strange_address_is_a_page(market, client, text):
    assert client.get(f"{reverse('projects')}?{text}").status_code == 200


def test_the_order_asked_for_is_the_order_given(market, client):
    for sort, value in (
        ("pay", lambda p: -p.stipend),
        ("months", lambda p: p.months),
        ("newest", lambda p: -p.pk),
    ):
        rows = list(client.get(reverse("projects"), {"sort": sort}).context["page"])
        assert [value(row) for row in rows] == sorted(value(row) for row in rows)


def queries_for(client, url):
    with CaptureQueriesContext(
        connection,
    ) as seen:
        assert client.get(url).status_code == 200
    return len(seen)


def test_the_number_of_queries_does_not_grow_with_the_list(client):
    round_ = factories.make_round()
    student = factories.make_student()
    client.force_login(student.user)

    def more(number):
        for _ in range(number):
            project = factories.make_project(skills=[factories.make_skill()])
            factories.add_to_round(round_, project)
            client.post(reverse("choice_add", args=[project.pk]))

    more(1)
    client.get(reverse("projects"))
    pages = [
        reverse("projects"),
        reverse("projects") + "?q=溶氧&field=bioreactor",
        reverse("application"),
        reverse("application_review"),
    ]
    one = [queries_for(client, url) for url in pages]
    more(2)
    three = [queries_for(client, url) for url in pages]
    assert one == three
    for _ in range(25):
        factories.make_project(skills=[factories.make_skill()])
    assert queries_for(client, pages[0]) == one[0]


def test_the_file_holds_all_hits_and_no_formula(client):
    factories.make_project(title="=cmd|' /C calc'!A0", summary="@SUM(1)")
    for _ in range(22):
        factories.make_project()
    body = b"".join(client.get(reverse("projects"), {"format": "csv"})).decode("utf-8-sig")
    assert len(body.strip().splitlines()) == 24
    assert not re.search(r'(^|,)"?[=@+\-]', body, re.MULTILINE)
    book = load_workbook(BytesIO(b"".join(client.get(reverse("projects"), {"format": "xlsx"}))))
    assert all(cell.data_type != "f" for row in book.active.iter_rows() for cell in row)
    assert book.active.max_row == 24


def test_compare_shows_at_most_four_in_the_order_asked(client):
    made = [factories.make_project() for _ in range(5)]
    url = reverse("project_compare") + "?" + "&".join(f"p={one.pk}" for one in made) + "&p=x&p=999999"
    page = client.get(url)
    assert [column["card"]["title"] for column in page.context["columns"]] == [one.name for one in made[:4]]
    assert client.get(reverse("project_compare")).status_code == 200


def test_the_interest_is_a_band_and_never_a_number(client):
    round_ = factories.make_round()
    project = factories.make_project()
    entry = factories.add_to_round(round_, project)
    RoundProject.objects.filter(pk=entry.pk).update(interest="3-5")
    client.force_login(factories.make_student().user)
    assert "3至5张志愿表" in client.get(reverse("project", args=[project.pk])).content.decode()


def test_what_speaks_against_listing_stands_on_the_page_with_what_to_do(client):
    factories.make_round()
    project = factories.make_project(degree="doctor")
    client.force_login(factories.make_student().user)
    page = client.get(reverse("project", args=[project.pk])).content.decode()
    assert "该项目要求博士研究生，你是硕士研究生" in page
    assert "怎么办：" in page and reverse("choice_add", args=[project.pk]) not in page
