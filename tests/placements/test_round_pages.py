"""Pages of rounds: who sees what, refusals with their status, and that looking changes nothing."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from consortium import clock, jobs
from consortium.models import AuditEvent, Job, Notification, RoleGrant
from placements.actions.freeze import freeze_round
from placements.actions.notice import answer_objection, publish_round
from placements.actions.recompute import request_recompute
from placements.enums import RoundState
from placements.models import MatchingRound, Objection
from tests.factories import make_appointment, make_base, make_organisation, make_round, make_user
from tests.placements.round_kit import Kit

pytestmark = pytest.mark.django_db


def page(client, user, name, *args):
    """The answer to a GET by this person (None: not signed in)."""
    if user:
        client.force_login(user)
    else:
        client.logout()
    return client.get(reverse(name, args=args))


def text(answer):
    return answer.content.decode()


@pytest.fixture
def auditor():
    return make_user("auditor")


@pytest.mark.parametrize("state", ["planned", "configured"])
def test_before_opening_only_the_office_and_auditors_see_a_round(client, auditor, state):
    round = make_round(state=state, name="示例隐藏轮")
    for user in (None, make_user("student"), make_user("enterprise_admin", organisation=make_organisation())):
        assert page(client, user, "round", round.pk).status_code == 404
        assert "示例隐藏轮" not in text(page(client, user, "rounds"))
    for user in (make_user("graduate_officer"), make_user("secretary"), auditor):
        assert page(client, user, "round", round.pk).status_code == 200
        assert "示例隐藏轮" in text(page(client, user, "rounds"))


def walk(kit):
    """The round in each of its states, one after the other."""
    yield kit.round
    from placements.actions.round import request_opening

    request_opening(round=kit.round, by=kit.first)
    yield kit.round
    from placements.actions.round import agree_opening

    agree_opening(round=kit.round, by=kit.second)
    kit.round.refresh_from_db()
    yield kit.round
    kit.fill()
    yield kit.round
    kit.close().score()
    yield kit.round
    kit.freeze()
    yield kit.round
    from placements.actions.run import run_round

    run = run_round(round=kit.round, by=kit.first)
    kit.round.refresh_from_db()
    yield kit.round
    jobs.run(run.job_id)
    kit.round.refresh_from_db()
    yield kit.round
    kit.notice()
    yield kit.round
    with clock.moved(kit.round.notice_ends_at - clock.now() + timedelta(seconds=1)):
        publish_round(round=kit.round, by=kit.second)
    yield kit.round


def test_every_state_has_a_page_for_everybody_and_looking_changes_nothing(client, auditor):
    kit = Kit(students=8, projects=4)
    readers = [None, kit.students[0].user, kit.first, kit.second, kit.secretary, auditor]
    for round in walk(kit):
        before = (AuditEvent.objects.count(), MatchingRound.objects.get(pk=round.pk).version)
        for user in readers:
            hidden = round.state in ("planned", "configured") and user in readers[:2]
            answer = page(client, user, "round", round.pk)
            assert answer.status_code == (404 if hidden else 200), (round.state, user)
            page(client, user, "rounds")
        assert (AuditEvent.objects.count(), MatchingRound.objects.get(pk=round.pk).version) == before


def test_no_name_of_a_student_on_the_page_of_a_round_and_no_seed_before_the_notice(client, auditor):
    kit = Kit(students=6)
    kit.frozen().run()
    names = [student.user.name for student in kit.students]
    for user in (None, kit.students[0].user, kit.first, auditor):
        said = text(page(client, user, "round", kit.round.pk))
        others = [name for name in names if user is None or name != user.name]
        assert not [name for name in others if name in said]
        assert kit.round.seed not in said
        assert kit.round.seed_sha256 in said
    kit.notice()
    assert kit.round.seed in text(page(client, None, "round", kit.round.pk))


def test_files_are_for_those_who_may_download_them(client, auditor):
    kit = Kit(students=6)
    run = kit.frozen().run()
    for url in (reverse("file", args=[kit.round.instance_id]), reverse("file", args=[run.result_id])):
        for user, status in ((None, 404), (kit.students[0].user, 404), (kit.first, 200), (auditor, 200)):
            client.force_login(user) if user else client.logout()
            assert client.get(url).status_code == status


def test_the_same_person_cannot_agree_and_reads_who_can(client):
    kit = Kit()
    client.force_login(kit.first)
    assert client.post(reverse("round_request_opening", args=[kit.round.pk])).status_code == 302
    answer = client.post(reverse("round_agree", args=[kit.round.pk, "open"]))
    assert answer.status_code == 403
    assert kit.second.name in text(answer) and kit.secretary.name in text(answer)
    kit.round.refresh_from_db()
    assert kit.round.state == RoundState.CONFIGURED
    client.force_login(kit.second)
    assert client.post(reverse("round_agree", args=[kit.round.pk, "open"])).status_code == 302
    kit.round.refresh_from_db()
    assert kit.round.state == RoundState.OPEN


def test_settings_of_an_open_round_are_locked(client):
    kit = Kit().open()
    client.force_login(kit.first)
    moment = clock.now().astimezone(clock.SHANGHAI)
    sent = {
        "name": "示例新名",
        "opens_at": f"{moment:%Y-%m-%dT%H:%M}",
        "closes_at": f"{moment + timedelta(days=9):%Y-%m-%dT%H:%M}",
        "scoring_ends_at": f"{moment + timedelta(days=19):%Y-%m-%dT%H:%M}",
        "max_preferences": 4,
    }
    assert client.post(reverse("round_edit", args=[kit.round.pk]), sent).status_code == 409
    kit.round.refresh_from_db()
    assert kit.round.max_preferences == 6 and kit.round.name != "示例新名"


def test_two_editors_do_not_overwrite_each_other(client):
    kit = Kit()
    client.force_login(kit.first)
    sent = {
        name: f"{value.astimezone(clock.SHANGHAI):%Y-%m-%dT%H:%M}" if hasattr(value, "astimezone") else value
        for name, value in (
            (name, getattr(kit.round, name))
            for name in ("name", "opens_at", "closes_at", "scoring_ends_at", "max_preferences", "version")
        )
    }
    url = reverse("round_edit", args=[kit.round.pk])
    assert client.post(url, sent | {"max_preferences": 4}).status_code == 302
    answer = client.post(url, sent | {"max_preferences": 5})
    assert answer.status_code == 409
    kit.round.refresh_from_db()
    assert kit.round.max_preferences == 4


def test_times_out_of_order_are_named_at_their_field(client):
    client.force_login(make_user("graduate_officer"))
    sent = {
        "name": "示例轮",
        "opens_at": "2030-01-02T10:00",
        "closes_at": "2030-01-01T10:00",
        "scoring_ends_at": "2030-01-03T10:00",
        "max_preferences": 6,
    }
    answer = client.post(reverse("round_new"), sent)
    assert answer.status_code == 422
    assert answer.context["form"].errors.keys() == {"closes_at"}
    assert not MatchingRound.objects.exists()


def test_two_presses_plan_one_round(client):
    client.force_login(make_user("graduate_officer"))
    sent = {
        "name": "示例轮",
        "opens_at": "2030-01-01T10:00",
        "closes_at": "2030-01-02T10:00",
        "scoring_ends_at": "2030-01-03T10:00",
        "max_preferences": 6,
        "form_key": "k1",
    }
    first = client.post(reverse("round_new"), sent)
    second = client.post(reverse("round_new"), sent | {"name": "示例轮二"})
    assert first.url == second.url and MatchingRound.objects.count() == 1


def test_the_runner_cannot_publish_by_page_either(client):
    kit = Kit()
    kit.frozen().run()
    client.force_login(kit.first)
    assert client.get(reverse("round_notice", args=[kit.round.pk])).status_code == 403
    answer = client.post(reverse("round_notice", args=[kit.round.pk]), {"public_note": ""})
    assert answer.status_code == 403 and kit.second.name in text(answer)
    client.force_login(kit.secretary)  # may run rounds, may not publish
    assert client.post(reverse("round_notice", args=[kit.round.pk])).status_code == 403
    client.force_login(kit.second)
    assert client.get(reverse("round_notice", args=[kit.round.pk])).status_code == 200
    assert client.post(reverse("round_notice", args=[kit.round.pk]), {"public_note": ""}).status_code == 302


def objection(kit, student, moment=None):
    run = kit.round.runs.get(adopted=True)
    return Objection.objects.create(
        round=kit.round,
        run=run,
        by=student.user,
        kind="score",
        text="示例说明",
        made_at=clock.now(),
        due_at=kit.round.notice_ends_at,
    )


def test_objections_are_answered_by_others_and_bar_the_final_result(client):
    kit = Kit()
    kit.frozen().run()
    kit.notice()
    row = objection(kit, kit.students[0])
    url = reverse("objection", args=[row.pk])
    assert page(client, kit.students[1].user, "objection", row.pk).status_code == 404
    assert page(client, kit.students[0].user, "objection", row.pk).status_code == 200
    client.force_login(kit.students[0].user)
    assert client.post(url, {"upheld": "no", "answer": "示例"}).status_code == 403
    client.force_login(kit.first)
    assert client.post(url, {"upheld": "no", "answer": "示例"}).status_code == 403
    with clock.moved(kit.round.notice_ends_at - clock.now() + timedelta(seconds=1)):
        client.force_login(kit.second)
        assert client.post(reverse("round_publish", args=[kit.round.pk])).status_code == 409
        client.force_login(kit.secretary)
        assert client.post(url, {"upheld": "no", "answer": ""}).status_code == 422
        assert client.post(url, {"upheld": "no", "answer": "示例答复"}).status_code == 302
        assert client.post(url, {"upheld": "yes", "answer": "又一答复"}).status_code == 409
        client.force_login(kit.second)
        assert client.post(reverse("round_publish", args=[kit.round.pk])).status_code == 302
    kit.round.refresh_from_db()
    assert kit.round.state == RoundState.PUBLISHED


def test_before_the_notice_ends_nothing_is_final(client):
    kit = Kit()
    kit.frozen().run()
    kit.notice()
    client.force_login(kit.second)
    assert client.post(reverse("round_publish", args=[kit.round.pk])).status_code == 409


def test_an_upheld_objection_needs_a_new_computation_by_two_persons(client):
    kit = Kit()
    old = kit.frozen().run()
    kit.notice()
    row = objection(kit, kit.students[0])
    answer_objection(objection=row, by=kit.secretary, upheld=True, answer="示例：评分有误")
    with clock.moved(kit.round.notice_ends_at - clock.now() + timedelta(seconds=1)):
        client.force_login(kit.second)
        assert client.post(reverse("round_publish", args=[kit.round.pk])).status_code == 409
    # Lists have long been closed by then: the new end of scoring lies after it.
    with clock.moved(kit.round.scoring_ends_at - clock.now() + timedelta(days=1)):
        request_recompute(round=kit.round, by=kit.first, reason="示例原因")
        client.force_login(kit.first)
        assert client.post(reverse("round_agree", args=[kit.round.pk, "recompute"])).status_code == 403
        client.force_login(kit.second)
        assert client.post(reverse("round_agree", args=[kit.round.pk, "recompute"])).status_code == 302
    kit.round.refresh_from_db()
    old.refresh_from_db()
    assert kit.round.state == RoundState.RANKING and "示例原因" in kit.round.public_note
    assert not old.adopted and old.results.count() == len(kit.students)
    new = kit.freeze().run(by=kit.secretary)
    assert new.adopted and new.number == 2
    assert page(client, kit.first, "round", kit.round.pk).status_code == 200
    kit.notice()
    with clock.moved(kit.round.notice_ends_at - clock.now() + timedelta(seconds=1)):
        publish_round(round=kit.round, by=kit.second)


@pytest.mark.parametrize("role", ["student", "graduate_officer"])
def test_the_list_asks_the_same_number_of_questions(client, role):
    client.force_login(make_user(role))
    counts = []
    for number in (1, 3):
        while MatchingRound.objects.count() < 2 * number:
            make_round(state="verified", frozen_at=clock.now())
            make_round(state="public_notice", notice_ends_at=clock.now())
        client.get(reverse("rounds"))
        with CaptureQueriesContext(connection) as seen:
            client.get(reverse("rounds"))
        counts.append(len(seen))
    assert counts[0] == counts[1]


def test_the_list_has_pages_and_is_narrowed_by_state_and_year(client):
    year = clock.now().year
    last_year = {
        "opens_at": clock.now() - timedelta(days=380),
        "closes_at": clock.now() - timedelta(days=370),
        "scoring_ends_at": clock.now() - timedelta(days=365),
    }
    make_round(name="示例往年轮", state="archived", **last_year)
    make_round(name="示例今年归档轮", state="archived")
    make_round(name="示例筹备轮", state="planned")
    for _number in range(30):
        make_round()
    first = page(client, None, "rounds")
    assert len(first.context["rounds"]) == 25
    assert "示例往年轮" not in text(first) and "示例往年轮" in text(client.get("/rounds/?page=2"))
    archived = text(client.get("/rounds/?state=archived"))
    assert "示例往年轮" in archived and "示例今年归档轮" in archived
    both = text(client.get(f"/rounds/?state=archived&year={year}"))
    assert "示例往年轮" not in both and "示例今年归档轮" in both
    nothing = client.get(f"/rounds/?state=open&year={clock.now().year - 1}")
    assert nothing.status_code == 200 and 'href="/rounds/"' in text(nothing)
    hidden = client.get("/rounds/?state=planned")
    assert "示例筹备轮" not in text(hidden)
    assert {one["label"] for one in hidden.context["states"]} == {"开放填报", "已归档"}


def test_the_list_as_a_file_holds_no_round_that_the_reader_may_not_see(client):
    make_round(name="示例公开轮")
    make_round(name="示例筹备轮", state="planned")
    file = b"".join(client.get("/rounds/?format=csv").streaming_content).decode()
    assert "示例公开轮" in file and "示例筹备轮" not in file
    client.force_login(make_user("graduate_officer"))
    assert "示例筹备轮" in b"".join(client.get("/rounds/?format=csv").streaming_content).decode()


def test_those_who_may_publish_are_told_once_a_day(client):
    kit = Kit().frozen()
    kit.run()
    shown = text(page(client, kit.first, "round", kit.round.pk))
    tell = reverse("round_tell_publishers", args=[kit.round.pk])
    assert tell in shown and "示例乙" in shown
    asked = Notification.objects.filter(kind="round_awaits_publisher")
    assert client.get(tell).status_code == 405 and not asked.exists()
    assert client.post(tell).status_code == 302
    assert [row.user for row in asked] == [kit.second]
    event = AuditEvent.objects.get(verb="publishers told")
    assert event.actor == kit.first and event.details["people"] == 1
    after = text(page(client, kit.first, "round", kit.round.pk))
    assert tell not in after and "示例甲通知了" in after
    again = client.post(tell)
    assert again.status_code == 409 and "示例乙" in text(again) and asked.all().count() == 1
    newcomer = make_user("graduate_officer", name="示例新人")
    assert tell in text(page(client, kit.first, "round", kit.round.pk))
    assert client.post(tell).status_code == 302 and asked.filter(user=newcomer).count() == 1
    assert asked.all().count() == 2
    with clock.moved(timedelta(days=1)):
        assert client.post(tell).status_code == 302
    assert asked.all().count() == 4


def test_only_the_office_tells_publishers_and_only_of_a_verified_result(client, auditor):
    kit = Kit().frozen()
    tell = reverse("round_tell_publishers", args=[kit.round.pk])
    client.force_login(kit.first)
    assert client.post(tell).status_code == 409
    kit.run()
    for user in (auditor, kit.students[0].user):
        client.force_login(user)
        assert tell not in text(client.get(kit.round.get_absolute_url()))
        assert client.post(tell).status_code == 403
    kit.notice()
    client.force_login(kit.first)
    assert client.post(tell).status_code == 409
    assert not Notification.objects.filter(kind="round_awaits_publisher").exists()


def test_without_anybody_else_who_may_publish_the_page_says_so(client):
    kit = Kit().frozen()
    kit.run()
    RoleGrant.objects.exclude(user=kit.first).update(ended_at=clock.now())
    assert "还没有人" in text(page(client, kit.first, "round", kit.round.pk))
    answer = client.post(reverse("round_tell_publishers", args=[kit.round.pk]))
    assert answer.status_code == 409 and "系统管理员" in text(answer)


def crossing_caps(kit):
    """The first mentor guides the projects 0 and 1, the base holds 1 and 2; both caps bind."""
    first, second, third = kit.projects
    second.academic_mentor = first.academic_mentor
    first.base = make_base(name="示例远基地")
    second.save()
    first.save()
    first.academic_mentor.capacity = 1
    first.academic_mentor.save()
    second.base.places_per_year = 2
    second.base.save()
    return first.academic_mentor, second.base, second


def test_proposed_caps_that_cross_are_said_with_a_button_for_each(client):
    kit = Kit(projects=3)
    mentor, base, project = crossing_caps(kit)
    answer = page(client, kit.first, "round_caps_propose", kit.round.pk)
    shown = text(answer)
    assert f"“{base.name}”与“{mentor.user.name}”在项目“{project.name}”上交叉" in shown
    values = [way["value"] for way in answer.context["crossing"]["ways"]]
    assert values == [f"base:{base.pk}", f"mentor:{mentor.pk}"]
    form = {name: field.initial for name, field in answer.context["form"].fields.items()}
    sent = {name: "" if value is None else value for name, value in form.items()}
    caps = reverse("round_caps", args=[kit.round.pk])
    less = client.post(caps, sent | {"drop": f"base:{base.pk}"})
    assert less.status_code == 200 and less.context["crossing"] is None and not kit.round.caps.exists()
    left = [field.initial for name, field in less.context["form"].fields.items() if field.initial]
    assert left == [f"mentor:{mentor.pk}", 1]
    saved = client.post(caps, {"subject_0": left[0], "capacity_0": left[1]})
    assert saved.status_code == 302 and kit.round.caps.get().subject_id == mentor.pk


def test_the_proposal_leaves_out_what_the_other_caps_keep(client):
    kit = Kit(projects=3)
    mentor, base, _project = crossing_caps(kit)
    base.places_per_year = 3
    base.save()
    answer = page(client, kit.first, "round_caps_propose", kit.round.pk)
    assert answer.context["crossing"] is None and answer.context["spare"] == base.name
    assert f"没有列入：{base.name}" in text(answer)


@pytest.mark.parametrize("name", ["round_caps", "round_edit"])
def test_after_opening_settings_and_caps_are_shown_with_why_they_are_locked(client, name):
    kit = Kit()
    kit.open()
    answer = page(client, kit.first, name, kit.round.pk)
    assert answer.status_code == 200 and "锁定" in text(answer)
    assert "<textarea" not in text(answer) and "subject_0" not in text(answer)
    assert client.post(reverse("round_caps", args=[kit.round.pk]), {}).status_code == 409


def test_those_without_a_place_are_paged_and_go_out_as_a_file(client):
    kit = Kit(students=40, projects=3)
    kit.frozen().run()
    answer = page(client, kit.first, "round_unplaced", kit.round.pk)
    total = answer.context["page"].paginator.count
    assert total == 40 - kit.round.runs.get().verdict["placed"] > 25 == len(answer.context["rows"])
    with CaptureQueriesContext(connection) as long:
        client.get(answer.wsgi_request.path)
    with CaptureQueriesContext(connection) as short:
        client.get(answer.wsgi_request.path + "?page=2")
    assert len(long) == len(short)
    file = b"".join(client.get(answer.wsgi_request.path + "?format=csv").streaming_content).decode()
    assert len(file.splitlines()) == total + 1 and kit.students[0].number[:1] in file
    for user in (kit.students[0].user, make_user("enterprise_admin", organisation=make_organisation())):
        client.force_login(user)
        assert client.get(answer.wsgi_request.path + "?format=csv").status_code == 403


def test_the_rail_never_shows_scoring_after_freezing(client):
    kit = Kit().open().fill().close().score()
    with clock.moved(kit.round.closes_at - clock.now() + timedelta(hours=1)):
        MatchingRound.objects.filter(pk=kit.round.pk).update(state="ready")
        freeze_round(round=kit.round)
    rail = page(client, kit.first, "round", kit.round.pk).context["rail"]
    scored, frozen = rail["groups"][2]["steps"]
    assert frozen["state"] == "done" and scored["date"] <= frozen["date"] < kit.round.scoring_ends_at


def test_a_worker_that_died_is_said_in_words_before_and_after_it_is_taken_over(client, settings, monkeypatch):
    from placements.actions.run import run_round

    kit = Kit().frozen()
    job = Job.objects.filter(pk=run_round(round=kit.round, by=kit.first).job_id)
    url = reverse("round_run_progress", args=[kit.round.pk])
    client.force_login(kit.first)

    def shown(**fields):
        job.update(**fields)
        return text(client.get(url, headers={"HX-Request": "true"}))

    alive = shown(state="running", claim="x", attempts=1, steps=[{"key": "solve"}], heartbeat_at=clock.now())
    assert "没有回应" not in alive
    silent = shown(heartbeat_at=clock.now() - timedelta(seconds=12))
    assert "秒没有回应" in silent and f"满{settings.JOB_SILENT_SECONDS}秒" in silent
    monkeypatch.setattr(jobs, "send", lambda _id: False)
    shown(heartbeat_at=clock.now() - timedelta(seconds=settings.JOB_SILENT_SECONDS + 1))
    jobs.sweep()
    assert "重新排队" in shown() and "没有回应" not in shown()
    jobs.run(job.get().pk)
    kit.round.refresh_from_db()
    assert kit.round.state == RoundState.VERIFIED
    assert "中断1次" in text(page(client, kit.first, "round", kit.round.pk))


def test_owners_are_told_of_the_notice_and_object_from_the_page_of_the_round(client):
    kit = Kit().frozen()
    kit.run()
    kit.notice()
    mentor, stranger = kit.projects[0].academic_mentor.user, make_appointment().user
    assert Notification.objects.filter(kind="round_notice_owners", user=mentor).count() == 1
    assert not Notification.objects.filter(kind="round_notice_owners", user=stranger).exists()
    way = reverse("objection_new", args=[kit.round.pk])
    assert way not in text(page(client, stranger, "round", kit.round.pk))
    assert way in text(page(client, mentor, "round", kit.round.pk))
    mine = reverse("round_objections", args=[kit.round.pk])
    assert mine not in text(page(client, mentor, "round", kit.round.pk))
    client.post(way, {"kind": "score", "text": "示例：第一名学生的评分登记有误，请核对原始评分表。"})
    assert Objection.objects.get().by == mentor
    assert mine in text(page(client, mentor, "round", kit.round.pk))
    assert mine not in text(page(client, stranger, "round", kit.round.pk))
    with clock.moved(kit.round.notice_ends_at - clock.now() + timedelta(seconds=1)):
        assert way not in text(page(client, mentor, "round", kit.round.pk))


def test_progress_is_a_fragment_that_reloads_the_page_at_the_end(client):
    kit = Kit().frozen()
    from placements.actions.run import run_round

    run_round(round=kit.round, by=kit.first)
    client.force_login(kit.first)
    url = reverse("round_run_progress", args=[kit.round.pk])
    answer = client.get(url, headers={"HX-Request": "true"})
    assert answer.status_code == 200 and "<html" not in text(answer)
    assert client.get(url).status_code == 302
    jobs.run(kit.round.runs.get().job_id)
    assert client.get(url, headers={"HX-Request": "true"}).headers["HX-Refresh"] == "true"
    client.force_login(kit.students[0].user)
    assert client.get(url, headers={"HX-Request": "true"}).status_code == 302
