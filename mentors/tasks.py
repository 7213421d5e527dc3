"""What happens by the clock. Each task only calls actions, may run late, twice, and at the same time."""

from celery import shared_task


@shared_task
def follow_logs():
    """Ask for the logs of meetings that are over, and tell the office of logs whose accounts still differ."""
    from mentors.actions.log import tell_of_differences
    from mentors.actions.meeting import ask_for_logs

    ask_for_logs()
    tell_of_differences()


@shared_task
def advance_appointments():
    """Appoint whose notice is over, close what nobody answered, warn of ends and let terms end, each on its day."""
    from mentors.actions import appointment_clock

    appointment_clock.advance()
