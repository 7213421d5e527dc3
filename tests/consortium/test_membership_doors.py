"""What an application shows to whom, and how it ends before a vote: private drafts, other people's codes, days to mend."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from consortium import clock
from consortium.actions import membership_application as actions
from consortium.actions import membership_clock
from consortium.actions import membership_decision as decisions
from consortium.enums import MembershipApplicationState as S
from consortium.models import Membership, MembershipApplication, Notification, SentMail
from consortium.queries.membership_application import applications_visible_to, invitations_visible_to
from consortium.refusals import Forbidden, Invalid, Refused
from tests.consortium.membership_kit import Office, later
from tests.consortium.test_membership_applications import ALL, link_of, words
from tests.consortium.test_membership_terms import decided
from tests.factories import (
    make_application,
    make_board,
    make_council,
    make_membership,
    make_organisation,
    make_uscc,
    make_user,
)

pytestmark = pytest.mark.django_db


def readers(board):
    return [make_user("secretary"), make_user("auditor"), make_user("board_officer", board=board)]


def invited(**given):
    return actions.invite_to_apply(
        **{
            "by": make_user("secretary"),
            "email": "asked@example.invalid",
            "unit_name": "示例受邀单位",
            "council": make_council(),
        }
        | given
    )


# --- private drafts


@pytest.mark.parametrize("link", [True, False])
def test_what_was_never_handed_in_is_read_by_nobody_else_also_when_withdrawn(client, link):
    board = make_board()
    application = make_application(state="draft", link=link, board=board, wishes="还没有决定的内部打算。")
    for step in ("draft", "withdrawn"):
        if step == "withdrawn":
            actions.withdraw_application(application=application, by=application.writer)
        paper = reverse("file", args=[application.documents.first().file_id])
        for reader in readers(board):
            assert not applications_visible_to(reader)
            client.force_login(reader)
            assert client.get(application.get_absolute_url()).status_code == 404
            assert client.get(paper).status_code == 404


def test_withdrawn_after_it_was_handed_in_it_stays_with_the_office():
    board = make_board()
    application = make_application(board=board)
    actions.withdraw_application(application=application, by=application.writer, reason="计划有变。")
    for reader in readers(board):
        assert applications_visible_to(reader).get() == application


def test_a_draft_withdrawn_by_hand_keeps_no_person_and_its_link_ends(client):
    application = make_application(link=True, state="draft")
    url = reverse("join_withdraw", args=[application.token])
    answer = client.post(url, {"reason": ""})
    assert answer.url == reverse("join_ask")
    application.refresh_from_db()
    assert application.state == S.WITHDRAWN
    assert (application.contact_name, application.contact_email, application.token_hash) == ("", "", None)
    assert client.get(reverse("join", args=[application.token])).status_code == 404


# --- invitations


def test_the_office_sees_whom_it_invited_sends_the_link_again_and_takes_it_back(
    client, django_capture_on_commit_callbacks
):
    application, token = invited()
    url = reverse("membership_invite")
    for other in (make_user("auditor"), make_user("board_officer", board=make_board())):
        assert not invitations_visible_to(other)
    client.force_login(make_user("secretary"))
    assert "asked@example.invalid" in client.get(url).content.decode()
    assert client.get(application.get_absolute_url()).status_code == 404
    with django_capture_on_commit_callbacks(execute=True):
        assert client.post(reverse("membership_send_link", args=[application.pk])).url == url
    fresh = link_of(SentMail.objects.filter(recipient="asked@example.invalid").latest("pk"))
    assert client.get(fresh).status_code == 200
    assert client.get(reverse("join", args=[token])).status_code == 404
    assert client.post(reverse("membership_uninvite", args=[application.pk])).url == url
    assert "asked@example.invalid" not in client.get(url).content.decode()
    assert client.get(fresh).status_code == 404
    assert client.post(reverse("membership_send_link", args=[application.pk])).status_code == 404


def test_an_applicant_who_lost_the_link_gets_another_from_the_office(
    client, django_capture_on_commit_callbacks
):
    application = make_application(link=True, state="returned")
    client.force_login(make_user("secretary"))
    send = reverse("membership_send_link", args=[application.pk])
    assert send in client.get(application.get_absolute_url()).content.decode()
    with django_capture_on_commit_callbacks(execute=True):
        assert client.post(send).url == application.get_absolute_url()
    assert SentMail.objects.filter(recipient=application.contact_email).exists()
    for other in (make_user("auditor"), make_user("enterprise_admin", organisation=make_organisation())):
        with pytest.raises(Forbidden):
            actions.send_link_again(application=application, by=other)


def test_the_invitations_ask_as_often_for_three_as_for_one(client, django_assert_max_num_queries):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client.force_login(make_user("secretary"))
    invited()
    url = reverse("membership_invite")
    client.get(url)
    with CaptureQueriesContext(connection) as one:
        client.get(url)
    for number in range(2):
        invited(email=f"asked{number}@example.invalid", unit_name=f"示例受邀单位{number}")
    with django_assert_max_num_queries(len(one)):
        client.get(url)


def test_an_invitation_pressed_twice_is_one_and_says_so_once(client):
    client.force_login(make_user("secretary"))
    url = reverse("membership_invite")
    given = {
        "council": make_council().pk,
        "unit_name": "示例受邀单位",
        "email": "asked@example.invalid",
        "form_key": "k1",
    }
    said = [[str(one) for one in client.post(url, given, follow=True).context["messages"]] for _ in range(2)]
    assert MembershipApplication.objects.count() == 1
    assert [len(one) for one in said] == [1, 1] and said[0] != said[1]


# --- turned away before the vote


@pytest.mark.parametrize("state", ["submitted", "returned", "checked"])
def test_the_office_turns_an_application_away_before_the_vote(
    client, state, django_capture_on_commit_callbacks
):
    application = make_application(link=True, state=state)
    client.force_login(make_user("secretary"))
    url = reverse("membership_turn_away", args=[application.pk])
    assert url in client.get(application.get_absolute_url()).content.decode()
    assert client.post(url, {"reason": " "}).status_code == 422
    with django_capture_on_commit_callbacks(execute=True):
        assert client.post(url, {"reason": "盖章不是本单位的。"}).status_code == 302
    application.refresh_from_db()
    assert application.state == S.TURNED_AWAY
    assert client.post(url, {"reason": "再次。"}).status_code == 409
    client.logout()
    fresh = link_of(SentMail.objects.filter(recipient=application.contact_email).latest("pk"))
    assert "盖章不是本单位的。" in client.get(fresh).content.decode()


def test_who_may_not_turn_away_and_when_it_is_too_late(client):
    application = make_application()
    for by in (application.writer, make_user("auditor"), make_user("board_officer", board=make_board())):
        with pytest.raises(Forbidden):
            actions.turn_away_application(application=application, by=by, reason="x")
    with pytest.raises(Invalid):
        actions.turn_away_application(application=application, by=make_user("secretary"), reason=" ")
    office = Office()
    voted = office.application("under_vote")
    with pytest.raises(Refused) as refused:
        actions.turn_away_application(application=voted, by=office.first, reason="x")
    assert refused.value.status == 409


def test_somebody_with_the_units_code_does_not_stand_in_its_way(client):
    unit = make_organisation(uscc=make_uscc(4711))
    impostor = make_application(link=True, uscc=unit.uscc)
    real = make_application(organisation=unit, uscc=unit.uscc)
    assert real.state == S.SUBMITTED
    client.force_login(make_user("secretary"))
    for one, other in ((real, impostor), (impostor, real)):
        text = client.get(reverse("membership_application_check", args=[one.pk])).content.decode()
        assert other.number in text
    actions.pass_check(application=real, by=make_user("secretary"), ticks=ALL)
    with pytest.raises(Refused):
        actions.pass_check(application=impostor, by=make_user("secretary"), ticks=ALL, organisation=unit)
    actions.turn_away_application(application=impostor, by=make_user("secretary"), reason="不是本单位。")


def test_a_stranger_learns_nothing_of_another_application_by_its_code(client):
    first = make_application(uscc=make_uscc(4712))
    second = make_application(link=True, state="draft")
    papers = {kind: SimpleUploadedFile(f"{kind}.pdf", b"%PDF-1.4 x") for kind in ("licence", "letter")}
    answer = client.post(
        reverse("join", args=[second.token]), words(do="submit", uscc=first.uscc, **papers), follow=True
    )
    assert answer.status_code == 200
    assert first.number not in answer.content.decode()
    second.refresh_from_db()
    assert second.state == S.SUBMITTED


# --- days to mend


def test_a_returned_application_that_nobody_mends_is_closed_once_and_told(client):
    application = make_application(state="returned")
    mended = make_application(state="returned")
    days = application.mend_due - clock.now()
    assert timedelta(days=29) < days <= timedelta(days=30)
    client.force_login(application.writer)
    assert "修改期限" in client.get(application.get_absolute_url()).content.decode()
    actions.submit_application(application=mended, by=mended.writer)
    with clock.moved(timedelta(days=29)):
        membership_clock.advance()
        application.refresh_from_db()
        assert application.state == S.RETURNED
    with clock.moved(timedelta(days=31)):
        membership_clock.advance()
        membership_clock.advance()
    application.refresh_from_db()
    mended.refresh_from_db()
    assert (application.state, mended.state) == (S.EXPIRED, S.SUBMITTED)
    assert Notification.objects.filter(kind="membership_expired", user=application.writer).count() == 1
    assert "未按时修改" in client.get(application.get_absolute_url()).content.decode()


def test_a_draft_with_a_new_link_is_not_let_go():
    application = make_application(link=True, state="draft")
    stale = MembershipApplication.objects.get(pk=application.pk)
    with clock.moved(timedelta(days=31)):
        actions.send_link_again(application=application, by=application.writer)
        assert actions.let_go_of_draft(application=stale) is None
    application.refresh_from_db()
    assert application.state == S.DRAFT


# --- first days


def test_a_membership_that_begins_later_waits_for_its_day():
    office = Office()
    application = office.application("under_vote")
    first = clock.today() + timedelta(days=60)
    office.decide(application, since=first)
    office.confirm(application)
    office.announce(application)
    with later():
        assert decisions.conclude_notices() == 1
        membership = Membership.objects.get()
        assert (membership.state, membership.since) == ("to_begin", first)
    with clock.moved(timedelta(days=60)):
        membership_clock.advance()
        membership.refresh_from_db()
        assert membership.state == "active"


def test_a_change_of_rank_whose_term_is_over_is_closed_and_told():
    membership = make_membership(until=clock.today() + timedelta(days=4))
    application = decided(membership, "rank_change", rank="director_unit", since=clock.today())
    office = make_user("secretary")
    decisions.start_notice(application=application, by=office, title="公示", text="公示")
    with clock.moved(timedelta(days=12)):
        membership_clock.advance()
        membership_clock.advance()
    application.refresh_from_db()
    assert (application.state, Membership.objects.get().state) == (S.EXPIRED, "lapsed")
    assert not Notification.objects.filter(kind="membership_stuck").exists()
    assert Notification.objects.filter(kind="membership_overtaken", user=office).count() == 1


# --- the check of a certificate


@pytest.mark.parametrize("typed", ["/", "../x", "AAAA-BBBB", "AAAA-BBBB-CCCC-DDDD", "一二三四", "\x00"])
def test_a_code_that_is_none_is_said_at_its_field(client, typed):
    answer = client.get(reverse("certificate_ask"), {"code": typed})
    assert answer.status_code == 422 and answer.context["form"].errors["code"]


def test_a_code_is_found_however_it_is_typed(client):
    for typed in ("aaaa bbbb cccc", "AAAABBBBCCCC", "aaaa-bbbb/cccc "):
        answer = client.get(reverse("certificate_ask"), {"code": typed})
        assert answer.url == reverse("certificate_check", args=["AAAA-BBBB-CCCC"])
