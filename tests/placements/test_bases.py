"""Bases: accredited for a time, public while it holds."""

from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from consortium import clock
from consortium.refusals import Forbidden, Invalid, Refused
from placements.actions.base import edit_base, record_accreditation, record_base
from placements.models import Base, BaseAccreditation
from placements.queries.base import bases_visible_to, valid_bases
from placements.rules.base import standing
from tests.factories import make_base, make_membership, make_organisation, make_user

pytestmark = pytest.mark.django_db


def base(**given):
    return record_base(
        **{
            "by": make_user("graduate_officer"),
            "name": "示例基地",
            "organisation": make_organisation(),
            "district": "西青区",
            "kind": "training_base",
            "places_per_year": 8,
        }
        | given
    )


def accredited(found, start, end=None, **given):
    return record_accreditation(
        by=make_user("secretary"),
        base=found,
        number=given.pop("number", "认1"),
        valid_from=start,
        valid_to=end,
        **given,
    )


def test_new_base_is_not_valid_before_an_accreditation():
    found = base()
    assert not valid_bases(clock.today()).exists()
    accredited(found, clock.today())
    assert valid_bases(clock.today()).get() == found


def test_both_days_of_the_validity_count():
    found = base()
    accredited(found, date(2026, 1, 1), date(2026, 12, 31))
    for day, holds in (
        (date(2025, 12, 31), False),
        (date(2026, 1, 1), True),
        (date(2026, 12, 31), True),
        (date(2027, 1, 1), False),
    ):
        assert valid_bases(day).exists() is holds


def test_usual_term_is_that_of_policy():
    row = accredited(base(), date(2026, 3, 1))
    assert row.valid_to == date(2029, 2, 28)


@pytest.mark.parametrize("days, word", [(400, "valid"), (90, "expiring"), (0, "expiring"), (-1, "expired")])
def test_standing_by_days_left(days, word):
    assert standing(make_base(days=days), clock.today()) == word


def test_number_twice_is_refused_with_a_link():
    first = base()
    accredited(first, date(2026, 1, 1), number="认9")
    other = base(name="另一基地")
    with pytest.raises(Invalid) as refused:
        accredited(other, date(2026, 1, 1), number="认9")
    assert refused.value.url == first.get_absolute_url()


def test_accreditation_inside_another_is_refused():
    found = base()
    accredited(found, date(2026, 1, 1), date(2028, 12, 31))
    with pytest.raises(Refused):
        accredited(found, date(2026, 2, 1), date(2027, 1, 1), number="认2")


@pytest.mark.parametrize("places", [0, 501, -5])
def test_places_have_bounds(places):
    with pytest.raises(Invalid) as refused:
        base(places_per_year=places)
    assert refused.value.field == "places_per_year"


def test_name_twice_is_refused():
    first = base()
    with pytest.raises(Invalid) as refused:
        base()
    assert refused.value.url == first.get_absolute_url()


def test_lapsed_member_gets_no_new_base():
    with pytest.raises(Refused):
        base(organisation=make_membership(state="ended").organisation)


@pytest.mark.parametrize("role", ["student", "industry_mentor", "auditor", "council_director"])
def test_others_do_not_record(role):
    with pytest.raises(Forbidden):
        base(by=make_user(role))
    with pytest.raises(Forbidden):
        edit_base(base=make_base(), by=make_user(role), name="改名")


def test_visitor_sees_valid_ones_and_the_office_all(client):
    valid, expired = make_base(), make_base(days=-1)
    assert set(bases_visible_to(make_user("student"))) == {valid}
    assert expired.name not in client.get(reverse("bases")).content.decode()
    assert client.get(expired.get_absolute_url()).status_code == 404
    assert client.get(valid.get_absolute_url()).status_code == 200
    client.force_login(make_user("secretary"))
    assert expired.name in client.get(reverse("bases"), {"tab": "expired"}).content.decode()


def test_own_people_see_their_expired_base_and_not_a_strangers(client):
    mine, strange = make_base(days=-1), make_base(days=-1)
    client.force_login(make_user("base_manager", organisation=mine.organisation))
    assert client.get(mine.get_absolute_url()).status_code == 200
    assert client.get(strange.get_absolute_url()).status_code == 404


def test_paper_of_an_accreditation_is_the_offices(client):
    found = base()
    client.force_login(make_user("secretary"))
    data = {
        "number": "认5",
        "valid_from": "2026-01-01",
        "valid_to": "2030-01-01",
        "form_key": "k",
        "document": SimpleUploadedFile("认定.pdf", b"%PDF-1.7 x"),
    }
    url = reverse("accreditation_new", args=[found.pk])
    assert client.post(url, data).status_code == 302
    data["document"].seek(0)
    assert client.post(url, data).status_code == 302
    paper = reverse("file", args=[BaseAccreditation.objects.get().document_id])
    client.force_login(make_user("graduate_officer"))
    assert client.get(paper).status_code == 200
    client.logout()
    assert client.get(paper).status_code in (302, 404)
    client.force_login(make_user("student"))
    assert client.get(paper).status_code == 404
    assert paper not in client.get(found.get_absolute_url()).content.decode()


def form(**given):
    return {
        "name": "示例新基地",
        "organisation": "示例药业",
        "district": "西青区",
        "kind": "training_base",
        "places_per_year": "8",
        "form_key": "k",
    } | given


def test_two_presses_record_one_base(client):
    make_organisation("示例药业")
    client.force_login(make_user("graduate_officer"))
    answers = [client.post(reverse("base_new"), form()) for _press in range(2)]
    assert [answer.status_code for answer in answers] == [302, 302]
    assert Base.objects.count() == 1


@pytest.mark.parametrize(
    "bad",
    [
        {"name": ""},
        {"name": "n\x00"},
        {"organisation": "没有"},
        {"district": "长" * 41},
        {"kind": "castle"},
        {"places_per_year": "501"},
        {"places_per_year": "8.5"},
        {"places_per_year": ""},
    ],
)
def test_bad_input_is_told_at_its_field(client, bad):
    make_organisation("示例药业")
    client.force_login(make_user("graduate_officer"))
    page = client.post(reverse("base_new"), form(**bad))
    assert page.status_code == 422
    assert set(page.context["form"].errors) == set(bad)


@pytest.mark.parametrize(
    "bad", [{"number": ""}, {"valid_from": "x"}, {"valid_to": "2020-01-01"}, {"valid_to": "9999-12-31"}]
)
def test_bad_accreditation_is_told_at_its_field(client, bad):
    client.force_login(make_user("graduate_officer"))
    data = {"number": "认7", "valid_from": "2026-01-01", "valid_to": "", "form_key": "k"} | bad
    page = client.post(reverse("accreditation_new", args=[base().pk]), data)
    assert page.status_code == 422
    assert set(page.context["form"].errors) == set(bad)


def test_edit_keeps_the_organisation(client):
    found = make_base()
    client.force_login(make_user("graduate_officer"))
    other = make_organisation("示例别家")
    url = reverse("base_edit", args=[found.pk])
    assert client.post(url, form(name="示例改名", organisation=other.name_zh)).status_code == 302
    found.refresh_from_db()
    assert found.name == "示例改名" and found.organisation != other


def test_list_asks_as_much_for_three_as_for_one(client):
    def count():
        with CaptureQueriesContext(connection) as asked:
            client.get(reverse("bases"))
        return len(asked)

    make_base()
    count()
    first = count()
    make_base(), make_base()
    assert count() == first


def test_ends_soon_is_marked(client):
    make_base(days=30)
    assert "将到期" in client.get(reverse("bases")).content.decode()
