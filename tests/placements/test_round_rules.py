"""Rules before opening, at closing and at freezing: every refusal, by whom and when, and the clock that acts alone."""

from datetime import date, timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from consortium import clock, jobs
from consortium.models import Notification
from consortium.refusals import Forbidden, Invalid, Refused
from placements import tasks
from placements.actions.freeze import close_round, end_scoring, freeze_round
from placements.actions.recompute import request_recompute
from placements.actions.round import (
    agree_extension,
    agree_opening,
    archive_round,
    cancel_round,
    configure_round,
    copy_round,
    plan_round,
    proposed_caps,
    remind_students,
    request_extension,
    request_opening,
    set_caps,
    withdraw_request,
    withdraw_round_project,
)
from placements.actions.run import run_round
from placements.causes import Cause, cause_of
from placements.enums import RoundState
from placements.models import BaseAccreditation, MatchingRound, Placement
from placements.rules import caps as cap_rules
from placements.rules import round as rules
from tests.factories import make_base, make_round, make_student, make_user
from tests.placements.round_kit import Kit

pytestmark = pytest.mark.django_db


@pytest.fixture
def kit():
    return Kit()


def refusal(of=Refused):
    return pytest.raises(of)


# Who may


@pytest.mark.parametrize("role", ["student", "auditor", "board_officer", "council_director"])
def test_others_neither_plan_nor_open_nor_run(kit, role):
    by = make_user(
        role,
        board=__import__("tests.factories", fromlist=["x"]).make_board() if role == "board_officer" else None,
    )
    kit.frozen()
    for act in (
        lambda: plan_round(
            by=by, name="x", opens_at=clock.now(), closes_at=clock.now(), scoring_ends_at=clock.now()
        ),
        lambda: request_opening(round=kit.round, by=by),
        lambda: agree_opening(round=kit.round, by=by),
        lambda: request_extension(round=kit.round, by=by, new_closes_at=clock.now(), reason="x"),
        lambda: end_scoring(round=kit.round, by=by),
        lambda: freeze_round(round=kit.round, by=by),
        lambda: run_round(round=kit.round, by=by),
        lambda: remind_students(round=kit.round, by=by),
    ):
        with refusal(Forbidden):
            act()


# Settings and caps


def test_a_plan_with_times_out_of_order_names_the_field(kit):
    moment = clock.now()
    later = [moment + timedelta(days=n) for n in range(1, 4)]
    for order, field in (((1, 0, 2), "closes_at"), ((0, 2, 1), "scoring_ends_at")):
        with refusal(Invalid) as caught:
            plan_round(
                by=kit.first,
                name="x",
                opens_at=later[order[0]],
                closes_at=later[order[1]],
                scoring_ends_at=later[order[2]],
            )
        assert caught.value.field == field


def test_settings_are_locked_once_opening_is_asked_for_and_free_after_it_is_taken_back(kit):
    request = request_opening(round=kit.round, by=kit.first)
    with refusal():
        configure_round(round=kit.round, by=kit.first, max_preferences=4)
    with refusal():
        set_caps(round=kit.round, by=kit.first, caps=[])
    with refusal():
        request_opening(round=kit.round, by=kit.second)
    withdraw_request(request=request, by=kit.first)
    configure_round(round=kit.round, by=kit.first, max_preferences=4)
    assert kit.round.max_preferences == 4


def test_an_agreed_request_cannot_be_taken_back(kit):
    request = request_opening(round=kit.round, by=kit.first)
    agree_opening(round=kit.round, by=kit.second)
    with refusal():
        withdraw_request(request=request, by=kit.first)


def caps_of(kit, *rows):
    return set_caps(
        round=kit.round,
        by=kit.first,
        caps=[{"kind": kind, "subject_id": pk, "capacity": capacity} for kind, pk, capacity in rows],
    )


def test_caps_that_overlap_are_named_both_and_stop_the_opening(kit):
    project = kit.projects[0]
    caps_of(kit, ("mentor", project.academic_mentor_id, 2), ("mentor", kit.projects[1].academic_mentor_id, 2))
    assert not rules.readiness(kit.round).stops
    other = make_base(name="示例另一基地")
    type(project).objects.filter(pk=project.pk).update(base=other)
    kit.projects[2].academic_mentor = project.academic_mentor
    kit.projects[2].save()
    caps_of(kit, ("mentor", project.academic_mentor_id, 2), ("base", kit.projects[1].base_id, 3))
    with refusal() as caught:
        request_opening(round=kit.round, by=kit.first)
    sentence = str(caught.value.sentence)
    assert project.academic_mentor.user.name in sentence and kit.projects[1].base.name in sentence


@pytest.mark.parametrize(
    "row", [("mentor", 0, 2), ("nonsense", 1, 2), ("base", None, 0), ("base", None, 1001)]
)
def test_a_cap_that_cannot_be_is_refused(kit, row):
    kind, subject, capacity = row
    with refusal(Invalid):
        caps_of(kit, (kind, kit.projects[0].base_id if subject is None else subject, capacity))


def test_the_same_subject_is_capped_once(kit):
    base = kit.projects[0].base_id
    with refusal(Invalid):
        caps_of(kit, ("base", base, 2), ("base", base, 3))


def test_proposed_caps_are_those_that_can_be_reached():
    kit = Kit(projects=3)
    mentor = kit.projects[0].academic_mentor
    mentor.capacity = 1
    mentor.save()
    proposed = proposed_caps(kit.round, rules.readiness(kit.round).passing)
    assert [(row.kind, row.subject_id, row.capacity, row.offered) for row in proposed] == [
        ("mentor", mentor.pk, 1, 2)
    ]
    assert "示例" in proposed[0].label
    assert [finding.weight for finding in rules.readiness(kit.round).findings] == [rules.WARNS]


def test_nested_caps_do_not_overlap_and_crossing_ones_do():
    held = [("a", frozenset({1, 2})), ("b", frozenset({1})), ("c", frozenset({3}))]
    assert cap_rules.overlapping(held) is None
    assert cap_rules.overlapping([*held, ("d", frozenset({2, 3}))]) == ("a", "d")


@pytest.mark.parametrize("state", ["open", "ranking", "ready", "frozen", "verified", "published", "archived"])
def test_caps_of_an_open_round_are_locked_and_the_refusal_says_what_to_do_instead(kit, state):
    MatchingRound.objects.filter(pk=kit.round.pk).update(state=state)
    with refusal() as caught:
        caps_of(kit, ("base", kit.projects[0].base_id, 5))
    assert caught.value.code == "locked" and "补录轮次" in caught.value.remedy
    assert not kit.round.caps.exists()


def test_a_copy_keeps_settings_and_caps_and_moves_a_year(kit):
    caps_of(kit, ("base", kit.projects[0].base_id, 5))
    copy = copy_round(round=kit.round, by=kit.second)
    assert copy.opens_at - kit.round.opens_at == timedelta(weeks=52)
    assert [(cap.kind, cap.capacity) for cap in copy.caps.all()] == [("base", 5)]
    assert copy.seed != kit.round.seed and copy.name != kit.round.name


def test_a_cancelled_round_never_opens(kit):
    cancel_round(round=kit.round, by=kit.first)
    with refusal():
        request_opening(round=kit.round, by=kit.first)


# The check before opening


def barred(kit):
    found = rules.readiness(kit.round)
    return [finding.project_id for finding in found.of(rules.BARS)]


def test_a_base_that_ends_during_the_stay_bars_its_projects(kit):
    BaseAccreditation.objects.update(valid_to=clock.today() + timedelta(days=200))
    assert len(barred(kit)) == 3
    with refusal() as caught:
        request_opening(round=kit.round, by=kit.first)
    assert caught.value.code == "not_ready"


def test_accreditations_that_join_without_a_gap_hold_the_stay():
    base = make_base()
    first = base.accreditations.get()
    follow = BaseAccreditation.objects.create(
        base=base,
        number="JD-next",
        valid_from=first.valid_to + timedelta(days=1),
        valid_to=first.valid_to + timedelta(days=400),
        recorded_by=first.recorded_by,
        recorded_at=clock.now(),
    )
    start, end = first.valid_to - timedelta(days=10), first.valid_to + timedelta(days=100)
    assert rules.is_base_valid(base, start, end)
    follow.valid_from += timedelta(days=2)
    follow.save()
    assert not rules.is_base_valid(base, start, end)


def test_a_mentor_out_of_office_or_at_capacity_bars_only_their_projects(kit):
    mentor = kit.projects[0].industry_mentor
    mentor.until = clock.today() + timedelta(days=5)
    mentor.save()
    assert barred(kit) == [kit.projects[0].pk]
    mentor.until = clock.today() + timedelta(days=500)
    mentor.capacity = 1
    mentor.save()
    Placement.objects.create(
        round=make_round(),
        student=make_student(),
        project=kit.projects[0],
        state="accepted",
        offered_at=clock.now(),
        answer_due_at=clock.now(),
    )
    assert barred(kit) == [kit.projects[0].pk]


def test_a_project_whose_start_is_past_is_barred(kit):
    project = kit.projects[0]
    project.starts_on = date(2020, 1, 1)
    project.save()
    assert barred(kit) == [project.pk]


def test_barred_projects_do_not_enter_and_the_others_get_codes(kit):
    project = kit.projects[0]
    project.starts_on = date(2020, 1, 1)
    project.save()
    kit.open()
    rows = list(kit.round.round_projects.all())
    assert {row.project_id for row in rows} == {one.pk for one in kit.projects[1:]}
    assert all(len(row.code) == 12 for row in rows)
    project.refresh_from_db()
    assert project.state == "approved"
    assert {row.project.state for row in rows} == {"open"}


# Opening, closing, scoring by the clock


def test_agreed_before_its_time_it_opens_by_the_clock(kit):
    type(kit.round).objects.filter(pk=kit.round.pk).update(opens_at=clock.now() + timedelta(days=1))
    kit.round.refresh_from_db()
    kit.open()
    assert kit.round.state == RoundState.CONFIGURED
    tasks.advance_rounds()
    kit.round.refresh_from_db()
    assert kit.round.state == RoundState.CONFIGURED
    with clock.moved(timedelta(days=1, seconds=1)):
        tasks.advance_rounds()
        tasks.advance_rounds()
    kit.round.refresh_from_db()
    assert kit.round.state == RoundState.OPEN
    assert Notification.objects.filter(kind="round_opened").count() == len(kit.students)


def test_without_the_second_person_the_clock_opens_nothing(kit):
    request_opening(round=kit.round, by=kit.first)
    tasks.advance_rounds()
    kit.round.refresh_from_db()
    assert kit.round.state == RoundState.CONFIGURED


def test_the_clock_takes_a_round_from_closing_to_frozen_and_a_broken_one_holds_up_nobody(kit):
    broken = make_round(
        state="open", closes_in=timedelta(minutes=1), name="示例坏轮"
    )  # nobody handed in a list
    kit.open().fill()
    with clock.moved(timedelta(days=30)):
        for _ in range(4):
            tasks.advance_rounds()
    kit.round.refresh_from_db()
    broken.refresh_from_db()
    assert kit.round.state == RoundState.FROZEN
    assert broken.state == RoundState.READY
    assert rules.freezing_obstacle(broken)


def test_nothing_closes_before_its_time_nor_twice(kit):
    kit.open().fill()
    with refusal():
        close_round(round=kit.round)
    kit.close()
    with refusal():
        close_round(round=kit.round)
    assert kit.round.round_students.count() == len(kit.students)


def test_owners_are_told_once_at_closing(kit):
    kit.open().fill().close()
    told = Notification.objects.filter(kind="round_scoring")
    people = set(told.values_list("user", flat=True).order_by())
    assert people and told.count() == len(people)
    assert people <= {
        mentor.user_id
        for project in kit.projects
        for mentor in (project.academic_mentor, project.industry_mentor)
    }


def test_the_office_ends_scoring_only_when_all_are_done(kit):
    kit.open().fill().close()
    with refusal() as caught:
        end_scoring(round=kit.round, by=kit.first)
    assert caught.value.code == "scores_missing"
    kit.round.round_projects.update(scores_done_at=clock.now(), scores_done_by=kit.first)
    end_scoring(round=kit.round, by=kit.first)
    assert kit.round.state == RoundState.READY
    freeze_round(round=kit.round, by=kit.first)
    assert kit.round.state == RoundState.FROZEN


def test_a_round_without_lists_or_without_places_says_so_before_it_is_frozen(kit):
    kit.open().fill().close().score()
    for row in kit.round.round_projects.all():
        withdraw_round_project(round_project=row, by=kit.first, reason="示例")
    with clock.moved(timedelta(days=30)):
        end_scoring(round=kit.round)
        with refusal() as caught:
            freeze_round(round=kit.round)
    assert caught.value.url and kit.round.instance is None


def test_a_frozen_round_lets_no_project_go(kit):
    kit.frozen()
    with refusal():
        withdraw_round_project(round_project=kit.round.round_projects.first(), by=kit.first)


def test_only_a_frozen_round_runs(kit):
    with refusal():
        run_round(round=kit.round, by=kit.first)


# Extension, reminders, archive


def test_a_later_closing_time_needs_two_persons_and_a_public_reason(kit):
    kit.open()
    later = kit.round.closes_at + timedelta(days=2)
    scoring = kit.round.scoring_ends_at
    for wrong in ({"reason": " "}, {"new_closes_at": kit.round.closes_at}):
        with refusal(Invalid):
            request_extension(
                **{"round": kit.round, "by": kit.first, "new_closes_at": later, "reason": "示例原因", **wrong}
            )
    request_extension(round=kit.round, by=kit.first, new_closes_at=later, reason="示例原因")
    with refusal(Forbidden) as caught:
        agree_extension(round=kit.round, by=kit.first)
    assert kit.second.name in str(caught.value)
    agree_extension(round=kit.round, by=kit.second)
    kit.round.refresh_from_db()
    assert kit.round.closes_at == later and kit.round.scoring_ends_at == scoring + timedelta(days=2)
    assert "示例原因" in kit.round.public_note


def test_an_extension_is_of_no_use_after_closing(kit):
    kit.open()
    request_extension(
        round=kit.round, by=kit.first, new_closes_at=kit.round.closes_at + timedelta(days=9), reason="示例"
    )
    with clock.moved(kit.round.closes_at - clock.now() + timedelta(seconds=1)), refusal():
        agree_extension(round=kit.round, by=kit.second)


def test_a_reminder_goes_once_a_day_to_those_without_a_list(kit):
    kit.open()
    kit.hand_in(kit.students[0], list(kit.round.round_projects.all())[:1])
    assert remind_students(round=kit.round, by=kit.first) == len(kit.students) - 1
    assert remind_students(round=kit.round, by=kit.second) == 0
    kit.close()
    with refusal():
        remind_students(round=kit.round, by=kit.first)


def test_a_round_with_unanswered_places_is_not_archived(kit):
    round = make_round(state="published", answers_due_at=clock.now())
    place = Placement.objects.create(
        round=round,
        student=make_student(),
        project=kit.projects[0],
        offered_at=clock.now(),
        answer_due_at=clock.now(),
    )
    with refusal():
        archive_round(round=round, by=kit.first)
    place.state = "lapsed"
    place.save()
    archive_round(round=round, by=kit.first)
    assert round.state == RoundState.ARCHIVED


def test_without_an_upheld_objection_nothing_is_computed_anew(kit):
    kit.frozen().run()
    kit.notice()
    with refusal() as caught:
        request_recompute(round=kit.round, by=kit.first, reason="示例")
    assert caught.value.code == "no_ground"


# Causes, command


@pytest.mark.parametrize(
    ("reasons", "eligible", "cause"),
    [
        ([("p", "below_cutoff", "p")] * 3, True, Cause.FULL),
        ([("p", "below_cutoff", "p")], True, Cause.SHORT),
        ([("p", "below_cutoff", "m")] * 3, True, Cause.CAPPED),
        ([("p", "not_eligible", None)] * 3, True, Cause.NONE_OPEN),
        ([("p", "closed", None)], True, Cause.CLOSED),
        ([("p", "full_by_pins", "p")], True, Cause.PINNED),
        ([], True, Cause.NONE_OPEN),
        ([("p", "below_cutoff", "p")], False, Cause.STUDENT),
    ],
)
def test_every_unplaced_student_has_one_cause(reasons, eligible, cause):
    rows = [{"project": project, "reason": reason, "by": by} for project, reason, by in reasons]
    assert cause_of(rows, eligible=eligible) == cause


def test_the_command_says_what_it_lacks():
    with pytest.raises(CommandError):
        call_command("run_main_job", stdout=StringIO())
    make_user("graduate_officer", username="graduate")
    make_user("graduate_officer", username="graduate2")
    with pytest.raises(CommandError, match="No sample round"):
        call_command("run_main_job", stdout=StringIO())
    round = make_round()
    with pytest.raises(CommandError, match="until"):
        call_command("run_main_job", round=round.pk, stdout=StringIO())


def test_the_command_gives_up_when_no_worker_comes_and_leaves_the_job_in_the_queue():
    kit = Kit().frozen()
    kit.first.username = "graduate"
    kit.first.save()
    kit.second.username = "graduate2"
    kit.second.save()
    with pytest.raises(CommandError, match="within 0 s"):
        call_command("run_main_job", seconds=0, stdout=StringIO())
    assert MatchingRound.objects.get(pk=kit.round.pk).state == RoundState.RUNNING


def test_a_run_whose_job_was_stopped_elsewhere_is_given_up_by_the_clock(kit):
    kit.frozen()
    run = run_round(round=kit.round, by=kit.first)
    jobs.stop_job(job=run.job, by=kit.first)
    tasks.advance_rounds()
    tasks.advance_rounds()
    kit.round.refresh_from_db()
    run.refresh_from_db()
    assert (kit.round.state, run.state) == (RoundState.FROZEN, "failed") and run.error
