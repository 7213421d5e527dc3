"""Two people merge the same two records at the same moment on PostgreSQL, either way round: one merge; with a control."""

import pytest

from consortium.actions.merge import merge_organisations, undo_merge
from consortium.models import AuditEvent, Organisation, OrganisationMerge
from consortium.refusals import Refused
from placements.models import Base
from tests.factories import make_base, make_organisation, make_user
from tests.services.conftest import EVERY_APP
from tests.services.test_application_races import at_once, without_row_locks

pytestmark = pytest.mark.django_db(transaction=True, available_apps=EVERY_APP)
MANY = 12


def merges():
    """Acts that merge one pair, half of them this way round and half the other."""
    one, other = make_organisation("示例甲"), make_organisation("示例乙")
    for unit in (one, other):
        make_base(organisation=unit)
    by = make_user("secretary")

    def merge(kept, gone):
        return lambda: merge_organisations(kept=kept, gone=gone, by=by, reason="同一执照")

    return [merge(one, other) if number % 2 else merge(other, one) for number in range(MANY)]


def faults(results):
    """What came back that is neither the one merge nor a refusal in words."""
    return [one for one in results if isinstance(one, Exception) and not isinstance(one, Refused)]


def test_of_many_merges_of_one_pair_one_is_made():
    results = at_once(merges())
    assert faults(results) == []
    made = [one for one in results if isinstance(one, OrganisationMerge)]
    assert len(made) == OrganisationMerge.objects.count() == 1
    assert Organisation.objects.filter(name_zh__in=["示例甲", "示例乙"]).count() == 1
    assert Base.objects.filter(organisation=made[0].kept_id).count() == 2
    assert AuditEvent.objects.filter(verb="organisations merged").count() == 1


def test_without_the_locks_some_fail_without_a_word(monkeypatch):
    with without_row_locks(monkeypatch):
        results = at_once(merges())
    assert faults(results), "the locks are what makes the others see the merge and say so"


def test_of_many_undos_one_is_done():
    merges()[0]()
    merge, by = OrganisationMerge.objects.get(), make_user("secretary")
    results = at_once([lambda: undo_merge(merge=merge, by=by)] * MANY)
    assert faults(results) == []
    assert sum(not isinstance(one, Exception) for one in results) == 1
    assert Base.objects.filter(organisation=merge.gone).count() == 1
    assert AuditEvent.objects.filter(verb="merge undone").count() == 1
