"""The public home: figures open exactly their rows, digits equal cells, nothing leaks, nothing is 0."""

import re
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from consortium import clock, frame
from outcomes.seed.load import load
from tests.factories import (
    make_appointment,
    make_base,
    make_membership,
    make_organisation,
    make_project,
    make_round,
    make_student,
    make_user,
)

pytestmark = pytest.mark.django_db


def figures(client):
    return {figure.code: figure for figure in client.get("/").context["figures"]}


def test_home_before_anything_is_recorded(client):
    page = client.get("/")
    assert page.status_code == 200
    assert page.context["figures"] == []


def test_digit_is_the_number_of_cells():
    assert [model.number for model in frame.MODELS] == ["324", "444", "344"]
    for model in frame.MODELS:
        assert "".join(str(row.digit) for row in model.rows) == model.number


def test_digit_on_the_page_is_the_number_of_cells(client):
    load()
    text = client.get("/").content.decode()
    for digit, cells in re.findall(r'<ul data-digit="(\d)">(.*?)</ul>', text, re.DOTALL):
        assert cells.count("<li>") == int(digit)
    assert len(re.findall(r"data-digit", text)) == 9


def test_members_figure_opens_exactly_its_rows(client):
    make_membership()
    make_membership(rank="director_unit")
    make_membership(state="recorded")
    make_membership(state="ended", until=clock.today() - timedelta(days=1))
    make_membership(since=clock.today() + timedelta(days=5))
    figure = figures(client)["I01"]
    rows = client.get(figure.rows_url).context["page"].paginator.count
    assert figure.value == rows == 2


def test_mentors_figure_opens_counts_that_add_up(client):
    person = make_user("industry_mentor")
    make_appointment(user=person)
    make_appointment(user=person, kind="industry_professor")
    make_appointment(organisation=make_organisation())
    make_appointment(kind="academic_mentor")
    make_appointment(days=-1, since=make_membership().since)
    figure = figures(client)["I07"]
    page = client.get(figure.rows_url)
    assert figure.value == page.context["persons"] == 2
    assert sum(group["n"] for group in page.context["groups"]) == page.context["appointments"] == 3


def test_bases_figure_opens_exactly_its_rows(client):
    make_base()
    make_base(days=-1)
    figure = figures(client)["I06"]
    assert figure.value == client.get(figure.rows_url).context["page"].paginator.count == 1


def test_projects_figure_opens_exactly_its_rows(client):
    shown = make_project()
    make_project(level="member")
    make_project(state="drafted")
    figure = figures(client)["open_projects"]
    text = client.get(figure.rows_url).content.decode()
    assert figure.value == 1
    assert re.findall(r'href="/projects/(\d+)/"', text).count(str(shown.pk)) >= 1
    assert set(re.findall(r'href="/projects/(\d+)/"', text)) == {str(shown.pk)}


def test_rounds_figure_opens_its_round(client):
    round_ = make_round()
    make_round(state="planned")
    figure = figures(client)["open_rounds"]
    assert (figure.value, figure.rows_url) == (1, round_.get_absolute_url())
    assert client.get(figure.rows_url).status_code == 200


def test_organisations_figure_opens_exactly_its_rows(client):
    load()
    make_organisation()
    figure = figures(client)["named"]
    assert figure.value == client.get(figure.rows_url).context["page"].paginator.count == 26


def test_chain_cells_open_exactly_their_rows(client):
    make_project(chain="industry")
    make_project(chain="talent")
    text = client.get("/").content.decode()
    (url,) = set(re.findall(r'href="(/projects/\?chain=industry)"', text))
    assert len(set(re.findall(r'href="/projects/(\d+)/"', client.get(url).content.decode()))) == 1


def test_figures_carry_their_day_and_the_samples_their_mark(client):
    make_membership()
    page = client.get("/")
    assert "示例" in page.content.decode() and "截至" in page.content.decode()
    assert "近300家" in page.content.decode()


def test_home_names_no_person(client):
    people = [make_student().user, make_appointment().user, make_user("secretary")]
    text = client.get("/").content.decode()
    for person in people:
        assert person.name not in text and person.email not in text


def test_home_asks_as_much_for_three_as_for_one(client):
    def count():
        cache.clear()
        with CaptureQueriesContext(connection) as asked:
            client.get("/")
        return len(asked)

    load()
    make_membership(), make_appointment(), make_project()
    first = count()
    for _more in range(2):
        make_membership(), make_appointment(), make_project()
    assert count() == first


def test_home_in_english_is_english(client):
    client.cookies["django_language"] = "en"
    load()
    text = client.get("/").content.decode()
    assert "Three models, one map" in text
    assert reverse("members") in text
