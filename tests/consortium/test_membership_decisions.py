"""From the vote to the membership: two persons, a notice with objections, a certificate; and no other way."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.urls import reverse

from consortium import clock, files
from consortium.actions import membership_decision as actions
from consortium.enums import MembershipApplicationState as S
from consortium.models import (
    Invitation,
    Membership,
    MembershipApplication,
    MembershipCertificate,
    MembershipObjection,
    Notification,
    PublicNotice,
    Resolution,
)
from consortium.queries.organisation import members_on
from consortium.refusals import Forbidden, Invalid, Refused
from tests.consortium.membership_kit import Office, later, object_to
from tests.factories import make_application, make_membership, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def office():
    return Office()


# --- vote and resolution


def test_a_vote_cannot_be_in_the_past(office):
    application = office.application("checked")
    with pytest.raises(Invalid) as refused:
        actions.put_to_vote(
            application=application,
            by=office.first,
            voting="written",
            vote_day=clock.today() - timedelta(days=1),
        )
    assert refused.value.field == "vote_day"


@pytest.mark.parametrize(
    "wrong, field",
    [
        ({"present": 12, "votes_yes": 10}, "present"),
        ({"votes_yes": 5, "votes_no": 5}, "votes_yes"),
        ({"minutes": None}, "minutes"),
        ({"passed_on": "tomorrow"}, "passed_on"),
        ({"passed_on": "before"}, "passed_on"),
    ],
)
def test_a_resolution_that_cannot_be_right_is_refused(office, wrong, field):
    days = {"tomorrow": timedelta(days=1), "before": timedelta(days=-1)}
    application = office.application("under_vote")
    wrong = {name: clock.today() + days[value] if value in days else value for name, value in wrong.items()}
    with pytest.raises(Invalid) as refused:
        office.decide(application, **wrong)
    assert refused.value.field == field
    assert not Resolution.objects.exists()


def test_whoever_recorded_the_resolution_cannot_confirm_it(office):
    application = office.application("decided")
    with pytest.raises(Forbidden) as refused:
        actions.confirm_resolution(application=application, by=office.first)
    assert office.second.name in str(refused.value)
    with pytest.raises(IntegrityError), transaction.atomic():
        MembershipApplication.objects.filter(pk=application.pk).update(confirmed_by=office.first)


def test_a_second_confirmation_is_refused(office):
    application = office.application("decided")
    again = MembershipApplication.objects.get(pk=application.pk)
    actions.confirm_resolution(application=application, by=office.second)
    with pytest.raises(Refused) as refused:
        actions.confirm_resolution(application=again, by=office.third)
    assert refused.value.status == 409
    assert application.resolution.confirmed_by is None or application.resolution.pk
    assert Resolution.objects.get().confirmed_by == office.second


def test_a_resolution_typed_wrongly_is_taken_back(office):
    application = office.application("decided")
    actions.take_resolution_back(application=application, by=office.first)
    assert application.state == S.UNDER_VOTE and not Resolution.objects.exists()
    office.decide(application, votes_yes=14)
    assert Resolution.objects.get().votes_yes == 14


def test_a_unit_that_is_not_admitted_is_told_and_may_apply_again(office):
    application = office.application("under_vote")
    actions.reject_application(application=application, by=office.first, reason="未达法定人数。")
    assert application.state == S.REJECTED
    assert Notification.objects.filter(user=application.writer, kind="membership_rejected").exists()
    assert make_application(organisation=application.organisation, council=application.council).number


# --- no other door


def test_nothing_makes_a_member_before_the_notice_is_over(office):
    application = office.application()
    assert actions.conclude_notices() == 0
    with pytest.raises(Refused):
        actions.bring_into_force(application=application)
    assert not members_on(clock.today()).exists() and not Membership.objects.exists()


@pytest.mark.parametrize("state", ["active", "suspended", "to_begin"])
def test_database_refuses_a_membership_in_force_on_an_unconfirmed_resolution(office, state):
    application = office.application("decided")
    given = {
        "organisation": application.organisation,
        "council": application.council,
        "rank": "member_unit",
        "state": state,
        "since": clock.today(),
        "until": clock.today() + timedelta(days=100),
        "resolution": application.resolution,
        "measure": application.resolution,
        "suspended_from": clock.today() if state == "suspended" else None,
        "recorded_by": office.first,
        "created_at": clock.now(),
        "confirmed_by": office.second,
        "confirmed_at": clock.now(),
    }
    with pytest.raises(IntegrityError), transaction.atomic():
        Membership.objects.create(**given)
    with pytest.raises(IntegrityError), transaction.atomic():
        Membership.objects.bulk_create([Membership(**given)])
    row = Membership.objects.create(
        **given | {"state": "recorded", "confirmed_by": None, "confirmed_at": None, "suspended_from": None}
    )
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "UPDATE consortium_membership SET state = 'active', confirmed_by_id = %s, confirmed_at = %s WHERE id = %s",
            [office.second.pk, clock.now(), row.pk],
        )


def test_database_refuses_one_without_any_resolution():
    membership = make_membership(state="recorded")
    with pytest.raises(IntegrityError), transaction.atomic():
        Membership.objects.filter(pk=membership.pk).update(resolution=None)


def test_database_refuses_a_second_active_one_and_a_second_chair_unit():
    first = make_membership(rank="chair_unit")
    with pytest.raises(IntegrityError), transaction.atomic():
        make_membership(organisation=first.organisation, council=first.council)
    with pytest.raises(IntegrityError), transaction.atomic():
        make_membership(council=first.council, rank="chair_unit")


# --- notice and objections


def test_the_notice_runs_five_working_days_and_names_the_unit(office, client):
    application = office.application()
    client.force_login(make_user("student"))
    text = client.get(application.notice.get_absolute_url()).content.decode()
    assert "公示正文" in text and reverse("membership_object", args=[application.notice_id]) in text


def test_a_visitor_objects_and_pressed_twice_it_is_one(office, client):
    application = office.application()
    url = reverse("membership_object", args=[application.notice_id])
    given = {"name": "示例市民", "contact": "b@example.invalid", "text": "该单位的执照已经注销。"}
    assert client.post(url, given).status_code == client.post(url, given).status_code == 302
    objection = MembershipObjection.objects.get()
    assert Notification.objects.filter(kind="membership_objection", user=office.third).count() == 1
    public = client.get(application.notice.get_absolute_url()).content.decode()
    assert "示例市民" not in public and "执照已经注销" not in public
    assert client.get(objection.get_absolute_url()).status_code == 302
    client.force_login(make_user("student"))
    assert client.get(objection.get_absolute_url()).status_code == 404


def test_an_objection_without_words_stands_at_its_field_and_is_not_lost(office, client):
    application = office.application()
    answer = client.post(
        reverse("membership_object", args=[application.notice_id]),
        {"name": "示例市民", "contact": "", "text": "短"},
    )
    assert answer.status_code == 422 and "示例市民" in answer.content.decode()


def test_after_the_notice_nobody_objects(office, client):
    application = office.application()
    with later():
        with pytest.raises(Refused) as refused:
            object_to(application)
        assert refused.value.status == 409
        answer = client.post(
            reverse("membership_object", args=[application.notice_id]),
            {"name": "示例市民", "contact": "b@example.invalid", "text": "该单位的执照已经注销。"},
        )
        assert answer.status_code == 409


def test_an_open_objection_keeps_the_membership_waiting(office):
    application = office.application()
    objection = object_to(application)
    with later():
        assert actions.conclude_notices() == 0
        actions.answer_objection(
            objection=objection, by=office.third, upheld=False, answer="已核对，执照有效。"
        )
        assert actions.conclude_notices() == 1
        assert members_on(clock.today()).get() == application.organisation


@pytest.mark.parametrize("who", ["first", "writer"])
def test_who_ran_it_does_not_answer(office, who):
    application = office.application()
    objection = object_to(application)
    by = office.first if who == "first" else application.writer
    with pytest.raises(Forbidden):
        actions.answer_objection(objection=objection, by=by, upheld=False, answer="无")
    with pytest.raises(Invalid):
        actions.answer_objection(objection=objection, by=office.third, upheld=False, answer=" ")


def test_an_objection_is_answered_once(office):
    objection = object_to(office.application())
    actions.answer_objection(objection=objection, by=office.third, upheld=False, answer="已核对。")
    with pytest.raises(Refused):
        actions.answer_objection(objection=objection, by=office.second, upheld=True, answer="再答。")


def test_an_objection_that_holds_sends_it_to_the_council_again(office, client):
    application = office.application()
    objection = object_to(application)
    notice = application.notice
    actions.answer_objection(objection=objection, by=office.third, upheld=True, answer="执照确已注销。")
    application.refresh_from_db()
    notice.refresh_from_db()
    assert (application.state, application.resolution, application.notice) == (S.CHECKED, None, None)
    assert notice.ends_at <= clock.now()
    assert "执照确已注销。" in client.get(notice.get_absolute_url()).content.decode()
    with later():
        assert actions.conclude_notices() == 0


# --- in force


def test_after_the_notice_the_membership_begins_by_itself_once(office):
    application = office.application(link=True)
    with later():
        assert actions.conclude_notices() == 1
        assert actions.conclude_notices() == 0
        application.refresh_from_db()
        membership = application.membership
        assert (application.state, membership.state) == (S.IN_FORCE, "active")
        assert membership.since == clock.today()
        assert membership.until == membership.since.replace(year=membership.since.year + 3) - timedelta(
            days=1
        )
        assert (membership.recorded_by, membership.confirmed_by) == (office.first, office.second)
        invited = Invitation.objects.get()
        assert (invited.email, invited.role) == (application.contact_email, "enterprise_admin")
        assert invited.organisation == application.organisation


def test_the_applications_address_shows_the_membership_once_it_is_in_force(office, client):
    application = office.application()
    with later():
        actions.conclude_notices()
        for user in (office.first, application.writer):
            client.force_login(user)
            answer = client.get(application.get_absolute_url())
            assert answer.status_code == 200
            assert "ZS-" in answer.content.decode()


def test_a_unit_with_people_here_gets_no_second_administrator(office):
    application = office.application()
    with later():
        actions.conclude_notices()
    assert not Invitation.objects.exists()
    assert Notification.objects.filter(user=application.writer, kind="membership_in_force").exists()


def test_a_membership_that_came_by_another_door_meanwhile_is_told_and_not_doubled(office):
    application = office.application()
    make_membership(organisation=application.organisation, council=application.council)
    with later():
        assert actions.conclude_notices() == 0
        assert actions.conclude_notices() == 0
    assert Membership.objects.count() == 1
    assert Notification.objects.filter(kind="membership_stuck", user=office.first).count() == 1


# --- the certificate


@pytest.fixture
def certificate(office):
    application = office.application()
    with later():
        actions.conclude_notices()
        yield MembershipCertificate.objects.get(membership__organisation=application.organisation)


def test_the_certificate_is_a_pdf_with_an_embedded_font(certificate):
    content = files.read(certificate.file)
    assert content.startswith(b"%PDF-") and b"/FontFile2" in content
    assert certificate.number == f"ZS-{clock.today().year}-0001"


def test_the_same_facts_give_the_same_bytes(certificate):
    from consortium import papers
    from consortium.actions.certificate import said

    words = said(
        facts=certificate.facts,
        number=certificate.number,
        code=certificate.code,
        fingerprint=certificate.fingerprint,
        issued_at=certificate.issued_at,
        sample=certificate.membership.organisation.is_sample,
    )
    assert papers.typeset("certificate", words, at=certificate.issued_at) == files.read(certificate.file)


def test_anybody_checks_a_certificate_and_sees_how_it_stands(certificate, client):
    url = certificate.get_absolute_url()
    text = client.get(url).content.decode()
    assert certificate.number in text and certificate.membership.organisation.name_zh in text
    assert "有效" in text and certificate.file.sha256 in text
    typed = client.get(reverse("certificate_ask"), {"code": certificate.code.lower()})
    assert typed.url == url
    assert client.get(reverse("certificate_check", args=["AAAA-BBBB-CCCC"])).status_code == 404


def test_the_file_is_the_units_and_the_offices(certificate, client):
    url = reverse("file", args=[certificate.file_id])
    assert client.get(url).status_code == 404
    unit = certificate.membership.organisation
    for user, status in (
        (make_user("enterprise_admin", organisation=unit), 200),
        (make_user("secretary"), 200),
        (make_user("auditor"), 200),
        (make_user("student"), 404),
    ):
        client.force_login(user)
        assert client.get(url).status_code == status


# --- pages


@pytest.mark.parametrize("state", ["checked", "under_vote", "decided", "approved", "public_notice"])
def test_each_state_has_a_page_for_all_who_may_see(office, client, state):
    application = office.application(state)
    url = application.get_absolute_url()
    for user in (office.first, office.second, make_user("auditor"), application.writer):
        client.force_login(user)
        assert client.get(url).status_code == 200


@pytest.mark.parametrize(
    "name, state",
    [
        ("membership_vote", "checked"),
        ("membership_resolution", "under_vote"),
        ("membership_reject", "under_vote"),
        ("membership_resolution_confirm", "decided"),
        ("membership_notice", "approved"),
    ],
)
def test_acts_are_the_secretariats_alone_and_an_empty_form_changes_nothing(office, client, name, state):
    application = office.application(state)
    url = reverse(name, args=[application.pk])
    client.force_login(application.writer)
    assert client.post(url).status_code == 403
    client.force_login(office.third)
    assert client.get(url).status_code == 200
    if name != "membership_resolution_confirm":
        assert client.post(url, {"x": 1}).status_code == 422
        application.refresh_from_db()
        assert application.state == state


def test_the_whole_way_in_pages(office, client):
    application = office.application("checked")
    pk = application.pk
    client.force_login(office.first)
    today = clock.today().isoformat()
    client.post(reverse("membership_vote", args=[pk]), {"voting": "meeting", "vote_day": today})
    from django.core.files.uploadedfile import SimpleUploadedFile

    answer = client.post(
        reverse("membership_resolution", args=[pk]),
        {
            "number": "示例〔9〕号",
            "passed_on": today,
            "entitled": 26,
            "present": 17,
            "votes_yes": 15,
            "votes_no": 1,
            "abstentions": 1,
            "rank": "director_unit",
            "minutes": SimpleUploadedFile("纪要.pdf", b"%PDF-1.4 minutes"),
        },
    )
    assert answer.status_code == 302
    assert client.post(reverse("membership_resolution_confirm", args=[pk])).status_code == 403
    client.force_login(office.second)
    assert client.post(reverse("membership_resolution_confirm", args=[pk])).status_code == 302
    page = client.get(reverse("membership_notice", args=[pk]))
    given = page.context["form"].initial
    assert client.post(reverse("membership_notice", args=[pk]), given).status_code == 302
    application.refresh_from_db()
    assert application.state == S.PUBLIC_NOTICE and application.rank == "director_unit"
    assert application.organisation.name_zh in PublicNotice.objects.get().text
