"""What is kept between requests, and that an act makes it anew. Real commits: inside a transaction nothing is kept."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from consortium import remembered
from consortium.audit import action, last_acts, record
from consortium.models import Organisation
from placements.actions.project import withdraw_project
from placements.queries import browse
from placements.queries.project import open_projects
from tests import factories

asked = []


@remembered.until_an_act_on("consortium.organisation", most=2)
def counted(rows):
    asked.append(rows)
    return rows.count()


@action
def rename(*, organisation, by):
    Organisation.objects.filter(pk=organisation.pk).update(short_zh="示例新名")
    record("organisation edited", organisation, by=by)


@pytest.fixture
def committed(transactional_db):
    asked.clear()
    remembered.forget()
    yield
    remembered.forget()


def test_the_same_question_is_counted_once(committed):
    factories.make_organisation()
    assert [counted(Organisation.objects.all()) for _ in range(3)] == [1, 1, 1]
    assert len(asked) == 1


def test_another_question_is_another_count(committed):
    factories.make_organisation()
    assert counted(Organisation.objects.all()) == 1
    assert counted(Organisation.objects.filter(kind="hospital")) == 0
    assert len(asked) == 2


def test_a_question_that_can_have_no_answer_is_kept_too(committed):
    assert [counted(Organisation.objects.none()) for _ in range(2)] == [0, 0]


def test_an_act_on_the_kind_makes_it_anew(committed):
    organisation = factories.make_organisation()
    counted(Organisation.objects.all())
    rename(organisation=organisation, by=None)
    factories.make_organisation()
    assert counted(Organisation.objects.all()) == 2


def test_an_act_on_another_kind_does_not(committed):
    user = factories.make_user("student")
    counted(Organisation.objects.all())
    before = last_acts("consortium.organisation")
    _act_on(user=user)
    assert last_acts("consortium.organisation") == before
    counted(Organisation.objects.all())
    assert len(asked) == 1


@action
def _act_on(*, user):
    record("role given", user, by=None)


def test_inside_a_transaction_nothing_is_kept(db):
    asked.clear()
    assert connection.in_atomic_block
    counted(Organisation.objects.all())
    factories.make_organisation()
    assert counted(Organisation.objects.all()) == 1
    assert len(asked) == 2


def test_no_more_are_kept_than_said(committed):
    for kind in ("enterprise", "hospital", "university", "enterprise"):
        counted(Organisation.objects.filter(kind=kind))
    assert len(asked) == 4


def test_a_withdrawn_project_leaves_the_list_and_its_counts_at_once(committed, client):
    officer = factories.make_user("graduate_officer")
    one, two = (factories.make_project(field=field) for field in ("enzyme", "strain"))
    first = client.get(reverse("projects")).context["found"]
    assert (first.total, first.counts["field"]["enzyme"]) == (2, 1)
    withdraw_project(project=one, by=officer, reason="企业今年不再招收。")
    second = client.get(reverse("projects")).context["found"]
    assert (second.total, dict(second.counts["field"])) == (1, {"strain": 1})


def test_the_rows_of_a_page_are_read_once_until_an_act(committed, client):
    def page():
        with CaptureQueriesContext(connection) as queries:
            text = client.get(reverse("projects")).content.decode()
        return text, [one for one in queries if one["sql"].startswith('SELECT "placements_project"')]

    goes, stays = (factories.make_project(title=title) for title in ("甲题目", "乙题目"))
    page()
    text, reads = page()
    assert goes.title in text and stays.title in text and not reads
    withdraw_project(project=goes, by=factories.make_user("graduate_officer"), reason="企业今年不再招收。")
    text, reads = page()
    assert goes.title not in text and stays.title in text and reads


def test_two_readers_never_share_what_only_one_may_see(committed, client):
    factories.make_project(level="member")
    factories.make_project()
    assert client.get(reverse("projects")).context["found"].total == 1
    client.force_login(factories.make_user("auditor"))
    assert client.get(reverse("projects")).context["found"].total == 2
    client.logout()
    assert client.get(reverse("projects")).context["found"].total == 1


def test_the_panel_speaks_the_readers_language_when_it_is_kept(committed, client):
    factories.make_project(field="enzyme")
    assert "酶工程" in client.get(reverse("projects")).content.decode()
    client.cookies["django_language"] = "en"
    page = client.get(reverse("projects")).content.decode()
    assert "Enzyme engineering" in page and "酶工程" not in page


def test_the_readers_own_list_is_counted_for_the_reader_alone(committed):
    projects = [factories.make_project() for _ in range(3)]
    user = factories.make_user("auditor")
    empty = browse.Conditions()
    for listed in (frozenset(), frozenset({projects[0].pk}), frozenset(row.pk for row in projects)):
        found = browse.search(open_projects(user), empty, listed=listed)
        assert (found.total, found.unlisted) == (3, 3 - len(listed))
