"""Whether the portal is alive, whether everything it needs is, and figures for those who watch it."""

import os
import secrets
import shutil
from datetime import timedelta

from django.conf import settings
from django.db import DatabaseError, connection
from django.http import Http404, HttpResponse, JsonResponse
from kombu.exceptions import OperationalError

from consortium import clock, jobs, metrics, pulse
from consortium.celery import app

LEAST_FREE = 200 * 1024 * 1024
BROKER_SECONDS = 2
NOBODY_TAKES_IT = timedelta(minutes=5)


def healthz(request):
    """200 when the web process serves; 503 while the foreground process is still preparing."""
    ready = not settings.WAIT_FOR_READY_FILE or settings.READY_FILE.exists()
    return JsonResponse({"ready": ready}, status=200 if ready else 503)


def readyz(request):
    """Database, broker, worker, clock, disk: each by name, 503 when one fails. Says nothing about anybody."""
    checks = {
        "database": _database(),
        "broker": _broker(),
        "clock": pulse.is_alive(pulse.CLOCK),
        "disk": shutil.disk_usage(settings.ROOT).free > LEAST_FREE,
    }
    checks["worker"] = checks["database"] and _worker()
    well = all(checks.values())
    return JsonResponse({"ready": well, "checks": checks}, status=200 if well else 503)


def prometheus(request):
    """The figures for whoever holds METRICS_TOKEN; without one set there is no such page."""
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if not settings.METRICS_TOKEN or not secrets.compare_digest(
        given.encode(), settings.METRICS_TOKEN.encode()
    ):
        raise Http404
    return HttpResponse(metrics.exposition(), content_type=metrics.CONTENT_TYPE)


def _database():
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        return True
    except DatabaseError:
        return False


def _broker():
    """Whether a message could be handed over now."""
    if settings.EMBEDDED:
        return os.access(settings.BROKER_DIR / "queue", os.W_OK | os.X_OK)
    with app.connection_for_write(connect_timeout=BROKER_SECONDS) as broker:
        try:
            broker.ensure_connection(max_retries=1, timeout=BROKER_SECONDS)
        except OperationalError:
            return False
    return True


def _worker():
    """Whether somebody works: a recent sign, or a job that is being done; and nothing lies about for long."""
    now = clock.now()
    if jobs.waits_since(now - NOBODY_TAKES_IT):
        return False
    return pulse.is_alive(pulse.WORKER) or jobs.at_work_since(now - timedelta(seconds=pulse.SILENT_SECONDS))
