"""The Celery application and the one table of everything that happens by the clock."""

import os

from celery import Celery
from celery.signals import beat_init, before_task_publish, worker_init

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "consortium.settings")

app = Celery("consortium")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()

# Every clock of the portal, in seconds. Each entry calls a task that calls one action and may run late or twice.
CLOCK = {
    "take up jobs nobody runs": ("consortium.tasks.sweep_jobs", 5),
    "deliver the outbox": ("consortium.tasks.deliver_outbox", 10),
    "move rounds on by the database clock": ("placements.tasks.advance_rounds", 5),
    "lapse unanswered places, remind before": ("placements.tasks.advance_placements", 300),
    "tell boards of demands past their first answer": ("placements.tasks.remind_late_demands", 900),
    "ask mentors after meetings, tell the office of logs that differ": ("mentors.tasks.follow_logs", 60),
    "appoint mentors whose notice is over, warn of ends and let terms end": (
        "mentors.tasks.advance_appointments",
        300,
    ),
    "take over working days once they are published": ("consortium.tasks.fill_working_calendar", 86_400),
    "begin memberships whose notice is over, lapse those that ended, warn before": (
        "consortium.tasks.advance_memberships",
        300,
    ),
    "end agreements after their last day, warn before": ("consortium.tasks.advance_agreements", 300),
    "erase files and rows of imports after their days": ("consortium.tasks.forget_imports", 3600),
    "refresh the interest bands at night": ("placements.tasks.refresh_interest", 3600),
}
app.conf.beat_schedule = {name: {"task": task, "schedule": every} for name, (task, every) in CLOCK.items()}


@beat_init.connect
def _say_that_the_clock_lives(**_kwargs):
    """In the clock's own process everything it sends is a sign of its life."""
    from consortium import pulse

    def beat(**_kwargs):
        pulse.beat(pulse.CLOCK)

    before_task_publish.connect(beat, weak=False)


@worker_init.connect
def _refuse_a_database_that_is_not_ours(**_kwargs):
    from consortium.demo_guard import refuse_demo_database
    from consortium.sealed import refuse_wrong_keys

    refuse_demo_database()
    refuse_wrong_keys()
