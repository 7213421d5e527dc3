"""Pages of lists: whichever end they are read from, they are the pages of one order."""

import pytest
from django.test import RequestFactory

from consortium import lists
from consortium.models import Organisation
from tests import factories


def page(rows, number, **known):
    return lists.page_of(RequestFactory().get("/", {"page": number}), rows, per_page=3, **known)


@pytest.fixture
def eleven(db):
    return [factories.make_organisation(f"示例单位{n % 4}第{n}").pk for n in range(11)]


@pytest.mark.parametrize("order", [("pk",), ("-pk",), ("district", "-pk"), ("name_en", "pk")])
def test_all_pages_together_are_the_list_in_its_order(eleven, order):
    rows = Organisation.objects.order_by(*order)
    read = [row.pk for number in range(1, 5) for row in page(rows, number)]
    assert read == list(rows.values_list("pk", flat=True))
    assert sorted(read) == eleven


def test_the_last_page_is_read_from_the_end(eleven, django_assert_num_queries):
    rows = Organisation.objects.order_by("pk")
    with django_assert_num_queries(1) as asked:
        last = list(page(rows, 4, count=11))
    assert [row.pk for row in last] == eleven[9:]
    assert "OFFSET" not in asked.captured_queries[0]["sql"]


def test_a_page_keeps_what_was_to_be_read_with_its_rows(eleven, django_assert_num_queries):
    rows = Organisation.objects.order_by("pk").prefetch_related("roles")
    with django_assert_num_queries(2):
        assert [list(row.roles.all()) for row in page(rows, 4, count=11)] == [[], []]


def test_a_page_out_of_range_is_the_nearest_and_nonsense_the_first(eleven):
    rows = Organisation.objects.order_by("pk")
    assert page(rows, "99").number == 4
    assert page(rows, "x").number == 1


def test_a_plain_list_has_pages_too():
    assert [list(page(list(range(8)), number)) for number in (1, 2, 3)] == [[0, 1, 2], [3, 4, 5], [6, 7]]


def test_an_empty_list_has_one_page(db):
    assert list(page(Organisation.objects.order_by("pk"), 1)) == []
