"""What a Prometheus server reads: work that waits, its age, signs of life. Counts only, nothing about anybody.

Every figure is read from the database when it is asked for, so that all web processes answer the same.
"""

import shutil

from django.conf import settings
from django.db.models import Count, Min
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily

from consortium import clock, pulse
from consortium.enums import JobState, OutboxState
from consortium.models import AuditEvent, Job, OutboxMessage

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"


def exposition():
    """All figures in Prometheus' text format, as bytes."""
    registry = CollectorRegistry()
    registry.register(_Portal())
    return generate_latest(registry)


class _Portal:
    def collect(self):
        now = clock.now()
        yield _by_state("portal_jobs", "Long pieces of work by state", Job, JobState.values)
        yield _by_state("portal_mails", "Mails of the outbox by state", OutboxMessage, OutboxState.values)
        oldest = Job.objects.filter(state=JobState.QUEUED).aggregate(at=Min("created_at"))["at"]
        yield _one("portal_oldest_waiting_job_seconds", "Age of the oldest job that waits", _age(now, oldest))
        due = OutboxMessage.objects.filter(state=OutboxState.QUEUED).aggregate(at=Min("next_try_at"))["at"]
        yield _one("portal_oldest_due_mail_seconds", "How long the oldest mail is overdue", _age(now, due))
        yield _one("portal_audit_entries", "Entries of the audit trail", AuditEvent.objects.count())
        yield _one(
            "portal_disk_free_bytes", "Free bytes where files lie", shutil.disk_usage(settings.ROOT).free
        )
        for who, name in ((pulse.CLOCK, "clock"), (pulse.WORKER, "worker")):
            silence = pulse.seconds_since(who)
            if silence is not None:
                yield _one(f"portal_{name}_silent_seconds", f"Since the {name}'s last sign of life", silence)


def _one(name, meaning, value):
    return GaugeMetricFamily(name, meaning, value=value)


def _by_state(name, meaning, model, states):
    counts = dict(model.objects.order_by().values_list("state").annotate(Count("pk")))
    family = GaugeMetricFamily(name, meaning, labels=["state"])
    for state in states:
        family.add_metric([str(state)], counts.get(state, 0))
    return family


def _age(now, since):
    return max(0.0, (now - since).total_seconds()) if since else 0.0
