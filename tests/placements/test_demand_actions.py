"""A demand on its way: every step, every refusal sentence, and the clock that skips nights and free days."""

from datetime import datetime, timedelta

import pytest
from django.utils import translation

from consortium import clock
from consortium.models import AuditEvent, CalendarDay, Membership, Notification
from consortium.refusals import Forbidden, Invalid, Refused, Stale
from placements.actions import demand as actions
from placements.models import BaseAccreditation, Demand
from placements.rules import demand as rules
from tests.factories import make_base, make_council, make_membership
from tests.placements.owner_kit import TEXT, House

pytestmark = pytest.mark.django_db
MONDAY = datetime(2026, 11, 9, 10, 0, tzinfo=clock.SHANGHAI)


@pytest.fixture
def house():
    return House()


def told(user, kind):
    return Notification.objects.filter(user=user, kind=kind).count()


def test_handing_in_gives_a_number_a_due_time_and_tells_the_board(house):
    with clock.standing_at(MONDAY):
        first, second = house.demand(), house.demand()
    assert (first.number, second.number) == ("D-2026-001", "D-2026-002")
    assert first.response_due == datetime(2026, 11, 16, 17, 0, tzinfo=clock.SHANGHAI)
    assert told(house.officer, "demand_submitted") == 2
    assert told(house.other_officer, "demand_submitted") == 0
    assert AuditEvent.objects.filter(verb="demand submitted").count() == 2
    assert "D-2026-001" in actions.received_sentence(first)


def test_the_clock_skips_free_days_of_the_calendar(house):
    CalendarDay.objects.create(date="2026-11-10", is_working=False)
    CalendarDay.objects.create(date="2026-11-14", is_working=True)
    with clock.standing_at(MONDAY):
        assert house.demand().response_due == datetime(2026, 11, 16, 17, 0, tzinfo=clock.SHANGHAI)


@pytest.mark.parametrize(
    ("list_", "board"),
    [("product", "enterprise"), ("technology", "technology"), ("talent", "integration")],
)
def test_the_board_is_proposed_from_the_list(house, list_, board):
    assert house.draft(list=list_).board.board_code == board


def test_another_board_may_be_chosen(house):
    assert house.draft(list="talent", board=house.boards["general"]).board.board_code == "general"


def test_only_the_own_organisation_and_the_secretariat_write(house):
    row = house.draft()
    for by in (house.other, house.manager, house.officer, house.graduate):
        with pytest.raises(Forbidden) as refusal:
            actions.save_demand(by=by, demand=row, title="别人的标题")
        assert (
            refusal.value.sentence == "You can read this demand but not change it." or refusal.value.sentence
        )
        with pytest.raises(Forbidden):
            actions.submit_demand(demand=row, by=by)
    actions.save_demand(by=house.secretary, demand=row, title="秘书处改的标题")
    row.refresh_from_db()
    assert row.title == "秘书处改的标题"


def test_two_writers_get_both_texts(house):
    row = house.draft()
    mine = Demand.objects.get(pk=row.pk)
    actions.save_demand(by=house.admin, demand=row, title="先存的标题")
    with pytest.raises(Stale) as stale:
        actions.save_demand(by=house.admin, demand=mine, version=1, title="后存的标题")
    assert stale.value.theirs.title == "先存的标题"
    row.refresh_from_db()
    assert (row.title, row.version) == ("先存的标题", 2)


@pytest.mark.parametrize(
    ("fields", "field"),
    [({"title": ""}, "title"), ({"text": " "}, "text"), ({"needed_by": "2020-01-01"}, "needed_by")],
)
def test_handing_in_asks_for_what_a_board_needs(house, fields, field):
    if "needed_by" in fields:
        fields = {"needed_by": clock.today()}
    row = house.draft(**fields)
    with pytest.raises(Invalid) as refusal:
        actions.submit_demand(demand=row, by=house.admin)
    assert refusal.value.field == field
    row.refresh_from_db()
    assert row.number is None and row.state == "draft"


def test_a_base_must_be_ones_own_and_accredited(house):
    for base in (make_base(), make_base(organisation=house.organisation)):
        row = house.draft(base=base)
        BaseAccreditation.objects.filter(base=base).update(valid_to=clock.today() - timedelta(days=1))
        with pytest.raises(Invalid) as refusal:
            actions.submit_demand(demand=row, by=house.admin)
        assert refusal.value.field == "base"


@pytest.mark.parametrize(
    ("membership", "words"),
    [
        ({"until": -1}, "ended on"),
        ({"until": -1, "state": "ended"}, "ended on"),
        ({"state": "recorded"}, "second person"),
        ({"since": 5}, "begins on"),
        (None, "not a member"),
    ],
)
def test_only_members_hand_in_and_a_draft_is_kept(house, membership, words):
    row = house.draft()
    Membership.objects.all().delete()
    if membership is not None:
        days = {
            name: clock.today() + timedelta(days=value)
            for name, value in membership.items()
            if name != "state"
        }
        make_membership(organisation=house.organisation, **(membership | days))
    make_membership()  # somebody else's changes nothing
    with translation.override("en"), pytest.raises(Refused) as refusal:
        actions.submit_demand(demand=row, by=house.admin)
    assert words in refusal.value.sentence and refusal.value.remedy
    assert refusal.value.url == house.organisation.get_absolute_url()
    actions.save_demand(by=house.admin, demand=row, title="草稿还能改")
    row.refresh_from_db()
    assert (row.state, row.number, row.title) == ("draft", None, "草稿还能改")
    assert told(house.officer, "demand_submitted") == 0
    make_membership(organisation=house.organisation, council=make_council("示例另一理事会"))
    assert actions.submit_demand(demand=row, by=house.admin).state == "demand_submitted"


def test_a_lapse_stops_a_returned_demand_and_nothing_that_runs(house):
    row, asked = house.demand(), house.demand()
    actions.return_demand(demand=row, by=house.officer, reason="写明现状。")
    actions.ask_more(demand=asked, by=house.officer, text="请补充。")
    with clock.moved(timedelta(days=600)):
        with pytest.raises(Refused):
            actions.submit_demand(demand=row, by=house.admin)
        actions.complete_demand(demand=asked, by=house.admin, text="附上数据。")
        assert actions.answer_demand(demand=asked, by=house.officer, text="可以立项。").state == "responded"


def test_places_are_bounded(house):
    with pytest.raises(Invalid):
        house.draft(places=21)


def test_handing_in_twice_is_refused(house):
    row = house.demand()
    with pytest.raises(Refused) as refusal:
        actions.submit_demand(demand=row, by=house.admin)
    assert row.number in refusal.value.sentence


def test_a_demand_with_the_board_is_not_edited(house):
    row = house.demand()
    with pytest.raises(Refused):
        actions.save_demand(by=house.admin, demand=row, title="改标题")


def test_sorting_answering_and_whose_turn(house):
    row = house.demand()
    assert rules.position(row) == 0 and rules.is_users_turn(house.officer, row)
    actions.move_demand(demand=row, board=row.board, by=house.officer)
    assert row.state == "triaged" and rules.position(row) == 1
    with pytest.raises(Refused):
        actions.move_demand(demand=row, board=row.board, by=house.officer)
    with pytest.raises(Invalid):
        actions.answer_demand(demand=row, by=house.officer, text=" ")
    actions.answer_demand(demand=row, by=house.officer, text="可以立项。")
    assert row.state == "responded" and row.first_response_at and rules.position(row) == 2
    assert told(house.admin, "demand_answered") == 1 and told(house.other, "demand_answered") == 0
    with pytest.raises(Refused):
        actions.answer_demand(demand=row, by=house.officer, text="再答一次")


def test_a_board_officer_acts_for_the_own_board_only(house):
    row = house.demand()
    for by in (house.other_officer, house.admin, house.graduate):
        for act in (
            lambda by=by: actions.answer_demand(demand=row, by=by, text="答复"),
            lambda by=by: actions.ask_more(demand=row, by=by, text="补充"),
            lambda by=by: actions.return_demand(demand=row, by=by, reason="退回"),
            lambda by=by: actions.move_demand(demand=row, board=house.boards["general"], by=by, reason="转"),
        ):
            with pytest.raises(Forbidden):
                act()
    assert Demand.objects.get(pk=row.pk).state == "demand_submitted"


def test_giving_away_needs_a_reason_and_one_of_the_boards(house):
    row = house.demand()
    with pytest.raises(Invalid) as refusal:
        actions.move_demand(demand=row, board=house.boards["general"], by=house.officer)
    assert refusal.value.field == "reason"
    with pytest.raises(Invalid):
        actions.move_demand(demand=row, board=make_council(), by=house.officer, reason="转")
    due = row.response_due
    actions.move_demand(demand=row, board=house.boards["integration"], by=house.officer, reason="更适合培养")
    assert row.response_due == due and told(house.other_officer, "demand_moved") == 1


def test_asking_stops_the_clock_and_an_answer_gives_the_rest_back(house):
    with clock.standing_at(MONDAY):
        row = house.demand()
    with clock.standing_at(MONDAY + timedelta(days=2)):  # Wednesday: three working days are left
        actions.ask_more(demand=row, by=house.officer, text="请补充数据。")
    assert row.state == "more_wanted" and told(house.admin, "demand_more_wanted") == 1
    with clock.standing_at(MONDAY + timedelta(days=11)):  # Friday of the next week
        assert actions.remind_late_demands() == 0
        with pytest.raises(Refused):
            actions.answer_demand(demand=row, by=house.officer, text="抢先答复")
    with clock.standing_at(MONDAY + timedelta(days=11)):
        row.refresh_from_db()
        with pytest.raises(Invalid):
            actions.complete_demand(demand=row, by=house.admin, text="")
        with pytest.raises(Forbidden):
            actions.complete_demand(demand=row, by=house.other, text="数据")
        actions.complete_demand(demand=row, by=house.admin, text="附上12批数据。")
    assert row.state == "triaged" and row.paused_at is None
    assert row.response_due == datetime(2026, 11, 25, 17, 0, tzinfo=clock.SHANGHAI)  # three working days on
    assert told(house.officer, "demand_completed") == 1


def test_a_pause_does_not_excuse_a_late_answer(house):
    with clock.standing_at(MONDAY):
        row = house.demand()
    with clock.standing_at(MONDAY + timedelta(days=9)):
        actions.ask_more(demand=row, by=house.officer, text="请补充。")
        actions.complete_demand(demand=row, by=house.admin, text="补充。")
    assert row.response_due == datetime(2026, 11, 16, 17, 0, tzinfo=clock.SHANGHAI)


def test_completing_what_nobody_asked_for_is_refused(house):
    row = house.demand()
    with pytest.raises(Refused):
        actions.complete_demand(demand=row, by=house.admin, text="主动补充")


def test_a_returned_demand_is_changed_and_handed_in_again_under_its_number(house):
    row = house.demand()
    number = row.number
    with pytest.raises(Invalid):
        actions.return_demand(demand=row, by=house.officer, reason="")
    actions.return_demand(demand=row, by=house.officer, reason="写明现状。")
    assert row.state == "returned" and told(house.admin, "demand_returned") == 1
    actions.save_demand(by=house.admin, demand=row, text=TEXT + "补写现状。")
    actions.submit_demand(demand=row, by=house.admin)
    assert row.number == number and row.state == "demand_submitted" and row.first_response_at is None
    assert told(house.officer, "demand_submitted") == 2


def test_withdrawing(house):
    row = house.demand()
    with pytest.raises(Invalid):
        actions.withdraw_demand(demand=row, by=house.admin)
    with pytest.raises(Forbidden):
        actions.withdraw_demand(demand=row, by=house.other, reason="别人的")
    actions.withdraw_demand(demand=row, by=house.admin, reason="已自行解决。")
    assert row.state == "withdrawn" and told(house.officer, "demand_withdrawn") == 1
    with pytest.raises(Refused):
        actions.withdraw_demand(demand=row, by=house.admin, reason="再撤一次")
    draft = house.draft()
    actions.withdraw_demand(demand=draft, by=house.admin)
    assert draft.state == "withdrawn"


def test_a_demand_that_became_a_project_is_not_withdrawn_by_itself(house):
    project = house.project()
    with pytest.raises(Refused) as refusal:
        actions.withdraw_demand(demand=project.demand, by=house.admin, reason="不要了")
    assert project.number in refusal.value.sentence


def test_somebody_was_first(house):
    row = house.demand()
    mine = Demand.objects.select_related("organisation", "board").get(pk=row.pk)
    actions.return_demand(demand=row, by=house.officer, reason="先退回了。")
    with pytest.raises(Refused) as refusal:
        actions.answer_demand(demand=mine, by=house.officer, text="答复")
    assert refusal.value.code == "state"


def test_the_board_is_reminded_once_a_working_day(house):
    with clock.standing_at(MONDAY):
        row = house.demand()
    with clock.standing_at(MONDAY + timedelta(days=8)):
        assert actions.remind_late_demands() == 1
        assert actions.remind_late_demands() == 0
    with clock.standing_at(MONDAY + timedelta(days=12)):  # Saturday
        assert actions.remind_late_demands() == 0
    message = Notification.objects.get(user=house.officer, kind="demand_late")
    assert message.params["days"] == 1 and message.params["number"] == row.number


def test_a_demand_without_a_board_officer_reaches_the_secretariat(house):
    house.demand(board=house.boards["general"])
    assert told(house.secretary, "demand_submitted") == 1
