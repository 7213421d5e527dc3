"""Long work: claimed once, kept alive, taken up again, ended once."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from consortium import clock, jobs
from consortium.enums import JobState
from consortium.models import Job
from consortium.refusals import Forbidden
from consortium.registry import registry
from consortium.roles import Permission
from tests.factories import make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def work(monkeypatch):
    """A kind of work that counts how often it was done to the end."""
    done = []

    def handler(job, beat):
        beat.step("count", total=2)
        beat.alive(1)
        beat.hold()
        done.append(job.pk)
        beat.finish(answer=42)

    monkeypatch.setitem(registry.job_kinds, "counting", handler)
    return done


@pytest.fixture
def job():
    return Job.objects.create(kind="counting", object_id=1, created_at=clock.now())


def test_starting_the_same_work_twice_gives_one_job(work, django_capture_on_commit_callbacks, monkeypatch):
    sent = []
    monkeypatch.setattr(jobs, "send", sent.append)
    with django_capture_on_commit_callbacks(execute=True):
        first = jobs.start_job(kind="counting", object_id=7, by=make_user())
        second = jobs.start_job(kind="counting", object_id=7, by=make_user())
    assert first.pk == second.pk
    assert sent == [first.pk]


def test_job_runs_to_its_end_with_steps(work, job):
    jobs.run(job.pk)
    job.refresh_from_db()
    assert (job.state, job.result, job.attempts) == (JobState.DONE, {"answer": 42}, 1)
    assert job.steps[0]["key"] == "count" and job.steps[0]["ended"]


def test_second_delivery_does_nothing(work, job):
    jobs.run(job.pk)
    jobs.run(job.pk)
    assert work == [job.pk]


def test_row_that_is_gone_is_no_error(work):
    jobs.run(999_999)
    assert work == []


def test_worker_that_lost_its_job_writes_nothing(job, monkeypatch):
    def slow(job, beat):
        beat.step("wait")
        Job.objects.filter(pk=job.pk).update(claim="another")
        beat.finish(answer=1)

    monkeypatch.setitem(registry.job_kinds, "counting", slow)
    jobs.run(job.pk)
    job.refresh_from_db()
    assert (job.state, job.result) == (JobState.RUNNING, {})


def test_stopped_job_is_noticed_at_the_next_sign_of_life(job, monkeypatch):
    reached = []

    def slow(job, beat):
        beat.step("wait")
        jobs.stop_job(job=job, by=None)
        beat.step("after")
        reached.append(1)

    monkeypatch.setitem(registry.job_kinds, "counting", slow)
    jobs.run(job.pk)
    job.refresh_from_db()
    assert job.state == JobState.CANCELLED and not reached


def test_silent_job_is_put_back_with_its_history(work, job, monkeypatch, settings):
    monkeypatch.setattr(jobs, "send", lambda _id: True)
    long_ago = timezone.now() - timedelta(seconds=settings.JOB_SILENT_SECONDS + 5)
    Job.objects.filter(pk=job.pk).update(
        state=JobState.RUNNING, claim="dead", heartbeat_at=long_ago, attempts=1, steps=[{"key": "solve"}]
    )
    jobs.sweep()
    job.refresh_from_db()
    assert job.state == JobState.QUEUED
    assert job.history[0]["step"] == "solve"


def test_living_job_is_left_alone(work, job, monkeypatch):
    monkeypatch.setattr(jobs, "send", lambda _id: True)
    Job.objects.filter(pk=job.pk).update(state=JobState.RUNNING, claim="x", heartbeat_at=clock.now())
    jobs.sweep()
    job.refresh_from_db()
    assert job.state == JobState.RUNNING


def test_queued_job_whose_message_was_lost_is_sent_again(work, job, monkeypatch):
    sent = []
    monkeypatch.setattr(jobs, "send", sent.append)
    Job.objects.filter(pk=job.pk).update(created_at=clock.now() - timedelta(minutes=1))
    jobs.sweep()
    jobs.sweep()
    assert sent == [job.pk]


@pytest.fixture
def guarded(monkeypatch, job):
    """A job that officers may start, and auditors follow as well."""
    monkeypatch.setitem(registry.job_permissions, "counting", Permission.RUN_ROUND)
    readers = {"graduate_officer", "auditor"}
    monkeypatch.setitem(
        registry.job_readers,
        "counting",
        lambda user, job: user.grants.filter(role__in=readers, ended_at=None).exists(),
    )
    return job


def test_only_who_may_start_the_work_stops_it(client, guarded):
    address, stop = guarded.get_absolute_url(), reverse("job_stop", args=[guarded.pk])
    auditor, officer = make_user("auditor"), make_user("graduate_officer", name="示例干事")
    client.force_login(auditor)
    assert stop not in client.get(address).content.decode()
    refused = client.post(stop)
    assert refused.status_code == 403 and "示例干事" in refused.content.decode()
    client.force_login(make_user("student"))
    assert client.get(address).status_code == client.post(stop).status_code == 404
    guarded.refresh_from_db()
    assert guarded.state == JobState.QUEUED
    client.force_login(officer)
    assert stop in client.get(address).content.decode()
    assert client.get(stop).status_code == 405
    assert client.post(stop).status_code == 302
    guarded.refresh_from_db()
    assert guarded.state == JobState.CANCELLED
    assert "已经结束" in client.post(stop, follow=True).content.decode()


def test_who_started_work_and_lost_the_role_follows_it_and_cannot_stop_it(client, guarded):
    former = make_user("graduate_officer")
    Job.objects.filter(pk=guarded.pk).update(created_by=former)
    former.grants.update(ended_at=clock.now())
    client.force_login(former)
    assert client.get(guarded.get_absolute_url()).status_code == 200
    assert client.post(reverse("job_stop", args=[guarded.pk])).status_code == 403


def test_work_that_nobody_may_start_is_stopped_by_the_clock_alone(job):
    with pytest.raises(Forbidden):
        jobs.stop_job(job=job, by=make_user("graduate_officer"))
    assert jobs.stop_job(job=job, by=None)
