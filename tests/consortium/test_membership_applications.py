"""An application for membership: by an account or a link, kept while it is written, checked, returned and mended."""

import re
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.urls import reverse

from consortium import clock
from consortium.actions import membership_application as actions
from consortium.actions import membership_clock
from consortium.enums import MembershipApplicationState as S
from consortium.models import MembershipApplication, Notification, Organisation, SentMail
from consortium.queries.membership_application import applications_visible_to, perhaps_the_same
from consortium.refusals import Forbidden, Invalid, Refused, Stale
from consortium.rules import membership_application as rules
from tests.factories import (
    make_application,
    make_board,
    make_council,
    make_membership,
    make_organisation,
    make_paper,
    make_uscc,
    make_user,
)

pytestmark = pytest.mark.django_db
ALL = ("code", "name", "double", "documents")


def words(**given):
    return {
        "unit_name": "示例新申请生物有限公司",
        "uscc": make_uscc(777),
        "unit_kind": "enterprise",
        "district": "天津经开区",
        "scale": "320人",
        "contact_name": "示例联系人",
        "contact_post": "部长",
        "contact_email": "New@Example.invalid",
        "rank": "member_unit",
        "board": "",
        "wishes": "希望解决放大问题。",
    } | given


def pdf(name="执照.pdf"):
    return SimpleUploadedFile(name, b"%PDF-1.4 licence", content_type="application/pdf")


def link_of(mail):
    return re.search(r"/join/[\w-]+/", mail.body).group()


# --- the open door


def test_whoever_asks_gets_a_link_by_mail_and_the_form_hands_in(client, django_capture_on_commit_callbacks):
    council = make_council()
    secretary = make_user("secretary")
    with django_capture_on_commit_callbacks(execute=True):
        answer = client.post(
            reverse("join_ask"),
            {
                "council": council.pk,
                "unit_name": "示例新申请生物有限公司",
                "contact_name": "示例联系人",
                "email": "new@example.invalid",
            },
        )
    assert answer.status_code == 200
    url = link_of(SentMail.objects.get(recipient="new@example.invalid"))
    assert client.get(url).status_code == 200
    answer = client.post(url, words(do="submit", licence=pdf(), letter=pdf("申请书.pdf"), version=1))
    assert answer.status_code == 302
    application = MembershipApplication.objects.get()
    assert (application.state, application.number) == (S.SUBMITTED, f"M-{clock.today().year}-001")
    assert application.contact_email == "new@example.invalid"
    assert application.check_due - application.submitted_at == timedelta(days=10)
    assert Notification.objects.get(kind="membership_submitted").user == secretary
    text = client.get(url).content.decode()
    assert application.number in text and "hx-post" not in text.split("<main")[1]


def test_opening_the_link_changes_nothing(client):
    application = make_application(link=True, state="draft")
    before = MembershipApplication.objects.values().get()
    assert client.get(reverse("join", args=[application.token])).status_code == 200
    assert MembershipApplication.objects.values().get() == before


def test_asking_again_leads_to_the_same_draft_and_ends_the_old_link(client):
    application = make_application(link=True, state="draft")
    again, token = actions.ask_for_link(
        email=application.contact_email,
        unit_name="别的名字",
        contact_name="示例联系人",
        council=application.council,
    )
    assert again.pk == application.pk
    assert client.get(reverse("join", args=[application.token])).status_code == 404
    assert client.get(reverse("join", args=[token])).status_code == 200


def test_too_many_requests_for_one_address_are_refused_and_nothing_typed_is_lost(client):
    given = {
        "council": make_council().pk,
        "unit_name": "示例新申请生物有限公司",
        "contact_name": "示例联系人",
        "email": "new@example.invalid",
    }
    answers = [client.post(reverse("join_ask"), given) for _ in range(5)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 200, 429]
    assert "示例新申请生物有限公司" in answers[-1].content.decode()
    assert MembershipApplication.objects.count() == 1


def test_a_link_ends_with_its_days(client):
    application = make_application(link=True, state="draft")
    MembershipApplication.objects.update(token_expires_at=clock.now())
    assert client.get(reverse("join", args=[application.token])).status_code == 404


def test_a_draft_whose_link_ended_keeps_no_person(client):
    draft, kept = make_application(link=True, state="draft"), make_application(link=True)
    with clock.moved(timedelta(days=31)):
        membership_clock.advance()
        membership_clock.advance()
    draft.refresh_from_db()
    kept.refresh_from_db()
    assert (draft.state, draft.contact_name, draft.contact_email) == (S.WITHDRAWN, "", "")
    assert (kept.state, kept.contact_name) == (S.SUBMITTED, "示例联系人")


def test_the_contact_is_masked_for_those_who_only_read(client):
    application = make_application()
    for user, full in (
        (make_user("auditor"), False),
        (make_user("secretary"), True),
        (application.writer, True),
    ):
        client.force_login(user)
        text = client.get(application.get_absolute_url()).content.decode()
        assert (application.contact_email in text) is full


def test_a_link_opens_only_the_papers_of_its_own_application(client):
    mine, other = make_application(link=True), make_application(link=True)
    paper = mine.documents.first()
    assert client.get(reverse("join_file", args=[mine.token, paper.pk])).status_code == 200
    assert client.get(reverse("join_file", args=[other.token, paper.pk])).status_code == 404


def test_invited_by_the_secretariat_a_unit_needs_no_account(client, django_capture_on_commit_callbacks):
    client.force_login(make_user("secretary"))
    with django_capture_on_commit_callbacks(execute=True):
        answer = client.post(
            reverse("membership_invite"),
            {"council": make_council().pk, "unit_name": "示例受邀单位", "email": "asked@example.invalid"},
        )
    assert answer.status_code == 302
    client.logout()
    assert client.get(link_of(SentMail.objects.get(recipient="asked@example.invalid"))).status_code == 200


# --- an account


def test_a_unit_with_an_account_finds_the_form_filled_from_the_register(client):
    unit = make_organisation("示例已登记单位", uscc=make_uscc(5))
    client.force_login(make_user("enterprise_admin", organisation=unit))
    key = {"organisation": unit.pk, "council": make_council().pk, "form_key": "k1"}
    first = client.post(reverse("membership_apply"), key)
    assert client.post(reverse("membership_apply"), key).url == first.url
    text = client.get(first.url).content.decode()
    assert "示例已登记单位" in text and unit.uscc in text
    assert MembershipApplication.objects.count() == 1


def test_nobody_applies_for_another_unit(client):
    client.force_login(make_user("enterprise_admin", organisation=make_organisation()))
    other = make_organisation()
    answer = client.post(
        reverse("membership_apply"), {"organisation": other.pk, "council": make_council().pk}
    )
    assert answer.status_code == 404 and not MembershipApplication.objects.exists()


def test_a_member_is_sent_to_a_change_of_rank():
    membership = make_membership()
    with pytest.raises(Refused, match="Change of rank|变更") as refused:
        actions.start_application(
            by=make_user("enterprise_admin", organisation=membership.organisation),
            organisation=membership.organisation,
            council=membership.council,
        )
    assert refused.value.status == 409 and refused.value.code == "member"


def test_a_second_application_beside_an_open_one_is_refused():
    application = make_application()
    with pytest.raises(Refused) as refused:
        actions.start_application(
            by=application.writer, organisation=application.organisation, council=application.council
        )
    assert refused.value.code == "second"
    with pytest.raises(IntegrityError), transaction.atomic():
        MembershipApplication.objects.create(
            organisation=application.organisation,
            council=application.council,
            created_at=clock.now(),
        )


# --- writing


@pytest.mark.parametrize("name", ["unit_name", "uscc", "unit_kind", "contact_name", "wishes"])
def test_what_is_missing_stands_at_its_field_and_nothing_typed_is_lost(client, name):
    application = make_application(link=True, state="draft")
    answer = client.post(
        reverse("join", args=[application.token]), words(**{name: ""}, do="submit", district="滨海新区")
    )
    assert answer.status_code == 422
    assert name in answer.context["form"].errors
    assert "滨海新区" in answer.content.decode()
    application.refresh_from_db()
    assert application.state == S.DRAFT


def test_a_draft_may_be_incomplete(client):
    application = make_application(link=True, state="draft")
    answer = client.post(reverse("join", args=[application.token]), words(wishes="", do="save"))
    assert answer.status_code == 302
    application.refresh_from_db()
    assert application.wishes == "" and application.unit_name == "示例新申请生物有限公司"


def test_papers_are_kept_when_a_word_has_to_be_mended(client):
    application, token = actions.ask_for_link(
        email="new@example.invalid", unit_name="示例", contact_name="示例", council=make_council()
    )
    url = reverse("join", args=[token])
    answer = client.post(url, words(uscc="91", do="submit", licence=pdf(), letter=pdf("申请书.pdf")))
    assert answer.status_code == 422
    assert set(application.documents.values_list("kind", flat=True)) == {"licence", "letter"}
    assert client.post(url, words(do="submit")).status_code == 302


def test_a_file_of_another_kind_is_refused_at_its_field(client):
    application = make_application(link=True, state="draft")
    wrong = SimpleUploadedFile("执照.exe", b"MZ program")
    answer = client.post(reverse("join", args=[application.token]), words(do="save", licence=wrong))
    assert answer.status_code == 422 and "licence" in answer.context["form"].errors


def test_while_typing_what_is_valid_is_kept_and_the_code_is_checked(client):
    application = make_application(link=True, state="draft")
    url = reverse("join", args=[application.token])
    answer = client.post(url, words(district="武清区", uscc="9112", do="autosave"))
    assert answer.status_code == 200
    application.refresh_from_db()
    assert application.district == "武清区"
    code = make_uscc(31)
    right = client.post(reverse("membership_code"), {"uscc": code}).content.decode()
    wrong = client.post(
        reverse("membership_code"), {"uscc": code[:-1] + ("0" if code[-1] != "0" else "1")}
    ).content.decode()
    assert "ok" in right and "text-red" in wrong


def test_another_window_does_not_overwrite_in_silence(client):
    application = make_application(link=True, state="draft")
    version = application.version
    url = reverse("join", args=[application.token])
    client.post(url, words(district="武清区", do="save", version=version))
    answer = client.post(url, words(district="静海区", do="save", version=version))
    assert answer.status_code == 409
    text = answer.content.decode()
    assert "武清区" in text and "静海区" in text
    with pytest.raises(Stale):
        actions.save_application(
            application=application, by=application.writer, version=version, district="x"
        )


def test_handed_in_twice_makes_one_number_and_cannot_be_changed(client):
    application = make_application(link=True)
    number = application.number
    with pytest.raises(Refused):
        actions.submit_application(application=application, by=application.writer)
    with pytest.raises(Refused):
        actions.save_application(application=application, by=application.writer, district="x")
    with pytest.raises(Refused):
        actions.add_document(
            application=application, by=application.writer, kind="licence", file=make_paper()
        )
    application.refresh_from_db()
    assert application.number == number


# --- the check


def test_the_check_registers_a_unit_that_the_register_does_not_know():
    application = make_application(link=True, state="checked")
    assert application.state == S.CHECKED
    assert application.organisation.name_zh == application.unit_name
    assert application.organisation.uscc == application.uscc


def test_the_check_takes_the_record_that_was_chosen(client):
    known = make_organisation("示例华昌生物有限公司", short_zh="")
    application = make_application(link=True, unit_name="天津示例华昌生物股份有限公司")
    assert perhaps_the_same(application) == [known]
    client.force_login(make_user("secretary"))
    url = reverse("membership_application_check", args=[application.pk])
    ticks = dict.fromkeys(ALL, "on") | {"do": "pass"}
    assert client.post(url, ticks).status_code == 422
    count = Organisation.objects.count()
    assert client.post(url, ticks | {"record": known.pk}).status_code == 302
    application.refresh_from_db()
    known.refresh_from_db()
    assert application.organisation == known and known.uscc == application.uscc
    assert Organisation.objects.count() == count


@pytest.mark.parametrize("left_out", ALL)
def test_each_item_of_the_list_must_be_ticked(left_out):
    application = make_application()
    with pytest.raises(Invalid) as refused:
        actions.pass_check(
            application=application,
            by=make_user("secretary"),
            ticks=[one for one in ALL if one != left_out],
        )
    assert refused.value.field == left_out
    application.refresh_from_db()
    assert application.state == S.SUBMITTED


def test_returned_with_sentences_and_mended_under_the_same_number(client, django_capture_on_commit_callbacks):
    application = make_application(link=True)
    number, office = application.number, make_user("secretary")
    with django_capture_on_commit_callbacks(execute=True):
        actions.return_application(
            application=application, by=office, notes={"documents": "申请书没有盖章。"}
        )
    url = link_of(SentMail.objects.filter(recipient=application.contact_email).latest("pk"))
    assert client.get(reverse("join", args=[application.token])).status_code == 404
    assert "申请书没有盖章。" in client.get(url).content.decode()
    assert client.post(url, words(do="submit", letter=pdf("盖章.pdf"))).status_code == 302
    application.refresh_from_db()
    assert (application.state, application.number) == (S.SUBMITTED, number)
    assert application.documents.get(kind="letter").file.name == "盖章.pdf"


def test_returning_needs_a_sentence():
    with pytest.raises(Invalid):
        actions.return_application(
            application=make_application(), by=make_user("secretary"), notes={"name": "  "}
        )


def test_two_checks_at_once_end_in_one():
    application = make_application()
    again = MembershipApplication.objects.get(pk=application.pk)
    actions.pass_check(application=application, by=make_user("secretary"), ticks=ALL)
    with pytest.raises(Refused) as refused:
        actions.return_application(application=again, by=make_user("secretary"), notes={"name": "不符"})
    assert refused.value.status == 409


def test_database_knows_no_vote_without_a_check():
    application = make_application(link=True)
    with pytest.raises(IntegrityError), transaction.atomic():
        MembershipApplication.objects.filter(pk=application.pk).update(state=S.UNDER_VOTE)


@pytest.mark.parametrize("state", ["draft", "submitted", "returned", "checked"])
def test_withdrawn_until_it_is_decided(state):
    application = make_application(state=state)
    actions.withdraw_application(application=application, by=application.writer, reason="计划有变。")
    assert application.state == S.WITHDRAWN


# --- who may


def test_who_sees_which_application():
    board, other = make_board("technology"), make_board("enterprise")
    mine = make_application()
    boards = make_application(link=True, board=board)
    draft = make_application(state="draft")
    seen = {
        "secretary": {mine, boards},
        "auditor": {mine, boards},
        "student": set(),
        "graduate_officer": set(),
        "council_director": set(),
    }
    for role, rows in seen.items():
        assert set(applications_visible_to(make_user(role))) == rows, role
    assert set(applications_visible_to(make_user("board_officer", board=board))) == {boards}
    assert not applications_visible_to(make_user("board_officer", board=other))
    assert set(applications_visible_to(draft.writer)) == {draft}
    stranger = make_user("enterprise_admin", organisation=make_organisation())
    assert not applications_visible_to(stranger)


def test_pages_answer_404_to_those_who_may_not_see_and_403_to_those_who_may_not_do(client):
    application = make_application()
    page = reverse("membership_application", args=[application.pk])
    check = reverse("membership_application_check", args=[application.pk])
    paper = reverse("file", args=[application.documents.first().file_id])
    client.force_login(make_user("enterprise_admin", organisation=make_organisation()))
    assert [client.get(url).status_code for url in (page, check, paper)] == [404, 403, 404]
    client.force_login(make_user("auditor"))
    assert [client.get(url).status_code for url in (page, check, paper)] == [200, 403, 200]
    client.force_login(make_user("board_officer", board=make_board()))
    assert client.get(check).status_code == 404
    client.force_login(application.writer)
    assert client.get(page).status_code == 200


def test_the_units_own_people_never_check_it():
    application = make_application()
    for by in (application.writer, make_user("auditor"), make_user("graduate_officer")):
        with pytest.raises(Forbidden):
            actions.pass_check(application=application, by=by, ticks=ALL)
        with pytest.raises(Forbidden):
            actions.return_application(application=application, by=by, notes={"name": "x"})
    with pytest.raises(Forbidden):
        actions.save_application(application=application, by=make_user("secretary"), district="x")


# --- ways to it


def test_the_open_form_leads_only_those_to_the_account_who_may_apply(client):
    for user, shown in (
        (make_user("enterprise_admin", organisation=make_organisation()), True),
        (make_user("student"), False),
        (make_user("auditor"), False),
    ):
        client.force_login(user)
        assert (reverse("membership_apply") in client.get(reverse("join_ask")).content.decode()) is shown


def test_ways_to_an_application(client):
    unit = make_organisation()
    client.force_login(make_user("enterprise_admin", organisation=unit))
    assert reverse("membership_apply") in client.get(unit.get_absolute_url()).content.decode()
    client.force_login(make_user("enterprise_admin", organisation=make_organisation()))
    assert reverse("membership_apply") not in client.get(unit.get_absolute_url()).content.decode()


# --- lists


def test_the_queue_groups_by_what_waits_and_counts(client):
    make_application()
    make_application(link=True)
    make_application(state="returned")
    make_application(state="checked")
    client.force_login(make_user("secretary"))
    answer = client.get(reverse("memberships"))
    assert [tab["count"] for tab in answer.context["tabs"]] == [3, 2, 1, 1, 0, 0, 0, 4]
    assert client.get(reverse("dashboard")).content.decode().count("M-") >= 3


def test_the_queue_asks_as_often_for_three_as_for_one(client, django_assert_num_queries):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client.force_login(make_user("secretary"))
    make_application()
    with CaptureQueriesContext(
        connection,
    ) as one:
        client.get(reverse("memberships"))
    make_application(link=True)
    make_application()
    with django_assert_num_queries(len(one)):
        client.get(reverse("memberships"))


def test_every_next_act_has_its_page_and_is_somebodys_turn():
    for state, (name, verb) in rules.NEXT_ACTS.items():
        assert verb and reverse(name, args=[1])
        assert rules.whose_turn(MembershipApplication(state=state)) != rules.whose_turn(
            MembershipApplication(state="in_force")
        )
