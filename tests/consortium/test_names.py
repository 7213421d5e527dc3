"""Finding organisations: parts of names of all times, their sound from any character on, credit codes by their reader."""

from datetime import timedelta

import pytest

from consortium import clock
from consortium.actions.merge import merge_organisations, undo_merge
from consortium.actions.organisation import edit_organisation, record_former_name, register_organisation
from consortium.models import Organisation
from consortium.queries.organisation import searched, searched_in_order
from tests import factories

pytestmark = pytest.mark.django_db
CODE = "91120116MA05QK3A18"


@pytest.fixture
def office():
    return factories.make_user("secretary")


@pytest.fixture
def three(office):
    register_organisation(
        by=office,
        name_zh="示例蓝海药业有限公司",
        short_zh="蓝海药业",
        name_en="Blue Sea Pharma (Sample)",
        kind="enterprise",
    )
    register_organisation(by=office, name_zh="示例津门A12检测中心", kind="testing_centre", aliases=["津检"])
    register_organisation(
        by=office, name_zh="示例海河大学", name_en="Haihe University (Sample)", kind="university"
    )


def found(words, office=False):
    every = Organisation.objects.all()
    rows = searched(every, words, office=office)
    in_order = list(searched_in_order(every, words, office=office))
    assert [row.pk for row in in_order] == sorted(row.pk for row in rows)
    return {row.name_zh for row in rows}


SEA, LAB, RIVER = "示例蓝海药业有限公司", "示例津门A12检测中心", "示例海河大学"


@pytest.mark.parametrize(
    ("words", "names"),
    [
        ("蓝海", {SEA}),
        ("海", {SEA, RIVER}),
        ("药业有限", {SEA}),
        ("津检", {LAB}),
        ("a12", {LAB}),
        ("lanhai", {SEA}),
        ("haihe", {RIVER}),
        ("daxue", {RIVER}),
        ("lhyy", {SEA}),
        ("hhdx", {RIVER}),
        ("jinjian", {LAB}),
        ("pharma", {SEA}),
        ("示例 university", {RIVER}),
        ("示例", {SEA, LAB, RIVER}),
        ("海蓝", set()),
        ("ihai", set()),
        ("' OR 1=1", set()),
        ("…", set()),
        (" ", {SEA, LAB, RIVER}),
    ],
)
def test_parts_of_names_and_their_sound_find_what_bears_them(three, words, names):
    assert found(words) == names


def test_a_name_given_up_is_still_found_and_a_slip_corrected_is_not(three, office):
    row = Organisation.objects.get(name_zh=RIVER)
    edit_organisation(organisation=row, by=office, name_zh="示例海洋大学")
    assert found("海河") == set() and found("haiyang") == {"示例海洋大学"}
    record_former_name(
        organisation=row, by=office, name="示例水产学院", until=clock.today() - timedelta(days=400)
    )
    assert found("水产") == found("scxy") == found("shuichan") == {"示例海洋大学"}


def test_a_code_is_found_whole_by_everybody_and_by_its_start_by_the_office(three):
    row = Organisation.objects.get(name_zh=SEA)
    Organisation.objects.filter(pk=row.pk).update(uscc=CODE)
    assert found(CODE) == found(CODE.lower()) == {SEA}
    assert found("9112") == found(CODE[:17]) == set()
    assert found("9112", office=True) == found("91120116ma", office=True) == {SEA}
    assert found("911", office=True) == set()
    assert found(f"蓝海 {CODE}") == {SEA} and found(f"大学 {CODE}") == set()


def test_a_merge_takes_the_names_along_and_its_undo_gives_them_back(three, office):
    kept, gone = (Organisation.objects.get(name_zh=name) for name in (SEA, LAB))
    merge = merge_organisations(
        kept=kept,
        gone=gone,
        by=office,
        reason="同一单位重复登记",
    )
    assert found("津门") == found("jinmen") == {SEA}
    undo_merge(merge=merge, by=office)
    assert found("津门") == found("jinmen") == {LAB}
    assert found("蓝海") == {SEA}
