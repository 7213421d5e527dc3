"""From the check to the appointment: notice, objections, letter with its check page, the next term."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from consortium import clock
from consortium.models import Invitation, Notification, PublicNotice, User
from consortium.refusals import Forbidden, Invalid, Refused
from mentors.actions import appointing as actions
from mentors.actions import appointment_clock
from mentors.actions import nomination as nominating
from mentors.actions.appointment import term_end
from mentors.models import Appointment, AppointmentLetter, Nomination, NominationObjection
from mentors.queries.nomination import waiting_for
from mentors.rules import nomination as rules
from tests.factories import make_appointment, make_nomination, make_organisation, make_user

pytestmark = pytest.mark.django_db


def later(days=12):
    return clock.moved(timedelta(days=days))


def objection_to(nomination, **given):
    return actions.object_to(
        **{
            "notice": nomination.notice,
            "name": "示例异议人",
            "contact": "objector@example.invalid",
            "text": "职称材料不实，请核对。",
        }
        | given
    )


# --- the notice


def test_only_what_was_checked_goes_on_notice():
    row = make_nomination(state="consented")
    with pytest.raises(Refused):
        actions.start_notice(nomination=row, by=row.checker, title="公示", text="正文")
    waits = make_nomination(state="exception_requested", degree="none")
    with pytest.raises(Refused):
        actions.start_notice(nomination=waits, by=waits.checker, title="公示", text="正文")
    assert not PublicNotice.objects.exists()
    signed = make_nomination(state="reviewed", degree="none")
    actions.start_notice(nomination=signed, by=signed.checker, title="公示", text="正文")
    assert signed.state == "public_notice"


def test_title_and_text_of_a_notice_name_nobody():
    row = make_nomination(state="qualified")
    for words in ({"title": row.name, "text": "正文"}, {"title": "公示", "text": f"拟聘{row.name}"}):
        with pytest.raises(Refused) as refused:
            actions.start_notice(nomination=row, by=row.checker, **words)
        assert refused.value.code == "name"


@pytest.mark.parametrize("who", ["nominator", "person"])
def test_those_it_concerns_do_not_begin_the_notice(who):
    row = make_nomination(state="qualified")
    with pytest.raises(Forbidden):
        actions.start_notice(nomination=row, by=getattr(row, who), title="公示", text="正文")


def test_visitors_read_the_name_while_it_runs_and_not_afterwards(client):
    row = make_nomination(state="public_notice")
    page = client.get(row.notice.get_absolute_url()).content.decode()
    assert row.name in page and row.organisation.name_zh in page
    assert row.email not in page and "1980" not in page
    assert row.name not in client.get(reverse("notices")).content.decode()
    with later():
        appointment_clock.advance()
        assert row.name not in client.get(row.notice.get_absolute_url()).content.decode()


def test_the_notice_ends_when_the_consent_is_taken_back(client):
    row = make_nomination(state="public_notice")
    nominating.decline(nomination=row, by=row.person)
    row.notice.refresh_from_db()
    assert row.notice.ends_at <= clock.now()
    assert row.name not in client.get(row.notice.get_absolute_url()).content.decode()


# --- objections


def test_anybody_objects_on_the_page_and_two_presses_are_one(client):
    row = make_nomination(state="public_notice")
    answerer = make_user("secretary")
    given = {"name": "示例异议人", "contact": "a@example.invalid", "text": "职称材料不实，请核对。"}
    url = reverse("membership_object", args=[row.notice_id])
    assert client.post(url, {}).status_code == 422
    assert [client.post(url, given).status_code for _press in range(2)] == [302, 302]
    assert NominationObjection.objects.count() == 1
    assert Notification.objects.filter(kind="mentor_objection", user=answerer).count() == 1
    assert not Notification.objects.filter(kind="mentor_objection", user=row.checker).exists()
    page = client.get(row.notice.get_absolute_url()).content.decode()
    assert "示例异议人" not in page and "a@example.invalid" not in page
    with later():
        late = client.post(url, given | {"text": "又一条异议，已经晚了。"})
    assert late.status_code == 409


def test_nothing_begins_before_every_objection_is_answered():
    row = make_nomination(state="public_notice")
    objection = objection_to(row)
    with later():
        assert actions.conclude_notices() == 0
        with pytest.raises(Refused):
            actions.appoint(nomination=row)
        actions.answer_objection(
            objection=objection, by=make_user("secretary"), upheld=False, answer="已核对原件。"
        )
        assert actions.conclude_notices() == 1
    row.refresh_from_db()
    assert row.state == "appointed"


def test_whoever_acted_before_does_not_answer():
    row = make_nomination(state="reviewed", degree="none")
    actions.start_notice(nomination=row, by=row.checker, title="公示", text="正文")
    objection = objection_to(row)
    for by in (row.checker, row.signer, row.nominator, row.person, make_user("auditor")):
        with pytest.raises(Forbidden):
            actions.answer_objection(objection=objection, by=by, upheld=False, answer="已核对。")
    actions.answer_objection(objection=objection, by=make_user("secretary"), upheld=False, answer="已核对。")
    with pytest.raises(Refused):
        actions.answer_objection(objection=objection, by=make_user("secretary"), upheld=True, answer="再答")
    with pytest.raises(IntegrityError), transaction.atomic():
        NominationObjection.objects.filter(pk=objection.pk).update(answer="")


def test_an_objection_that_holds_goes_back_to_the_check():
    row = make_nomination(state="public_notice")
    notice, objection = row.notice, objection_to(row)
    actions.answer_objection(
        objection=objection, by=make_user("secretary"), upheld=True, answer="材料确有出入。"
    )
    row.refresh_from_db()
    notice.refresh_from_db()
    assert (row.state, row.notice, row.checks, row.checked_by) == ("consented", None, [], None)
    assert notice.ends_at <= clock.now()
    with later():
        assert actions.conclude_notices() == 0
    nominating.refuse_nomination(nomination=row, by=row.checker, reason="材料不实")
    assert not Appointment.objects.exists()


def test_objections_are_read_by_the_office_alone(client):
    row = make_nomination(state="public_notice")
    objection = objection_to(row)
    for reader, status in (
        (make_user("secretary"), 200),
        (make_user("auditor"), 200),
        (row.nominator, 404),
        (row.person, 404),
    ):
        client.force_login(reader)
        assert client.get(objection.get_absolute_url()).status_code == status
    answerer = make_user("graduate_officer")
    client.force_login(answerer)
    assert objection.get_absolute_url() in client.get(reverse("dashboard")).content.decode()
    assert client.post(objection.get_absolute_url(), {"upheld": "no", "answer": ""}).status_code == 422
    assert (
        client.post(objection.get_absolute_url(), {"upheld": "no", "answer": "已核对。"}).status_code == 302
    )
    client.logout()
    page = client.get(row.notice.get_absolute_url()).content.decode()
    assert "已核对。" in page and "示例异议人" not in page


# --- appointed


def test_the_clock_appoints_with_letter_role_and_term():
    row = make_nomination(state="public_notice")
    with later():
        actions.conclude_notices()
        today = clock.today()
    row.refresh_from_db()
    appointment = row.appointment
    assert (row.state, row.born, row.token_hash) == ("appointed", None, None)
    assert (appointment.user, appointment.since, appointment.until) == (row.person, today, term_end(today))
    assert (appointment.capacity, appointment.category) == (2, "mentor_technical")
    assert row.person.grants.filter(role="industry_mentor", ended_at=None).exists()
    letter = AppointmentLetter.objects.get()
    assert letter.number.startswith(f"PS-{today.year}-") and letter.file.media_type == "application/pdf"
    told = set(Notification.objects.filter(kind="mentor_appointed").values_list("user", flat=True))
    assert told == {row.person.pk, row.nominator.pk}


def test_a_person_without_an_account_gets_one_and_an_invitation():
    row = make_nomination(state="public_notice", linked=True)
    with later():
        actions.conclude_notices()
    user = User.objects.get(email=row.email)
    assert not user.has_usable_password() and Invitation.objects.get().user == user
    assert Appointment.objects.get().user == user


def test_before_the_end_of_the_notice_nothing_begins():
    row = make_nomination(state="public_notice")
    assert actions.conclude_notices() == 0
    with pytest.raises(Refused):
        actions.appoint(nomination=row)
    assert not Appointment.objects.exists()


def test_a_second_run_of_the_clock_does_nothing():
    row = make_nomination(state="public_notice")
    with later():
        assert actions.conclude_notices() == 1
        assert actions.conclude_notices() == 0
        assert actions.appoint(nomination=row) is None
    assert Appointment.objects.count() == AppointmentLetter.objects.count() == 1


def test_who_was_appointed_meanwhile_is_told_to_the_office_once():
    row = make_nomination(state="public_notice")
    make_appointment(user=row.person)
    officer = make_user("secretary")
    with later():
        assert actions.conclude_notices() == 0
        assert actions.conclude_notices() == 0
    assert Notification.objects.filter(kind="appointment_stuck", user=officer).count() == 1


def test_the_clock_closes_what_nobody_answered():
    row = make_nomination(state="employer_consented")
    with later(15):
        appointment_clock.advance()
    row.refresh_from_db()
    assert row.state == "unanswered"


def test_no_door_appoints_without_a_notice():
    row = make_nomination(state="qualified")
    with pytest.raises(IntegrityError), transaction.atomic():
        Nomination.objects.filter(pk=row.pk).update(state="appointed")
    with pytest.raises(IntegrityError), transaction.atomic():
        Nomination.objects.filter(pk=row.pk).update(state="public_notice")


# --- the letter


def test_the_letters_check_page_is_public_and_says_how_it_stands(client):
    row = make_nomination(state="public_notice")
    with later():
        actions.conclude_notices()
        letter = AppointmentLetter.objects.get()
        page = client.get(letter.get_absolute_url())
        text = page.content.decode()
        assert page.status_code == 200 and page.context["standing"]["tone"] == "green"
        assert row.name in text and letter.number in text and row.email not in text
        assert client.get(f"/check/{letter.code.lower()}/").status_code == 200
        assert client.get("/check/AAAA-BBBB-CCCC/").status_code == 404
    renamed = row.organisation
    renamed.name_zh = "示例改名有限公司"
    renamed.save()
    Appointment.objects.update(state="ended", ended_on=clock.today())
    page = client.get(letter.get_absolute_url())
    assert page.context["standing"]["tone"] == "red"
    assert letter.unit in page.content.decode() and "示例改名" not in page.content.decode()


def test_the_letters_file_is_the_mentors_the_employers_and_the_offices(client):
    row = make_nomination(state="public_notice")
    with later():
        actions.conclude_notices()
    url = reverse("file", args=[AppointmentLetter.objects.get().file_id])
    for reader, status in (
        (row.person, 200),
        (row.nominator, 200),
        (make_user("secretary"), 200),
        (make_user("student"), 404),
        (make_user("enterprise_admin", organisation=make_organisation()), 404),
    ):
        client.force_login(reader)
        assert client.get(url).status_code == status
    client.force_login(row.person)
    page = client.get(Appointment.objects.get().get_absolute_url()).content.decode()
    assert url in page


# --- the next term


def renewal(days=60, **fields):
    held = make_appointment(days=days, since=clock.today() - timedelta(days=300))
    by = make_user("enterprise_admin", organisation=held.organisation)
    given = {
        "born": date(1980, 5, 1),
        "category": "mentor_executive",
        "title": "总工程师",
        "title_level": "senior",
        "degree": "master",
        "years": 15,
        "in_post": True,
        "team": True,
        "field": "发酵",
        "capacity": 5,
    } | fields
    row = nominating.nominate_again(by=by, appointment=held, **given)
    nominating.consent(nomination=row, by=held.user)
    row.checker = make_user("graduate_officer")
    nominating.pass_check(nomination=row, by=row.checker)
    return held, row


def test_a_renewal_follows_without_a_gap_and_without_a_notice():
    held, row = renewal()
    with pytest.raises(Refused):
        actions.start_notice(nomination=row, by=row.checker, title="公示", text="正文")
    before, second = held.until, make_user("graduate_officer")
    actions.renew(nomination=row, by=second)
    held.refresh_from_db()
    assert (held.until, held.capacity, held.title) == (term_end(before + timedelta(days=1)), 5, "总工程师")
    assert AppointmentLetter.objects.get().since == before + timedelta(days=1)
    assert Appointment.objects.count() == 1
    with pytest.raises(Refused):
        actions.renew(nomination=row, by=second)


def test_a_renewal_is_settled_by_a_second_person():
    second = make_user("secretary")
    _held, row = renewal()
    assert row not in waiting_for(row.checker) and not rules.is_users_turn(row.checker, row)
    for act in (actions.renew, lambda **given: actions.send_back(note="材料不全", **given)):
        with pytest.raises(Forbidden, match="第二"):
            act(nomination=row, by=row.checker)
    assert row in waiting_for(second) and rules.is_users_turn(second, row)
    assert Notification.objects.filter(kind="renewal_to_settle", user=second).count() == 1
    with pytest.raises(IntegrityError), transaction.atomic():
        Nomination.objects.filter(pk=row.pk).update(settled_by=row.checker)
    with pytest.raises(Invalid):
        actions.send_back(nomination=row, by=second, note=" ")
    actions.send_back(nomination=row, by=second, note="材料不全")
    assert (row.state, row.checked_by, row.exception_note) == ("consented", None, "材料不全")
    assert Notification.objects.filter(kind="renewal_sent_back", user=row.checker).count() == 1
    nominating.pass_check(nomination=row, by=second)
    actions.renew(nomination=row, by=row.checker)
    assert (row.state, row.settled_by) == ("appointed", row.checker)


def test_what_ended_meanwhile_is_not_renewed():
    held, row = renewal()
    Appointment.objects.filter(pk=held.pk).update(state="ended", ended_on=clock.today())
    with pytest.raises(Refused) as refused:
        actions.renew(nomination=row, by=make_user("graduate_officer"))
    assert refused.value.code == "over"
    row.refresh_from_db()
    assert row.state == "qualified"


def test_a_first_appointment_is_not_renewed():
    row = make_nomination(state="qualified")
    with pytest.raises(Refused):
        actions.renew(nomination=row, by=row.checker)


def test_renewing_on_the_pages(client):
    held = make_appointment(days=60, since=clock.today() - timedelta(days=300))
    by = make_user("enterprise_admin", organisation=held.organisation)
    client.force_login(by)
    url = reverse("nomination_renew", args=[held.pk])
    assert url in client.get(held.get_absolute_url()).content.decode()
    assert client.get(url).status_code == 200
    given = {
        "born": "1980-05-01",
        "category": "mentor_technical",
        "title": "高级工程师",
        "title_level": "associate_senior",
        "degree": "master",
        "years": "12",
        "in_post": "on",
        "capacity": "3",
        "form_key": "r",
    }
    assert client.post(url, given).status_code == 302
    row = Nomination.objects.get()
    nominating.consent(nomination=row, by=held.user)
    officer = make_user("graduate_officer")
    nominating.pass_check(nomination=row, by=officer)
    client.force_login(officer)
    assert client.get(row.get_absolute_url()).status_code == 200
    step, back = (reverse(name, args=[row.pk]) for name in ("nomination_renewed", "nomination_sent_back"))
    assert client.post(step, {"form_key": "x"}).status_code == 403
    client.force_login(make_user("graduate_officer"))
    assert back in client.get(step).content.decode()
    assert client.get(back).status_code == 200 and client.post(back, {"note": ""}).status_code == 422
    assert client.post(step, {"form_key": "x"}).status_code == 302
    held.refresh_from_db()
    assert held.until == row.until
    client.force_login(make_user("enterprise_admin", organisation=make_organisation()))
    assert client.get(url).status_code == 404


def test_beginning_the_notice_on_the_page(client):
    row = make_nomination(state="qualified")
    client.force_login(row.checker)
    url = reverse("nomination_notice", args=[row.pk])
    page = client.get(url)
    given = page.context["form"].initial
    assert page.status_code == 200 and row.name not in given["text"]
    assert client.post(url, given | {"text": f"拟聘{row.name}"}).status_code == 409
    assert client.post(url, given).status_code == 302
    row.refresh_from_db()
    assert row.state == "public_notice"
    for reader in (row.checker, row.person, row.nominator):
        client.force_login(reader)
        assert client.get(row.get_absolute_url()).status_code == 200
