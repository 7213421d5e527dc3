"""A whole round through the actions, and what each step promises."""

import hashlib
import json
from collections import Counter
from datetime import timedelta

import pytest
from django.utils.translation import override

from consortium import clock, files, jobs
from consortium.audit import first_broken_link
from consortium.models import Job, Notification, PublicNotice
from consortium.refusals import Forbidden, Refused
from placements import matching
from placements.actions.notice import publish_round, start_notice
from placements.actions.run import perform, run_round, stop_run, why_failed
from placements.enums import RoundState
from placements.models import MatchResult, MatchRun, Placement, Project
from placements.rules import instance as instances
from placements.rules.eligibility import may_list
from tests.factories import make_student
from tests.placements.round_kit import Kit

pytestmark = pytest.mark.django_db(transaction=False)


def test_thirty_students_from_plan_to_final(django_capture_on_commit_callbacks):
    kit = Kit(students=30, projects=12, choices=5).frozen()
    round = kit.round
    assert round.state == RoundState.FROZEN
    content = files.read(round.instance)
    assert hashlib.sha256(content).hexdigest() == round.instance_sha256
    assert content == matching.canonical_bytes(
        json.loads(content)
    )  # the pieces join to the one canonical form

    run = kit.run()
    assert round.state == RoundState.VERIFIED
    assert run.state == "verified" and run.adopted
    instance, result = matching.load_instance(content), json.loads(files.read(run.result))
    assert matching.verify(instance, result) == []
    assert MatchResult.objects.filter(run=run).count() == 30
    placed = Counter(MatchResult.objects.filter(run=run).values_list("round_project", flat=True).order_by())
    unplaced = placed.pop(None, 0)
    assert all(number <= 2 for number in placed.values())
    assert run.verdict["placed"] == 30 - unplaced
    assert run.verdict["blocking_pairs"] == run.verdict["envy"] == 0
    assert sum(run.verdict["at_choice"].values()) == run.verdict["placed"]
    assert not MatchResult.objects.filter(run=run, round_project=None, cause="").exists()

    with pytest.raises(Forbidden):
        start_notice(round=round, by=kit.first)
    kit.notice()
    assert round.state == RoundState.PUBLIC_NOTICE and round.seed_is_public
    assert PublicNotice.objects.get(kind="round", object_id=round.pk).ends_at == round.notice_ends_at
    assert Notification.objects.filter(kind="round_notice_started").count() == 30
    with clock.moved(round.notice_ends_at - clock.now() + timedelta(seconds=1)):
        publish_round(round=round, by=kit.second)
    assert round.state == RoundState.PUBLISHED
    assert Placement.objects.filter(round=round).count() == run.verdict["placed"]
    assert set(Project.objects.values_list("state", flat=True).order_by()) <= {"matched", "approved"}
    assert first_broken_link() is None


def test_seed_hash_is_that_of_the_seed():
    kit = Kit()
    assert kit.round.seed_sha256 == hashlib.sha256(kit.round.seed.encode()).hexdigest()
    assert len(kit.round.seed) == 64


def test_locked_lists_have_a_hash_that_recomputes():
    kit = Kit(students=5).open().fill().close()
    text = json.dumps(
        [[code, chosen] for code, chosen in instances.LockedLists(kit.round)], separators=(",", ":")
    )
    assert kit.round.lists_sha256 == hashlib.sha256(text.encode() + b"\n").hexdigest()


def test_changed_lists_are_not_frozen():
    kit = Kit(students=5).open().fill().close()
    kit.round.applications.first().versions.first().preferences.filter(rank=1).delete()
    with pytest.raises(Refused, match="."):
        kit.freeze()
    kit.round.refresh_from_db()
    assert kit.round.state == RoundState.READY and kit.round.instance is None


def test_ineligible_students_stay_in_the_file_and_get_nothing():
    kit = Kit(students=4).open().fill()
    away = kit.students[0]
    away.on_leave = True
    away.save()
    kit.close().score().freeze()
    row = kit.round.round_students.get(student=away)
    assert (row.eligible, row.reason) == (False, "on_leave")
    document = json.loads(files.read(kit.round.instance))
    assert row.code in {entry["id"] for entry in document["students"]}
    assert not any(row.code in entry["scores"] for entry in document["projects"])
    run = kit.run()
    result = MatchResult.objects.get(run=run, round_student=row)
    assert (result.round_project, result.cause) == (None, "student_not_eligible")


def test_a_refused_applicant_has_no_score_and_a_missing_score_is_the_default_tier():
    kit = Kit(students=2, projects=1).open().fill().close()
    row = kit.round.round_projects.get()
    refused, other = kit.round.round_students.order_by("pk")
    row.scores.create(
        round_student=refused, unacceptable=True, reason="示例理由", by=kit.first, saved_at=clock.now()
    )
    kit.freeze()
    project = json.loads(files.read(kit.round.instance))["projects"][0]
    assert project["scores"] == {other.code: 0}


def test_the_same_job_run_twice_gives_one_result():
    kit = Kit().frozen()
    run = run_round(round=kit.round, by=kit.first)
    jobs.run(run.job_id)
    jobs.run(run.job_id)
    assert MatchRun.objects.filter(round=kit.round).count() == 1
    assert MatchResult.objects.filter(run=run).count() == 6


def test_pressing_run_twice_starts_one_run():
    kit = Kit().frozen()
    first = run_round(round=kit.round, by=kit.first)
    assert run_round(round=kit.round, by=kit.second) == first
    assert Job.objects.filter(kind="match").count() == 1


def test_a_stopped_run_stores_nothing_and_the_round_is_frozen():
    kit = Kit().frozen()
    run = run_round(round=kit.round, by=kit.first)
    stop_run(run=run, by=kit.second)
    jobs.run(run.job_id)
    kit.round.refresh_from_db()
    run.refresh_from_db()
    assert (kit.round.state, run.state) == (RoundState.FROZEN, "failed")
    assert not MatchResult.objects.exists()
    assert kit.run().number == 2


def test_a_run_taken_over_in_the_middle_stores_nothing():
    kit = Kit().frozen()
    run = run_round(round=kit.round, by=kit.first)
    Job.objects.filter(pk=run.job_id).update(state="running", claim="another")
    beat = jobs.Heartbeat(run.job, "mine")
    with pytest.raises(jobs.Lost):
        perform(run.job, beat)
    assert not MatchResult.objects.exists()


def test_a_damaged_snapshot_fails_in_words_and_the_round_stays_frozen():
    kit = Kit().frozen()
    path = files.path_of(kit.round.instance_sha256)
    content = path.read_bytes()
    try:
        path.write_bytes(content.replace(b"stable", b"serial"))
        run = kit.run()
    finally:
        path.write_bytes(content)
    assert run.state == "failed" and kit.round.state == RoundState.FROZEN
    assert run.error and Notification.objects.filter(kind="round_run_failed").exists()
    assert Job.objects.get(pk=run.job_id).state == "failed"


def test_a_verifier_that_disagrees_stops_the_round_at_frozen(monkeypatch):
    kit = Kit().frozen()
    monkeypatch.setattr(matching, "verify", lambda *_args: ["projects 'p1': 3 places of 2"])
    run = kit.run()
    assert run.state == "failed" and "3 places of 2" in run.error
    for language, words in (("zh-hans", "独立校验未通过"), ("en", "The independent check failed")):
        with override(language):
            assert words in why_failed(run) and "3 places of 2" in why_failed(run)
    assert kit.round.state == RoundState.FROZEN and not MatchResult.objects.exists()


def test_the_file_scores_exactly_those_whom_a_project_may_take():
    kit = Kit(students=0, projects=4, choices=4)
    kit.students = [
        make_student(degree=degree, fresh_graduate=fresh)
        for degree in ("master", "doctor")
        for fresh in (True, False, None)
    ]
    shapes = (("any", 12), ("any", 6), ("doctor", 12), ("master", 6))
    for project, (degree, months) in zip(kit.projects, shapes, strict=True):
        Project.objects.filter(pk=project.pk).update(degree=degree, months=months)
    content = json.loads(files.read(kit.frozen().round.instance))
    students = {row.code: row.student for row in kit.round.round_students.filter(eligible=True)}
    entries = kit.round.round_projects.select_related("project")
    may = {
        row.code: {code for code, student in students.items() if may_list(student, row.project)}
        for row in entries
    }
    assert {row["id"]: set(row["scores"]) for row in content["projects"]} == may
    assert len({frozenset(codes) for codes in may.values()}) > 2
