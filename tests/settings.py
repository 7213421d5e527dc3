"""The settings of the suite: the real ones, in a folder of their own, deaf to the machine's .env."""

import atexit
import os
import shutil
import tempfile

os.environ["DJANGO_TEST"] = "1"
os.environ["DEMO"] = "0"
os.environ.setdefault("DATABASE_URL", "")  # empty: SQLite, whatever a .env may say
os.environ.setdefault("REDIS_URL", "")
if "TESTS_DIR" not in os.environ:
    os.environ["TESTS_DIR"] = tempfile.mkdtemp(prefix="portal-tests-")
    atexit.register(shutil.rmtree, os.environ["TESTS_DIR"], ignore_errors=True)
_worker = os.environ.get("PYTEST_XDIST_WORKER", "one")
os.environ["VAR_DIR"] = os.path.join(os.environ["TESTS_DIR"], _worker)
os.environ["CELERY_QUEUE"] = f"{os.path.basename(os.environ['TESTS_DIR'])}-{_worker}"
os.makedirs(os.environ["VAR_DIR"], exist_ok=True)

from consortium.settings import *  # noqa: E402, F403
from consortium.settings import CELERY_BROKER_TRANSPORT_OPTIONS, REDIS_URL, TEMPLATES  # noqa: E402
from tests.strictness import UndefinedVariable  # noqa: E402

TEMPLATES[0]["OPTIONS"]["string_if_invalid"] = UndefinedVariable("%s")
# Emptied between tests, so it may be neither Redis, where messages wait, nor shared with the other core.
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
if REDIS_URL:  # all that one run leaves in Redis lies under one prefix, out of the way of everything else
    CELERY_BROKER_TRANSPORT_OPTIONS["global_keyprefix"] = f"{os.environ['CELERY_QUEUE']}:"
