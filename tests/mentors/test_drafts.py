"""Drafts: of one page at a time, never of what is signed already, whatever was typed; photos go with their own log."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from consortium import clock
from consortium.models import StoredFile
from mentors.actions.log import LONGEST_DRAFT, keep_file, save_draft
from mentors.models import LogDraft, SupervisionLog
from tests.factories import make_appointment, make_log, make_mentorship
from tests.mentors.test_logs import FORM, SECRET, TEXT, form_url

pytestmark = pytest.mark.django_db


def photo(name="照片.png"):
    return SimpleUploadedFile(name, b"\x89PNG\r\n\x1a\nrest")


@pytest.fixture
def mentorship(client):
    row = make_mentorship()
    client.force_login(row.industry.user)
    return row


@pytest.fixture(params=["log", "joint"])
def autosave(request, client, mentorship):
    """The address that keeps what is typed: of one log, and of a joint meeting."""
    if request.param == "log":
        return reverse("log_draft", args=[mentorship.pk])
    return reverse("joint_draft")


# --- a photo


def test_second_press_does_not_hang_its_photo_on_the_next_log(client, mentorship):
    for _press in range(2):
        answer = client.post(form_url(mentorship), FORM | {"form_key": "k", "file": photo()})
        assert answer.url == SupervisionLog.objects.get().get_absolute_url()
    assert not LogDraft.objects.exists()
    client.post(form_url(mentorship), FORM | {"form_key": "other", "again": "on"})
    assert [row.file_id is None for row in SupervisionLog.objects.order_by("pk")] == [False, True]


def test_photo_that_comes_after_its_form_has_signed_is_kept_nowhere(client, mentorship):
    client.post(form_url(mentorship), FORM | {"form_key": "k"})
    keep_file(mentorship=mentorship, by=mentorship.industry.user, upload=photo(), form_key="k")
    assert not LogDraft.objects.exists() and not StoredFile.objects.exists()


# --- autosave


def test_first_autosave_of_a_page_that_began_without_a_draft_overwrites_none(client, autosave):
    assert client.post(autosave, {"text": "一", "revision": ""}).status_code == 200
    late = client.post(autosave, {"text": "二", "revision": ""})
    assert late.status_code == 409 and late.json()["said"]
    assert LogDraft.objects.get().values["text"] == "一"


@pytest.mark.parametrize("revision", ["²", "٣", "x", "9" * 30, "-1"])
def test_nonsense_for_a_revision_is_a_page_that_began_without_a_draft(client, autosave, revision):
    assert client.post(autosave, {"text": "一", "revision": revision}).status_code == 200
    assert client.post(autosave, {"text": "二", "revision": revision}).status_code == 409


def test_autosave_that_arrives_after_signing_makes_no_draft(client, mentorship):
    url = reverse("log_draft", args=[mentorship.pk])
    revision = client.post(url, {"text": "一", "revision": "", "form_key": "k"}).json()["revision"]
    client.post(form_url(mentorship), FORM | {"form_key": "k"})
    for sent in ({"revision": revision}, {"revision": ""}):
        late = client.post(url, {"text": "一", "form_key": "k"} | sent)
        assert late.status_code == 409 and late.json()["said"]
    assert not LogDraft.objects.exists()
    assert client.post(url, {"text": "下一条", "revision": "", "form_key": "next"}).status_code == 200


def test_autosave_of_a_joint_meeting_that_arrives_after_signing_makes_no_draft(client, mentorship):
    sent = FORM | {"students": [mentorship.pk], "form_key": "k"}
    assert client.post(reverse("joint_new"), sent).status_code == 302
    assert client.post(reverse("joint_draft"), sent | {"revision": ""}).status_code == 409
    assert not LogDraft.objects.exists()


def test_page_whose_draft_is_gone_does_not_bring_it_back(client, autosave):
    revision = client.post(autosave, {"text": "一", "revision": ""}).json()["revision"]
    LogDraft.objects.all().delete()
    assert client.post(autosave, {"text": "一", "revision": revision}).status_code == 409
    assert not LogDraft.objects.exists()


def test_too_long_for_a_draft_is_said_and_loses_nothing(client, mentorship, autosave):
    long = "长" * (LONGEST_DRAFT + 1)
    answer = client.post(autosave, {"text": long, "revision": ""})
    assert answer.status_code == 422 and answer.json()["said"]
    form = form_url(mentorship) if "joint" not in autosave else reverse("joint_new")
    page = client.post(form, FORM | {"text": long, "students": [mentorship.pk]})
    assert page.status_code == 422 and long in page.content.decode()
    assert "text" in page.context["form"].errors


def test_what_no_database_keeps_is_left_out(client, mentorship, autosave):
    assert client.post(autosave, {"text": "一\x00二", "revision": ""}).status_code == 200
    assert LogDraft.objects.get().values["text"] == "一二"


# --- a joint meeting


@pytest.fixture
def three(client):
    academic = make_appointment(kind="academic_mentor", capacity=9)
    client.force_login(academic.user)
    return [make_mentorship(academic=academic) for _ in range(3)]


def test_draft_of_a_joint_meeting_comes_back_with_its_students_and_lines(client, three):
    sent = {"when": "yesterday", "length": "90", "text": TEXT, "revision": ""}
    sent |= {"students": [three[0].pk, three[2].pk], f"line-{three[0].pk}": "补两批重复"}
    assert client.post(reverse("joint_draft"), sent).status_code == 200
    page = client.get(reverse("joint_new"))
    assert [one["chosen"] for one in page.context["rows"]] == [
        one["mentorship"].pk in (three[0].pk, three[2].pk) for one in page.context["rows"]
    ]
    text = page.content.decode()
    assert "补两批重复" in text and TEXT in text
    assert page.context["form"]["when"].value() == "yesterday"


def test_students_ticked_on_the_list_come_before_those_of_the_draft(client, three):
    save_draft(
        mentorship=None, by=three[0].academic.user, values={"students": [str(three[0].pk)], "text": TEXT}
    )
    page = client.get(reverse("joint_new"), {"students": three[1].pk})
    chosen = [one["mentorship"].pk for one in page.context["rows"] if one["chosen"]]
    assert chosen == [three[1].pk] and TEXT in page.content.decode()


def test_day_of_a_joint_draft_is_the_day_on_which_it_was_typed(client, three):
    from datetime import timedelta

    save_draft(mentorship=None, by=three[0].academic.user, values={"when": "today", "text": TEXT})
    typed = clock.today()
    with clock.moved(timedelta(days=2)):
        form = client.get(reverse("joint_new")).context["form"]
        assert (form["when"].value(), form["day"].value()) == ("other", typed.isoformat())


def test_joint_meeting_asks_about_a_second_one_of_the_day_and_names_the_student(client, three):
    make_log(mentorship=three[1], side="academic")
    sent = {"when": "today", "length": "90", "text": TEXT, "students": [one.pk for one in three]}
    page = client.post(reverse("joint_new"), sent)
    assert page.status_code == 409 and three[1].student.user.name in str(page.context["form"].errors)
    assert 'name="again"' in page.content.decode() and SupervisionLog.objects.count() == 1
    assert client.post(reverse("joint_new"), sent | {"again": "on"}).status_code == 302
    assert SupervisionLog.objects.count() == 4


def test_draft_of_one_log_keeps_its_note_to_the_author(client, mentorship):
    url = reverse("log_draft", args=[mentorship.pk])
    client.post(url, {"private": SECRET, "revision": ""})
    client.force_login(mentorship.academic.user)
    assert SECRET not in client.get(form_url(mentorship)).content.decode()
