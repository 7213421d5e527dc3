"""Two administrators decide about one reset at the same moment on PostgreSQL: one of them does; with a control."""

import pytest
from django.db.models import QuerySet

from consortium.actions.second_factor import ask_reset, confirm_reset, withdraw_reset
from consortium.audit import first_broken_link
from consortium.models import AuditEvent, FactorReset
from consortium.refusals import Refused
from tests.consortium.test_second_factor import give_app
from tests.factories import make_user
from tests.services.conftest import EVERY_APP
from tests.services.test_application_races import at_once

pytestmark = pytest.mark.django_db(transaction=True, available_apps=EVERY_APP)
MANY = 8
DECIDED = ["factor reset confirmed", "factor reset withdrawn"]


def duels():
    """For each of eight people a request that one administrator confirms and another withdraws."""
    first, second, third = (make_user("system_admin") for _ in range(3))
    acts = []
    for _ in range(MANY):
        person = make_user("secretary")
        give_app(person)
        reset = ask_reset(user=person, reason="已按登记的电话回拨核实。", by=first)
        acts.append(lambda reset=reset: confirm_reset(reset=reset, by=second))
        acts.append(lambda reset=reset: withdraw_reset(reset=reset, by=third))
    return acts


def test_one_decision_stands():
    results = at_once(duels())
    refused = [one for one in results if isinstance(one, Exception)]
    assert all(isinstance(one, Refused) and one.code == "decided" for one in refused), refused
    assert len(refused) == MANY
    assert AuditEvent.objects.filter(verb__in=DECIDED).count() == MANY
    assert first_broken_link() is None


def test_without_the_condition_both_decide(monkeypatch):
    acts = duels()
    update = QuerySet.update

    def careless(rows, **values):
        if rows.model is FactorReset and "state" in values:
            pk = rows.query.where.children[0].rhs
            return update(FactorReset.objects.filter(pk=pk), **values)
        return update(rows, **values)

    monkeypatch.setattr(QuerySet, "update", careless)
    at_once(acts)
    assert AuditEvent.objects.filter(verb__in=DECIDED).count() > MANY, "the condition is what lets one decide"


def test_two_requests_at_once_make_one():
    administrators = [make_user("system_admin") for _ in range(6)]
    person = make_user("secretary")
    give_app(person)
    results = at_once(
        [
            lambda by=by: ask_reset(user=person, reason="已按登记的电话回拨核实。", by=by)
            for by in administrators
        ]
    )
    refused = [one for one in results if isinstance(one, Exception)]
    assert FactorReset.objects.count() == 1 and len(refused) == 5
    assert all(isinstance(one, Refused) and one.code == "waits" for one in refused), refused
