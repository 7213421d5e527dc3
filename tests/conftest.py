"""What every test of the suite shares; rows come from tests/factories.py."""

import os
import random
from datetime import timedelta

import pytest
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import QuerySet
from django.template.base import FilterExpression

from tests.strictness import optional_where_declared, shuffled

# The order given to rows nobody ordered. Set ROW_ORDER to the printed number to see a failure again.
SEED = int(os.environ.setdefault("ROW_ORDER", str(random.randrange(10_000))))

# The whole suite as on a later day: what passes on a Wednesday must pass on a Sunday and on New Year's Eve.
DAYS_LATER = int(os.environ.get("DAYS_LATER", "0"))


def pytest_report_header():
    """Name the order and the day, so that a failure can be repeated."""
    return f"rows without an order: ROW_ORDER={SEED}; as on a day DAYS_LATER={DAYS_LATER}"


@pytest.fixture(scope="session", autouse=True)
def another_day():
    """The portal's clock stands on the day that DAYS_LATER names."""
    from consortium import clock

    with clock.moved(timedelta(days=DAYS_LATER)):
        yield


@pytest.fixture(autouse=True)
def rows_nobody_ordered_come_shuffled(monkeypatch):
    """See `tests.strictness.shuffled`."""
    monkeypatch.setattr(QuerySet, "_fetch_all", shuffled(QuerySet._fetch_all, SEED))


@pytest.fixture(autouse=True)
def optional_parameters_may_be_absent(monkeypatch):
    """See `tests.strictness.optional_where_declared`."""
    monkeypatch.setattr(FilterExpression, "resolve", optional_where_declared(FilterExpression.resolve))


@pytest.fixture(autouse=True)
def end_of_a_request_keeps_the_tests_transaction(monkeypatch):
    """A response that a test closes must not close PostgreSQL's connection under the test's own transaction."""
    close = BaseDatabaseWrapper.close_if_unusable_or_obsolete

    def close_outside_transactions(connection):
        if not connection.in_atomic_block:
            close(connection)

    monkeypatch.setattr(BaseDatabaseWrapper, "close_if_unusable_or_obsolete", close_outside_transactions)


@pytest.fixture(autouse=True)
def cache_is_empty():
    """Throttles and counts of one test must not reach the next."""
    from django.core.cache import cache

    from consortium import remembered

    cache.clear()
    remembered.forget()


@pytest.fixture(autouse=True)
def mail_lands_in_the_mailbox(settings):
    """The portal's own backend, as in the demo: Django's test runner would put another in its place."""
    settings.EMAIL_BACKEND = "consortium.mail.MailboxBackend"
