"""The ground's tasks: ids in, one call out; each may run twice."""

from celery import shared_task


@shared_task
def run_job(job_id):
    """Do one long piece of work."""
    from consortium import jobs

    jobs.run(job_id)


@shared_task
def sweep_jobs():
    """Take up jobs that nobody runs; doing so is a worker's sign of life."""
    from consortium import jobs, pulse

    pulse.beat(pulse.WORKER)
    jobs.sweep()


@shared_task
def deliver_outbox():
    """Send the mails that are due."""
    from consortium import notifications

    notifications.deliver()


@shared_task
def fill_working_calendar():
    """Take over the working days of the years around today as far as they are published."""
    from consortium import clock, working_calendar

    working_calendar.fill_from_published_calendar(clock.today())


@shared_task
def advance_memberships():
    """Bring memberships into force, begin, lapse and warn, each when its day has come."""
    from consortium.actions import membership_clock

    membership_clock.advance()


@shared_task
def advance_agreements():
    """End agreements whose last day is over and warn before it."""
    from consortium.actions import agreement

    agreement.advance()


@shared_task
def forget_imports():
    """Erase the files and rows of imports whose days are over."""
    from consortium.actions import import_clock

    import_clock.advance()
