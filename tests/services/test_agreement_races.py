"""Two parties sign at the same moment on PostgreSQL: the agreement is in force once; with its control."""

import pytest
from django.apps import apps

from consortium import clock
from consortium.actions import agreement as actions
from consortium.models import Agreement, AgreementParty, AgreementSignature, AuditEvent
from consortium.refusals import Refused
from tests.factories import make_agreement, make_organisation, make_text, make_user
from tests.services.test_application_races import at_once, without_row_locks

# By their names: the settings may name the class that configures one.
pytestmark = pytest.mark.django_db(
    transaction=True, available_apps=[config.name for config in apps.get_app_configs()]
)
PARTIES = 6


def signed_at_once():
    """Six parties on paper at once; what each got, and the agreement as it is then."""
    office = make_user("secretary")
    units = [make_organisation(kind="enterprise") for _ in range(PARTIES)]
    agreement = make_agreement("signing", parties=units, by=office)
    seats = list(
        AgreementParty.objects.filter(agreement=agreement).select_related("agreement").order_by("order")
    )
    scans = [make_text() for _ in seats]

    def press(seat, scan):
        return actions.record_signature(
            party=seat, by=office, signer="示例签署人", signed_on=clock.today(), evidence=scan
        )

    results = at_once(
        [lambda seat=seat, scan=scan: press(seat, scan) for seat, scan in zip(seats, scans, strict=True)]
    )
    return results, Agreement.objects.get(pk=agreement.pk)


def test_the_last_of_many_signatures_at_once_brings_it_into_force_once():
    results, agreement = signed_at_once()
    assert [one for one in results if isinstance(one, Exception)] == []
    assert agreement.state == "in_force"
    assert AuditEvent.objects.filter(verb="agreement in force").count() == 1


def test_without_the_lock_all_have_signed_and_nobody_was_the_last(monkeypatch):
    """The control: each sees the others' seats empty, so it never comes into force."""
    for _again in range(8):
        with without_row_locks(monkeypatch, Agreement):
            _results, agreement = signed_at_once()
        if agreement.state == "signing":
            assert AgreementSignature.objects.filter(party__agreement=agreement).count() == PARTIES
            return
    pytest.fail("the race was never lost without the lock")


def test_one_party_pressing_eight_times_signs_once():
    boss_unit = make_organisation(kind="enterprise")
    boss = make_user("enterprise_admin", organisation=boss_unit)
    agreement = make_agreement("signing", parties=[boss_unit, make_organisation(kind="university")])
    seat = agreement.parties.select_related("agreement").order_by("order").first()
    results = at_once([lambda: actions.sign(party=seat, text=agreement.offered, by=boss)] * 8)
    assert len([one for one in results if not isinstance(one, Exception)]) == 1
    assert all(isinstance(one, Refused) for one in results if isinstance(one, Exception))
