"""A project on its way: drafted, handed in, approved by somebody else, reworded, taken back."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from consortium import clock
from consortium.actions.account import give_role
from consortium.models import AuditEvent, Notification
from consortium.refusals import Forbidden, Invalid, Refused, Stale
from placements.actions import project as actions
from placements.actions.demand import withdraw_demand
from placements.models import (
    Application,
    BaseAccreditation,
    Demand,
    DraftChoice,
    Placement,
    Project,
    ProjectChange,
)
from placements.queries import owner
from tests.factories import (
    add_to_round,
    make_appointment,
    make_project,
    make_round,
    make_student,
    make_user,
)
from tests.placements.owner_kit import Applicants, House

pytestmark = pytest.mark.django_db


@pytest.fixture
def house():
    return House()


def told(user, kind):
    return Notification.objects.filter(user=user, kind=kind).count()


def test_a_project_is_filled_from_its_demand(house):
    demand = house.answered(places=3, base=house.base)
    project = actions.draft_project(demand=demand, by=house.admin)
    assert (project.title, project.problem, project.places) == (demand.title, demand.text, 3)
    assert project.base == house.base and project.district == house.base.district
    assert project.board == demand.board and project.level == "member" and demand.state == "drafted"
    assert project.number.startswith("P-") and project.is_sample


def test_only_an_answered_demand_becomes_a_project_and_only_once(house):
    with pytest.raises(Refused) as refusal:
        actions.draft_project(demand=house.demand(), by=house.admin)
    assert refusal.value.url
    demand = house.answered()
    project = actions.draft_project(demand=demand, by=house.admin)
    with pytest.raises(Refused) as refusal:
        actions.draft_project(demand=demand, by=house.manager)
    assert project.number in refusal.value.sentence


def test_who_may_draft(house):
    for by in (
        house.other,
        house.officer,
        house.graduate,
        make_user("academic_mentor"),
        make_appointment().user,
    ):
        with pytest.raises(Forbidden):
            actions.draft_project(demand=house.answered(), by=by)
    project = actions.draft_project(demand=house.answered(), by=house.industry.user)
    assert project.industry_mentor == house.industry and told(house.admin, "project_drafted") == 1
    project = actions.draft_project(demand=house.answered(), by=house.academic.user)
    assert project.academic_mentor == house.academic


def test_a_board_only_demand_is_drafted_by_its_own_people(house):
    demand = house.answered(level="board")
    for by in (house.academic.user, house.industry.user):
        with pytest.raises(Forbidden):
            actions.draft_project(demand=demand, by=by)
    assert actions.draft_project(demand=demand, by=house.manager).level == "member"


def test_a_draft_may_lack_anything_but_what_is_handed_in_may_not(house):
    project = actions.draft_project(demand=house.answered(), by=house.admin)
    assert project.base is None and project.starts_on is None
    with pytest.raises(IntegrityError), transaction.atomic():
        Project.objects.filter(pk=project.pk).update(state="submitted")
    with pytest.raises(Invalid):
        actions.submit_project(project=project, by=house.admin)


@pytest.mark.parametrize(
    ("fields", "field"),
    [({"places": 21}, "places"), ({"months": 37}, "months"), ({"level": "board"}, "level")],
)
def test_bounds_are_kept_while_saving(house, fields, field):
    project = house.project()
    with pytest.raises(Invalid) as refusal:
        actions.save_project(project=project, by=house.admin, **fields)
    assert refusal.value.field == field


def test_saving_counts_versions_and_shows_both_texts(house):
    project = house.project()
    mine = Project.objects.get(pk=project.pk)
    actions.save_project(project=project, by=house.manager, title="基地的标题")
    with pytest.raises(Stale) as stale:
        actions.save_project(project=mine, by=house.admin, version=mine.version, title="我的标题")
    assert stale.value.theirs.title == "基地的标题"


def test_others_do_not_write(house):
    project = house.project()
    for by in (
        house.other,
        house.officer,
        house.graduate,
        house.secretary,
        make_appointment().user,
    ):
        with pytest.raises(Forbidden):
            actions.save_project(project=project, by=by, title="别人的标题")
        with pytest.raises(Forbidden):
            actions.submit_project(project=project, by=by)
    for by in (house.academic.user, house.industry.user, house.manager):
        actions.save_project(project=project, by=by, title=f"{by}的标题")


def test_handing_in_tells_the_board_and_locks_the_text(house):
    project = house.submitted()
    assert project.state == "submitted" and told(house.officer, "project_submitted") == 1
    with pytest.raises(Refused):
        actions.save_project(project=project, by=house.admin, title="改标题")
    with pytest.raises(Refused):
        actions.submit_project(project=project, by=house.admin)


def test_approval_by_board_graduate_school_or_secretariat(house):
    for by in (house.officer, house.graduate, house.secretary):
        project = actions.approve_project(project=house.submitted(), by=by)
        assert project.state == "approved" and project.approved_by == by
    assert told(house.admin, "project_approved") == 3
    for by in (house.other_officer, house.admin, house.other, house.academic.user):
        with pytest.raises(Forbidden):
            actions.approve_project(project=house.submitted(), by=by)


def test_nobody_approves_what_they_handed_in(house):
    give_role(user=house.admin, role="graduate_officer", by=None)
    project = house.submitted()
    house.admin = type(house.admin).objects.get(pk=house.admin.pk)
    with pytest.raises(Forbidden):
        actions.approve_project(project=project, by=house.admin)
    with pytest.raises(Forbidden):
        actions.return_project(project=project, by=house.admin, reason="退回")


def test_red_lines_are_checked_again_at_approval(house):
    project = house.submitted()
    BaseAccreditation.objects.filter(base=house.base).update(valid_to=clock.today() + timedelta(days=10))
    with pytest.raises(Invalid) as refusal:
        actions.approve_project(project=project, by=house.officer)
    assert refusal.value.code == "red_lines"
    assert Project.objects.get(pk=project.pk).state == "submitted"


GROUNDS = "企业另供食宿，折合每月1500元。"


def test_pay_under_the_floor_is_reviewed_by_the_graduate_school(house):
    project = house.submitted(stipend=1200, pay_grounds=GROUNDS)
    assert told(house.graduate, "project_pay_submitted") == 1
    assert told(house.officer, "project_submitted") == told(house.secretary, "project_pay_submitted") == 0
    assert [project] == list(owner.waiting_for_approval(house.graduate))
    for by in (house.officer, house.secretary):
        assert not owner.waiting_for_approval(by)
        with pytest.raises(Forbidden) as refusal:
            actions.approve_project(project=project, by=by, pay_review="可以。")
        assert refusal.value.remedy
    with pytest.raises(Invalid) as refusal:
        actions.approve_project(project=project, by=house.graduate, pay_review=" ")
    assert refusal.value.field == "pay_review"
    assert Project.objects.get(pk=project.pk).state == "submitted"
    done = actions.approve_project(project=project, by=house.graduate, pay_review="折算后与同岗位相当。")
    assert (done.state, done.pay_reviewed_by, done.pay_reviewed_percent) == ("approved", house.graduate, 26)
    event = AuditEvent.objects.get(verb="project approved under the pay floor")
    assert event.actor == house.graduate
    assert not AuditEvent.objects.filter(verb="project approved").exists()
    assert told(house.admin, "project_approved") == 1


def test_the_board_still_returns_pay_under_the_floor_and_decides_when_it_is_raised(house):
    project = house.submitted(stipend=1200, pay_grounds=GROUNDS)
    actions.return_project(project=project, by=house.officer, reason="请提高津贴。")
    actions.save_project(project=project, by=house.admin, stipend=3600)
    project = actions.submit_project(project=project, by=house.admin)
    assert [project] == list(owner.waiting_for_approval(house.officer))
    done = actions.approve_project(project=project, by=house.officer)
    assert done.state == "approved" and done.pay_reviewed_by is None and done.pay_review == ""


def test_nobody_reviews_the_grounds_they_handed_in(house):
    give_role(user=house.admin, role="graduate_officer", by=None)
    project = house.submitted(stipend=1200, pay_grounds=GROUNDS)
    by = type(house.admin).objects.get(pk=house.admin.pk)
    with pytest.raises(Forbidden):
        actions.approve_project(project=project, by=by, pay_review="可以。")
    review = {"pay_review": "可以。", "pay_reviewed_at": clock.now(), "pay_reviewed_percent": 26}
    with pytest.raises(IntegrityError), transaction.atomic():
        Project.objects.filter(pk=project.pk).update(pay_reviewed_by=by, **review)
    with pytest.raises(IntegrityError), transaction.atomic():
        Project.objects.filter(pk=project.pk).update(pay_reviewed_by=house.graduate)
    Project.objects.filter(pk=project.pk).update(pay_reviewed_by=house.graduate, **review)


def test_terms_do_not_go_below_what_was_accepted(house):
    project = house.submitted(stipend=1200, pay_grounds=GROUNDS)
    project = actions.approve_project(project=project, by=house.graduate, pay_review="折算后相当。")
    with pytest.raises(Invalid):
        actions.amend_project(project=project, by=house.graduate, reason="降低", stipend=1100)
    project.refresh_from_db()
    actions.amend_project(project=project, by=house.graduate, reason="提高", stipend=1300)
    assert Project.objects.get(pk=project.pk).stipend == 1300


def test_returning_needs_words_and_opens_the_text_again(house):
    project = house.submitted()
    with pytest.raises(Invalid):
        actions.return_project(project=project, by=house.officer, reason=" ")
    actions.return_project(project=project, by=house.officer, reason="目标要能验收。")
    assert project.state == "returned" and told(house.admin, "project_returned") == 1
    actions.save_project(project=project, by=house.admin, aims="给出判据，验证3批")
    assert actions.submit_project(project=project, by=house.admin).state == "submitted"
    with pytest.raises(Refused):
        actions.return_project(
            project=Project.objects.get(pk=house.project().pk), by=house.officer, reason="还是草稿"
        )


@pytest.fixture
def listed(house):
    """An open project that one student has in a draft, and another student who has not."""
    project = make_project(
        organisation=house.organisation,
        base=house.base,
        industry_mentor=house.industry,
        academic_mentor=house.academic,
        safe_work_declared=True,
    )
    round = make_round()
    row = add_to_round(round, project)
    student, other = make_student(), make_student()
    application = Application.objects.create(round=round, student=student, saved_at=clock.now())
    DraftChoice.objects.create(application=application, round_project=row, rank=1)
    Application.objects.create(round=round, student=other, saved_at=clock.now())
    return project, row, student.user, other.user


def test_a_change_of_wording_is_kept_and_told(house, listed):
    project, _row, student, other = listed
    before = project.summary
    actions.change_wording(
        project=project,
        by=house.admin,
        version=project.version,
        summary="换一种说法的一句话。",
        title=project.title,
    )
    change = ProjectChange.objects.get()
    assert (change.field, change.before, change.after) == (
        "summary",
        before,
        "换一种说法的一句话。",
    )
    assert told(student, "project_changed") == 1 and told(other, "project_changed") == 0


def test_wording_is_never_emptied_nor_used_for_fees_and_nothing_else_changes(house, listed):
    project = listed[0]
    with pytest.raises(Invalid):
        actions.change_wording(project=project, by=house.admin, problem=" ")
    with pytest.raises(Invalid):
        actions.change_wording(project=project, by=house.admin, tasks="入场前交押金200元。")
    with pytest.raises(TypeError):
        actions.change_wording(project=project, by=house.admin, stipend=1)
    for by in (house.other, house.graduate):
        with pytest.raises(Forbidden):
            actions.change_wording(project=project, by=by, title="别人的标题")
    with pytest.raises(Refused):
        actions.change_wording(project=house.project(), by=house.admin, title="草稿")
    assert not ProjectChange.objects.exists()


def test_terms_change_only_by_the_graduate_school_with_a_reason(house, listed):
    project, _row, student, _other = listed
    for by in (house.admin, house.officer, house.secretary):
        with pytest.raises(Forbidden):
            actions.amend_project(project=project, by=by, reason="提高津贴", stipend=4000)
    with pytest.raises(Invalid) as refusal:
        actions.amend_project(project=project, by=house.graduate, reason="", stipend=4000)
    assert refusal.value.field == "reason"
    with pytest.raises(Invalid) as refusal:
        actions.amend_project(project=project, by=house.graduate, reason="降低津贴", stipend=100)
    assert refusal.value.code == "red_lines"
    with pytest.raises(TypeError):
        actions.amend_project(project=project, by=house.graduate, reason="名额", places=5)
    project.refresh_from_db()
    actions.amend_project(
        project=project, by=house.graduate, reason="提高津贴", stipend=4000, housing="subsidy"
    )
    assert told(student, "project_changed") == 1
    assert ProjectChange.objects.get(field="stipend").reason == "提高津贴"


def test_withdrawing_bars_the_project_and_tells_who_lists_it(house, listed):
    project, row, student, other = listed
    with pytest.raises(Invalid):
        actions.withdraw_project(project=project, by=house.admin, reason="")
    with pytest.raises(Forbidden):
        actions.withdraw_project(project=project, by=house.other, reason="别人的")
    actions.withdraw_project(project=project, by=house.admin, reason="产线停产。")
    row.refresh_from_db()
    assert project.state == "withdrawn" and row.withdrawn_at
    assert told(student, "project_withdrawn") == 1 and told(other, "project_withdrawn") == 0
    with pytest.raises(Refused):
        actions.withdraw_project(project=project, by=house.admin, reason="再撤")


def test_those_who_handed_it_in_are_told_and_an_older_version_does_not_count(house):
    made = Applicants(house, number=1)
    gone = made.apply(withdrawn=True)
    actions.withdraw_project(project=made.project, by=house.admin, reason="产线停产。")
    assert told(made.students[0].student.user, "project_withdrawn") == 1
    assert told(gone.student.user, "project_withdrawn") == 0


def test_a_withdrawn_project_leaves_its_demand_free_for_another(house):
    project = house.submitted()
    demand = Demand.objects.get(pk=project.demand_id)
    assert demand.state == "drafted" and demand.project == project
    actions.withdraw_project(project=project, by=house.admin, reason="产线停产。")
    demand = Demand.objects.get(pk=demand.pk)
    assert demand.state == "responded" and demand.project is None
    entry = demand.entries.last()
    assert (entry.kind, entry.by) == ("project_withdrawn", house.admin)
    assert project.number in entry.text and "产线停产。" in entry.text
    assert AuditEvent.objects.filter(verb="demand free for another project").count() == 1
    assert told(house.admin, "own_project_withdrawn") == 0
    assert told(house.academic.user, "own_project_withdrawn") == 1
    again = actions.draft_project(demand=demand, by=house.admin)
    assert again.pk != project.pk and demand.state == "drafted"
    assert Demand.objects.get(pk=demand.pk).project == again
    with pytest.raises(Refused) as refusal:
        actions.draft_project(demand=demand, by=house.manager)
    assert again.number in refusal.value.sentence
    actions.withdraw_project(project=again, by=house.admin, reason="不做了。")
    demand.refresh_from_db()
    assert withdraw_demand(demand=demand, by=house.admin, reason="不做了。").state == "withdrawn"


def test_one_standing_project_per_demand(house):
    project = house.project()
    with pytest.raises(IntegrityError), transaction.atomic():
        make_project(demand=project.demand)
    make_project(demand=project.demand, state="withdrawn")


def test_somebody_elses_withdrawal_is_told_to_the_owners(house):
    project = house.submitted()
    actions.approve_project(project=project, by=house.officer)
    project.refresh_from_db()
    actions.withdraw_project(project=project, by=house.graduate, reason="基地停用。")
    assert told(house.admin, "own_project_withdrawn") == 1 and told(house.other, "own_project_withdrawn") == 0


@pytest.mark.parametrize("state", ["ready", "frozen", "running", "verified", "public_notice"])
def test_no_project_leaves_a_round_that_is_being_computed(house, state):
    made = Applicants(house, number=1, state=state)
    for by in (house.admin, house.graduate):
        with pytest.raises(Refused):
            actions.withdraw_project(project=made.project, by=by, reason="产线停产。")


def test_withdrawing_after_matching_is_for_the_graduate_school(house):
    made = Applicants(house, number=2, state="published")
    for one in made.students:
        Placement.objects.create(
            round=made.round,
            student=one.student,
            project=made.project,
            offered_at=clock.now(),
            answer_due_at=clock.now(),
        )
    Project.objects.filter(pk=made.project.pk).update(state="matched")
    made.project.refresh_from_db()
    with pytest.raises(Refused) as refusal:
        actions.withdraw_project(project=made.project, by=house.admin, reason="产线停产。")
    assert "2" in refusal.value.sentence
    actions.withdraw_project(project=made.project, by=house.graduate, reason="产线停产。")
    assert told(made.students[0].student.user, "project_withdrawn") == 1
