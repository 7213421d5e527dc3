"""A membership in its years: renewed, changed in rank, suspended, removed, warned of its end, lapsed."""

from datetime import timedelta

import pytest
from django.urls import reverse

from consortium import clock
from consortium.actions import membership_application as applications
from consortium.actions import membership_clock
from consortium.actions import membership_decision as decisions
from consortium.actions import membership_term as actions
from consortium.actions.membership import end_membership
from consortium.models import AuditEvent, Membership, MembershipCertificate, Notification
from consortium.queries.organisation import members_expiring, members_on
from consortium.refusals import Forbidden, Invalid, Refused
from placements.rules.membership import gap
from tests.consortium.membership_kit import resolution_of
from tests.factories import (
    make_demand,
    make_membership,
    make_organisation,
    make_paper,
    make_project,
    make_uscc,
    make_user,
)

pytestmark = pytest.mark.django_db
ALL = ("code", "name", "double", "documents")


def admin_of(membership):
    return make_user("enterprise_admin", organisation=membership.organisation)


def decided(membership, kind, **given):
    """An application of a member, voted on and confirmed by two."""
    by = admin_of(membership)
    application = applications.start_application(
        by=by, organisation=membership.organisation, council=membership.council, kind=kind
    )
    applications.save_application(
        application=application,
        by=by,
        uscc=make_uscc(membership.pk),
        wishes="继续合作。",
        contact_email="a@example.invalid",
    )
    for paper in ("licence", "letter"):
        applications.add_document(application=application, by=by, kind=paper, file=make_paper(paper))
    applications.submit_application(application=application, by=by)
    first, second = make_user("secretary"), make_user("secretary")
    applications.pass_check(application=application, by=first, ticks=ALL)
    decisions.put_to_vote(application=application, by=first, voting="written", vote_day=clock.today())
    decisions.record_resolution(
        **{
            "application": application,
            "by": first,
            "number": f"示例〔{application.pk}〕号",
            "passed_on": clock.today(),
            "entitled": 27,
            "present": 20,
            "votes_yes": 18,
            "votes_no": 1,
            "abstentions": 1,
            "minutes": make_paper("纪要.pdf"),
            "rank": "member_unit",
        }
        | given
    )
    decisions.confirm_resolution(application=application, by=second)
    application.refresh_from_db()
    return application


def on(day):
    return clock.moved(timedelta(days=(day - clock.today()).days))


# --- renewal


def test_a_renewal_waits_and_follows_without_gap_or_overlap():
    membership = make_membership(until=clock.today() + timedelta(days=40))
    application = decided(membership, "renewal")
    later = application.membership
    assert (later.state, later.since) == ("to_begin", membership.until + timedelta(days=1))
    assert later.certificate.number
    membership_clock.advance()
    later.refresh_from_db()
    assert later.state == "to_begin"
    with on(membership.until):
        membership_clock.advance()
        assert Membership.objects.get(pk=membership.pk).state == "active"
    with on(later.since):
        membership_clock.advance()
        membership_clock.advance()
        membership.refresh_from_db()
        later.refresh_from_db()
        assert (membership.state, later.state) == ("ended", "active")
        assert gap(membership.organisation, clock.today()) is None
    assert AuditEvent.objects.filter(verb="membership begun").count() == 1
    assert not AuditEvent.objects.filter(verb="membership lapsed").exists()


def test_a_renewal_decided_and_not_begun_can_be_taken_back():
    membership = make_membership(until=clock.today() + timedelta(days=40))
    later = decided(membership, "renewal").membership
    end_membership(membership=later, by=make_user("secretary"), reason="单位合并。")
    later.refresh_from_db()
    assert later.state == "ended"
    with on(membership.until + timedelta(days=1)):
        membership_clock.advance()
        assert Membership.objects.get(pk=membership.pk).state == "lapsed"


def test_only_a_member_renews():
    unit = make_organisation()
    with pytest.raises(Refused) as refused:
        applications.start_application(
            by=make_user("enterprise_admin", organisation=unit),
            organisation=unit,
            council=make_membership().council,
            kind="renewal",
        )
    assert refused.value.code == "no_membership"


def test_a_member_whose_renewal_is_decided_no_longer_ends_soon():
    membership = make_membership(until=clock.today() + timedelta(days=40))
    assert members_expiring(clock.today()).get() == membership.organisation
    decided(membership, "renewal")
    assert not members_expiring(clock.today()).exists()


# --- change of rank


def test_a_change_of_rank_keeps_the_end_and_hands_over_on_its_day():
    membership = make_membership(until=clock.today() + timedelta(days=400))
    application = decided(membership, "rank_change", rank="director_unit", since=clock.today())
    decisions.start_notice(application=application, by=make_user("secretary"), title="公示", text="公示")
    with clock.moved(timedelta(days=10)):
        assert decisions.conclude_notices() == 1
        application.refresh_from_db()
        membership.refresh_from_db()
        assert application.membership.rank == "director_unit"
        assert application.membership.until == application.until
        assert membership.state == "ended"
        assert membership.until == application.membership.since - timedelta(days=1)


def test_a_new_rank_begins_within_the_term():
    membership = make_membership(until=clock.today() + timedelta(days=40))
    with pytest.raises(Invalid) as refused:
        decided(membership, "rank_change", since=clock.today() + timedelta(days=90))
    assert refused.value.field == "since"


def test_two_chair_units_on_one_day_are_refused():
    chair = make_membership(rank="chair_unit")
    other = make_membership(council=chair.council)
    with pytest.raises(Refused, match=chair.organisation.name) as refused:
        decided(other, "rank_change", rank="chair_unit", since=clock.today())
    assert (refused.value.status, refused.value.code) == (409, "chair")


# --- suspension


def test_a_suspension_closes_new_rights_only_and_can_be_lifted():
    membership = make_membership()
    admin = admin_of(membership)
    by = make_user("secretary")
    measure = resolution_of(membership.council)
    actions.suspend_membership(membership=membership, by=by, reason="未履行协议。", measure=measure)
    unit, today = membership.organisation, clock.today()
    assert gap(unit, today) is not None and not members_on(today).exists()
    assert members_on(today - timedelta(days=1)).get() == unit
    assert Notification.objects.filter(user=admin, kind="membership_suspended").exists()
    assert AuditEvent.objects.get(verb="membership suspended").details["resolution"] == measure.number
    lifting = resolution_of(membership.council, number="示例〔89〕号")
    actions.restore_membership(membership=membership, by=by, reason="已整改。", measure=lifting)
    assert gap(unit, today) is None
    with pytest.raises(Refused) as refused:
        actions.restore_membership(membership=membership, by=by, reason="再次。", measure=lifting)
    assert refused.value.status == 409


def test_the_effects_are_shown_before_the_press(client):
    membership = make_membership()
    unit = membership.organisation
    make_demand(organisation=unit, state="draft")
    make_demand(organisation=unit, state="returned")
    make_project(organisation=unit)
    client.force_login(make_user("secretary"))
    text = client.get(reverse("membership_suspend", args=[membership.pk])).content.decode()
    assert "2" in text.split("plain-list")[1].split("</ul>")[0] and "停收" in text


@pytest.mark.parametrize("act", ["suspend", "remove"])
def test_a_measure_needs_a_confirmed_resolution_of_this_council(act):
    membership = make_membership()
    by = make_user("secretary")
    do = {"suspend": actions.suspend_membership, "remove": actions.remove_membership}[act]
    for measure in (
        None,
        resolution_of(membership.council, confirmed=False),
        resolution_of(
            make_membership().council.__class__.objects.create(name_zh="另一示例理事会", kind="council")
        ),
    ):
        with pytest.raises(Refused) as refused:
            do(membership=membership, by=by, reason="违约。", measure=measure)
        assert (refused.value.code, refused.value.field) == ("resolution", "measure")
    membership.refresh_from_db()
    assert membership.state == "active"


def test_only_the_secretariat_takes_measures(client):
    membership = make_membership()
    measure = resolution_of(membership.council)
    for by in (admin_of(membership), make_user("auditor"), make_user("graduate_officer")):
        with pytest.raises(Forbidden):
            actions.suspend_membership(membership=membership, by=by, reason="x", measure=measure)
        client.force_login(by)
        assert client.post(reverse("membership_remove", args=[membership.pk])).status_code == 403


# --- removal


def test_removed_it_ends_today_and_cannot_come_back():
    membership = make_membership()
    measure = resolution_of(membership.council)
    by = make_user("secretary")
    actions.remove_membership(membership=membership, by=by, reason="严重违约。", measure=measure)
    assert (membership.state, membership.until, membership.measure) == ("removed", clock.today(), measure)
    assert gap(membership.organisation, clock.today() + timedelta(days=1)) is not None
    later = resolution_of(membership.council, number="示例〔89〕号")
    for do in (actions.restore_membership, actions.remove_membership):
        with pytest.raises(Refused):
            do(membership=membership, by=by, reason="再次。", measure=later)


# --- the clock


def test_warned_at_ninety_thirty_and_seven_days_once_each():
    membership = make_membership(until=clock.today() + timedelta(days=100))
    admin, office = admin_of(membership), make_user("secretary")
    told = []
    for left in (100, 91, 90, 89, 30, 12, 7, 6, 0):
        with on(membership.until - timedelta(days=left)):
            membership_clock.advance()
            membership_clock.advance()
        told.append(Notification.objects.filter(user=admin, kind="membership_ends_soon").count())
    assert told == [0, 0, 1, 1, 2, 2, 3, 3, 3]
    assert Notification.objects.filter(user=office, kind="membership_ends_soon").count() == 3


def test_the_start_page_counts_what_ends_and_opens_exactly_those(client):
    make_membership(until=clock.today() + timedelta(days=40))
    make_membership(until=clock.today() + timedelta(days=400))
    client.force_login(make_user("secretary"))
    assert "/members/?tab=expiring" in client.get(reverse("dashboard")).content.decode()
    assert client.get("/members/?tab=expiring").context["page"].paginator.count == 1


def test_nobody_is_warned_whose_renewal_is_under_way():
    membership = make_membership(until=clock.today() + timedelta(days=40))
    applications.start_application(
        by=admin_of(membership),
        organisation=membership.organisation,
        council=membership.council,
        kind="renewal",
    )
    membership_clock.advance()
    assert not Notification.objects.filter(kind="membership_ends_soon").exists()


def test_lapsed_the_day_after_its_last_and_told_once():
    membership = make_membership(until=clock.today() + timedelta(days=5))
    admin = admin_of(membership)
    with on(membership.until):
        membership_clock.advance()
        assert Membership.objects.get().state == "active"
    with on(membership.until + timedelta(days=1)):
        membership_clock.advance()
        membership_clock.advance()
        assert Membership.objects.get().state == "lapsed"
        assert "ended" not in Membership.objects.get().state
    assert members_on(membership.until).get() == membership.organisation
    assert Notification.objects.filter(user=admin, kind="membership_lapsed").count() == 1


def test_a_lapsed_unit_may_apply_anew():
    membership = make_membership(until=clock.today() + timedelta(days=1))
    with clock.moved(timedelta(days=3)):
        membership_clock.advance()
        application = applications.start_application(
            by=admin_of(membership), organisation=membership.organisation, council=membership.council
        )
    assert application.kind == "admission"


# --- resolutions and pages


def test_a_council_resolution_has_two_persons(client):
    council = make_membership().council
    resolution = resolution_of(council, confirmed=False)
    with pytest.raises(Forbidden):
        actions.confirm_council_resolution(resolution=resolution, by=resolution.recorded_by)
    assert client.get(resolution.get_absolute_url()).status_code == 404
    other = make_user("secretary")
    client.force_login(other)
    assert resolution.number in client.get(reverse("dashboard")).content.decode()
    assert client.post(resolution.get_absolute_url()).status_code == 302
    resolution.refresh_from_db()
    assert resolution.confirmed_by == other
    assert client.post(resolution.get_absolute_url()).status_code == 409
    client.logout()
    assert client.get(resolution.get_absolute_url()).status_code == 200


@pytest.mark.parametrize("state", ["active", "ended", "recorded"])
def test_the_page_of_a_membership(client, state):
    membership = make_membership(state=state)
    url = membership.get_absolute_url()
    assert client.get(url).status_code == (404 if state == "recorded" else 200)
    for user in (make_user("secretary"), make_user("auditor")):
        client.force_login(user)
        assert client.get(url).status_code == 200
    client.force_login(admin_of(membership))
    text = client.get(url) if state != "recorded" else None
    if state == "active":
        assert "kind=renewal" in text.content.decode()


def test_every_measure_in_pages(client):
    membership = make_membership()
    measure = resolution_of(membership.council)
    client.force_login(make_user("secretary"))
    page = membership.get_absolute_url()
    empty = client.post(reverse("membership_suspend", args=[membership.pk]), {"reason": "违约。"})
    assert empty.status_code == 422 and "违约。" in empty.content.decode()
    given = {"reason": "违约。", "measure": measure.pk}
    assert client.post(reverse("membership_suspend", args=[membership.pk]), given).url == page
    assert client.get(page).status_code == 200
    lift = reverse("membership_restore", args=[membership.pk])
    assert client.post(lift, {"reason": "已整改。"}).status_code == 422
    assert client.post(lift, given).status_code == 409  # the resolution that suspended it does not lift it
    later = resolution_of(membership.council, number="示例〔89〕号")
    assert client.post(lift, given | {"measure": later.pk}).url == page
    assert client.post(reverse("membership_remove", args=[membership.pk]), given).url == page
    assert client.post(reverse("membership_remove", args=[membership.pk]), given).status_code == 409
    assert client.get(page).status_code == 200


def test_a_member_entered_from_the_minutes_gets_its_certificate_once(client):
    membership = make_membership()
    url = reverse("membership_certificate", args=[membership.pk])
    client.force_login(admin_of(membership))
    assert client.post(url).status_code == 403
    client.force_login(make_user("secretary"))
    assert url in client.get(membership.get_absolute_url()).content.decode()
    assert client.get(url).status_code == 405
    assert client.post(url).status_code == client.post(url).status_code == 302
    certificate = MembershipCertificate.objects.get()
    assert client.get(certificate.get_absolute_url()).status_code == 200
    assert AuditEvent.objects.filter(verb="certificate issued").count() == 1
    over = make_membership(state="ended")
    assert client.post(reverse("membership_certificate", args=[over.pk])).status_code == 409
