"""The invented world is never served as if it were real."""

import pytest
from django.core.exceptions import ImproperlyConfigured

from consortium.demo_guard import refuse_demo_database
from tests.factories import make_user

pytestmark = pytest.mark.django_db


def test_demo_database_refuses_to_start_without_demo(settings):
    settings.DEMO = False
    make_user(is_sample=True)
    with pytest.raises(ImproperlyConfigured, match="DEMO=1"):
        refuse_demo_database()
    settings.DEMO = True
    refuse_demo_database()


def test_real_database_starts(settings):
    settings.DEMO = False
    make_user()
    refuse_demo_database()
