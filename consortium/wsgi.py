"""The WSGI entry point that gunicorn serves."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "consortium.settings")
application = get_wsgi_application()

from django.urls import get_resolver  # noqa: E402

from consortium.demo_guard import refuse_demo_database  # noqa: E402
from consortium.sealed import refuse_wrong_keys  # noqa: E402

refuse_demo_database()
refuse_wrong_keys()
# All pages are imported before the first request, so that nobody waits for being the first in a process.
get_resolver().url_patterns  # noqa: B018
