"""The clock over many memberships: each by itself, terms that are over first, nobody told of what is no trouble."""

from datetime import timedelta

import pytest

from consortium import clock
from consortium.actions import membership_clock
from consortium.due import each_due
from consortium.models import AuditEvent, Membership, Notification
from consortium.refusals import Refused
from tests.factories import make_membership, make_organisation, make_user

pytestmark = pytest.mark.django_db


def in_days(number):
    return clock.today() + timedelta(days=number)


def states(*rows):
    return [Membership.objects.get(pk=row.pk).state for row in rows]


def test_the_chair_changes_on_its_day_though_the_new_one_was_decided_first():
    new = make_membership(rank="chair_unit", state="to_begin", since=in_days(11))
    old = make_membership(rank="chair_unit", council=new.council, until=in_days(10))
    with clock.moved(timedelta(days=11)):
        membership_clock.advance()
    assert states(old, new) == ["lapsed", "active"]


def test_a_chair_unit_that_goes_on_as_a_member_makes_room_for_the_next():
    chair = make_membership(rank="chair_unit", state="to_begin", since=in_days(11))
    old = make_membership(rank="chair_unit", council=chair.council, until=in_days(10))
    goes_on = make_membership(
        organisation=old.organisation, council=old.council, state="to_begin", since=in_days(11)
    )
    with clock.moved(timedelta(days=11)):
        membership_clock.advance()
    assert states(old, goes_on, chair) == ["ended", "active", "active"]
    assert not Notification.objects.filter(kind="membership_term_stuck").exists()
    assert not AuditEvent.objects.filter(verb="membership lapsed").exists()


def test_one_that_cannot_begin_holds_up_no_other_and_is_told_once():
    office = make_user("secretary")
    chair = make_membership(rank="chair_unit")
    stuck = make_membership(rank="chair_unit", council=chair.council, state="to_begin", since=in_days(1))
    fine = make_membership(state="to_begin", since=in_days(1))
    over = make_membership(until=clock.today())
    with clock.moved(timedelta(days=1)):
        membership_clock.advance()
        membership_clock.advance()
    assert states(chair, stuck, fine, over) == ["active", "to_begin", "active", "lapsed"]
    told = Notification.objects.get(kind="membership_term_stuck", user=office)
    assert told.url == stuck.get_absolute_url()


def test_a_term_that_follows_leaves_a_line_in_the_trail_of_the_one_before():
    old = make_membership(until=in_days(10))
    new = make_membership(
        organisation=old.organisation, council=old.council, state="to_begin", since=in_days(11)
    )
    with clock.moved(timedelta(days=11)):
        membership_clock.advance()
    followed = AuditEvent.objects.get(verb="membership followed")
    assert followed.details["membership"] == old.pk
    assert followed.details["until"] == old.until.isoformat()
    assert followed.details["next_since"] == new.since.isoformat()


def test_a_suspension_goes_over_to_the_term_that_follows():
    old = make_membership(until=in_days(10))
    new = make_membership(
        organisation=old.organisation, council=old.council, state="to_begin", since=in_days(11)
    )
    Membership.objects.filter(pk=old.pk).update(
        state="suspended", suspended_from=clock.today(), measure=old.resolution, end_reason="未履行协议。"
    )
    with clock.moved(timedelta(days=11)):
        membership_clock.advance()
        new.refresh_from_db()
        assert states(old) == ["ended"]
        assert (new.state, new.suspended_from, new.measure) == ("suspended", clock.today(), old.resolution)


def test_each_goes_on_after_a_refusal_and_after_a_fault():
    rows = [make_organisation() for _ in range(4)]
    refused = []

    def step(row):
        if row == rows[0]:
            raise Refused("wrong state")
        if row == rows[1]:
            raise ValueError("a fault of ours")
        return None if row == rows[2] else row

    done = each_due(rows, step, stuck=lambda row, refusal: refused.append((row, refusal.sentence)))
    assert done == 1
    assert refused == [(rows[0], "wrong state")]
