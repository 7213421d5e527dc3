"""Mentorships: begun for an accepted place or by hand, never above capacity, handed over, read by whom they concern."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from consortium import clock
from consortium.models import AuditEvent, Notification
from consortium.refusals import Forbidden, Invalid, Refused
from mentors.actions.mentorship import change_mentors, end_mentorship, start_mentorship
from mentors.models import Appointment, Mentorship
from mentors.queries.mentorship import loads, mentorships_visible_to
from tests.factories import make_appointment, make_student, make_user

pytestmark = pytest.mark.django_db


def given(**other):
    today = clock.today()
    return {
        "student": other.pop("student", None) or make_student(),
        "academic": other.pop("academic", None) or make_appointment(kind="academic_mentor"),
        "industry": other.pop("industry", None) or make_appointment(),
        "topic": "溶氧控制",
        "since": today - timedelta(days=20),
        "until": today + timedelta(days=160),
        "by": other.pop("by", None) or make_user("graduate_officer"),
        "reason": "转专业后补办",
    } | other


def begun(**other):
    return start_mentorship(**given(**other))


def changed(row, **other):
    return change_mentors(
        **{
            "mentorship": row,
            "academic": row.academic,
            "industry": make_appointment(),
            "since": clock.today(),
            "by": make_user("graduate_officer"),
            "reason": "原导师调离",
            "handover": "第六批已跑完，下周查探头漂移",
        }
        | other
    )


def test_begun_by_hand_tells_all_three_and_is_audited():
    row = begun()
    told = set(Notification.objects.filter(kind="mentorship_begun").values_list("user", flat=True))
    assert told == {row.student.user_id, row.academic.user_id, row.industry.user_id}
    assert AuditEvent.objects.filter(verb="mentorship begun", object_id=str(row.pk)).exists()
    assert loads([row.academic, row.industry]) == {row.academic_id: 1, row.industry_id: 1}


@pytest.mark.parametrize("role", ["student", "academic_mentor", "industry_mentor", "secretary", "auditor"])
def test_others_do_not_begin_change_or_end(role):
    by, row = make_user(role), begun()
    for act in (
        lambda: begun(by=by),
        lambda: changed(row, by=by),
        lambda: end_mentorship(mentorship=row, by=by, reason="结束"),
    ):
        with pytest.raises(Forbidden):
            act()
    assert Mentorship.objects.count() == 1


def test_by_hand_needs_a_reason():
    with pytest.raises(Invalid) as refused:
        begun(reason=" ")
    assert refused.value.field == "reason"


@pytest.mark.parametrize("side, kind", [("academic", "academic_mentor"), ("industry", "industry_mentor")])
def test_never_above_capacity(side, kind):
    mentor = make_appointment(kind=kind, capacity=1)
    begun(**{side: mentor})
    with pytest.raises(Refused) as refused:
        begun(**{side: mentor})
    assert (refused.value.code, refused.value.field) == ("full", side)
    assert mentor.user.name in refused.value.sentence


def test_an_ended_one_frees_its_place():
    mentor = make_appointment(capacity=1)
    end_mentorship(mentorship=begun(industry=mentor), by=make_user("graduate_officer"), reason="退学")
    assert begun(industry=mentor).pk


def test_mentor_out_of_office_on_the_first_day_is_refused():
    over = make_appointment(days=-1, since=clock.today() - timedelta(days=100))
    with pytest.raises(Refused) as refused:
        begun(industry=over, since=clock.today())
    assert refused.value.code == "term"


def test_one_of_each_side():
    with pytest.raises(Invalid):
        begun(academic=make_appointment(), industry=make_appointment())


def test_one_running_mentorship_per_student():
    row = begun()
    with pytest.raises(Refused) as refused:
        begun(student=row.student)
    assert refused.value.url == row.get_absolute_url()
    with pytest.raises(IntegrityError), transaction.atomic():
        Mentorship.objects.create(
            student=row.student,
            academic=row.academic,
            industry=row.industry,
            since=row.since,
            until=row.until,
            started_by=row.started_by,
            started_at=row.started_at,
        )


def test_what_is_over_makes_room_for_the_next():
    today = clock.today()
    first = begun(since=today - timedelta(days=25), until=today - timedelta(days=5))
    second = begun(student=first.student, since=today)
    first.refresh_from_db()
    assert (first.state, first.ended_on, second.state) == ("ended", first.until, "active")


def test_change_hands_over_and_the_former_mentor_reads_only_the_former():
    row = begun()
    following = changed(row)
    row.refresh_from_db()
    assert (row.state, row.last_day) == ("ended", clock.today() - timedelta(days=1))
    assert (following.follows_id, following.until) == (row.pk, row.until)
    seen = {
        name: set(mentorships_visible_to(user).values_list("pk", flat=True))
        for name, user in {
            "left": row.industry.user,
            "stays": row.academic.user,
            "new": following.industry.user,
            "student": row.student.user,
            "stranger": make_user("academic_mentor"),
            "office": make_user("graduate_officer"),
        }.items()
    }
    both = {row.pk, following.pk}
    assert seen == {
        "left": {row.pk},
        "stays": both,
        "new": both,
        "student": both,
        "stranger": set(),
        "office": both,
    }


@pytest.mark.parametrize(
    "bad, field",
    [({"handover": " "}, "handover"), ({"reason": ""}, "reason"), ({"since": None}, "since")],
)
def test_change_without_note_reason_or_day_inside_is_refused(bad, field):
    row = begun()
    if "since" in bad:
        bad = {"since": row.until + timedelta(days=1)}
    with pytest.raises(Invalid) as refused:
        changed(row, **bad)
    assert refused.value.field == field


def test_change_to_the_same_two_or_to_a_full_mentor_is_refused():
    row, full = begun(), make_appointment(capacity=1)
    begun(industry=full)
    with pytest.raises(Invalid):
        changed(row, industry=row.industry)
    with pytest.raises(Refused) as refused:
        changed(row, industry=full)
    row.refresh_from_db()
    assert refused.value.code == "full" and row.state == "active"


def test_ended_once():
    row = begun()
    end_mentorship(mentorship=row, by=make_user("graduate_officer"), reason="退学")
    with pytest.raises(Refused):
        end_mentorship(mentorship=row, by=make_user("graduate_officer"), reason="再一次")


# --- pages


def test_pages_are_for_those_whom_it_concerns(client):
    row = begun()
    following = changed(row)
    for user, sees, note in (
        (row.industry.user, 404, False),
        (following.industry.user, 200, True),
        (row.student.user, 200, False),
        (make_user("industry_mentor"), 404, False),
        (make_user("graduate_officer"), 200, True),
    ):
        client.force_login(user)
        answer = client.get(following.get_absolute_url())
        assert answer.status_code == sees
        assert ("探头漂移" in answer.content.decode()) is note
    client.logout()
    assert client.get(following.get_absolute_url()).status_code == 302


@pytest.mark.parametrize("address", ["dashboard", "mentorships"])
def test_mentor_reads_the_student_and_another_does_not(client, address):
    row = begun()
    for user, sees in (
        (row.academic.user, True),
        (row.industry.user, True),
        (make_appointment().user, False),
    ):
        client.force_login(user)
        assert (row.student.user.name in client.get(reverse(address)).content.decode()) is sees


def test_student_and_office_read_who_guides(client):
    row = begun()
    for user, url in (
        (row.student.user, reverse("me")),
        (make_user("graduate_officer"), reverse("student", args=[row.student_id])),
    ):
        client.force_login(user)
        text = client.get(url).content.decode()
        assert row.academic.user.name in text and row.industry.user.name in text


def test_office_assigns_once_for_two_presses(client):
    values = given()
    form = {
        "student": values["student"].number,
        "academic": values["academic"].pk,
        "industry": values["industry"].pk,
        "topic": "溶氧控制",
        "since": values["since"].isoformat(),
        "until": values["until"].isoformat(),
        "reason": "补办",
        "form_key": "k",
    }
    client.force_login(make_user("graduate_officer"))
    assert [client.post(reverse("mentorship_new"), form).status_code for _press in range(2)] == [302, 302]
    assert Mentorship.objects.get().student == values["student"]
    page = client.post(reverse("mentorship_new"), form | {"form_key": "other"})
    assert page.status_code == 409 and Mentorship.objects.count() == 1
    page = client.post(reverse("mentorship_new"), form | {"form_key": "third", "student": "没有"})
    assert page.status_code == 422 and "student" in page.context["form"].errors


def test_office_changes_and_ends_by_page(client):
    row, other = begun(), make_appointment()
    client.force_login(make_user("graduate_officer"))
    form = {"academic": row.academic_id, "industry": other.pk, "since": clock.today().isoformat()}
    url = reverse("mentorship_change", args=[row.pk])
    assert client.get(url).status_code == 200
    assert client.post(url, form | {"reason": "调离", "handover": ""}).status_code == 422
    assert client.post(url, form | {"reason": "调离", "handover": "接着做"}).status_code == 302
    following = Mentorship.objects.get(follows=row)
    url = reverse("mentorship_end", args=[following.pk])
    assert client.get(url).status_code == 200
    assert client.post(url, {"reason": ""}).status_code == 422
    assert client.post(url, {"reason": "提前完成"}).status_code == 302
    assert client.post(url, {"reason": "再一次"}).status_code == 409


def test_list_asks_as_much_for_three_as_for_one(client):
    mentor = make_appointment(capacity=9)
    client.force_login(mentor.user)

    def count():
        with CaptureQueriesContext(connection) as asked:
            client.get(reverse("mentorships"))
        return len(asked)

    begun(industry=mentor)
    count()
    first = count()
    begun(industry=mentor), begun(industry=mentor)
    assert count() == first


def test_capacity_is_the_appointments_own_and_not_another_ones():
    full = make_appointment(capacity=1)
    begun(industry=full)
    Appointment.objects.filter(pk=full.pk).update(capacity=2)
    assert begun(industry=full).pk
