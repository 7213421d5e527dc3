"""Who reads which demand: as the role table says, in lists, counts, search and similar ones alike."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.urls import reverse

from placements.actions.demand import move_demand
from placements.queries import demand as queries
from tests.factories import make_appointment, make_student, make_user
from tests.placements.owner_kit import House

pytestmark = pytest.mark.django_db
SECRET = "只有板块能看的双抗纯化难题"


@pytest.fixture
def house():
    return House()


@pytest.fixture
def demands(house):
    """One of each level of one enterprise at the technology board, and a draft."""
    made = {level: house.demand(level=level, title=f"示例{level}级需求") for level in ("public", "member")}
    made["board"] = house.demand(level="board", title=SECRET)
    made["draft"] = house.draft(level="public", title="没有交的草稿")
    return made


READERS = {
    "visitor": {"public"},
    "student": {"public"},
    "academic_mentor": {"public", "member"},
    "industry_mentor": {"public", "member"},
    "other_enterprise": {"public", "member"},
    "own_admin": {"public", "member", "board", "draft"},
    "own_manager": {"public", "member", "board", "draft"},
    "board_officer": {"public", "member", "board"},
    "other_officer": {"public"},
    "graduate_officer": {"public", "member", "board"},
    "secretary": {"public", "member", "board", "draft"},
    "council_director": {"public", "member"},
    "expert": {"public"},
    "auditor": {"public", "member", "board"},
    "data_protection_officer": {"public"},
    "system_admin": {"public"},
}


def _person(name, house):
    special = {
        "visitor": AnonymousUser,
        "student": lambda: make_student().user,
        "academic_mentor": lambda: make_appointment(kind="academic_mentor").user,
        "industry_mentor": lambda: make_appointment().user,
        "other_enterprise": lambda: house.other,
        "own_admin": lambda: house.admin,
        "own_manager": lambda: house.manager,
        "board_officer": lambda: house.officer,
        "other_officer": lambda: house.other_officer,
    }
    return special[name]() if name in special else make_user(name)


@pytest.mark.parametrize("name", READERS)
def test_each_role_reads_what_the_table_says(name, house, demands):
    seen = set(queries.demands_visible_to(_person(name, house)).values_list("pk", flat=True))
    assert seen == {demands[key].pk for key in READERS[name]}


@pytest.mark.parametrize("name", [name for name in READERS if "board" not in READERS[name]])
def test_a_board_only_demand_is_nowhere_for_others(name, house, demands, client):
    person = _person(name, house)
    if person.is_authenticated:
        client.force_login(person)
    assert client.get(demands["board"].get_absolute_url()).status_code == 404
    for query in (
        "",
        "?q=双抗",
        f"?q={demands['board'].number}",
        "?board=technology",
        "?state=waiting",
        "?page=2",
    ):
        page = client.get(reverse("demands") + query)
        assert SECRET not in page.content.decode()
        facets = {
            option["label"]: option["count"]
            for group in page.context["facets"]
            for option in group["options"]
        }
        assert max(facets.values()) <= len(READERS[name])


def test_similar_demands_show_only_what_the_writer_may_see(house, demands, client):
    client.force_login(house.other)
    page = client.post(reverse("demand_similar"), {"title": SECRET, "text": SECRET}).content.decode()
    assert SECRET not in page and demands["board"].number not in page
    client.force_login(house.admin)
    assert (
        SECRET in client.post(reverse("demand_similar"), {"title": SECRET, "text": SECRET}).content.decode()
    )


def test_a_demand_given_to_another_board_leaves_the_first(house, demands):
    row = demands["board"]
    move_demand(demand=row, board=house.boards["integration"], by=house.officer, reason="更适合培养")
    assert not queries.demands_visible_to(house.officer).filter(pk=row.pk).exists()
    assert queries.demands_visible_to(house.other_officer).filter(pk=row.pk).exists()


def test_what_was_said_inside_is_not_for_the_public(house, demands, client):
    from placements.actions.demand import answer_demand

    answer_demand(demand=demands["public"], by=house.officer, text="内部的答复文字")
    address = demands["public"].get_absolute_url()
    assert "内部的答复文字" not in client.get(address).content.decode()
    client.force_login(house.other)
    assert "内部的答复文字" not in client.get(address).content.decode()
    client.force_login(house.admin)
    assert "内部的答复文字" in client.get(address).content.decode()


def test_a_list_asks_as_often_for_one_as_for_three(house, client, django_assert_num_queries):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    house.demand(level="public")
    with CaptureQueriesContext(connection) as one:
        client.get(reverse("demands"))
    house.demand(level="public")
    house.demand(level="public")
    with django_assert_num_queries(len(one)):
        client.get(reverse("demands"))


def test_a_queue_asks_as_often_for_one_as_for_three(house, client, django_assert_num_queries):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client.force_login(house.officer)
    address = reverse("board_queue", args=["technology"])
    house.demand()
    client.get(address)
    with CaptureQueriesContext(connection) as one:
        client.get(address)
    house.demand()
    house.demand()
    with django_assert_num_queries(len(one)):
        client.get(address)


def test_a_queue_is_for_its_own_board(house, client):
    client.force_login(house.other_officer)
    assert client.get(reverse("board_queue", args=["technology"])).status_code == 404
    client.force_login(house.secretary)
    assert client.get(reverse("board_queue", args=["technology"])).status_code == 200
    client.force_login(house.admin)
    assert client.get(reverse("board_queue", args=["technology"])).status_code == 403


def test_the_page_of_an_organisation_shows_only_what_the_reader_may_see(house, demands, client):
    address = house.organisation.get_absolute_url()
    page = client.get(address).content.decode()
    assert demands["public"].title in page
    assert SECRET not in page and demands["member"].title not in page
    client.force_login(house.admin)
    page = client.get(address).content.decode()
    assert SECRET in page and demands["draft"].title not in page
