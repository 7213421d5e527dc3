"""Two people of the secretariat press at the same moment on PostgreSQL; each with a control."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Event

import pytest
from django.db import IntegrityError, OperationalError, connection, transaction

from consortium import clock
from consortium.actions import membership_clock
from consortium.actions.account import end_role
from consortium.actions.certificate import issue
from consortium.actions.membership_decision import conclude_notices, confirm_resolution
from consortium.models import (
    AuditEvent,
    Membership,
    MembershipApplication,
    MembershipCertificate,
    Notification,
    RoleGrant,
)
from consortium.refusals import Refused
from tests.consortium.membership_kit import Office, object_to
from tests.factories import make_membership, make_organisation, make_user
from tests.services.conftest import EVERY_APP, wait_until
from tests.services.test_application_races import at_once, without_row_locks

pytestmark = pytest.mark.django_db(transaction=True, available_apps=EVERY_APP)
PRESSES = 8


def fresh(application):
    return MembershipApplication.objects.get(pk=application.pk)


def test_two_confirmations_at_once_are_one():
    office = Office()
    application = office.application("decided")
    people = (office.second, office.third)
    rows = [fresh(application) for _ in range(PRESSES)]
    results = at_once(
        [
            lambda by=people[number % 2], row=row: confirm_resolution(application=row, by=by)
            for number, row in enumerate(rows)
        ]
    )
    done = [one for one in results if not isinstance(one, Exception)]
    assert len(done) == 1
    assert all(isinstance(one, Refused) for one in results if isinstance(one, Exception))
    application = fresh(application)
    assert application.state == "approved" and application.confirmed_by in people


def test_without_the_conditional_update_several_confirm(monkeypatch):
    """The control: each sets the state it wants, whatever stands there by now."""
    from consortium.actions import membership_decision as decision

    def careless(application, to, *, expected=None, **fields):
        MembershipApplication.objects.filter(pk=application.pk).update(state=to, **fields)
        application.refresh_from_db()

    monkeypatch.setattr(decision, "move", careless)
    office = Office()
    application = office.application("decided")
    rows = [fresh(application) for _ in range(PRESSES)]
    results = at_once([lambda row=row: confirm_resolution(application=row, by=office.second) for row in rows])
    assert len([one for one in results if not isinstance(one, Exception)]) > 1


def test_the_clock_twice_at_once_makes_one_membership_with_one_certificate():
    office = Office()
    application = office.application("public_notice", link=True)
    with clock.moved(timedelta(days=10)):
        results = at_once([conclude_notices for _ in range(4)])
    assert sorted(results) == [0, 0, 0, 1]
    assert Membership.objects.filter(organisation=fresh(application).organisation).count() == 1
    assert MembershipCertificate.objects.count() == 1
    assert not Notification.objects.filter(kind="membership_stuck").exists()


def test_without_the_lock_the_office_is_told_of_trouble_that_is_none(monkeypatch):
    """The control: the second worker does not wait, meets the constraint and calls it stuck."""
    for _attempt in range(5):
        Office().application("public_notice", link=True)
    with clock.moved(timedelta(days=10)), without_row_locks(monkeypatch, MembershipApplication):
        at_once([conclude_notices for _ in range(4)])
    assert Notification.objects.filter(kind="membership_stuck").exists()


def an_objection_as_the_clock_strikes(application):
    """Somebody objects in the last moment and is not done yet when the clock comes; what the clock did."""
    written, concluded = Event(), Event()

    def somebody():
        try:
            with transaction.atomic():
                object_to(application)
                written.set()
                wait_until(lambda: concluded.is_set() or somebody_waits_for_a_lock())
        finally:
            written.set()
            connection.close()

    def the_clock():
        try:
            return conclude_notices()
        finally:
            concluded.set()
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        objecting = pool.submit(somebody)
        written.wait()
        with clock.moved(timedelta(days=10)):
            concluding = pool.submit(the_clock)
            objecting.result()
            return concluding.result()


def somebody_waits_for_a_lock():
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
        return cursor.fetchone()[0]


def test_an_objection_of_the_last_moment_keeps_the_membership_waiting():
    application = Office().application("public_notice")
    assert an_objection_as_the_clock_strikes(application) == 0
    assert fresh(application).state == "public_notice"
    assert not Notification.objects.filter(kind="membership_stuck").exists()


def test_without_the_lock_objection_and_clock_run_into_each_other(monkeypatch, caplog):
    """The control: the clock begins beside the objection, or one of the two is thrown out by a deadlock."""
    application = Office().application("public_notice")
    with without_row_locks(monkeypatch, MembershipApplication):
        try:
            began = an_objection_as_the_clock_strikes(application)
        except OperationalError:
            began = 1
    assert began or "due.failed" in caplog.text


def terms_that_change():
    """A term that ends, the next of the same unit, and a chair that goes from one unit to another."""
    first, last = clock.today() + timedelta(days=1), clock.today()
    old = make_membership(rank="chair_unit", until=last)
    for unit, rank in ((old.organisation, "member_unit"), (make_organisation(), "chair_unit")):
        make_membership(organisation=unit, council=old.council, rank=rank, state="to_begin", since=first)
    make_membership(until=last)
    return old


def test_two_workers_begin_and_lapse_each_term_once():
    office = make_user("secretary")
    terms_that_change()
    with clock.moved(timedelta(days=1)):
        results = at_once([membership_clock.advance for _ in range(4)])
    assert not [one for one in results if isinstance(one, Exception)]
    assert sorted(Membership.objects.values_list("state", flat=True)) == [
        "active",
        "active",
        "ended",
        "lapsed",
    ]
    for verb, number in (("membership begun", 2), ("membership lapsed", 1), ("membership followed", 1)):
        assert AuditEvent.objects.filter(verb=verb).count() == number, verb
    assert not Notification.objects.filter(kind="membership_term_stuck", user=office).exists()


def test_without_the_lock_a_second_worker_stumbles(monkeypatch):
    make_user("secretary")
    with without_row_locks(monkeypatch, Membership):
        for _attempt in range(10):
            Membership.objects.all().delete()
            terms_that_change()
            with clock.moved(timedelta(days=1)):
                at_once([membership_clock.advance for _ in range(4)])
    assert Notification.objects.filter(kind="membership_term_stuck").exists()


def presses(memberships):
    by = make_user("secretary")
    return at_once([lambda row=row: issue(membership=row, by=by) for row in memberships])


def test_a_certificate_pressed_by_many_at_once_is_one():
    membership = make_membership()
    results = presses([membership] * 4)
    assert {one.number for one in results} == {f"ZS-{clock.today().year}-0001"}
    assert MembershipCertificate.objects.count() == 1


def test_certificates_of_several_at_once_are_numbered_without_a_gap():
    results = presses([make_membership() for _ in range(4)])
    numbers = sorted(one.number for one in results)
    assert numbers == [f"ZS-{clock.today().year}-{number:04d}" for number in range(1, 5)]


def test_without_the_lock_a_second_press_is_a_fault(monkeypatch):
    membership = make_membership()
    with without_row_locks(monkeypatch, Membership):
        results = presses([membership] * 4)
    assert [one for one in results if isinstance(one, IntegrityError)]


def test_two_active_memberships_at_once_are_one():
    unit, council = make_organisation(), make_membership().council
    results = at_once([lambda: make_membership(organisation=unit, council=council) for _ in range(PRESSES)])
    assert len([one for one in results if not isinstance(one, Exception)]) == 1
    assert all(isinstance(one, IntegrityError) for one in results if isinstance(one, Exception))


def test_without_the_constraint_there_are_several():
    """The control: the same without the index that makes them one."""
    with connection.cursor() as cursor:
        cursor.execute("DROP INDEX one_active_membership")
    try:
        unit, council = make_organisation(), make_membership().council
        at_once([lambda: make_membership(organisation=unit, council=council) for _ in range(PRESSES)])
        assert Membership.objects.filter(organisation=unit, state="active").count() > 1
    finally:
        Membership.objects.all().delete()
        with connection.cursor() as cursor:
            cursor.execute(
                "CREATE UNIQUE INDEX one_active_membership ON consortium_membership (organisation_id, council_id) "
                "WHERE state IN ('active', 'suspended')"
            )


def administrators():
    unit = make_organisation()
    people = [make_user("enterprise_admin", organisation=unit) for _ in range(2)]
    grants = [person.grants.get() for person in people]
    return unit, [
        lambda grant=grant, by=by: end_role(grant=grant, by=by)
        for grant, by in zip(grants, reversed(people), strict=True)
    ]


def remaining(unit):
    return RoleGrant.objects.filter(organisation=unit, role="enterprise_admin", ended_at=None).count()


def test_two_administrators_cannot_remove_each_other():
    for _attempt in range(5):
        unit, acts = administrators()
        at_once(acts)
        assert remaining(unit) == 1


def test_without_the_lock_a_unit_is_left_without_an_administrator(monkeypatch):
    left = []
    with without_row_locks(monkeypatch):
        for _attempt in range(20):
            unit, acts = administrators()
            at_once(acts)
            left.append(remaining(unit))
    assert 0 in left, "the lock is what makes the second wait for the first"
