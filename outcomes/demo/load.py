"""Load the demo's world once: all of it in one transaction, or nothing."""

from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import F

from consortium import clock, notifications
from consortium.audit import action, record
from consortium.enums import OutboxState
from consortium.models import AuditEvent, GovernanceBody, Notification, OutboxMessage, User
from consortium.working_calendar import fill_from_published_calendar
from outcomes.demo import (
    agreements,
    memberships,
    nominations,
    organisations,
    people,
    plan,
    projects,
    rounds,
    supervision,
    world,
)
from outcomes.demo.story import Story

MARKER = "demo world loaded"


class Unloadable(Exception):
    """Why the world cannot be loaded here, in one line."""


def is_loaded():
    """Whether this database holds the demo's world already."""
    return AuditEvent.objects.filter(object_kind="consortium.user", verb=MARKER).exists()


@transaction.atomic
def load():
    """Build the world, relative to today; false when it is there already. Raises Unloadable."""
    if not (settings.DEMO or settings.TESTING):
        raise Unloadable("load_demo invents people, so it runs only with DEMO=1.")
    if is_loaded():
        return False
    if User.objects.filter(is_sample=False).exists():
        raise Unloadable("This database holds people who are not invented; load_demo leaves it alone.")
    if GovernanceBody.objects.exclude(board_code=None).count() != 4:
        raise Unloadable("The four boards are missing: run load_seed first.")
    # The finished round's run is handed to the broker too, where nothing may wait yet.
    settings.BROKER_DIR.joinpath("queue").mkdir(parents=True, exist_ok=True)
    _play(Story(clock.today()))
    return True


def _play(story):
    fill_from_published_calendar(story.today)
    _plan(story)
    story.play()
    admin = story.cast.people["admin"]
    people.give_demo_password(password=settings.DEMO_PASSWORD, by=admin)
    settle_old_messages(by=admin)
    while notifications.deliver():
        pass
    _mark(by=admin)


def _plan(story):
    """Everything on its day."""
    students = plan.students(story.today)
    first, later = students[: plan.FIRST_STUDENTS], students[plan.FIRST_STUDENTS :]
    story.add(plan.ORGANISATIONS, people.enter_staff, hour=8)
    story.add(plan.ORGANISATIONS, people.enter_skills, hour=8)
    story.add(plan.ORGANISATIONS, organisations.enter_organisations, hour=9)
    story.add(plan.ORGANISATIONS, people.enter_administrators, hour=10)
    story.add(plan.ORGANISATIONS, organisations.enter_memberships, hour=11)
    story.add(plan.ORGANISATIONS + 1, organisations.confirm_memberships, hour=9)
    story.add(plan.ORGANISATIONS + 1, organisations.enter_names_and_contacts, hour=10)
    story.add(plan.SEATS, organisations.enter_seats, hour=11)
    story.add(plan.DEPUTY_CHANGES - 10, organisations.hand_over_deputy, hour=11)
    for number, row in enumerate(world.bases()):
        story.add(
            max(row["valid_from"], plan.ORGANISATIONS) + 1,
            organisations.enter_base,
            row,
            hour=10,
            minute=number,
        )
    story.add(plan.NEWEST_RECORDED, organisations.enter_newest_membership, hour=11)
    story.add(plan.ORGANISATIONS + 1, people.enter_mentors, hour=14)
    story.add(plan.ORGANISATIONS + 1, people.enter_further_roles, hour=15)
    story.add(plan.ORGANISATIONS + 2, people.enter_students, first, hour=9)
    story.add(plan.NEXT_INTAKE, people.enter_students, later, hour=9)
    memberships.plan_memberships(story)
    nominations.plan_nominations(story)
    agreements.plan_agreements(story)
    projects.plan_projects(story)
    projects.plan_demands(story)
    rounds.plan_rounds(story, students)
    supervision.plan_supervision(story)


@action
def settle_old_messages(*, by):
    """Mails of the story's past count as sent, its old messages as read: no first day begins with them.

    The worker would otherwise send hundreds at its first start.
    """
    now = clock.now()
    queued = OutboxMessage.objects.filter(state=OutboxState.QUEUED)
    # By number and not by age: on a Sunday evening the story's last mails are more than a day old.
    newest = queued.order_by("-next_try_at", "-pk").values_list("pk", flat=True)[: plan.MAILS_SHOWN]
    mails = queued.exclude(pk__in=list(newest)).update(state=OutboxState.SENT, sent_at=F("next_try_at"))
    messages = Notification.objects.filter(read_at=None, created_at__lt=now - plan.MESSAGES_NEW).update(
        read_at=F("created_at") + timedelta(hours=2)
    )
    record("old messages settled", by, by=by, mails=mails, messages=messages)


@action
def _mark(*, by):
    record(MARKER, by, by=by)
