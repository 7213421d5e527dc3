"""The protective floor: every line broken once, with its sentence, its field, and its source."""

from datetime import date, timedelta

import pytest

from consortium import clock
from consortium.models import Membership, PolicyValue
from consortium.refusals import Invalid
from placements.actions.project import save_project, submit_project
from placements.models import BaseAccreditation, Placement
from placements.rules import redlines
from tests.factories import (
    make_appointment,
    make_base,
    make_membership,
    make_project,
    make_round,
    make_student,
)
from tests.placements.owner_kit import House

pytestmark = pytest.mark.django_db


@pytest.fixture
def house():
    return House()


@pytest.fixture
def project(house):
    return house.project()


def red(project):
    project.refresh_from_db()
    return {line.key: line for line in redlines.broken(project, clock.today())}


def test_a_whole_project_keeps_every_line(project):
    assert red(project) == {}
    lines = redlines.checklist(project, clock.today())
    assert len(lines) == len(redlines.RED_LINES) and all(line.source for line in lines)


@pytest.mark.parametrize(
    ("fields", "key", "field"),
    [
        ({"fees": "押金500元"}, "fees", "fees"),
        ({"ip_terms": "入职时收取培训费300元。"}, "fees", "fees"),
        ({"stipend": 3599}, "pay", "stipend"),
        ({"stipend": None}, "pay", "stipend"),
        ({"post_wage": None}, "pay", "post_wage"),
        ({"hours_day": 9}, "hours", "hours_day"),
        ({"hours_week": 48}, "hours", "hours_week"),
        ({"base": None}, "base", "base"),
        ({"starts_on": None}, "base", "starts_on"),
        ({"starts_on": None}, "bounds", "starts_on"),
        ({"academic_mentor": None}, "academic", "academic_mentor"),
        ({"industry_mentor": None}, "industry", "industry_mentor"),
        ({"safe_work_declared": False}, "work", "safe_work_declared"),
        ({"confidentiality_terms": ""}, "terms", "confidentiality_terms"),
        ({"ip_terms": ""}, "terms", "ip_terms"),
        ({"aims": ""}, "complete", "aims"),
        ({"housing": ""}, "complete", "housing"),
    ],
)
def test_one_broken_line_names_its_field_and_bars_handing_in(house, project, fields, key, field):
    save_project(project=project, by=house.admin, **fields)
    found = red(project)
    assert found[key].field == field and found[key].sentence
    with pytest.raises(Invalid) as refusal:
        submit_project(project=project, by=house.admin)
    assert refusal.value.code == "red_lines"
    project.refresh_from_db()
    assert project.state == "drafted"


def test_the_floor_is_the_percent_of_the_setting(house, project):
    assert redlines.pay_floor(4501) == 3601
    save_project(project=project, by=house.admin, stipend=3600, post_wage=4501)
    assert "3601" in red(project)["pay"].sentence
    PolicyValue.objects.create(
        key="pay_floor_percent", value=70, reason="示例", set_by=house.graduate, set_at=clock.now()
    )
    assert "pay" not in red(project)


def test_pay_below_the_floor_with_grounds_bars_nothing_before_its_review(house, project):
    save_project(project=project, by=house.admin, stipend=3599, pay_grounds="  ")
    assert red(project)["pay"].field == "stipend"
    save_project(project=project, by=house.admin, pay_grounds="另供食宿，折合每月1500元。")
    assert red(project) == {}
    line = next(line for line in redlines.checklist(project, clock.today()) if line.key == "pay")
    assert line.ok and line.excused and "3600" in line.sentence


@pytest.mark.parametrize(
    ("stipend", "post_wage", "kept"),
    [(1000, 3000, True), (989, 3000, False), (1000, 3100, False), (1100, 3100, True), (2400, 3000, True)],
)
def test_what_was_accepted_is_the_least_from_then_on(house, stipend, post_wage, kept):
    project = make_project(
        stipend=stipend,
        post_wage=post_wage,
        pay_grounds="另供食宿。",
        pay_review="折算后相当。",
        pay_reviewed_by=house.graduate,
        pay_reviewed_at=clock.now(),
        pay_reviewed_percent=33,
    )
    assert ("pay" not in red(project)) is kept


def test_grounds_without_a_review_do_not_carry_an_approved_project(house):
    assert "pay" in red(make_project(stipend=100, post_wage=3000, pay_grounds="另供食宿。"))


def test_a_project_is_handed_in_by_a_member_and_a_lapse_stops_nothing_approved(house, project):
    make_membership()
    Membership.objects.filter(organisation=house.organisation).update(until=clock.today() - timedelta(days=1))
    line = red(project)["member"]
    assert line.url == house.organisation.get_absolute_url() and line.url_label and line.sentence
    with pytest.raises(Invalid):
        submit_project(project=project, by=house.admin)
    assert "member" not in red(make_project(organisation=house.organisation))


def test_words_that_only_mention_fees_break_no_line(house, project):
    save_project(project=project, by=house.admin, ip_terms="不收取押金；设备管理费由企业承担。")
    assert "fees" not in red(project)


def test_a_start_that_has_passed(house, project):
    save_project(project=project, by=house.admin, starts_on=clock.today())
    assert red(project)["bounds"].field == "starts_on"


def _accredit(base, *spans):
    base.accreditations.all().delete()
    for number, (since, until) in enumerate(spans):
        BaseAccreditation.objects.create(
            base=base,
            number=f"示例{base.pk}-{number}",
            valid_from=clock.today() + timedelta(days=since),
            valid_to=clock.today() + timedelta(days=until),
            recorded_by=base.organisation.demands.first().created_by,
            recorded_at=clock.now(),
        )


@pytest.mark.parametrize(
    ("spans", "word"),
    [
        ([(-400, -1)], "end"),  # ended already
        ([(-400, 100)], "end"),  # ends during the stay
        ([(-400, 30)], "end"),  # ends before the start
        ([(90, 900)], "begin"),  # begins after the start
        ([(-400, 100), (130, 900)], "end"),  # a gap
    ],
)
def test_the_base_must_hold_from_the_first_day_to_the_last(house, project, spans, word):
    _accredit(house.base, *spans)
    line = red(project)["base"]
    assert house.base.name in line.sentence and line.url and line.url_label


def test_a_base_without_a_gap_between_two_accreditations_holds(house, project):
    _accredit(house.base, (-400, 100), (101, 900))
    assert red(project) == {}


def test_a_base_without_any_accreditation(house, project):
    house.base.accreditations.all().delete()
    assert house.base.name in red(project)["base"].sentence


def test_the_last_day_of_the_stay_counts(house, project):
    project.starts_on, project.months = date(2027, 3, 1), 6
    assert redlines.end_of_stay(project) == date(2027, 8, 31)
    assert redlines.end_after(date(2027, 8, 31), 6) == date(2028, 2, 28)
    assert redlines.end_after(date(2026, 12, 1), 1) == date(2026, 12, 31)


def test_another_organisations_base_is_refused(house, project):
    save_project(project=project, by=house.admin, base=make_base())
    assert red(project)["base"].field == "base"


def test_a_mentor_whose_term_does_not_hold_at_the_start(house, project):
    short = make_appointment(organisation=house.organisation, days=30)
    save_project(project=project, by=house.admin, industry_mentor=short)
    line = red(project)["industry"]
    assert str(short.user) in line.sentence
    short.state = "ended"
    short.save()
    assert "industry" in red(project)


def test_an_industry_mentor_of_another_organisation(house, project):
    save_project(project=project, by=house.admin, industry_mentor=make_appointment())
    assert "industry" in red(project)


def test_the_two_sides_are_not_swapped(house, project):
    save_project(project=project, by=house.admin, academic_mentor=house.industry)
    assert "academic" in red(project)


def test_a_full_mentor_is_named_with_others_that_have_room(house, project):
    free = make_appointment(organisation=house.organisation)
    house.industry.capacity = 1
    house.industry.save()
    other = make_project(organisation=house.organisation, base=house.base, industry_mentor=house.industry)
    Placement.objects.create(
        round=make_round(),
        student=make_student(),
        project=other,
        state="accepted",
        offered_at=clock.now(),
        answer_due_at=clock.now(),
    )
    line = red(project)["capacity"]
    assert line.field == "industry_mentor" and str(house.industry.user) in line.sentence
    assert str(free.user) in line.sentence
    free.delete()
    assert str(free.user) not in red(project)["capacity"].sentence


def test_a_board_only_demand_needs_its_text_released(house):
    project = house.project(demand=house.answered(level="board"))
    assert project.level == "member"
    assert red(project)["released"].field == "text_released"
    save_project(project=project, by=house.admin, text_released=True)
    assert red(project) == {}
