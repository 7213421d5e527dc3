"""A database with the invented world must not be served as if it were real."""

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError


def refuse_demo_database():
    """Refuse to start on a database that was loaded as a demo unless DEMO=1 says so.

    A database that does not answer or has no tables yet is no demo; the first request will say what is wrong.
    """
    from consortium.models import User

    if settings.DEMO:
        return
    try:
        invented = User.objects.filter(is_sample=True).exists()
    except DatabaseError:
        return
    if invented:
        raise ImproperlyConfigured(
            "This database was loaded as a demo. Set DEMO=1, or name another DATABASE_URL."
        )
