"""Agreements: drawn up, offered, signed in order, in force by the last signature; who reads what; renewal and end."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from consortium import clock
from consortium.actions import agreement as actions
from consortium.enums import AgreementState
from consortium.models import (
    Agreement,
    AgreementParty,
    AgreementSignature,
    AgreementText,
    AuditEvent,
    Notification,
)
from consortium.queries.organisation_facts import facts_of
from consortium.refusals import Forbidden, Invalid, Refused
from tests.factories import make_agreement, make_organisation, make_text, make_user

pytestmark = pytest.mark.django_db

SUBJECT = "示例机密：丙酮酸发酵的工艺参数"


class Two:
    """An enterprise and a university with the people who sign for them, and the office."""

    def __init__(self, state="signing", **fields):
        self.office = make_user("secretary")
        self.school = make_user("graduate_officer")
        self.firm = make_organisation(kind="enterprise")
        self.university = make_organisation(kind="university")
        self.boss = make_user("enterprise_admin", organisation=self.firm)
        self.agreement = make_agreement(
            state, parties=[self.firm, self.university], by=self.office, subject=SUBJECT, **fields
        )

    @property
    def seats(self):
        return list(self.agreement.parties.order_by("order"))

    def sign(self, seat=0, by=None, text=None):
        self.agreement.refresh_from_db()
        return actions.sign(
            party=self.seats[seat],
            text=text or self.agreement.offered,
            by=by or (self.boss, self.school)[seat],
        )

    def fresh(self):
        self.agreement.refresh_from_db()
        return self.agreement


def told(user, kind):
    return Notification.objects.filter(user=user, kind=kind).count()


# --- drawing up


def test_a_draft_has_its_parties_in_order_and_one_audit_row():
    two = Two("draft")
    assert [seat.organisation for seat in two.seats] == [two.firm, two.university]
    assert AuditEvent.objects.filter(verb="agreement recorded").count() == 1


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"parties": 1}, "party_2"),
        ({"parties": "twice"}, "party_2"),
        ({"until": timedelta(days=-1)}, "until"),
        ({"number": "same"}, "number"),
    ],
)
def test_a_draft_that_cannot_be_is_refused_at_its_field(change, field):
    first = make_agreement("draft", number="same")
    unit = make_organisation()
    parties = {1: [unit], "twice": [unit, unit], None: [unit, make_organisation()]}[change.get("parties")]
    with pytest.raises(Invalid) as caught:
        actions.record_agreement(
            by=first.recorded_by,
            number=change.get("number", "other"),
            title="示例",
            kind="base",
            subject="示例",
            parties=parties,
            since=clock.today(),
            until=clock.today() + change.get("until", timedelta(days=5)),
        )
    assert caught.value.field == field
    assert Agreement.objects.count() == 1


@pytest.mark.parametrize(
    "role", ["enterprise_admin", "student", "council_director", "auditor", "system_admin"]
)
def test_others_draw_nothing_up(role):
    with pytest.raises(Forbidden):
        make_agreement("draft", by=make_user(role, organisation=make_organisation()))


def test_a_draft_that_somebody_saved_meanwhile_is_a_409_and_keeps_what_was_typed(client):
    two = Two("draft")
    client.force_login(two.office)
    page = client.get(f"{two.agreement.get_absolute_url()}edit/").content.decode()
    assert 'name="version" value="1"' in page
    sent = {
        "number": two.agreement.number,
        "title": "示例甲题",
        "kind": "base",
        "subject": "示例",
        "since": "2026-01-01",
        "until": "",
        "disclosure": "public",
        "party_1": two.university.name_zh,
        "party_2": two.firm.name_zh,
        "version": "1",
    }
    assert client.post(f"{two.agreement.get_absolute_url()}edit/", sent).status_code == 302
    assert [seat.organisation for seat in two.seats] == [two.university, two.firm]
    answer = client.post(f"{two.agreement.get_absolute_url()}edit/", sent | {"title": "示例乙题"})
    assert answer.status_code == 409 and "示例乙题" in answer.content.decode()
    assert two.fresh().title == "示例甲题" and two.agreement.version == 2


def test_the_same_bytes_are_no_new_text():
    two = Two("draft")
    file = make_text()
    actions.add_text(agreement=two.agreement, by=two.office, file=file)
    with pytest.raises(Invalid):
        actions.add_text(agreement=two.agreement, by=two.office, file=file)
    assert actions.add_text(agreement=two.agreement, by=two.office, file=make_text()).number == 2


def test_nothing_is_offered_without_a_text():
    two = Two("draft")
    with pytest.raises(Refused) as caught:
        actions.offer(agreement=two.agreement, by=two.office)
    assert caught.value.code == "no_text" and two.fresh().state == "draft"


# --- signing


def test_parties_sign_in_order_and_each_is_told_at_its_turn():
    two = Two()
    assert told(two.boss, "agreement_to_sign") == 1 and told(two.school, "agreement_to_sign") == 0
    with pytest.raises(Refused) as caught:
        two.sign(1)
    assert caught.value.code == "turn"
    two.sign(0)
    assert told(two.school, "agreement_to_sign") == 1 and two.fresh().state == "signing"
    two.sign(1)
    row = two.fresh()
    assert row.state == AgreementState.IN_FORCE and row.text.number == 1 and row.offered is None
    assert [told(who, "agreement_in_force") for who in (two.boss, two.school, two.office)] == [1, 1, 1]
    assert AuditEvent.objects.filter(verb="agreement in force").count() == 1


def test_a_party_signs_a_text_once():
    two = Two()
    two.sign(0)
    with pytest.raises(Refused) as caught:
        two.sign(0)
    assert caught.value.code == "signed" and AgreementSignature.objects.count() == 1


def test_only_who_signs_for_the_party_signs():
    two = Two()
    for stranger in (
        two.office,
        two.school,
        make_user("enterprise_admin", organisation=make_organisation()),
        make_user("student"),
    ):
        with pytest.raises(Forbidden):
            two.sign(0, by=stranger)
    assert not AgreementSignature.objects.exists()


def test_what_was_read_is_what_is_signed():
    """The office took the text back and offered another while the page was open."""
    two = Two()
    read = two.agreement.offered
    actions.send_back(agreement=two.agreement, by=two.office, wish="改第3条")
    actions.add_text(agreement=two.agreement, by=two.office, file=make_text())
    actions.offer(agreement=two.fresh(), by=two.office)
    with pytest.raises(Refused) as caught:
        two.sign(0, text=read)
    assert caught.value.code == "text" and not AgreementSignature.objects.exists()


def test_paper_comes_in_any_order_and_with_its_scan():
    two = Two()
    given = {"by": two.office, "signer": "示例某", "signed_on": clock.today()}
    with pytest.raises(Invalid) as caught:
        actions.record_signature(party=two.seats[1], evidence=None, **given)
    assert caught.value.field == "evidence"
    with pytest.raises(Invalid) as caught:
        late = given | {"signed_on": clock.today() + timedelta(days=1)}
        actions.record_signature(party=two.seats[1], evidence=make_text(), **late)
    assert caught.value.field == "signed_on"
    actions.record_signature(party=two.seats[1], evidence=make_text(), **given)
    two.sign(0)
    assert two.fresh().state == "in_force"


def test_a_text_sent_back_reaches_the_office_and_what_was_signed_stays():
    two = Two()
    two.sign(0)
    actions.send_back(agreement=two.agreement, party=two.seats[1], by=two.school, wish="请补保密条款")
    assert two.fresh().state == "draft" and two.agreement.wish == "请补保密条款"
    assert told(two.office, "agreement_sent_back") == 1
    with pytest.raises(Invalid):
        other = [two.firm, make_organisation()]
        fields = {name: getattr(two.agreement, name) for name in actions.EDITABLE}
        actions.edit_agreement(agreement=two.agreement, by=two.office, version=1, parties=other, **fields)
    actions.offer(agreement=two.agreement, by=two.office)
    two.sign(1)
    assert two.fresh().state == "in_force", "the same text needs the missing signature only"


def test_an_amendment_leaves_the_former_text_in_force_until_all_have_signed():
    two = Two("in_force")
    first = two.agreement.text
    second = actions.add_text(agreement=two.agreement, by=two.office, file=make_text(), note="补充第8条")
    actions.offer(agreement=two.fresh(), by=two.office)
    two.sign(0)
    assert two.fresh().text == first and two.agreement.offered == second
    with pytest.raises(Refused):
        actions.add_text(agreement=two.agreement, by=two.office, file=make_text())
    two.sign(1)
    assert two.fresh().text == second and two.agreement.state == "in_force"


# --- what the database itself refuses


def test_no_door_changes_a_text_or_a_signature():
    two = Two("in_force")
    for rows, change in (
        (AgreementText.objects.all(), {"sha256": "0" * 64}),
        (AgreementSignature.objects.all(), {"signer": "别人"}),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            rows.update(**change)
    assert two.fresh().text.sha256 != "0" * 64


def test_no_door_brings_into_force_what_a_party_has_not_signed():
    two = Two()
    two.sign(0)
    with pytest.raises(IntegrityError), transaction.atomic():
        Agreement.objects.filter(pk=two.agreement.pk).update(
            state="in_force", text=two.fresh().offered, offered=None, in_force_at=clock.now()
        )
    assert two.fresh().state == "signing"


def test_no_party_comes_in_after_the_offer():
    two = Two()
    with pytest.raises(IntegrityError), transaction.atomic():
        AgreementParty.objects.create(agreement=two.agreement, organisation=make_organisation(), order=9)


# --- the end


def test_renewal_is_a_draft_of_its_own_and_happens_once():
    two = Two("in_force")
    given = {"by": two.office, "since": two.agreement.until + timedelta(days=1), "until": None}
    with pytest.raises(Invalid):
        actions.renew(agreement=two.agreement, number="续1", **given | {"since": two.agreement.until})
    second = actions.renew(agreement=two.agreement, number="续1", **given)
    assert second.state == "draft" and second.previous == two.agreement
    assert [row.organisation for row in second.parties.order_by("order")] == [two.firm, two.university]
    with pytest.raises(Refused) as caught:
        actions.renew(agreement=two.agreement, number="续2", **given)
    assert caught.value.code == "renewed"
    actions.withdraw(agreement=second, by=two.office, reason="改签新协议")
    assert actions.renew(agreement=two.agreement, number="续2", **given).previous == two.agreement


def test_ending_early_asks_for_a_reason_and_a_day_that_has_come():
    two = Two("in_force")
    for wrong in (
        {"reason": " "},
        {"on": clock.today() + timedelta(days=1)},
        {"on": two.agreement.since - timedelta(days=1)},
    ):
        with pytest.raises(Invalid):
            actions.end_agreement(
                **{"agreement": two.agreement, "by": two.office, "reason": "项目取消"} | wrong
            )
    actions.end_agreement(agreement=two.agreement, by=two.office, reason="项目取消")
    assert two.fresh().state == "terminated" and two.agreement.last_day == clock.today()
    assert told(two.boss, "agreement_ended") == 1
    with pytest.raises(Refused):
        actions.end_agreement(agreement=two.agreement, by=two.office, reason="再次")


@pytest.mark.parametrize(("left", "warned"), [(91, 0), (90, 1), (31, 1), (30, 1), (7, 1), (0, 1)])
def test_parties_and_offices_are_warned_once_for_each_step(left, warned):
    two = Two("in_force", until=clock.today() + timedelta(days=left))
    for _twice in range(2):
        actions.advance()
    assert [told(who, "agreement_ends_soon") for who in (two.boss, two.school, two.office)] == [warned] * 3


def test_three_warnings_in_a_life_and_then_the_end(monkeypatch):
    two = Two("in_force", until=clock.today() + timedelta(days=90))
    today = clock.today()
    for days in (0, 1, 59, 60, 61, 82, 83, 84, 90, 91, 92):
        monkeypatch.setattr(clock, "today", lambda days=days: today + timedelta(days=days))
        actions.advance()
    assert told(two.boss, "agreement_ends_soon") == 3 and told(two.boss, "agreement_over") == 1
    assert two.fresh().state == "ended" and two.agreement.ended_on == two.agreement.until


def test_a_renewal_being_signed_ends_the_warnings():
    two = Two("in_force", until=clock.today() + timedelta(days=20))
    second = actions.renew(
        agreement=two.agreement,
        by=two.office,
        number="续",
        since=two.agreement.until + timedelta(days=1),
        until=None,
    )
    actions.add_text(agreement=second, by=two.office, file=make_text())
    actions.offer(agreement=second, by=two.office)
    actions.advance()
    assert told(two.boss, "agreement_ends_soon") == 0


# --- who reads what


def reader(kind, two):
    return {
        "party": lambda: two.boss,
        "office": lambda: two.office,
        "school": lambda: two.school,
        "auditor": lambda: make_user("auditor"),
        "stranger": lambda: make_user("enterprise_admin", organisation=make_organisation()),
        "student": lambda: make_user("student"),
        "system": lambda: make_user("system_admin"),
        "director": lambda: make_user("council_director"),
        "visitor": lambda: None,
    }[kind]()


@pytest.mark.parametrize(
    "kind", ["party", "office", "school", "auditor", "stranger", "student", "system", "director", "visitor"]
)
@pytest.mark.parametrize("disclosure", ["parties", "public"])
@pytest.mark.parametrize("state", ["draft", "signing", "in_force"])
def test_existence_and_text_are_for_those_they_are_for(client, kind, disclosure, state):
    two = Two(state, disclosure=disclosure)
    user = reader(kind, two)
    if user:
        client.force_login(user)
    full = kind in ("office", "school", "auditor") or (kind == "party" and state != "draft")
    known = full or (disclosure == "public" and state == "in_force")
    page = client.get(two.agreement.get_absolute_url())
    assert page.status_code == (200 if known else 404)
    text = page.content.decode()
    assert (SUBJECT in text) is full
    assert ("示例签署人" in text) is (full and state == "in_force")
    listed = "".join(
        client.get("/agreements/", {"tab": tab}).content.decode()
        for tab in ("signing", "force", "waiting", "all")
    )
    assert (two.agreement.title in listed) is known
    unit = client.get(two.firm.get_absolute_url()).content.decode()
    assert (two.agreement.title in unit) is (known and state == "in_force")
    for file in [row.file for row in two.agreement.texts.all()] + [
        row.evidence for row in AgreementSignature.objects.exclude(evidence=None)
    ]:
        assert client.get(f"/files/{file.pk}/").status_code == (200 if full else 404)


def test_a_text_after_the_last_offer_is_the_offices_alone(client):
    two = Two()
    read = two.agreement.offered
    actions.send_back(agreement=two.agreement, party=two.seats[0], by=two.boss, wish="请改第3条")
    later = actions.add_text(agreement=two.agreement, by=two.office, file=make_text())
    client.force_login(two.boss)
    page = client.get(two.agreement.get_absolute_url())
    assert page.status_code == 200 and "请改第3条" in page.content.decode()
    assert later.sha256 not in page.content.decode()
    assert client.get(f"/files/{read.file_id}/").status_code == 200
    assert client.get(f"/files/{later.file_id}/").status_code == 404
    assert (
        two.agreement.number
        not in client.get("/agreements/check/", {"sha256": later.sha256}).content.decode()
    )


def test_a_second_sending_back_is_told_again():
    two = Two()
    for round_ in (1, 2):
        actions.send_back(agreement=two.fresh(), party=two.seats[0], by=two.boss, wish="请改第3条")
        assert told(two.office, "agreement_sent_back") == round_
        actions.offer(agreement=two.fresh(), by=two.office)
        assert told(two.boss, "agreement_to_sign") == round_ + 1


def test_the_page_of_an_organisation_shows_what_held_that_day(client):
    today = clock.today()
    two = Two(
        "in_force", since=today - timedelta(days=200), until=today + timedelta(days=20), disclosure="public"
    )
    actions.end_agreement(
        agreement=two.agreement, by=two.office, reason="项目取消", on=today - timedelta(days=50)
    )

    def held(day):
        return [
            fact.title
            for fact in facts_of(two.firm, AnonymousUser(), day)
            if fact.holds_on(day) and fact.title == two.agreement.title
        ]

    assert held(today - timedelta(days=201)) == []
    assert held(today - timedelta(days=100)) == held(today - timedelta(days=50)) == [two.agreement.title]
    assert held(today) == []
    page = client.get(two.firm.get_absolute_url()).content.decode()
    assert two.agreement.title in page, "the timeline keeps its beginning and its end"


def test_the_list_asks_as_often_for_three_as_for_one(client):
    office = make_user("secretary")
    client.force_login(office)

    def asked():
        client.get("/agreements/?tab=force")
        with CaptureQueriesContext(
            connection,
        ) as seen:
            assert client.get("/agreements/?tab=force").status_code == 200
        return len(seen)

    make_agreement(by=office)
    one = asked()
    make_agreement(by=office), make_agreement(by=office)
    assert asked() == one


def test_the_list_as_a_file_holds_what_is_shown(client):
    two = Two("in_force", title="=示例公式", disclosure="public")
    hidden = make_agreement(title="示例不公开")
    answer = client.get("/agreements/?tab=force&format=csv")
    text = b"".join(answer).decode("utf-8-sig") if answer.streaming else answer.content.decode("utf-8-sig")
    assert "示例公式" in text and "\n=示例" not in text and ",=示例" not in text
    assert hidden.title not in text and two.firm.name_zh in text


def test_whoever_holds_the_file_can_check_it(client):
    two = Two("in_force")
    sha = two.agreement.text.sha256
    page = client.get("/agreements/check/", {"sha256": sha.upper()}).content.decode()
    assert two.agreement.number in page and "全部签署" in page
    assert two.agreement.title not in page and SUBJECT not in page
    assert two.agreement.number not in client.get("/agreements/check/", {"sha256": "0" * 64}).content.decode()
    assert client.get("/agreements/check/", {"sha256": "xyz"}).status_code == 422
    draft = Two("draft")
    text = actions.add_text(agreement=draft.agreement, by=draft.office, file=make_text())
    assert (
        draft.agreement.number
        not in client.get("/agreements/check/", {"sha256": text.sha256}).content.decode()
    )


# --- the whole way by the pages


def test_from_draft_to_force_by_the_pages(client):
    two = Two("draft")
    base = two.agreement.get_absolute_url()
    client.force_login(two.office)
    assert client.get(base).status_code == 200
    file = SimpleUploadedFile("示例文本.pdf", b"%PDF-1.4 text")
    assert client.post(f"{base}texts/new/", {"file": file, "note": ""}).status_code == 302
    assert client.get(f"{base}offer/").status_code == 200
    assert client.post(f"{base}offer/").status_code == 302
    again = client.post(f"{base}offer/")
    assert again.status_code == 409, "a second press is told in words"
    seats = two.seats
    client.force_login(two.boss)
    assert "阅读并签署协议" in client.get("/dashboard/").content.decode()
    page = client.get(f"{base}parties/{seats[0].pk}/sign/")
    assert page.status_code == 200
    text = two.fresh().offered_id
    refused = client.post(f"{base}parties/{seats[0].pk}/sign/", {"text": text, "post": "示例职务"})
    assert refused.status_code == 422 and "示例职务" in refused.content.decode(), "unread is unsigned"
    assert "请阅读文本后勾选" in refused.content.decode()
    sent = {"text": text, "post": "示例职务", "read": "on"}
    assert client.post(f"{base}parties/{seats[0].pk}/sign/", sent).status_code == 302
    assert client.post(f"{base}parties/{seats[0].pk}/sign/", sent).status_code == 409
    assert client.get(f"{base}parties/{seats[1].pk}/sign/").status_code == 403
    client.force_login(two.office)
    scan = SimpleUploadedFile("示例扫描.exe", b"MZ")
    paper = {"signer": "示例校长", "post": "", "signed_on": str(clock.today())}
    wrong = client.post(f"{base}parties/{seats[1].pk}/paper/", paper | {"evidence": scan})
    assert wrong.status_code == 422 and "示例校长" in wrong.content.decode()
    scan = SimpleUploadedFile("示例扫描.pdf", b"%PDF-1.4 scan")
    assert client.post(f"{base}parties/{seats[1].pk}/paper/", paper | {"evidence": scan}).status_code == 302
    assert two.fresh().state == "in_force"
    for step in ("end", "renew"):
        assert client.get(f"{base}{step}/").status_code == 200
    assert client.post(f"{base}end/", {"on": str(clock.today()), "reason": "示例原因"}).status_code == 302
    assert two.fresh().state == "terminated"
    assert client.get(base).status_code == 200


def test_two_presses_begin_one_draft(client):
    two = Two("draft")
    client.force_login(two.office)
    sent = {
        "number": "示例协新",
        "title": "示例题",
        "kind": "base",
        "subject": "示例",
        "since": "2026-01-01",
        "until": "",
        "disclosure": "parties",
        "party_1": two.university.name_zh,
        "party_2": two.firm.name_zh,
        "form_key": "k1",
    }
    first, second = client.post("/agreements/new/", sent), client.post("/agreements/new/", sent)
    assert first.url == second.url and Agreement.objects.filter(number="示例协新").count() == 1
    wrong = client.post("/agreements/new/", sent | {"form_key": "k2", "party_2": "无此单位"})
    assert wrong.status_code == 422 and "无此单位" in wrong.content.decode()
