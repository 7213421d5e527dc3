"""Owners judge applicants: only of locked lists, only eligible, only in time, and never see where
else they applied.
"""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from consortium import clock
from consortium.refusals import Forbidden, Invalid, Refused
from placements.actions import score as actions
from placements.models import Placement, ProjectScore
from placements.queries import score as queries
from placements.rules import score as rules
from tests.factories import make_appointment, make_skill
from tests.placements.owner_kit import Applicants, House

pytestmark = pytest.mark.django_db


@pytest.fixture
def house():
    return House()


@pytest.fixture
def made(house):
    return Applicants(house)


def test_applicants_are_the_eligible_of_the_latest_lists(house, made):
    made.apply(eligible=False)
    made.apply(withdrawn=True)
    made.apply(row=made.other_row)
    assert {one.pk for one in queries.applicants(made.row)} == {one.pk for one in made.students}
    assert {one.statement for one in queries.applicants(made.row)} == {
        "示例说明0",
        "示例说明1",
        "示例说明2",
    }


def test_skills_are_compared(made):
    first, second, third = (make_skill(name_zh=name) for name in ("灌流", "统计", "层析"))
    made.project.skills_required.set([first, second])
    made.project.skills_welcome.set([third])
    made.students[0].student.skills.set([first, third])
    one = next(one for one in queries.applicants(made.row) if one.pk == made.students[0].pk)
    assert (one.has, one.lacks, one.welcome) == ([first], [second], [third])


def test_scores_are_saved_changed_and_taken_back(house, made):
    student = made.students[0]
    actions.save_score(round_project=made.row, round_student=student, by=house.admin, score=88)
    actions.save_score(round_project=made.row, round_student=student, by=house.industry.user, score=90)
    score = ProjectScore.objects.get()
    assert (score.score, score.by) == (90, house.industry.user)
    actions.save_score(
        round_project=made.row,
        round_student=student,
        by=house.admin,
        unacceptable=True,
        reason="缺安全培训",
    )
    score.refresh_from_db()
    assert score.unacceptable and score.score is None
    actions.clear_score(round_project=made.row, round_student=student, by=house.admin)
    assert not ProjectScore.objects.exists()


@pytest.mark.parametrize("score", [None, 0, 101, -1])
def test_a_score_is_1_to_100(house, made, score):
    with pytest.raises(Invalid) as refusal:
        actions.save_score(
            round_project=made.row, round_student=made.students[0], by=house.admin, score=score
        )
    assert refusal.value.field == "score"


def test_not_accepting_needs_a_reason(house, made):
    with pytest.raises(Invalid) as refusal:
        actions.save_score(
            round_project=made.row,
            round_student=made.students[0],
            by=house.admin,
            unacceptable=True,
            reason=" ",
        )
    assert refusal.value.field == "reason"


def test_who_judges(house, made):
    for by in (
        house.manager,
        house.other,
        house.graduate,
        house.secretary,
        house.officer,
        make_appointment().user,
    ):
        with pytest.raises(Forbidden):
            actions.save_score(round_project=made.row, round_student=made.students[0], by=by, score=50)
        with pytest.raises(Forbidden):
            actions.finish_scoring(round_project=made.row, by=by)
    for by in (house.admin, house.academic.user, house.industry.user):
        actions.save_score(round_project=made.row, round_student=made.students[0], by=by, score=50)


@pytest.mark.parametrize(
    ("state", "code"),
    [
        ("open", "not_closed"),
        ("ready", "scoring_ended"),
        ("frozen", "scoring_ended"),
        ("published", "scoring_ended"),
    ],
)
def test_only_between_closing_and_the_end(house, state, code):
    made = Applicants(house, number=1, state=state)
    for act in (
        lambda: actions.save_score(
            round_project=made.row, round_student=made.students[0], by=house.admin, score=50
        ),
        lambda: actions.clear_score(round_project=made.row, round_student=made.students[0], by=house.admin),
        lambda: actions.rank_applicants(round_project=made.row, by=house.admin, order=[made.students[0].pk]),
        lambda: actions.finish_scoring(round_project=made.row, by=house.admin),
    ):
        with pytest.raises(Refused) as refusal:
            act()
        assert refusal.value.code == code and refusal.value.status == 409


def test_past_the_end_even_before_the_clock_has_moved_the_round(house, made):
    with clock.moved(timedelta(days=3)), pytest.raises(Refused) as refusal:
        actions.save_score(round_project=made.row, round_student=made.students[0], by=house.admin, score=50)
    assert refusal.value.code == "scoring_ended"


def test_only_applicants_are_judged(house, made):
    for stranger in (
        made.apply(eligible=False),
        made.apply(row=made.other_row),
        made.apply(withdrawn=True),
    ):
        with pytest.raises(Refused):
            actions.save_score(round_project=made.row, round_student=stranger, by=house.admin, score=50)


def test_a_withdrawn_project_has_nothing_to_score(house, made):
    made.row.withdrawn_at = clock.now()
    made.row.save()
    with pytest.raises(Refused):
        actions.save_score(round_project=made.row, round_student=made.students[0], by=house.admin, score=50)


@pytest.mark.parametrize(
    ("number", "scores"),
    [
        (0, []),
        (1, [100]),
        (3, [100, 90, 80]),
        (12, list(range(100, 0, -9))),
        (100, list(range(100, 0, -1))),
    ],
)
def test_an_order_becomes_scores_without_ties(number, scores):
    assert rules.spread(number) == scores


def test_ranking_writes_scores_and_leaves_out_the_rest(house, made):
    first, second, third = (one.pk for one in made.students)
    actions.rank_applicants(round_project=made.row, by=house.admin, order=[third, first, second])
    assert dict(ProjectScore.objects.order_by("pk").values_list("round_student", "score")) == {
        third: 100,
        first: 90,
        second: 80,
    }
    actions.rank_applicants(round_project=made.row, by=house.admin, order=[second, third])
    assert dict(ProjectScore.objects.order_by("pk").values_list("round_student", "score")) == {
        second: 100,
        third: 90,
    }


def test_an_order_with_strangers_doubles_or_refused_ones(house, made):
    first, second, _third = (one.pk for one in made.students)
    for order in ([first, first], [first, 999_999], [made.apply(row=made.other_row).pk]):
        with pytest.raises(Invalid):
            actions.rank_applicants(round_project=made.row, by=house.admin, order=order)
    actions.save_score(
        round_project=made.row,
        round_student=made.students[0],
        by=house.admin,
        unacceptable=True,
        reason="示例理由",
    )
    with pytest.raises(Invalid):
        actions.rank_applicants(round_project=made.row, by=house.admin, order=[first, second])
    actions.rank_applicants(round_project=made.row, by=house.admin, order=[second])
    assert ProjectScore.objects.get(round_student=first).unacceptable


def test_finishing_is_noted_once_and_changes_stay_possible(house, made):
    actions.finish_scoring(round_project=made.row, by=house.admin)
    at = made.row.scores_done_at
    actions.finish_scoring(round_project=made.row, by=house.industry.user)
    assert made.row.scores_done_at == at and made.row.scores_done_by == house.admin
    actions.save_score(round_project=made.row, round_student=made.students[0], by=house.admin, score=50)


# --- pages


def test_the_page_tells_neither_rank_nor_other_choices(house, client):
    made = Applicants(house, number=3)
    client.force_login(house.industry.user)
    page = client.get(reverse("scores_for", args=[made.row.pk])).content.decode()
    assert "示例说明0" in page and "别处的说明" not in page and made.elsewhere.title not in page
    # Applicants stand in the random order of the round, whatever place they gave the project.
    shown = [one.pk for one in queries.applicants(made.row)]
    assert shown == [one.pk for one in sorted(made.students, key=lambda one: one.code)]


def test_others_find_no_such_page(house, made, client):
    address = reverse("scores_for", args=[made.row.pk])
    for by, status in (
        (house.other, 404),
        (house.manager, 403),
        (house.graduate, 403),
        (made.students[0].student.user, 403),
    ):
        client.force_login(by)
        assert client.get(address).status_code == status
    assert client.get(reverse("scores_for", args=[made.other_row.pk])).status_code == 403


def test_before_closing_the_page_says_when(house, client):
    made = Applicants(
        house,
        number=1,
        state="open",
        closes_at=clock.now() + timedelta(days=1),
        scoring_ends_at=clock.now() + timedelta(days=3),
    )
    client.force_login(house.admin)
    page = client.get(reverse("scores_for", args=[made.row.pk]))
    assert page.status_code == 409 and made.students[0].student.user.name not in page.content.decode()
    assert client.get(reverse("scores")).context["groups"] == []


def test_scoring_by_forms(house, made, client):
    client.force_login(house.admin)
    first, second, third = (one.pk for one in made.students)
    address = reverse("scores_for", args=[made.row.pk])
    answer = client.post(reverse("score_save", args=[made.row.pk, first]), {"score": "77"})
    assert answer.status_code == 302 and answer["Location"] == f"{address}#applicant-{first}"
    assert ProjectScore.objects.get().score == 77
    answer = client.post(reverse("score_save", args=[made.row.pk, first]), {"score": "120"})
    assert answer.status_code == 422 and 'value="120"' in answer.content.decode()
    client.post(reverse("score_save", args=[made.row.pk, first]), {"score": ""})
    assert not ProjectScore.objects.exists()
    refuse = reverse("score_refuse", args=[made.row.pk, second])
    assert client.get(refuse).status_code == 200
    assert client.post(refuse, {"reason": ""}).status_code == 422
    assert client.post(refuse, {"reason": "缺少安全培训"}).status_code == 302
    move = reverse("score_move", args=[made.row.pk])
    client.post(move, {"row": first, "to": "9999"})
    client.post(move, {"row": third, "to": "1"})
    assert dict(
        ProjectScore.objects.filter(unacceptable=False).order_by("pk").values_list("round_student", "score")
    ) == {
        third: 100,
        first: 90,
    }
    client.post(move, {"row": third})
    assert list(
        ProjectScore.objects.filter(unacceptable=False).order_by("pk").values_list("round_student", flat=True)
    ) == [first]
    assert client.get(address + "?view=order").status_code == 200
    client.post(reverse("score_clear", args=[made.row.pk, second]))
    assert client.post(reverse("score_finish", args=[made.row.pk])).status_code == 302
    assert client.get(address).status_code == 200
    assert client.get(reverse("scores")).status_code == 200


def test_a_late_press_is_refused_with_a_sentence(house, client):
    made = Applicants(house, number=1, state="ready")
    client.force_login(house.admin)
    assert client.get(reverse("scores_for", args=[made.row.pk])).status_code == 200
    for name, args in (
        ("score_save", [made.students[0].pk]),
        ("score_clear", [made.students[0].pk]),
        ("score_finish", []),
    ):
        assert client.post(reverse(name, args=[made.row.pk, *args]), {"score": "50"}).status_code == 409
    assert client.get(reverse("score_refuse", args=[made.row.pk, made.students[0].pk])).status_code == 409


def test_a_list_of_applicants_asks_as_often_for_one_as_for_three(house, client):
    client.force_login(house.admin)
    one, three = Applicants(house, number=1), Applicants(house, number=3)
    asked = []
    for made in (one, three):
        made.project.skills_required.set([make_skill()])
        address = reverse("scores_for", args=[made.row.pk])
        client.get(address)
        with CaptureQueriesContext(connection) as queried:
            client.get(address)
        asked.append(len(queried))
    assert asked[0] == asked[1]
    with CaptureQueriesContext(connection) as two:
        client.get(reverse("scores"))
    Applicants(house, number=2)
    with CaptureQueriesContext(connection) as more:
        client.get(reverse("scores"))
    assert len(two) == len(more)


def test_whom_a_project_got_is_shown_when_final(house, client):
    made = Applicants(house, number=2, state="public_notice")
    for one in made.students:
        Placement.objects.create(
            round=made.round,
            student=one.student,
            project=made.project,
            offered_at=clock.now(),
            answer_due_at=clock.now(),
            state="accepted" if one is made.students[0] else "declined",
            reason="去别处",
        )
    address = reverse("project_admitted", args=[made.project.pk])
    client.force_login(house.manager)
    answer = client.get(address)
    assert answer.status_code == 409 and made.students[0].student.user.name not in answer.content.decode()
    made.round.state = "published"
    made.round.save()
    page = client.get(address).content.decode()
    assert made.students[0].student.user.name in page and "示例说明0" in page
    assert made.students[1].student.user.name not in page
    client.force_login(house.other)
    assert client.get(address).status_code == 404
