"""Supervision logs: signed once, confirmed or contested, corrected only by what follows, read by whom they concern."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from consortium import clock
from consortium.files import store
from consortium.models import AuditEvent, Notification, PolicyValue
from consortium.refusals import Forbidden, Invalid, Refused, Stale
from mentors.actions.log import (
    amend_log,
    confirm_log,
    contest_log,
    cosign_log,
    refuse_cosign,
    save_draft,
    sign_joint,
    sign_log,
    tell_of_differences,
)
from mentors.actions.mentorship import change_mentors
from mentors.actions.reopening import ask_reopening, decide_reopening
from mentors.models import LogDraft, SupervisionLog
from mentors.models.log import SIGNED_FIELDS
from mentors.queries.log import counts, logs_visible_to
from mentors.wording import compared
from tests.factories import make_appointment, make_log, make_mentorship, make_user

pytestmark = pytest.mark.django_db

TEXT = "第六批已跑完，前兆信号提前四十分钟出现。"
SECRET = "这位同学最近压力很大"


def ago(days):
    return clock.today() - timedelta(days=days)


def signed(mentorship=None, **other):
    mentorship = mentorship or make_mentorship()
    return sign_log(
        **{
            "mentorship": mentorship,
            "by": mentorship.industry.user,
            "kind": "video",
            "day": clock.today(),
            "minutes": 30,
            "text": TEXT,
        }
        | other
    )


def amended(log, **other):
    given = {"kind": log.kind, "day": log.day, "minutes": log.minutes, "text": log.text + "另补两批。"}
    return amend_log(**{"log": log, "by": log.signed_by, "reason": "漏写了两批"} | given | other)


def refusal_of(act, kind=Refused):
    with pytest.raises(kind) as refused:
        act()
    return refused.value


# --- signing


def test_signed_asks_the_student_and_is_audited():
    row = signed()
    assert (row.state, row.side) == ("signed", "industry")
    assert Notification.objects.get(kind="log_signed").user == row.mentorship.student.user
    assert AuditEvent.objects.filter(verb="log signed", object_id=str(row.pk)).exists()
    assert counts([row.mentorship_id], row.day, row.day)[row.mentorship_id]["industry"] == 1


@pytest.mark.parametrize("role", ["student", "graduate_officer", "industry_mentor"])
def test_only_the_two_mentors_sign(role):
    mentorship = make_mentorship()
    for by in (make_user(role), mentorship.student.user):
        refusal_of(lambda by=by: signed(mentorship, by=by), Forbidden)
    assert not SupervisionLog.objects.exists()


@pytest.mark.parametrize(
    "bad, field",
    [
        ({"minutes": 0}, "minutes"),
        ({"minutes": 2000}, "minutes"),
        ({"text": "  "}, "text"),
        ({"text": "好" * 9}, "text"),
        ({"text": "好" * 2001}, "text"),
    ],
)
def test_what_no_meeting_is_like_is_refused_at_its_field(bad, field):
    assert refusal_of(lambda: signed(**bad), Invalid).field == field


def test_future_day_and_days_outside_the_stay_are_refused():
    mentorship = make_mentorship(since=ago(5), until=clock.today() + timedelta(days=30))
    for day, code in ((ago(-1), "future"), (ago(6), "interval")):
        refusal = refusal_of(lambda day=day: signed(mentorship, day=day), Invalid)
        assert (refusal.field, refusal.code) == ("day", code)


def test_fourteen_days_are_in_time_and_fifteen_are_late():
    mentorship = make_mentorship(since=ago(30))
    assert signed(mentorship, day=ago(14)).pk
    assert refusal_of(lambda: signed(mentorship, day=ago(15))).code == "late"


def test_the_late_limit_is_a_setting():
    PolicyValue.objects.create(key="log_late_days", value=3, reason="试行", set_at=clock.now())
    assert refusal_of(lambda: signed(day=ago(4))).code == "late"


def test_second_log_of_a_day_is_asked_about():
    row = signed()
    refusal = refusal_of(lambda: signed(row.mentorship))
    assert (refusal.code, refusal.url) == ("same", row.get_absolute_url())
    assert signed(row.mentorship, again=True).pk


def test_after_the_term_earlier_days_can_still_be_signed():
    mentor = make_appointment(days=-3, since=ago(100))
    mentorship = make_mentorship(industry=mentor)
    assert refusal_of(lambda: signed(mentorship)).code == "term"
    assert signed(mentorship, day=ago(3)).pk


def test_after_a_change_of_mentor_earlier_days_only():
    mentorship, office = make_mentorship(), make_user("graduate_officer")
    change_mentors(
        mentorship=mentorship,
        academic=mentorship.academic,
        industry=make_appointment(),
        since=ago(2),
        by=office,
        reason="调离",
        handover="接着做",
    )
    mentorship.refresh_from_db()
    refusal = refusal_of(lambda: signed(mentorship))
    assert refusal.code == "interval" and mentorship.followed_by.industry.user.name in refusal.sentence
    assert signed(mentorship, day=ago(3)).pk


# --- drafts


def test_draft_keeps_whatever_was_typed_and_is_gone_when_signed():
    mentorship = make_mentorship()
    by = mentorship.industry.user
    save_draft(mentorship=mentorship, by=by, values={"minutes": "很久", "text": "半句", "x": "no"})
    assert LogDraft.objects.get().values == {"minutes": "很久", "text": "半句"}
    signed(mentorship)
    assert not LogDraft.objects.exists()


def test_second_page_does_not_overwrite_the_draft_in_silence():
    mentorship = make_mentorship()
    by = mentorship.industry.user
    first = save_draft(mentorship=mentorship, by=by, values={"text": "一"})
    save_draft(mentorship=mentorship, by=by, values={"text": "二"}, revision=first.revision)
    refusal_of(
        lambda: save_draft(mentorship=mentorship, by=by, values={"text": "三"}, revision=first.revision),
        Stale,
    )
    assert LogDraft.objects.get().values["text"] == "二"


def test_draft_is_the_mentors_own():
    mentorship = make_mentorship()
    refusal_of(
        lambda: save_draft(mentorship=mentorship, by=mentorship.student.user, values={"text": "一"}),
        Forbidden,
    )


# --- the student's answer


def test_student_confirms_once():
    row = signed()
    student = row.mentorship.student.user
    refusal_of(lambda: confirm_log(log=row, by=row.signed_by), Forbidden)
    confirm_log(log=row, by=student)
    assert row.state == "confirmed" and row.answered_at
    assert refusal_of(lambda: confirm_log(log=row, by=student)).code == "state"


def test_what_differs_needs_a_sentence_and_reaches_the_mentor_then_the_office():
    row = signed()
    office, student = make_user("graduate_officer"), row.mentorship.student.user
    assert refusal_of(lambda: contest_log(log=row, by=student, answer=" "), Invalid).field == "answer"
    contest_log(log=row, by=student, answer="是60分钟")
    assert Notification.objects.get(kind="log_differs").user == row.signed_by
    assert tell_of_differences() == 0
    with clock.moved(timedelta(days=20)):
        assert [tell_of_differences() for _run in range(2)] == [1, 0]
    assert Notification.objects.filter(kind="log_still_differs", user=office).count() == 1


def test_settled_difference_does_not_reach_the_office():
    row = signed()
    contest_log(log=row, by=row.mentorship.student.user, answer="是60分钟")
    amended(row, minutes=60)
    with clock.moved(timedelta(days=20)):
        assert tell_of_differences() == 0


# --- what is signed never changes


@pytest.mark.parametrize("field", SIGNED_FIELDS)
def test_no_door_changes_what_was_signed(field):
    row = make_log()
    value = {"day": ago(1), "minutes": 60, "file_id": None, "amends_id": None}.get(field, "x")
    if field in ("mentorship_id", "mentor_id", "signed_by_id"):
        value = getattr(row, field)
    if field == "signed_at":
        value = clock.now()
    with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
        SupervisionLog.objects.filter(pk=row.pk).update(**{field: value})
    with pytest.raises(DatabaseError), transaction.atomic():
        row.save()
    assert SupervisionLog.objects.get(pk=row.pk).text == row.text


def test_amendment_follows_and_the_count_of_the_month_stays():
    row = signed()
    confirm_log(log=row, by=row.mentorship.student.user)
    following = amended(row)
    row.refresh_from_db()
    assert (row.state, row.text, following.state, following.amends_id) == ("amended", TEXT, "signed", row.pk)
    assert counts([row.mentorship_id], row.day, row.day)[row.mentorship_id]["industry"] == 1
    assert Notification.objects.get(kind="log_amended").user == row.mentorship.student.user


def test_amended_once_by_the_one_who_signed_with_a_reason_and_a_difference():
    row = signed()
    refusal_of(lambda: amended(row, by=row.mentorship.academic.user), Forbidden)
    assert refusal_of(lambda: amended(row, reason=" "), Invalid).field == "reason"
    assert refusal_of(lambda: amended(row, text=row.text), Invalid).field == "text"
    following = amended(row)
    refusal = refusal_of(lambda: amended(row))
    assert (refusal.code, refusal.url) == ("amended", following.get_absolute_url())
    refusal_of(lambda: confirm_log(log=row, by=row.mentorship.student.user))


def test_words_that_differ_are_marked():
    left, right = compared("第6批跑了30分钟", "第6批跑了60分钟")
    assert left == [("第6批跑了", False), ("30", True), ("分钟", False)]
    assert right == [("第6批跑了", False), ("60", True), ("分钟", False)]


# --- joint meetings


def joint(number=2):
    academic = make_appointment(kind="academic_mentor", capacity=9)
    rows = [make_mentorship(academic=academic) for _ in range(number)]
    return rows, sign_joint(
        mentorships=rows,
        by=academic.user,
        day=clock.today(),
        minutes=90,
        text=TEXT,
        lines={rows[0].pk: "补两批重复"},
    )


def test_joint_meeting_makes_one_log_a_student_and_asks_each_industry_mentor():
    rows, logs = joint()
    assert {log.group for log in logs} == {logs[0].group} and logs[0].line == "补两批重复"
    asked = set(Notification.objects.filter(kind="log_to_cosign").values_list("user", flat=True))
    assert asked == {row.industry.user_id for row in rows}
    cosign_log(log=logs[0], by=rows[0].industry.user)
    day = clock.today()
    assert [counts([row.pk], day, day)[row.pk]["joint"] for row in rows] == [1, 0]


def test_refused_cosignature_is_amended_and_sent_again():
    rows, logs = joint(1)
    row, other = logs[0], rows[0].industry.user
    refusal_of(lambda: cosign_log(log=row, by=rows[0].student.user), Forbidden)
    assert refusal_of(lambda: refuse_cosign(log=row, by=other, note=""), Invalid).field == "note"
    refuse_cosign(log=row, by=other, note="时长应为九十分钟")
    assert Notification.objects.get(kind="log_not_cosigned").user == row.signed_by
    following = amended(row, minutes=90)
    assert following.cosign == "asked" and following.group == row.group
    cosign_log(log=following, by=other)
    assert refusal_of(lambda: cosign_log(log=following, by=other)).code == "state"


def test_one_student_whose_day_cannot_be_signed_stops_the_whole_meeting_by_name():
    academic = make_appointment(kind="academic_mentor", capacity=9)
    fine, late = make_mentorship(academic=academic), make_mentorship(academic=academic, since=ago(1))
    refusal = refusal_of(
        lambda: sign_joint(
            mentorships=[fine, late], by=academic.user, day=ago(3), minutes=60, text=TEXT, lines={}
        )
    )
    assert late.student.user.name in refusal.sentence
    assert not SupervisionLog.objects.exists()


# --- late days


def test_reopened_day_is_signed_once():
    mentorship, office = make_mentorship(since=ago(40)), make_user("graduate_officer")
    by = mentorship.industry.user
    request = ask_reopening(mentorship=mentorship, by=by, day=ago(20), reason="出差在外")
    assert ask_reopening(mentorship=mentorship, by=by, day=ago(20), reason="出差") == request
    assert Notification.objects.filter(kind="reopening_asked", user=office).count() == 1
    refusal_of(lambda: decide_reopening(reopening=request, by=by, granted=True), Forbidden)
    decide_reopening(reopening=request, by=office, granted=True)
    refusal_of(lambda: decide_reopening(reopening=request, by=office, granted=False, answer="否"))
    refusal_of(lambda: signed(mentorship, day=ago(21)))
    assert signed(mentorship, day=ago(20)).reopening == request
    assert refusal_of(lambda: signed(mentorship, day=ago(20), again=True)).code == "late"


def test_reopening_ends_and_a_refusal_has_a_reason():
    mentorship, office = make_mentorship(since=ago(40)), make_user("graduate_officer")
    by = mentorship.industry.user
    first = ask_reopening(mentorship=mentorship, by=by, day=ago(20), reason="出差在外")
    decide_reopening(reopening=first, by=office, granted=True)
    with clock.moved(timedelta(days=8)):
        assert refusal_of(lambda: signed(mentorship, day=first.day)).code == "late"
    second = ask_reopening(mentorship=mentorship, by=by, day=ago(19), reason="出差在外")
    refusal_of(lambda: decide_reopening(reopening=second, by=office, granted=False), Invalid)
    decide_reopening(reopening=second, by=office, granted=False, answer="无人能证实")
    assert Notification.objects.get(kind="reopening_refused").user == by


# --- pages

FORM = {"when": "today", "kind": "video", "length": "30", "text": TEXT}


def form_url(mentorship):
    return reverse("log_new", args=[mentorship.pk])


def test_mentor_signs_by_page_and_two_presses_make_one_log(client):
    mentorship = make_mentorship()
    client.force_login(mentorship.industry.user)
    assert client.get(form_url(mentorship)).status_code == 200
    assert not SupervisionLog.objects.exists()
    presses = [client.post(form_url(mentorship), FORM | {"form_key": "k"}) for _press in range(2)]
    row = SupervisionLog.objects.get()
    assert [one.url for one in presses] == [row.get_absolute_url()] * 2
    assert client.get(row.get_absolute_url()).status_code == 200


@pytest.mark.parametrize(
    "bad, field, status",
    [
        ({"length": "other", "minutes": "0"}, "minutes", 422),
        ({"length": "other", "minutes": "2000"}, "minutes", 422),
        ({"length": "other", "minutes": "半小时"}, "minutes", 422),
        ({"length": "other", "minutes": ""}, "minutes", 422),
        ({"when": "other", "day": ""}, "day", 422),
        ({"when": "other", "day": "2199-01-01"}, "day", 422),
        ({"when": "other", "day": "1999-01-01"}, "day", 422),
        ({"text": ""}, "text", 422),
        ({"kind": ""}, "kind", 422),
    ],
)
def test_refused_form_loses_nothing(client, bad, field, status):
    mentorship = make_mentorship()
    client.force_login(mentorship.industry.user)
    sent = FORM | {"private": SECRET} | bad
    page = client.post(form_url(mentorship), sent)
    assert page.status_code == status and field in page.context["form"].errors
    assert SECRET in page.content.decode() and LogDraft.objects.get().values["private"] == SECRET
    again = client.get(form_url(mentorship)).content.decode()
    assert SECRET in again and not SupervisionLog.objects.exists()


def test_what_stands_in_a_field_that_is_not_shown_counts_for_nothing(client):
    mentorship = make_mentorship()
    client.force_login(mentorship.industry.user)
    assert client.post(form_url(mentorship), FORM | {"day": "x", "minutes": "y"}).status_code == 302
    assert SupervisionLog.objects.get().day == clock.today()


def test_late_day_can_be_asked_for_from_the_form(client):
    mentorship = make_mentorship(since=ago(60))
    client.force_login(mentorship.industry.user)
    sent = FORM | {"when": "other", "day": ago(30).isoformat()}
    page = client.post(form_url(mentorship), sent)
    assert page.status_code == 409 and 'value="reopen"' in page.content.decode()
    page = client.post(form_url(mentorship), sent | {"act": "reopen"})
    assert page.status_code == 422 and "late_reason" in page.context["form"].errors
    assert 'value="reopen"' in page.content.decode()
    asked = client.post(form_url(mentorship), sent | {"act": "reopen", "late_reason": "出差在外"})
    assert client.get(asked.url).status_code == 200 and LogDraft.objects.get().values["text"] == TEXT


def test_use_last_times_fills_what_is_empty(client):
    row = make_log(day=ago(3), minutes=45, kind="on_site")
    client.force_login(row.mentor.user)
    page = client.post(form_url(row.mentorship), {"when": "today", "text": "我写的", "act": "last"})
    form = page.context["form"]
    assert page.status_code == 200 and not form.errors
    assert (form["kind"].value(), form["length"].value(), form["minutes"].value(), form["text"].value()) == (
        "on_site",
        "other",
        "45",
        "我写的",
    )


def test_file_stays_with_the_draft_when_something_else_is_wrong(client):
    mentorship = make_mentorship()
    client.force_login(mentorship.industry.user)
    photo = SimpleUploadedFile("照片.png", b"\x89PNG\r\n\x1a\nrest")
    page = client.post(form_url(mentorship), FORM | {"text": "", "file": photo})
    assert page.status_code == 422 and "照片.png" in page.content.decode()
    client.post(form_url(mentorship), FORM)
    assert SupervisionLog.objects.get().file.name == "照片.png"


@pytest.mark.parametrize("name, content", [("照片.png", b"MZ\x90\x00 program"), ("big.png", None)])
def test_wrong_or_huge_file_is_refused_in_words_and_the_rest_stays(client, settings, name, content):
    settings.FILE_LIMIT_BYTES = 1000
    mentorship = make_mentorship()
    client.force_login(mentorship.industry.user)
    upload = SimpleUploadedFile(name, content or b"\x89PNG\r\n\x1a\n" + b"x" * 2000)
    page = client.post(form_url(mentorship), FORM | {"file": upload})
    assert page.status_code == 422 and name in str(page.context["form"].errors["file"])
    assert TEXT in page.content.decode() and not SupervisionLog.objects.exists()


def test_autosave_answers_with_its_revision(client):
    mentorship = make_mentorship()
    url = reverse("log_draft", args=[mentorship.pk])
    client.force_login(mentorship.industry.user)
    first = client.post(url, {"text": "一"}).json()
    assert client.post(url, {"text": "二", "revision": first["revision"]}).status_code == 200
    assert client.post(url, {"text": "三", "revision": first["revision"]}).status_code == 409
    assert client.get(url).status_code == 405


def test_who_opens_form_and_log(client):
    row = make_log(private=SECRET)
    for user, form, page, note in (
        (row.mentorship.industry.user, 200, 200, True),
        (row.mentorship.academic.user, 200, 200, True),
        (row.mentorship.student.user, 403, 200, False),
        (make_user("graduate_officer"), 403, 200, False),
        (make_user("auditor"), 403, 200, False),
        (make_user("industry_mentor"), 404, 404, False),
        (make_user("student"), 404, 404, False),
    ):
        client.force_login(user)
        assert client.get(form_url(row.mentorship)).status_code == form
        answer = client.get(row.get_absolute_url())
        assert answer.status_code == page
        assert (SECRET in answer.content.decode()) is note


def test_new_log_leads_to_the_form_of_the_one_student_else_to_the_list(client):
    row, url = make_mentorship(), reverse("log_which")
    assert url == "/supervision/new/"
    client.force_login(row.industry.user)
    assert client.get(url).url == reverse("log_new", args=[row.pk])
    make_mentorship(industry=row.industry)
    assert client.get(url).url == reverse("mentorships")
    client.force_login(row.student.user)
    assert client.get(url).status_code == 403


def test_retired_mentor_without_any_role_still_reads(client):
    row = make_log()
    row.mentor.user.grants.update(ended_at=clock.now())
    client.force_login(row.mentor.user)
    assert client.get(row.get_absolute_url()).status_code == 200


def test_file_of_a_log_is_opened_by_its_readers_only(client):
    mentorship = make_mentorship()
    stored = store(b"%PDF-1", name="a.pdf", media_type="application/pdf", by=None)
    make_log(mentorship=mentorship, file=stored)
    for user, status in ((mentorship.student.user, 200), (make_user("student"), 404)):
        client.force_login(user)
        assert client.get(reverse("file", args=[stored.pk])).status_code == status


def test_student_confirms_or_says_what_differs_by_page(client):
    first, second = make_log(), make_log()
    client.force_login(first.mentorship.student.user)
    assert first.get_absolute_url() in client.get(reverse("dashboard")).content.decode()
    assert client.get(reverse("log_confirm", args=[first.pk])).status_code == 405
    assert client.post(reverse("log_confirm", args=[first.pk])).status_code == 302
    assert client.post(reverse("log_confirm", args=[first.pk])).status_code == 409
    assert client.post(reverse("log_confirm", args=[second.pk])).status_code == 404
    client.force_login(second.mentorship.student.user)
    url = reverse("log_differs", args=[second.pk])
    assert client.post(url, {"answer": ""}).status_code == 422
    assert client.post(url, {"answer": "长" * 301}).status_code == 422
    assert client.post(url, {"answer": "是60分钟"}).status_code == 302
    client.force_login(second.mentor.user)
    assert "是60分钟" in client.get(reverse("dashboard")).content.decode()


def test_mentor_amends_by_page_and_both_texts_are_shown(client):
    row = make_log(text="第6批跑了30分钟，已记录")
    url = reverse("log_amend", args=[row.pk])
    client.force_login(row.mentor.user)
    assert client.get(url).status_code == 200
    sent = {"kind": "video", "day": row.day.isoformat(), "minutes": "30", "text": "第6批跑了60分钟，已记录"}
    assert client.post(url, sent | {"reason": ""}).status_code == 422
    answer = client.post(url, sent | {"reason": "时长写错", "form_key": "k"})
    page = client.get(answer.url).content.decode()
    assert "<del>30</del>" in page and "<ins>60</ins>" in page
    assert client.post(url, sent | {"reason": "再一次", "form_key": "other"}).status_code == 409
    assert client.get(url).status_code == 409
    client.force_login(row.mentorship.academic.user)
    assert client.get(url).status_code == 403


def test_other_mentor_signs_too_or_not_by_page(client):
    rows, logs = joint()
    for row, log, sent, status in (
        (rows[0], logs[0], {}, 302),
        (rows[1], logs[1], {"act": "refuse", "note": ""}, 422),
        (rows[1], logs[1], {"act": "refuse", "note": "时间不对"}, 302),
    ):
        client.force_login(row.industry.user)
        assert client.post(reverse("log_cosign", args=[log.pk]), sent).status_code == status
    states = SupervisionLog.objects.order_by("pk").values_list("cosign", flat=True)
    assert list(states) == ["signed", "refused"]


def test_office_decides_on_a_late_day_by_page(client):
    mentorship, office = make_mentorship(since=ago(40)), make_user("graduate_officer")
    request = ask_reopening(mentorship=mentorship, by=mentorship.industry.user, day=ago(20), reason="出差")
    for user, status in (
        (mentorship.student.user, 404),
        (make_user("industry_mentor"), 404),
        (mentorship.industry.user, 403),
    ):
        client.force_login(user)
        assert client.post(request.get_absolute_url(), {"act": "grant"}).status_code == status
    client.force_login(office)
    assert request.get_absolute_url() in client.get(reverse("dashboard")).content.decode()
    assert client.post(request.get_absolute_url(), {"act": "refuse"}).status_code == 422
    assert client.post(request.get_absolute_url(), {"act": "grant"}).status_code == 302
    assert client.post(request.get_absolute_url(), {"act": "grant"}).status_code == 409


@pytest.mark.parametrize("query", ["", "?tab=waiting", "?month=this", "?month=x-٣", "?mentorship=٣", "?q=批"])
def test_list_asks_as_much_for_three_as_for_one(client, query):
    mentor = make_appointment(capacity=9)
    client.force_login(mentor.user)
    query = query.replace("this", f"{clock.today():%Y-%m}")

    def count():
        with CaptureQueriesContext(connection) as asked:
            assert client.get(reverse("logs") + query).status_code == 200
        return len(asked)

    make_log(mentorship=make_mentorship(industry=mentor))
    count()
    first = count()
    for _ in range(2):
        make_log(mentorship=make_mentorship(industry=mentor))
    assert count() == first


def test_visitors_see_no_log():
    from django.contrib.auth.models import AnonymousUser

    make_log()
    assert not logs_visible_to(AnonymousUser()).exists()


# --- the mentor's home


def test_home_shows_who_is_missing_and_its_figure_opens_exactly_those(client):
    mentor = make_appointment(capacity=9)
    rows = [make_mentorship(industry=mentor, since=ago(60)) for _ in range(3)]
    for _ in range(2):
        make_log(mentorship=rows[0])
    client.force_login(mentor.user)
    text = client.get(reverse("dashboard")).content.decode()
    for row in rows[1:]:
        assert reverse("log_new", args=[row.pk]) in text
    for name, found in (("enough", 1), ("missing", 2), ("x", 3)):
        page = client.get(reverse("mentorships"), {"month": name})
        assert page.context["page"].paginator.count == found
    figure = f"?mentorship={rows[0].pk}&month={clock.today():%Y-%m}&side=industry"
    assert client.get(reverse("logs") + figure).context["page"].paginator.count == 2


def test_last_month_waits_as_long_as_it_can_be_mended():
    from mentors.rules.rhythm import month_of, my_last_month

    row = make_mentorship(since=ago(200))
    first, last = month_of(clock.today())
    with clock.moved(timedelta(days=(last - clock.today()).days + 5)):
        on = clock.today()
        found = my_last_month(row.industry.user, on, on - timedelta(days=14))
        assert found[row.pk].missing == 2 and found[row.pk].last == last
        assert not my_last_month(row.industry.user, on, on - timedelta(days=3))


def test_short_stay_in_a_month_asks_for_nothing():
    from mentors.rules.rhythm import asks, month_of

    row = make_mentorship(since=ago(200))
    first, last = month_of(clock.today())
    row.since = last - timedelta(days=13)
    assert not asks(row, first, last)
    row.since = last - timedelta(days=14)
    assert asks(row, first, last)


def test_joint_meeting_by_page(client):
    academic = make_appointment(kind="academic_mentor", capacity=9)
    rows = [make_mentorship(academic=academic) for _ in range(3)]
    url = reverse("joint_new")
    client.force_login(academic.user)
    assert client.get(url, {"students": rows[0].pk}).status_code == 200
    sent = {"when": "today", "length": "90", "text": TEXT, f"line-{rows[0].pk}": "补两批重复"}
    page = client.post(url, sent)
    assert page.status_code == 422 and "补两批重复" in page.content.decode()
    sent |= {"students": [rows[0].pk, rows[1].pk, 999999], "form_key": "k"}
    answers = [client.post(url, sent) for _press in range(2)]
    assert SupervisionLog.objects.count() == 2 and answers[0].url == answers[1].url
    assert client.post(reverse("joint_draft"), {"text": "一"}).json()["revision"] == 1
    client.force_login(rows[0].student.user)
    assert client.get(url).status_code == 403
