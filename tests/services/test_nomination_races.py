"""Two people of the office, or two workers, at the same moment on PostgreSQL; each with a control."""

from datetime import timedelta

import pytest
from django.apps import apps

from consortium import clock
from consortium.models import PublicNotice
from consortium.refusals import Refused
from mentors.actions import appointing
from mentors.actions import nomination as nominating
from mentors.models import Appointment, AppointmentLetter, Nomination, NominationObjection
from tests.factories import make_nomination, make_user
from tests.services.test_application_races import at_once, without_row_locks

# By their names: the settings may name the class that configures one.
pytestmark = pytest.mark.django_db(
    transaction=True, available_apps=[config.name for config in apps.get_app_configs()]
)
PRESSES = 8


def fresh(nomination):
    return Nomination.objects.get(pk=nomination.pk)


def test_two_second_signatures_at_once_are_one():
    row = make_nomination(state="exception_requested", degree="none")
    people = [make_user("secretary"), make_user("graduate_officer")]
    rows = [fresh(row) for _ in range(PRESSES)]
    results = at_once(
        [
            lambda by=people[number % 2], one=one: nominating.sign_exception(nomination=one, by=by)
            for number, one in enumerate(rows)
        ]
    )
    assert len([one for one in results if not isinstance(one, Exception)]) == 1
    assert all(isinstance(one, Refused) for one in results if isinstance(one, Exception))
    row = fresh(row)
    assert row.state == "reviewed" and row.signed_by in people


def test_signing_and_refusing_at_once_is_one_of_them():
    row = make_nomination(state="exception_requested", degree="none")
    signer, other = make_user("secretary"), make_user("graduate_officer")
    first, second = fresh(row), fresh(row)
    results = at_once(
        [
            lambda: nominating.sign_exception(nomination=first, by=signer),
            lambda: nominating.refuse_exception(nomination=second, by=other, note="理由不足"),
        ]
    )
    assert len([one for one in results if not isinstance(one, Exception)]) == 1
    row = fresh(row)
    assert (row.state == "reviewed") is (row.signed_by == signer)
    assert (row.state == "consented") is (row.exception_note == "理由不足")


def test_without_the_conditional_update_several_sign(monkeypatch):
    """The control: each sets the state it wants, whatever stands there by now."""

    def careless(nomination, to, *, expected=None, **fields):
        Nomination.objects.filter(pk=nomination.pk).update(state=to, **fields)
        nomination.refresh_from_db()

    monkeypatch.setattr(nominating, "_move", careless)
    row = make_nomination(state="exception_requested", degree="none")
    signer = make_user("secretary")
    rows = [fresh(row) for _ in range(PRESSES)]
    results = at_once([lambda one=one: nominating.sign_exception(nomination=one, by=signer) for one in rows])
    assert len([one for one in results if not isinstance(one, Exception)]) > 1


def test_the_clock_twice_at_once_makes_one_appointment_with_one_letter():
    row = make_nomination(state="public_notice", linked=True)
    with clock.moved(timedelta(days=12)):
        results = at_once([appointing.conclude_notices for _ in range(4)])
    assert sum(one for one in results if not isinstance(one, Exception)) == 1
    assert Appointment.objects.filter(nomination=row).count() == AppointmentLetter.objects.count() == 1


def late_objections():
    """The notice is over for the clock while somebody still has its open page. Returns (nomination, acts)."""
    row = make_nomination(state="public_notice")
    notice = row.notice
    PublicNotice.objects.filter(pk=notice.pk).update(
        starts_at=clock.now() - timedelta(days=9), ends_at=clock.now()
    )

    def objects():
        return appointing.object_to(
            notice=notice, name="示例异议人", contact="a@example.invalid", text="材料不实，请核对。"
        )

    return row, [objects, lambda: appointing.appoint(nomination=fresh(row))]


def test_an_objection_is_before_the_appointment_or_refused():
    for _attempt in range(5):
        row, acts = late_objections()
        at_once(acts)
        waits = NominationObjection.objects.filter(nomination=row, answered_at=None).exists()
        assert not (waits and fresh(row).state == "appointed")


def test_without_the_lock_somebody_is_appointed_beside_an_open_objection(monkeypatch):
    """The control: the same without the row lock."""
    found = []
    with without_row_locks(monkeypatch):
        for _attempt in range(30):
            row, acts = late_objections()
            at_once(acts)
            waits = NominationObjection.objects.filter(nomination=row, answered_at=None).exists()
            found.append(waits and fresh(row).state == "appointed")
            if found[-1]:
                break
    assert any(found), "the lock is what makes the second wait for the first"


def test_two_nominations_of_one_person_at_once_are_one():
    row = make_nomination(state="employer_consented")
    person, unit, by = row.person, row.organisation, row.nominator
    Nomination.objects.all().delete()
    given = {name: getattr(row, name) for name in nominating.FIELDS}
    results = at_once(
        [lambda: nominating.nominate(by=by, organisation=unit, **given) for _ in range(PRESSES)]
    )
    assert len([one for one in results if not isinstance(one, Exception)]) == 1
    assert Nomination.objects.filter(user=person).count() == 1
