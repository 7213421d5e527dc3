"""Chinese search: two characters suffice, one by prefix, Latin words too; nobody finds what he may not see."""

import pytest

from consortium.word_index import tokens
from placements.models import Project
from placements.search import index_project, matching, newest_matching
from tests import factories

pytestmark = pytest.mark.django_db


def found(query):
    return set(matching(Project.objects.all(), query).values_list("title", flat=True))


def test_text_becomes_pairs_of_neighbours_with_the_last_character_and_words():
    assert tokens("灌流培养 CHO-K1") == ["灌流", "流培", "培养", "养", "cho", "k1"]


@pytest.fixture
def three():
    for title, problem in (
        ("灌流培养的溶氧控制", "补氧跟不上"),
        ("抗体层析纯化", "填料寿命短"),
        ("CHO细胞株评价", "产量低"),
    ):
        factories.make_project(title=title, summary=problem, problem=problem, field="data")


@pytest.mark.parametrize(
    ("query", "titles"),
    [
        ("溶氧", {"灌流培养的溶氧控制"}),
        ("氧控", {"灌流培养的溶氧控制"}),
        ("培养 溶氧", {"灌流培养的溶氧控制"}),
        ("层", {"抗体层析纯化"}),
        ("化", {"抗体层析纯化"}),
        ("cho", {"CHO细胞株评价"}),
        ("CHO细胞", {"CHO细胞株评价"}),
        ("氧溶", set()),
        ("灌养", set()),
        ("填料", {"抗体层析纯化"}),
        ("', \" OR 1=1 --", set()),
        ("溶氧 NOT", set()),
        ("NEAR(溶氧)", set()),
        ("…", set()),
    ],
)
def test_a_query_finds_what_holds_it_and_nothing_else(three, query, titles):
    assert found(query) == titles


@pytest.mark.parametrize("query", ["培养", "控制 溶氧", "化", "cho", "', \" OR 1=1 --", "…", " ", "数据"])
def test_newest_first_gives_the_same_from_the_newest_on(three, query):
    newest = newest_matching(Project.objects.filter(field="data"), query)
    assert [row.pk for row in newest] == sorted((row.pk for row in newest), reverse=True)
    assert set(newest.values_list("title", flat=True)) == found(query)
    assert newest.all()[:2].count() == min(2, len(found(query)))
    inside = Project.objects.filter(pk__in=newest.values("pk")[:2])
    assert set(inside) == set(newest[:2])


def test_an_empty_query_finds_all(three):
    assert len(found("  ")) == 3


def test_a_changed_project_is_found_by_its_new_words_only(three):
    project = Project.objects.get(title="抗体层析纯化")
    project.title = "病毒灭活验证"
    project.save()
    index_project(project)
    assert found("灭活") == {"病毒灭活验证"}
    assert found("层析") == set()


def test_skills_enterprise_and_base_are_found_mentors_are_not():
    skill = factories.make_skill("raman", name_zh="拉曼光谱")
    organisation = factories.make_organisation("示例蓝海药业有限公司")
    mentor = factories.make_appointment(
        organisation=organisation, user=factories.make_user("industry_mentor", name="欧阳示例")
    )
    project = factories.make_project(
        organisation=organisation, industry_mentor=mentor, skills=[skill], title="甲"
    )
    for query in ("拉曼", "蓝海", project.base.name, project.number):
        assert found(query) == {"甲"}, query
    assert found("欧阳") == set()
