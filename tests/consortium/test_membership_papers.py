"""What stays true of a membership: the paper after a new name, one answer to who confirms, who reads a reason, whose words."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import translation

from consortium import clock
from consortium.actions import membership_application as applications
from consortium.actions import membership_decision as decisions
from consortium.actions import membership_term as terms
from consortium.actions.certificate import issue
from consortium.actions.membership import resolution_for
from consortium.actions.organisation import edit_organisation
from consortium.models import AuditEvent, Notification, Resolution, SentMail
from consortium.notifications import words as words_of
from consortium.queries.membership_application import waiting_for
from consortium.refusals import Forbidden, Invalid, Refused
from consortium.rules.membership_application import is_users_turn, may_confirm_resolution
from tests.consortium.membership_kit import Office, resolution_of
from tests.factories import (
    make_application,
    make_board,
    make_council,
    make_membership,
    make_organisation,
    make_paper,
    make_user,
)

pytestmark = pytest.mark.django_db
FIGURES = {
    "passed_on": None,
    "entitled": 26,
    "present": 17,
    "votes_yes": 15,
    "votes_no": 1,
    "abstentions": 1,
}


def figures():
    return FIGURES | {"passed_on": clock.today()}


# --- the certificate


def test_a_genuine_paper_agrees_with_the_check_page_after_the_unit_has_a_new_name(client):
    membership = make_membership()
    unit, council = membership.organisation, membership.council
    by = make_user("secretary")
    certificate = issue(membership=membership, by=by)
    before = client.get(certificate.get_absolute_url())
    old = unit.name_zh
    edit_organisation(organisation=unit, by=by, name_zh="示例改名以后有限公司")
    council.name_zh = "示例改名以后理事会"
    council.save()
    membership.until = membership.until - timedelta(days=30)
    membership.save()
    after = client.get(certificate.get_absolute_url())
    for name in ("fingerprint", "facts", "unit", "council"):
        assert after.context[name] == before.context[name], name
    text = after.content.decode()
    assert old in text and "示例改名以后有限公司" in text


def test_the_check_page_says_the_facts_in_the_readers_language(client):
    certificate = issue(membership=make_membership(rank="director_unit"), by=make_user("secretary"))
    assert "理事单位" in client.get(certificate.get_absolute_url()).content.decode()
    client.cookies["django_language"] = "en"
    assert "Director unit" in client.get(certificate.get_absolute_url()).content.decode()


# --- who confirms


def test_everybody_gives_one_answer_to_who_confirms(client):
    """The action, the badge, the list and the page, for each of three people, with a resolution of its own and a shared one."""
    office = Office()
    own = office.application("decided")
    shared = office.application("under_vote")
    first = terms.record_council_resolution(
        by=office.third,
        council=shared.council,
        number="示例〔共用〕号",
        minutes=make_paper("纪要.pdf"),
        **figures(),
    )
    office.decide(shared, number=first.number, minutes=None)
    for application in (own, shared):
        for person in (office.first, office.second, office.third):
            asked = may_confirm_resolution(person, application)
            assert is_users_turn(person, application) is asked
            assert waiting_for(person).filter(pk=application.pk).exists() is asked
            client.force_login(person)
            url = reverse("membership_resolution_confirm", args=[application.pk])
            assert client.get(url).context["mine"] is not asked
            if not asked:
                with pytest.raises(Forbidden):
                    decisions.confirm_resolution(application=application, by=person)
    assert [may_confirm_resolution(one, own) for one in (office.first, office.second)] == [False, True]
    assert [may_confirm_resolution(one, shared) for one in (office.second, office.third)] == [True, False]


def test_what_waits_is_what_each_can_move_on():
    board = make_board()
    office = Office()
    rows = [
        make_application(board=board),
        make_application(link=True),
        make_application(state="returned", board=board),
        *(office.application(state) for state in ("checked", "under_vote", "decided", "approved")),
    ]
    people = [office.first, office.second, make_user("board_officer", board=board), make_user("auditor")]
    people.append(make_user("board_officer", board=make_board("enterprise")))
    for person in people:
        turn = {row.pk for row in rows if is_users_turn(person, row)}
        assert set(waiting_for(person).values_list("pk", flat=True)) == turn


def test_a_boards_officer_has_the_check_as_duty_and_tab(client):
    board = make_board()
    application = make_application(board=board)
    other = make_application(link=True)
    client.force_login(make_user("board_officer", board=board))
    home = client.get(reverse("dashboard")).content.decode()
    assert application.number in home and other.number not in home
    tabs = client.get(reverse("memberships")).context["tabs"]
    assert (tabs[0]["turn"], tabs[0]["count"]) == (True, 1)


def test_a_second_confirmation_of_a_council_resolution_is_refused_also_with_an_old_row():
    resolution = resolution_of(make_council(), confirmed=False)
    stale = Resolution.objects.get(pk=resolution.pk)
    terms.confirm_council_resolution(resolution=resolution, by=make_user("secretary"))
    with pytest.raises(Refused) as refused:
        terms.confirm_council_resolution(resolution=stale, by=make_user("secretary"))
    assert refused.value.status == 409
    assert AuditEvent.objects.filter(verb="resolution confirmed").count() == 1


# --- resolutions and their minutes


def test_minutes_that_come_later_are_kept_and_others_are_refused():
    council, by = make_council(), make_user("secretary")
    known = resolution_for(by=by, council=council, number="示例〔1〕号", votes=figures(), minutes=None)
    paper = make_paper("纪要.pdf")

    def again(minutes):
        from consortium.audit import action

        act = action(
            lambda: resolution_for(
                by=by, council=council, number="示例〔1〕号", votes=figures(), minutes=minutes
            )
        )
        return act()

    assert again(paper).minutes == paper
    assert again(None).pk == again(make_paper("纪要.pdf")).pk == known.pk
    with pytest.raises(Invalid) as refused:
        again(make_paper("另一份纪要.pdf"))
    assert refused.value.field == "minutes"
    known.refresh_from_db()
    assert known.minutes == paper


def test_taking_back_leaves_a_resolution_that_somebody_typed_for_something_else():
    office = Office()
    application = office.application("under_vote")
    first = terms.record_council_resolution(
        by=office.third,
        council=application.council,
        number="示例〔措施〕号",
        minutes=make_paper("纪要.pdf"),
        **figures(),
    )
    office.decide(application, number=first.number, minutes=None)
    decisions.take_resolution_back(application=application, by=office.first)
    assert Resolution.objects.filter(pk=first.pk).exists()


def test_a_paper_is_not_put_into_an_application_that_was_handed_in_meanwhile():
    application = make_application(state="draft")
    stale = type(application).objects.get(pk=application.pk)
    applications.submit_application(application=application, by=application.writer)
    with pytest.raises(Refused):
        applications.add_document(
            application=stale, by=application.writer, kind="licence", file=make_paper("新.pdf")
        )
    assert not application.documents.filter(file__name="新.pdf").exists()


# --- reasons


@pytest.mark.parametrize("act", [terms.suspend_membership, terms.remove_membership])
def test_a_reason_is_read_by_the_unit_the_office_and_auditors_alone(client, act):
    membership = make_membership()
    measure = resolution_of(membership.council)
    unit = membership.organisation
    act(membership=membership, by=make_user("secretary"), reason="挪用学生补贴。", measure=measure)
    pages = (membership.get_absolute_url(), unit.get_absolute_url(), reverse("members"))
    readers = (
        (None, False),
        (make_user("student"), False),
        (make_user("enterprise_admin", organisation=make_organisation()), False),
        (make_user("enterprise_admin", organisation=unit), True),
        (make_user("secretary"), True),
        (make_user("auditor"), True),
    )
    for user, reads in readers:
        client.logout()
        if user:
            client.force_login(user)
        text = "".join(client.get(page).content.decode() for page in pages)
        assert ("挪用学生补贴" in text) is reads
        if act is terms.suspend_membership:
            assert measure.number in text
    client.force_login(make_user("secretary"))
    again = make_membership()
    form = client.get(reverse("membership_suspend", args=[again.pk])).content.decode()
    assert "其他人只看到状态和决议" in form


def test_lifting_a_suspension_needs_two_persons_like_the_suspension():
    membership = make_membership()
    by = make_user("secretary")
    measure = resolution_of(membership.council)
    terms.suspend_membership(membership=membership, by=by, reason="违约。", measure=measure)
    waiting = resolution_of(membership.council, confirmed=False, number="示例〔90〕号")
    for given in (None, waiting, measure):
        with pytest.raises(Refused) as refused:
            terms.restore_membership(membership=membership, by=by, reason="已整改。", measure=given)
        assert refused.value.field == "measure"
    terms.confirm_council_resolution(resolution=waiting, by=make_user("secretary"))
    waiting.refresh_from_db()
    terms.restore_membership(membership=membership, by=by, reason="已整改。", measure=waiting)
    lifted = AuditEvent.objects.get(verb="membership restored")
    assert lifted.details["resolution"] == waiting.number


# --- words of the reader, not of the writer


def test_what_the_office_does_in_english_is_read_in_the_readers_language(django_capture_on_commit_callbacks):
    office = Office()
    application = office.application("checked")
    link = make_application(link=True)
    with translation.override("en"), django_capture_on_commit_callbacks(execute=True):
        office.vote(application)
        applications.return_application(application=link, by=office.first, notes={"name": "名称不符。"})
    told = Notification.objects.get(kind="membership_under_vote")
    assert told.params["day"] == clock.today().isoformat()
    with translation.override("zh-hans"):
        assert "年" in words_of(told)["body"]
    sent = SentMail.objects.filter(recipient=link.contact_email).latest("pk")
    assert "你的入会申请" in sent.subject + sent.body and "Open this page" not in sent.body


def test_the_clock_writes_codes_that_each_reads_in_the_own_language(client):
    membership = make_membership(until=clock.today() + timedelta(days=5))
    follows = make_membership(
        organisation=membership.organisation,
        council=membership.council,
        state="to_begin",
        since=clock.today() + timedelta(days=6),
    )
    with clock.moved(timedelta(days=6)):
        terms.begin_membership(membership=follows)
    membership.refresh_from_db()
    assert membership.end_reason == "followed"
    with translation.override("en"):
        assert membership.end_words == "followed by another term or rank"
    with translation.override("zh-hans"):
        assert membership.end_words != "followed by another term or rank"


def test_the_words_of_a_notice_are_ready_in_chinese_for_an_officer_who_works_in_english(client):
    office = Office()
    application = office.application("approved")
    client.force_login(office.first)
    client.cookies["django_language"] = "en"
    ready = client.get(reverse("membership_notice", args=[application.pk])).context["form"].initial
    assert "公示" in ready["title"]
