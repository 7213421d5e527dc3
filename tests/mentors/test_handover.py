"""Change and end of a mentorship: what was signed stays inside, meetings go on or are called off, mail links end."""

from datetime import timedelta

import pytest
from django.urls import reverse

from consortium import clock
from consortium.models import Notification
from consortium.refusals import Invalid
from mentors.actions.log import amend_log, sign_log
from mentors.actions.meeting import ask_for_logs
from mentors.actions.mentorship import end_mentorship
from mentors.actions.reopening import ask_reopening, decide_reopening
from mentors.models import LogLink, Meeting, Mentorship
from mentors.rules.log import reads_private
from tests.factories import (
    make_appointment,
    make_log,
    make_meeting,
    make_mentorship,
    make_student,
    make_user,
)
from tests.mentors.test_logs import SECRET, refusal_of, signed
from tests.mentors.test_mentorships import begun, changed

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


def ago(days):
    return clock.today() - timedelta(days=days)


def meeting_of(row, side, starts_at):
    """A planned meeting of one mentor."""
    mentor = getattr(row, side)
    return Meeting.objects.create(
        mentorship=row,
        mentor=mentor,
        starts_at=starts_at,
        ends_at=starts_at + HOUR,
        planned_by=mentor.user,
        planned_at=clock.now(),
    )


# --- what was signed


def test_change_does_not_leave_a_signed_log_outside():
    row = make_mentorship()
    log = make_log(mentorship=row, side="academic", day=ago(3))
    refusal = refusal_of(lambda: changed(row, since=ago(3)))
    assert (refusal.field, refusal.code) == ("since", "signed")
    row.refresh_from_db()
    assert row.state == "active" and Mentorship.objects.count() == 1
    assert changed(row, since=ago(2)).since == ago(2)
    assert log.day <= Mentorship.objects.get(pk=row.pk).last_day


def test_log_that_gave_way_does_not_hold_a_change_up():
    row = make_mentorship()
    log = signed(row, day=clock.today())
    amend_log(
        log=log,
        by=log.signed_by,
        kind=log.kind,
        day=max(ago(2), clock.today().replace(day=1)),
        minutes=45,
        text=log.text,
        reason="日期写错",
    )
    standing = row.logs.standing().get()
    assert changed(row, since=standing.day + timedelta(days=1)).pk


# --- what was planned


def test_meetings_of_who_leaves_are_called_off_and_those_of_who_stays_go_on():
    row = make_mentorship()
    soon, later = clock.now() + timedelta(days=2), clock.now() + timedelta(days=3)
    leaves, stays = meeting_of(row, "industry", soon), meeting_of(row, "academic", later)
    before = meeting_of(row, "industry", clock.now() - timedelta(days=4))
    following = changed(row, since=ago(1))
    for one in (leaves, stays, before):
        one.refresh_from_db()
    assert (leaves.state, leaves.mentorship) == ("cancelled", row)
    assert (stays.state, stays.mentorship) == ("planned", following)
    assert (before.state, before.mentorship) == ("planned", row)
    told = Notification.objects.filter(kind="meeting_cancelled").values_list("user", flat=True)
    assert set(told) == {row.student.user_id, row.industry.user_id}


def test_meetings_after_the_end_are_called_off():
    row = make_mentorship()
    later = meeting_of(row, "academic", clock.now() + timedelta(days=2))
    end_mentorship(mentorship=row, by=make_user("graduate_officer"), reason="提前完成")
    later.refresh_from_db()
    assert later.state == "cancelled"
    assert Notification.objects.filter(kind="meeting_cancelled").count() == 2


def over_and_asked(row):
    """A meeting that is over, and the link that asks for its log."""
    meeting = make_meeting(mentorship=row)
    begun_at = clock.now() - 3 * HOUR
    Meeting.objects.filter(pk=meeting.pk).update(starts_at=begun_at, ends_at=begun_at + HOUR)
    ask_for_logs()
    return LogLink.objects.get(meeting=meeting)


def test_mail_links_end_with_the_mentorship_and_nobody_is_asked_any_more(client):
    row = make_mentorship()
    link = over_and_asked(row)
    assert client.get(link.get_absolute_url()).status_code == 200
    end_mentorship(mentorship=row, by=make_user("graduate_officer"), reason="提前完成")
    assert client.get(link.get_absolute_url()).status_code == 410
    with clock.moved(timedelta(days=4)):
        assert ask_for_logs() == 0


def test_mail_link_of_who_leaves_ends_and_the_log_is_signed_from_the_own_account(client):
    row = make_mentorship()
    link = over_and_asked(row)
    changed(row, since=clock.today() + timedelta(days=1))
    assert client.get(link.get_absolute_url()).status_code == 410
    given = {"kind": "video", "minutes": 30, "text": "交接前的最后一次指导，已讲清下一步。"}
    assert sign_log(mentorship=row, by=link.user, day=link.day, **given).pk


def test_address_in_the_portals_own_messages_signs_nothing():
    link = over_and_asked(make_mentorship())
    row = Notification.objects.get(kind="log_prompt")
    assert row.url == link.meeting.get_absolute_url()
    assert link.get_absolute_url() not in f"{row.url}{row.params}"


# --- three persons


@pytest.mark.parametrize("pair", ["mentors", "academic", "industry"])
def test_three_parts_are_three_persons(pair):
    academic, industry, student = make_appointment(kind="academic_mentor"), make_appointment(), make_student()
    if pair == "mentors":
        industry = make_appointment(user=academic.user)
    else:
        student = make_student(user=(academic if pair == "academic" else industry).user)
    refusal = refusal_of(lambda: begun(student=student, academic=academic, industry=industry), Invalid)
    assert refusal.code == "persons" and refusal.field in ("academic", "industry")
    assert not Mentorship.objects.exists()


def test_change_to_one_person_on_both_sides_is_refused():
    row = make_mentorship()
    both = make_appointment(user=row.academic.user)
    refusal = refusal_of(lambda: changed(row, industry=both), Invalid)
    assert (refusal.field, refusal.code) == ("industry", "persons")


# --- who reads and who decides


def test_note_between_the_mentors_stays_with_the_two_of_that_time(client):
    row = make_mentorship()
    log = make_log(mentorship=row, day=ago(3), private=SECRET)
    following = changed(row)
    for user, reads in (
        (row.industry.user, True),
        (row.academic.user, True),
        (following.industry.user, False),
        (row.student.user, False),
    ):
        client.force_login(user)
        page = client.get(log.get_absolute_url())
        assert page.status_code == 200
        assert reads_private(user, log) is reads is (SECRET in page.content.decode())


def test_nobody_decides_on_the_own_request(client):
    mentorship = make_mentorship(since=ago(40), industry=make_appointment(user=make_user("graduate_officer")))
    officer = mentorship.industry.user
    request = ask_reopening(mentorship=mentorship, by=officer, day=ago(20), reason="出差在外")
    client.force_login(officer)
    assert client.post(request.get_absolute_url(), {"act": "grant"}).status_code == 403
    page = client.get(request.get_absolute_url()).content.decode()
    assert 'value="grant"' not in page
    request.refresh_from_db()
    assert request.state == "asked"
    decide_reopening(reopening=request, by=make_user("graduate_officer"), granted=True)


# --- lists


def test_list_tells_those_guided_now_from_those_not_begun(client):
    mentor = make_appointment(capacity=9)
    now = make_mentorship(industry=mentor)
    later = make_mentorship(industry=mentor, since=clock.today() + timedelta(days=3))
    client.force_login(mentor.user)
    for tab, row in (("", now), ("later", later)):
        page = client.get(reverse("mentorships"), {"tab": tab} if tab else {})
        assert [one.pk for one in page.context["page"].object_list] == [row.pk]
    assert [tab["count"] for tab in page.context["tabs"]] == [1, 1, 0]


def test_retired_mentor_records_a_joint_meeting_of_before_as_a_single_one(client):
    row = make_mentorship(industry=make_appointment(days=-3, since=ago(100)))
    row.industry.user.grants.update(ended_at=clock.now())
    client.force_login(row.industry.user)
    for url in (reverse("log_new", args=[row.pk]), reverse("joint_new")):
        assert client.get(url).status_code == 200
    sent = {"when": "other", "day": ago(3).isoformat(), "length": "60", "students": [row.pk]}
    sent |= {"text": "交接前的最后一次指导，已讲清下一步。"}
    assert client.post(reverse("joint_draft"), sent).status_code == 200
    assert client.post(reverse("joint_new"), sent).status_code == 302
    client.force_login(row.student.user)
    assert (
        client.get(reverse("joint_new")).status_code == client.post(reverse("joint_draft")).status_code == 403
    )


def test_form_by_hand_is_opened_for_a_student_by_the_row(client):
    student = make_student()
    client.force_login(make_user("graduate_officer"))
    for query, value in ((student.pk, student.number), (student.number, ""), ("٣", ""), ("9" * 30, "")):
        form = client.get(reverse("mentorship_new"), {"student": query}).context["form"]
        assert form["student"].value() == value
    page = client.get(reverse("student", args=[student.pk])).content.decode()
    assert f"{reverse('mentorship_new')}?student={student.pk}" in page
