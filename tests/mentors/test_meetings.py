"""Meetings: planned, called off, asked about once and reminded once; links that sign one log; calendars."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.signing import Signer
from django.db import connection
from django.test import Client
from django.urls import reverse
from icalendar import Calendar

from consortium import clock
from consortium.models import Notification, PolicyValue
from consortium.notifications import words
from consortium.refusals import Forbidden, Invalid, Refused
from mentors.actions.log import save_draft
from mentors.actions.meeting import ask_for_logs, cancel_meeting, plan_meeting, renew_calendar
from mentors.models import LogDraft, LogLink, Meeting, Reopening, SupervisionLog
from mentors.rules.rhythm import month_of
from tests.demo_world.test_addresses import only_reads
from tests.factories import make_log, make_mentorship, make_user

pytestmark = pytest.mark.django_db
TEXT = "第六批已跑完，前兆信号提前四十分钟出现。"
FORM = {"when": "today", "kind": "video", "length": "30", "text": TEXT}
HOUR = timedelta(hours=1)


def planned(mentorship=None, **other):
    mentorship = mentorship or make_mentorship()
    return plan_meeting(
        **{
            "mentorship": mentorship,
            "by": mentorship.industry.user,
            "starts_at": clock.now() + HOUR,
            "minutes": 60,
            "place": "302室",
        }
        | other
    )


def asked():
    """A meeting that is over, and the link that asks for its log."""
    meeting = planned()
    begun = clock.now() - 3 * HOUR
    Meeting.objects.filter(pk=meeting.pk).update(starts_at=begun, ends_at=begun + HOUR)
    assert ask_for_logs() == 1
    meeting.refresh_from_db()
    return meeting, LogLink.objects.get(meeting=meeting)


def test_planned_tells_the_student_and_names_nobody_in_the_subject():
    meeting = planned()
    row = Notification.objects.get(kind="meeting_planned")
    assert row.user == meeting.mentorship.student.user
    assert meeting.mentor.user.name not in str(words(row))


@pytest.mark.parametrize(
    "bad",
    [
        {"starts_at": timedelta(hours=-1)},
        {"starts_at": timedelta(days=400)},
        {"starts_at": timedelta(days=170)},
        {"minutes": 0},
        {"minutes": 2000},
    ],
)
def test_what_cannot_be_planned_is_refused(bad):
    if "starts_at" in bad:
        bad = {"starts_at": clock.now() + bad["starts_at"]}
    with pytest.raises(Invalid):
        planned(**bad)


def test_only_its_mentor_plans_and_calls_off_and_the_same_hour_once():
    meeting = planned()
    for by in (meeting.mentorship.student.user, make_user("industry_mentor")):
        with pytest.raises(Forbidden):
            planned(meeting.mentorship, by=by)
        with pytest.raises(Forbidden):
            cancel_meeting(meeting=meeting, by=by)
    with pytest.raises(Refused):
        planned(meeting.mentorship, starts_at=meeting.starts_at)
    cancel_meeting(meeting=meeting, by=meeting.mentor.user)
    with pytest.raises(Refused):
        cancel_meeting(meeting=meeting, by=meeting.mentor.user)
    assert planned(meeting.mentorship, starts_at=meeting.starts_at).pk


def test_asked_once_and_reminded_once():
    planned()
    told = []
    for hours in (0.5, 3, 4, 71, 76, 77, 300):
        with clock.moved(timedelta(hours=hours)):
            told.append(ask_for_logs())
    assert told == [0, 1, 0, 0, 1, 0, 0]
    assert LogLink.objects.count() == 1


def test_nobody_is_asked_of_what_was_called_off_logged_or_long_ago():
    cancel_meeting(meeting=(off := planned()), by=off.mentor.user)
    logged = planned()
    with clock.moved(3 * HOUR):
        make_log(mentorship=logged.mentorship, day=clock.today())
        assert ask_for_logs() == 0
    planned()
    with clock.moved(timedelta(days=4)):
        assert ask_for_logs() == 0


def test_opening_a_link_records_nothing_and_pressing_signs_this_one_log():
    meeting, link = asked()
    client, url = Client(), link.get_absolute_url()
    with connection.execute_wrapper(only_reads):
        page = client.get(url)
    assert page.status_code == 200 and not SupervisionLog.objects.exists()
    assert meeting.mentorship.student.user.name in page.content.decode()
    answer = client.post(url, FORM)
    log = SupervisionLog.objects.get()
    assert answer.url == url and (log.signed_by, log.mentorship) == (link.user, link.mentorship)
    assert client.get(url).status_code == 200 and TEXT in client.get(url).content.decode()
    assert client.post(url, FORM | {"text": TEXT + "再来一条"}).status_code == 409
    assert SupervisionLog.objects.count() == 1


def test_address_of_the_link_is_the_published_one_and_the_first_mails_still_open():
    _meeting, link = asked()
    url = link.get_absolute_url()
    assert url.startswith("/s/") and Client().get(url.replace("/s/", "/l/", 1)).status_code == 200


def test_link_of_another_or_forged_or_over():
    _meeting, link = asked()
    url, client = link.get_absolute_url(), Client()
    forged = [
        reverse("log_link", args=[f"{link.pk}:x"]),
        reverse("log_link", args=[Signer(salt="other").sign(str(link.pk))]),
        reverse("log_link", args=[Signer(salt=LogLink.SALT).sign("999999")]),
    ]
    assert [client.get(one).status_code for one in forged] == [404] * 3
    client.force_login(make_user("industry_mentor"))
    for answer in (client.get(url), client.post(url, FORM)):
        assert answer.status_code == 403
    client.logout()
    with clock.moved(timedelta(days=8)):
        assert client.get(url).status_code == client.post(url, FORM).status_code == 410
    assert not SupervisionLog.objects.exists()


def test_what_is_wrong_behind_a_link_loses_nothing_and_leaves_it_usable():
    _meeting, link = asked()
    client, url = Client(), link.get_absolute_url()
    page = client.post(url, FORM | {"length": "other", "minutes": "2000"})
    assert page.status_code == 422 and TEXT in page.content.decode()
    link.refresh_from_db()
    assert link.used_at is None and LogDraft.objects.get().values["text"] == TEXT
    assert client.post(url, FORM).status_code == 302


OWN = {"text": "自己账号里写的半句话", "private": "压力很大", "kind": "on_site"}


def test_holder_of_a_link_reads_nothing_of_the_mentors_draft_nor_of_earlier_logs():
    _meeting, link = asked()
    make_log(
        mentorship=link.mentorship, day=link.day - timedelta(days=3), minutes=45, text="上一次的正文内容在此"
    )
    save_draft(mentorship=link.mentorship, by=link.user, values=OWN)
    client, url = Client(), link.get_absolute_url()
    pages = [client.get(url), client.post(url, {"act": "last"}), client.post(url, FORM | {"text": ""})]
    assert [page.status_code for page in pages] == [200, 200, 422]
    for page in pages:
        for secret in ("压力很大", "自己账号里写的半句话", "上一次的正文内容在此"):
            assert secret not in page.content.decode()
    assert pages[1].context["form"]["minutes"].value() == "45"


def test_link_leaves_the_mentors_own_draft_as_it_was():
    _meeting, link = asked()
    save_draft(mentorship=link.mentorship, by=link.user, values=OWN)
    client, url = Client(), link.get_absolute_url()
    assert client.post(url, FORM | {"text": ""}).status_code == 422
    assert client.post(url, FORM | {"act": "drop"}).status_code == 200
    assert LogDraft.objects.get().values == OWN
    assert client.post(url, FORM).status_code == 302
    assert LogDraft.objects.get().values == OWN and SupervisionLog.objects.get().private == ""


def test_what_was_typed_behind_a_link_waits_in_the_own_account_and_goes_with_the_log(client):
    _meeting, link = asked()
    visitor, url = Client(), link.get_absolute_url()
    for text in ("写了一半", "写了更多一些"):
        visitor.post(url, FORM | {"text": text, "length": ""})
        assert LogDraft.objects.get().values["text"] == text
        assert text not in visitor.get(url).content.decode()
    client.force_login(link.user)
    assert "写了更多一些" in client.get(reverse("log_new", args=[link.mentorship_id])).content.decode()
    assert visitor.post(url, FORM).status_code == 302 and not LogDraft.objects.exists()


def test_photo_behind_a_link_stays_with_the_link():
    _meeting, link = asked()
    client, url = Client(), link.get_absolute_url()
    photo = SimpleUploadedFile("照片.png", b"\x89PNG\r\n\x1a\nrest")
    page = client.post(url, FORM | {"text": "", "file": photo})
    assert page.status_code == 422 and "照片.png" in page.content.decode()
    assert "照片.png" in client.post(url, FORM | {"act": "last"}).content.decode()
    assert client.post(url, FORM).status_code == 302
    assert SupervisionLog.objects.get().file.name == "照片.png"


def test_photo_behind_a_link_is_taken_off():
    _meeting, link = asked()
    client, url = Client(), link.get_absolute_url()
    photo = SimpleUploadedFile("照片.png", b"\x89PNG\r\n\x1a\nrest")
    client.post(url, FORM | {"text": "", "file": photo})
    assert "照片.png" not in client.post(url, FORM | {"act": "drop"}).content.decode()
    client.post(url, FORM)
    assert SupervisionLog.objects.get().file is None


def test_link_signs_the_day_of_its_meeting_and_no_other():
    _meeting, link = asked()
    client, url = Client(), link.get_absolute_url()
    page = client.get(url).content.decode()
    assert 'name="when"' not in page and 'name="day"' not in page
    other = (link.day - timedelta(days=2)).isoformat()
    client.post(url, FORM | {"when": "other", "day": other})
    assert SupervisionLog.objects.get().day == link.day


def test_link_opens_no_late_day():
    _meeting, link = asked()
    PolicyValue.objects.create(key="log_late_days", value=2, reason="试行", set_at=clock.now())
    client, url = Client(), link.get_absolute_url()
    with clock.moved(timedelta(days=4)):
        page = client.post(url, FORM)
        assert page.status_code == 409 and 'value="reopen"' not in page.content.decode()
        assert reverse("log_new", args=[link.mentorship_id]) in page.content.decode()
        page = client.post(url, FORM | {"act": "reopen", "late_reason": "出差在外"})
        assert page.status_code == 409
    assert not Reopening.objects.exists()


def test_used_link_is_over_when_its_days_are():
    _meeting, link = asked()
    client, url = Client(), link.get_absolute_url()
    assert client.post(url, FORM).status_code == 302
    assert client.get(url).status_code == 200
    with clock.moved(timedelta(days=8)):
        page = client.get(url)
        assert page.status_code == client.post(url, FORM).status_code == 410
        assert TEXT not in page.content.decode()


def test_pages_plan_and_call_off(client):
    mentorship = make_mentorship()
    url = reverse("meeting_new", args=[mentorship.pk])
    client.force_login(mentorship.industry.user)
    assert client.get(url).status_code == 200
    day = (clock.today() + timedelta(days=3)).isoformat()
    sent = {"day": day, "at": "14:30", "minutes": "60", "place": "302"}
    assert client.post(url, sent | {"at": "x"}).status_code == 422
    assert client.post(url, sent | {"day": "2020-01-01"}).status_code == 422
    made = client.post(url, sent | {"form_key": "k"})
    assert client.post(url, sent | {"form_key": "k"}).url == made.url
    assert client.get(made.url).status_code == 200
    assert client.post(made.url + "cancel/").status_code == 302
    assert client.post(made.url + "cancel/").status_code == 409
    client.force_login(mentorship.student.user)
    assert client.get(url).status_code == 403 and client.get(made.url).status_code == 200
    client.force_login(make_user("student"))
    assert client.get(url).status_code == client.get(made.url).status_code == 404


def test_another_program_reads_the_calendar():
    meeting = planned()
    user = meeting.mentor.user
    key = renew_calendar(by=user)

    def events():
        read = Calendar.from_ical(Client().get(key.address).content)
        return {str(one["uid"]): one for one in read.walk("VEVENT")}

    first = events()
    one = first[f"meeting-{meeting.pk}@portal"]
    whole = [at.replace(microsecond=0) for at in (meeting.starts_at, meeting.ends_at)]
    assert [one.decoded("dtstart"), one.decoded("dtend")] == whole
    assert str(one["url"]).endswith(meeting.get_absolute_url()) and not one.walk("VALARM")
    (month,) = [one for uid, one in first.items() if uid.startswith("month-")]
    last = month_of(clock.today())[1]
    assert (month.decoded("dtstart"), month.decoded("dtend")) == (last, last + timedelta(days=1))
    assert events().keys() == first.keys()


def test_calendar_names_nobody_and_its_address_is_revoked(client):
    meeting = planned()
    user, student = meeting.mentor.user, meeting.mentorship.student.user
    key = renew_calendar(by=user)
    text = client.get(key.address).content.decode()
    assert "DTSTART:" in text and f"meeting-{meeting.pk}@" in text
    for name in (user.name, student.name, meeting.place, meeting.mentorship.topic):
        assert name not in text
    assert all(len(line.encode()) <= 75 for line in text.split("\r\n"))
    client.force_login(user)
    assert client.get(reverse("calendar")).status_code == 200
    client.post(reverse("calendar"))
    assert client.get(key.address).status_code == 404
    key.refresh_from_db()
    assert client.get(key.address).status_code == 200
    client.post(reverse("calendar"), {"act": "end"})
    assert client.get(key.address).status_code == 404
    assert client.get(reverse("calendar_feed", args=["x"])).status_code == 404
