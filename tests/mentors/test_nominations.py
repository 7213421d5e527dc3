"""Nominations: who puts forward, consents, checks and signs; every rule with its value and its limit."""

import re
from datetime import date, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from consortium import clock
from consortium.models import AuditEvent, Notification, PolicyValue, SentMail
from consortium.refusals import Forbidden, Invalid, Refused
from mentors import schemes
from mentors.actions import nomination as actions
from mentors.enums import AppointmentKind
from mentors.models import Nomination
from mentors.rules import nomination as rules
from mentors.rules.qualification import age_on, held_against_scheme, said_of
from tests.factories import (
    make_appointment,
    make_membership,
    make_nomination,
    make_organisation,
    make_user,
)

pytestmark = pytest.mark.django_db


def words(**other):
    return {
        "name": "示例贺工",
        "email": "he@example.invalid",
        "born": date(1980, 5, 1),
        "kind": "industry_mentor",
        "category": "mentor_technical",
        "title": "高级工程师",
        "title_level": "associate_senior",
        "degree": "master",
        "years": 12,
        "in_post": True,
        "capacity": 2,
        "since": clock.today() + timedelta(days=3),
    } | other


def employer(unit=None, role="enterprise_admin"):
    unit = unit or make_organisation()
    return make_user(role, organisation=unit), unit


# --- the scheme


def unmet(**given):
    row = Nomination(**words(**given), process="appointment")
    return {line["rule"]: line for line in held_against_scheme(row) if not line["ok"]}


@pytest.mark.parametrize(
    ("given", "failed"),
    [
        ({}, set()),
        ({"degree": "none"}, {"degree"}),
        ({"degree": "bachelor"}, set()),
        ({"title_level": "intermediate", "years": 14}, {"title"}),
        ({"title_level": "intermediate", "years": 15}, set()),
        ({"title_level": "senior_technician"}, set()),
        ({"years": 2}, {"years"}),
        ({"in_post": False}, {"in_post"}),
        ({"kind": "industry_professor", "team": True}, {"excellent"}),
        ({"kind": "industry_professor", "degree": "bachelor", "team": True}, {"degree", "excellent"}),
        (
            {"kind": "industry_professor", "degree": "bachelor", "title_level": "senior", "team": True},
            {"excellent"},
        ),
        ({"kind": "industry_professor"}, {"team", "excellent"}),
        ({"kind": "academic_mentor", "title_level": "intermediate"}, {"title"}),
        ({"kind": "academic_mentor", "title_level": "intermediate", "degree": "doctor"}, set()),
    ],
)
def test_each_rule_of_each_scheme(given, failed):
    assert set(unmet(**given)) == failed


@pytest.mark.parametrize(
    ("kind", "age", "ok", "excusable"),
    [
        ("industry_mentor", 65, True, True),
        ("industry_mentor", 66, False, True),
        ("industry_mentor", 70, False, True),
        ("industry_mentor", 71, False, False),
        ("industry_professor", 60, True, True),
        ("industry_professor", 61, False, True),
        ("industry_professor", 66, False, False),
    ],
)
def test_age_has_a_limit_and_an_utmost(kind, age, ok, excusable):
    since = date(2026, 3, 1)
    row = Nomination(**words(kind=kind, since=since, born=date(2026 - age, 3, 1)))
    line = next(line for line in held_against_scheme(row) if line["rule"] == "age")
    assert (line["value"], line["ok"]) == (age, ok)
    assert line["excusable"] is excusable or ok


def test_a_failed_rule_is_said_with_its_value_and_its_limit():
    row = Nomination(**words(since=date(2026, 3, 1), born=date(1959, 6, 1)))
    sentence = next(line["sentence"] for line in said_of(row, held_against_scheme(row)) if not line["ok"])
    assert "66" in sentence and "65" in sentence and "70" in sentence


@pytest.mark.parametrize(
    ("born", "day", "age"),
    [
        (date(1960, 2, 29), date(2025, 2, 28), 64),
        (date(1960, 2, 29), date(2025, 3, 1), 65),
        (date(1960, 5, 1), date(2025, 5, 1), 65),
        (date(1960, 5, 2), date(2025, 5, 1), 64),
    ],
)
def test_age_counts_whole_years(born, day, age):
    assert age_on(born, day) == age


def test_every_rule_has_a_source_and_a_label():
    for kind in AppointmentKind:
        for rule in schemes.rules_of(kind, renewal=True):
            assert str(rule.label) and str(rule.source)


def test_staff_change_a_limit_and_what_was_found_stays():
    row = make_nomination(state="exception_requested", born=date(clock.today().year - 67, 1, 1))
    assert next(line for line in row.checks if line["rule"] == "age")["limit"] == 65
    PolicyValue.objects.create(key="mentor_age", value=68, reason="示例", set_at=clock.now())
    assert all(line["ok"] for line in actions.lines_of(row))
    row.refresh_from_db()
    assert next(line for line in row.checks if line["rule"] == "age")["limit"] == 65


# --- put forward


def test_the_employer_nominates_and_the_person_is_asked():
    by, unit = employer()
    person = make_user(name="示例贺工", email="he@example.invalid")
    row = actions.nominate(by=by, organisation=unit, **words())
    assert (row.state, row.employer_by, row.user) == ("employer_consented", by, person)
    told = Notification.objects.get(kind="mentor_nominated")
    assert (told.user, told.url) == (person, row.get_absolute_url())


def test_a_person_without_an_account_gets_a_link(django_capture_on_commit_callbacks):
    by, unit = employer()
    with django_capture_on_commit_callbacks(execute=True):
        row = actions.nominate(by=by, organisation=unit, **words())
    assert row.user is None
    letter = SentMail.objects.get()
    assert letter.recipient == "he@example.invalid" and "示例贺工" not in letter.subject
    assert re.search(r"/n/[\w-]{20,}/", letter.body)


def test_what_the_office_nominates_waits_for_the_employer():
    by, unit = employer()
    row = actions.nominate(by=make_user("graduate_officer"), organisation=unit, **words())
    assert row.state == "nominated" and row.employer_by is None
    assert Notification.objects.get(kind="nomination_for_employer").user == by
    with pytest.raises(Forbidden):
        actions.consent_as_employer(nomination=row, by=make_user("graduate_officer"))
    actions.consent_as_employer(nomination=row, by=by)
    assert (row.state, row.employer_by) == ("employer_consented", by)


def test_the_graduate_school_speaks_for_the_university():
    by = make_user("graduate_officer")
    unit = make_organisation(kind="university")
    row = actions.nominate(
        by=by, organisation=unit, **words(kind="academic_mentor", category="", title="副教授")
    )
    assert row.state == "employer_consented"


@pytest.mark.parametrize("role", ["student", "industry_mentor", "secretary", "auditor", "board_officer"])
def test_others_do_not_nominate(role):
    from tests.factories import make_board

    by = make_user(role, board=make_board() if role == "board_officer" else None)
    with pytest.raises(Forbidden):
        actions.nominate(by=by, organisation=make_organisation(), **words())


def test_nobody_nominates_for_another_organisation():
    by, _unit = employer()
    with pytest.raises(Forbidden):
        actions.nominate(by=by, organisation=make_organisation(), **words())
    assert not Nomination.objects.exists()


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"capacity": 0}, "capacity"),
        ({"capacity": 31}, "capacity"),
        ({"kind": "academic_mentor"}, "kind"),
        ({"since": date(2020, 1, 1)}, "since"),
        ({"born": date(2024, 1, 1)}, "born"),
        ({"born": date(1901, 1, 1)}, "born"),
    ],
)
def test_what_no_nomination_may_say(given, field):
    by, unit = employer()
    with pytest.raises(Invalid) as refused:
        actions.nominate(by=by, organisation=unit, **words(**given))
    assert refused.value.field == field


def test_a_lapsed_member_nominates_nobody():
    ended = make_membership(state="ended")
    by, unit = employer(ended.organisation)
    with pytest.raises(Refused):
        actions.nominate(by=by, organisation=unit, **words())


def test_an_address_of_another_name_is_refused_without_saying_whose():
    by, unit = employer()
    make_user(name="示例别人", email="he@example.invalid")
    with pytest.raises(Invalid) as refused:
        actions.nominate(by=by, organisation=unit, **words())
    assert refused.value.field == "email" and "别人" not in str(refused.value)


def test_one_open_nomination_of_a_kind():
    first = make_nomination(state="employer_consented")
    with pytest.raises(Refused) as refused:
        actions.nominate(
            by=first.nominator,
            organisation=first.organisation,
            **words(name=first.name, email=first.email),
        )
    assert refused.value.url == first.get_absolute_url()
    other, unit = employer()
    with pytest.raises(Refused) as refused:
        actions.nominate(by=other, organisation=unit, **words(name=first.name, email=first.email))
    assert refused.value.url == "" and first.organisation.name_zh not in str(refused.value)
    with pytest.raises(IntegrityError), transaction.atomic():
        Nomination.objects.create(
            **words(name=first.name, email=first.email),
            organisation=unit,
            until=date(2040, 1, 1),
            nominated_by=other,
            nominated_at=clock.now(),
        )


def test_who_is_appointed_already_is_not_nominated_anew():
    held = make_appointment()
    by, unit = employer()
    with pytest.raises(Refused) as refused:
        actions.nominate(by=by, organisation=unit, **words(name=held.user.name, email=held.user.email))
    assert refused.value.url == held.get_absolute_url()


# --- consent


def test_the_person_consents_and_the_office_is_told():
    officer = make_user("graduate_officer")
    row = make_nomination(state="employer_consented")
    actions.consent(nomination=row, by=row.person)
    assert row.state == "consented" and row.check_due > clock.now()
    assert Notification.objects.filter(kind="nomination_to_check", user=officer).count() == 1


def test_only_the_person_answers():
    row = make_nomination(state="employer_consented")
    stranger = actions.Nominee(nomination_id=row.pk + 1)
    for by in (row.nominator, make_user("graduate_officer"), stranger):
        with pytest.raises(Forbidden):
            actions.consent(nomination=row, by=by)
        with pytest.raises(Forbidden):
            actions.decline(nomination=row, by=by)
    row.refresh_from_db()
    assert row.state == "employer_consented"


def test_a_second_answer_is_told_how_it_stands():
    row = make_nomination(state="consented")
    with pytest.raises(Refused) as refused:
        actions.consent(nomination=row, by=row.person)
    assert refused.value.status == 409


def test_declining_forgets_what_only_served_the_check():
    row = make_nomination(state="employer_consented", linked=True)
    actions.decline(nomination=row, by=actions.Nominee(nomination_id=row.pk), reason="没有时间")
    assert (row.state, row.born, row.email, row.token_hash) == ("declined", None, "", None)
    assert Notification.objects.get(kind="nomination_declined").user == row.nominator
    trail = AuditEvent.objects.filter(verb="nomination declined").get()
    assert (trail.actor_id, trail.actor_name) == (None, "a nominated person")


@pytest.mark.parametrize(
    ("end", "said"),
    [
        (
            lambda row: actions.withdraw_nomination(nomination=row, by=row.nominator, reason="岗位有变"),
            "岗位有变",
        ),
        (lambda row: actions.close_unanswered(nomination=row), "没有收到"),
    ],
)
def test_person_without_an_account_has_one_mail_about_the_end(end, said, django_capture_on_commit_callbacks):
    row = make_nomination(state="employer_consented", linked=True)
    address = row.email
    with django_capture_on_commit_callbacks(execute=True):
        end(row)
    mail = SentMail.objects.get(recipient=address, subject="你的导师提名已结束")
    assert said in mail.body and row.organisation.name_zh in mail.body and row.email == ""


def test_nobody_is_written_to_who_was_not_asked_or_answered(django_capture_on_commit_callbacks):
    office = make_user("graduate_officer")
    unasked = actions.nominate(by=office, organisation=make_organisation(), **words())
    declined = make_nomination(state="employer_consented", linked=True)
    SentMail.objects.all().delete()
    with django_capture_on_commit_callbacks(execute=True):
        assert unasked.state == "nominated"
        actions.withdraw_nomination(nomination=unasked, by=office, reason="重复")
        actions.decline(nomination=declined, by=actions.Nominee(nomination_id=declined.pk))
    assert not SentMail.objects.exists()


def test_list_shows_what_is_due_first_and_what_is_done_last(client):
    office = make_user("graduate_officer")
    done = make_nomination(state="appointed")
    checked, asked = make_nomination(), make_nomination(state="employer_consented")
    now = clock.now()
    Nomination.objects.filter(pk=checked.pk).update(check_due=now + timedelta(days=9))
    Nomination.objects.filter(pk=asked.pk).update(answer_due=now + timedelta(days=4))
    client.force_login(office)

    def shown(**query):
        return [row.pk for row in client.get("/appointments/", {"tab": "all"} | query).context["page"]]

    assert shown() == shown(sort="nonsense") == [asked.pk, checked.pk, done.pk]
    later = make_nomination()
    Nomination.objects.filter(pk=later.pk).update(check_due=now + timedelta(days=20))
    assert shown() == [asked.pk, checked.pk, later.pk, done.pk]
    assert shown(sort="newest") == [later.pk, asked.pk, checked.pk, done.pk]


def test_consent_can_be_taken_back_until_the_appointment():
    row = make_nomination(state="qualified")
    actions.decline(nomination=row, by=row.person)
    assert row.state == "declined"


def test_nobody_answers_in_time():
    row = make_nomination(state="employer_consented")
    actions.close_unanswered(nomination=row)
    assert row.state == "unanswered" and row.born is None
    assert Notification.objects.get(kind="nomination_unanswered").user == row.nominator


# --- the check


def test_a_met_scheme_passes_and_keeps_what_was_found():
    row = make_nomination(state="consented")
    actions.pass_check(nomination=row, by=row.checker)
    assert (row.state, row.failed, row.checked_by) == ("qualified", 0, row.checker)
    assert {line["rule"] for line in row.checks} == {"age", "degree", "title", "years", "in_post"}


def test_what_is_not_met_does_not_pass():
    row = make_nomination(state="consented", degree="none", years=1, title_level="none")
    with pytest.raises(Refused) as refused:
        actions.pass_check(nomination=row, by=row.checker)
    assert refused.value.code == "scheme" and "15" in str(refused.value)
    row.refresh_from_db()
    assert row.state == "consented" and row.checks == []


def test_whoever_nominated_or_is_nominated_does_not_check():
    unit = make_organisation()
    office = make_user("graduate_officer")
    by, _unit = employer(unit)
    row = actions.nominate(by=office, organisation=unit, **words(name="示例贺工", email=""))
    actions.consent_as_employer(nomination=row, by=by)
    actions.consent(nomination=row, by=actions.Nominee(nomination_id=row.pk))
    two_hats = make_user("enterprise_admin", organisation=unit)
    from consortium.actions.account import give_role

    give_role(user=two_hats, role="secretary", by=None)
    for person in (office, by, two_hats, make_user("auditor"), make_user("student")):
        with pytest.raises(Forbidden):
            actions.pass_check(nomination=row, by=person)
    colleague = make_user("graduate_officer")
    actions.pass_check(nomination=row, by=colleague)
    with pytest.raises(IntegrityError), transaction.atomic():
        Nomination.objects.filter(pk=row.pk).update(checked_by=office)


def test_an_exception_needs_a_failed_rule_a_reason_and_a_second_person():
    fine = make_nomination(state="consented")
    with pytest.raises(Refused):
        actions.request_exception(nomination=fine, by=fine.checker, reason="紧缺")
    row = make_nomination(state="consented", degree="none")
    with pytest.raises(Invalid) as refused:
        actions.request_exception(nomination=row, by=row.checker, reason="  ")
    assert refused.value.field == "reason"
    second = make_user("secretary")
    actions.request_exception(nomination=row, by=row.checker, reason="大国工匠，学历可破格。")
    assert row.state == "exception_requested" and row.failed == 1
    assert Notification.objects.filter(kind="exception_to_sign", user=second).exists()
    assert not Notification.objects.filter(kind="exception_to_sign", user=row.checker).exists()
    for by in (row.checker, row.nominator, row.person, make_user("auditor")):
        with pytest.raises(Forbidden):
            actions.sign_exception(nomination=row, by=by)
    actions.sign_exception(nomination=row, by=second)
    assert (row.state, row.signed_by) == ("reviewed", second)


def test_a_rule_that_does_not_bend_has_no_exception():
    row = make_nomination(state="consented", years=2)
    with pytest.raises(Refused) as refused:
        actions.request_exception(nomination=row, by=row.checker, reason="急需")
    assert refused.value.code == "hard" and "2" in str(refused.value) and "3" in str(refused.value)
    old = make_nomination(state="consented", born=date(clock.today().year - 72, 1, 1))
    with pytest.raises(Refused):
        actions.request_exception(nomination=old, by=old.checker, reason="急需")


def test_an_exception_that_is_not_signed_comes_back_to_the_check():
    row = make_nomination(state="exception_requested", degree="none")
    second = make_user("secretary")
    with pytest.raises(Invalid):
        actions.refuse_exception(nomination=row, by=second, note="")
    actions.refuse_exception(nomination=row, by=second, note="理由不足")
    assert (row.state, row.exception_note, row.checked_by) == ("consented", "理由不足", None)
    assert Notification.objects.get(kind="exception_refused").user == row.checker


def test_no_door_makes_an_unmet_scheme_able():
    row = make_nomination(state="exception_requested", degree="none")
    for state in ("qualified", "reviewed", "public_notice", "appointed"):
        with pytest.raises(IntegrityError), transaction.atomic():
            Nomination.objects.filter(pk=row.pk).update(state=state)
    with pytest.raises(IntegrityError), transaction.atomic():
        Nomination.objects.filter(pk=row.pk).update(state="reviewed", signed_by=row.checker)
    bare = make_nomination(state="employer_consented")
    with pytest.raises(IntegrityError), transaction.atomic():
        Nomination.objects.filter(pk=bare.pk).update(state="consented")


def test_returned_is_mended_and_the_person_asked_anew():
    row = make_nomination(state="returned")
    assert Notification.objects.get(kind="nomination_returned").user == row.nominator
    given = {name: getattr(row, name) for name in actions.FIELDS} | {"title": "正高级工程师"}
    with pytest.raises(Forbidden):
        actions.mend_nomination(nomination=row, by=employer()[0], **given)
    actions.mend_nomination(nomination=row, by=row.nominator, **given)
    assert (row.state, row.title, row.consented_at) == ("employer_consented", "正高级工程师", None)
    assert Notification.objects.filter(kind="mentor_nominated", user=row.person).count() == 2


def test_not_appointed_keeps_reason_and_findings_and_tells_both():
    row = make_nomination(state="consented", years=1)
    with pytest.raises(Invalid):
        actions.refuse_nomination(nomination=row, by=row.checker, reason="")
    actions.refuse_nomination(nomination=row, by=row.checker, reason="年限不足")
    assert (row.state, row.failed, row.born) == ("refused", 1, None)
    told = set(Notification.objects.filter(kind="nomination_refused").values_list("user", flat=True))
    assert told == {row.nominator.pk, row.person.pk}
    actions.nominate(by=row.nominator, organisation=row.organisation, **words(name=row.name, email=row.email))


def test_withdrawing_asks_why_and_is_the_employers():
    row = make_nomination(state="consented")
    with pytest.raises(Invalid):
        actions.withdraw_nomination(nomination=row, by=row.nominator, reason=" ")
    with pytest.raises(Forbidden):
        actions.withdraw_nomination(nomination=row, by=row.checker, reason="误")
    actions.withdraw_nomination(nomination=row, by=row.nominator, reason="岗位变动")
    assert row.state == "withdrawn"
    assert Notification.objects.get(kind="nomination_withdrawn").user == row.person


# --- renewal


def test_renewal_follows_the_present_term():
    held = make_appointment(days=60)
    by, _unit = employer(held.organisation)
    given = {k: v for k, v in words().items() if k not in ("name", "email", "kind", "since")}
    row = actions.nominate_again(by=by, appointment=held, **given)
    assert (row.process, row.since) == ("renewal", held.until + timedelta(days=1))
    with pytest.raises(Refused):
        actions.nominate_again(by=by, appointment=held, **given)


@pytest.mark.parametrize(("days", "code"), [(200, "early"), (-1, "over")])
def test_a_term_is_renewed_in_its_last_days(days, code):
    held = make_appointment(days=days, since=clock.today() - timedelta(days=500))
    by, _unit = employer(held.organisation)
    given = {k: v for k, v in words().items() if k not in ("name", "email", "kind", "since")}
    with pytest.raises(Refused) as refused:
        actions.nominate_again(by=by, appointment=held, **given)
    assert refused.value.code == code


# --- pages


def typed(**other):
    return {
        "name": "示例贺工",
        "email": "He@example.invalid",
        "born": "1980-05-01",
        "kind": "industry_mentor",
        "category": "mentor_technical",
        "title": "高级工程师",
        "title_level": "associate_senior",
        "degree": "master",
        "years": "12",
        "in_post": "on",
        "field": "",
        "capacity": "2",
        "since": str(clock.today() + timedelta(days=3)),
        "form_key": "k1",
    } | other


def test_two_presses_make_one_nomination(client):
    by, _unit = employer()
    client.force_login(by)
    answers = [client.post(reverse("nomination_new"), typed()) for _press in range(2)]
    assert [answer.status_code for answer in answers] == [302, 302]
    row = Nomination.objects.get()
    assert (row.email, row.organisation_id) == ("he@example.invalid", by.grants.get().organisation_id)
    assert answers[1].url == row.get_absolute_url()


@pytest.mark.parametrize(
    "bad",
    [
        {"name": ""},
        {"name": "a\x00"},
        {"email": "x"},
        {"born": "1980-13-01"},
        {"kind": "lord"},
        {"category": ""},
        {"title": "长" * 61},
        {"title_level": ""},
        {"degree": "lord"},
        {"years": "-1"},
        {"years": "99"},
        {"capacity": "0"},
        {"since": "2020-01-01"},
    ],
)
def test_bad_input_is_told_at_its_field(client, bad):
    by, _unit = employer()
    client.force_login(by)
    page = client.post(reverse("nomination_new"), typed(**bad))
    assert page.status_code == 422
    assert set(page.context["form"].errors) == set(bad)
    assert not Nomination.objects.exists()


def test_a_chosen_file_is_kept_when_a_word_has_to_be_mended(client):
    by, _unit = employer()
    client.force_login(by)
    proof = SimpleUploadedFile("示例证书.pdf", b"%PDF-1.7 x")
    page = client.post(reverse("nomination_new"), typed(title="", proof=proof))
    assert page.status_code == 422 and "示例证书.pdf" in page.content.decode()
    token = page.context["kept_token"]
    client.post(reverse("nomination_new"), typed(kept_proof=token))
    row = Nomination.objects.get()
    assert row.proof.name == "示例证书.pdf"
    stranger, _other = employer()
    client.force_login(stranger)
    client.post(reverse("nomination_new"), typed(email="b@example.invalid", kept_proof=token, form_key="k2"))
    assert Nomination.objects.get(email="b@example.invalid").proof is None
    for reader, status in ((stranger, 404), (row.nominated_by, 200), (make_user("secretary"), 200)):
        client.force_login(reader)
        assert client.get(reverse("file", args=[row.proof_id])).status_code == status


def test_another_kind_of_file_is_refused_at_its_field(client):
    by, _unit = employer()
    client.force_login(by)
    proof = SimpleUploadedFile("证书.pdf", b"MZ program")
    page = client.post(reverse("nomination_new"), typed(proof=proof))
    assert page.status_code == 422 and "proof" in page.context["form"].errors


def test_the_link_opens_one_nomination_and_records_nothing_when_opened(client):
    row = make_nomination(state="employer_consented", linked=True)
    url = reverse("nomination_link", args=[row.token])
    before = AuditEvent.objects.count()
    page = client.get(url)
    assert page.status_code == 200 and row.name in page.content.decode()
    assert "no-store" in page["Cache-Control"] or "no-cache" in page["Cache-Control"]
    row.refresh_from_db()
    assert row.state == "employer_consented" and AuditEvent.objects.count() == before
    assert client.post(reverse("nomination_link_consent", args=[row.token])).status_code == 302
    row.refresh_from_db()
    assert row.state == "consented"
    assert client.post(reverse("nomination_link_consent", args=[row.token])).status_code == 409
    assert client.get(reverse("nomination_link", args=["x" * 43])).status_code == 404


def test_the_link_in_another_session_is_refused(client):
    row = make_nomination(state="employer_consented", linked=True)
    client.force_login(row.nominator)
    assert client.get(reverse("nomination_link", args=[row.token])).status_code == 403
    assert client.post(reverse("nomination_link_consent", args=[row.token])).status_code == 403
    row.refresh_from_db()
    assert row.state == "employer_consented"


def test_the_former_link_stops_working(client):
    row = make_nomination(state="employer_consented", linked=True)
    actions.send_link_again(nomination=row, by=row.nominator)
    assert client.get(reverse("nomination_link", args=[row.token])).status_code == 404


def test_a_nomination_is_read_by_those_it_concerns(client):
    row = make_nomination(state="consented")
    for reader, status in (
        (row.nominator, 200),
        (row.person, 200),
        (make_user("graduate_officer"), 200),
        (make_user("auditor"), 200),
        (employer()[0], 404),
        (make_user("student"), 404),
        (make_user("industry_mentor"), 404),
    ):
        client.force_login(reader)
        page = client.get(row.get_absolute_url())
        assert page.status_code == status
        if status == 404:
            assert row.name not in page.content.decode()
    client.force_login(make_user("auditor"))
    text = client.get(row.get_absolute_url()).content.decode()
    assert row.email not in text
    # A day of birth in any form; the bare year may stand in a time of day to the microsecond.
    assert not re.search(r"1980\D{0,2}0?5\D", text)
    client.logout()
    assert client.get(row.get_absolute_url()).status_code == 302


def test_the_check_page_shows_rule_value_and_limit(client):
    row = make_nomination(state="consented", born=date(clock.today().year - 67, 1, 1), degree="none")
    client.force_login(row.checker)
    page = client.get(reverse("nomination_check", args=[row.pk]))
    text = page.content.decode()
    assert "67" in text and "65" in text and "70" in text and "产业兼职教师管理办法" in text
    assert page.context["may_except"]
    assert client.post(reverse("nomination_check", args=[row.pk])).status_code == 409
    answer = client.post(reverse("nomination_exception", args=[row.pk]), {"reason": ""})
    assert answer.status_code == 422
    assert client.post(reverse("nomination_exception", args=[row.pk]), {"reason": "紧缺"}).status_code == 302
    assert client.post(reverse("nomination_sign", args=[row.pk])).status_code == 403
    client.force_login(make_user("secretary"))
    assert client.get(reverse("nomination_sign", args=[row.pk])).status_code == 200
    empty = client.post(reverse("nomination_sign", args=[row.pk]), {"do": "refuse", "note": ""})
    assert empty.status_code == 422
    assert client.post(reverse("nomination_sign", args=[row.pk])).status_code == 302
    row.refresh_from_db()
    assert row.state == "reviewed"


def test_whoever_may_not_check_is_sent_to_the_page(client):
    row = make_nomination(state="consented")
    client.force_login(row.nominator)
    assert client.get(reverse("nomination_check", args=[row.pk])).status_code == 403


@pytest.mark.parametrize(
    ("name", "given", "state"),
    [
        ("nomination_return", {"note": "请补充职称证书。"}, "returned"),
        ("nomination_refuse", {"reason": "年限不足"}, "refused"),
    ],
)
def test_the_office_returns_or_does_not_appoint(client, name, given, state):
    row = make_nomination(state="consented")
    client.force_login(row.checker)
    assert client.get(reverse(name, args=[row.pk])).status_code == 200
    assert client.post(reverse(name, args=[row.pk]), {}).status_code == 422
    assert client.post(reverse(name, args=[row.pk]), given).status_code == 302
    row.refresh_from_db()
    assert row.state == state
    assert client.post(reverse(name, args=[row.pk]), given).status_code == 409
    assert client.get(reverse(name, args=[row.pk])).status_code == 302


def test_mending_on_the_page(client):
    row = make_nomination(state="returned")
    client.force_login(row.nominator)
    page = client.get(reverse("nomination_edit", args=[row.pk]))
    assert "请补充职称证书。" in page.content.decode()
    given = typed(name=row.name, email=row.email, years="13")
    assert client.post(reverse("nomination_edit", args=[row.pk]), given).status_code == 302
    row.refresh_from_db()
    assert (row.years, row.state) == (13, "employer_consented")


def test_the_employers_start_page_leads_to_nominating(client):
    by, unit = employer()
    make_appointment(organisation=unit)
    client.force_login(by)
    assert reverse("nomination_new") in client.get(reverse("dashboard")).content.decode()


def test_the_schemes_are_a_page_with_sources(client):
    client.force_login(employer()[0])
    text = client.get(reverse("mentor_schemes")).content.decode()
    assert "产业兼职教师管理办法" in text and "65" in text


@pytest.mark.parametrize("role", ["graduate_officer", "enterprise_admin"])
def test_the_list_asks_as_much_for_three_as_for_one(client, role):
    unit = make_organisation()
    client.force_login(make_user(role, organisation=unit if role == "enterprise_admin" else None))

    def count():
        with CaptureQueriesContext(connection) as asked:
            client.get(reverse("nominations"), {"tab": "all"})
        return len(asked)

    make_nomination(organisation=unit)
    count()
    first = count()
    make_nomination(organisation=unit), make_nomination(organisation=unit)
    assert count() == first


@pytest.mark.parametrize("state", ["qualified", "reviewed"])
def test_the_last_step_of_a_renewal_is_no_notice(state):
    assert rules.next_act(Nomination(state=state, process="renewal"))[0] == "nomination_renewed"
    assert rules.next_act(Nomination(state=state, process="appointment"))[0] == "nomination_notice"


def test_every_next_act_has_its_page():
    for name, verb in rules.NEXT_ACTS.values():
        assert verb and (not name or reverse(name, args=[1]))
