"""Reminders to many organisations: prepared by one person, sent or taken back; filters that a person saves."""

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from consortium import clock
from consortium.audit import action, record
from consortium.enums import ReminderFate, ReminderKind, ReminderState
from consortium.models import Reminder, ReminderUnit, SavedFilter
from consortium.notifications import notify_many
from consortium.queries.reminder import people_of, recipients
from consortium.reach import holders
from consortium.refusals import Forbidden, Invalid, Refused
from consortium.roles import Permission
from consortium.rules.organisation import can_register
from consortium.rules.permission import ask_another_person

MOST_UNITS = 500
MOST_FILTERS = 20


@action
def prepare_reminder(*, organisations, kind, by):
    """Put a reminder into the outbox, where another person looks at it before it goes out.

    Organisations reminded of the same today, and those it does not concern, are left out. Refuses none at all and more
    than 500 at once.
    """
    _must_keep_register(by)
    day = clock.today()
    chosen = list(organisations[: MOST_UNITS + 1])
    if len(chosen) > MOST_UNITS:
        raise Invalid(
            _("More than %(most)d organisations are chosen.") % {"most": MOST_UNITS},
            remedy=_("Narrow the list with a condition and send it in parts."),
        )
    reached = [one for one in recipients(chosen, kind, day) if not one.left_out]
    if not reached:
        raise Invalid(
            _("There is nobody to remind: each was reminded today or is not concerned."),
            remedy=_("Choose other organisations, or wait until tomorrow."),
            code="nobody",
        )
    reminder = Reminder.objects.create(kind=kind, day=day, prepared_by=by, prepared_at=clock.now())
    rows = [
        ReminderUnit(reminder=reminder, organisation=one.organisation, kind=kind, day=day, fate=one.fate)
        for one in reached
    ]
    try:
        with transaction.atomic():
            ReminderUnit.objects.bulk_create(rows)
    except IntegrityError:
        # Somebody reminded one of them of the same at this moment: the constraint decides.
        raise Refused(
            _("A colleague is reminding one of them of the same right now; nothing was prepared."),
            remedy=_("Look at the preview again: who was reminded is left out."),
            code="race",
        ) from None
    record(
        "reminder prepared", reminder, by=by, kind=str(kind), units=[one.organisation.pk for one in reached]
    )
    notify_many(
        holders(Permission.RECORD_MEMBERSHIP, except_for=[by]),
        "reminder_waits",
        key=str(reminder.pk),
        url=reminder.get_absolute_url(),
        number=len(reached),
    )
    return reminder


@action
def send_reminder(*, reminder, by):
    """Send a prepared reminder: a message and a mail to each administrator, once a day a unit. Returns how many.

    Refuses whoever prepared it, and one that was sent or taken back.
    """
    _must_keep_register(by)
    ask_another_person(
        by,
        reminder.prepared_by,
        Permission.RECORD_MEMBERSHIP,
        _("You prepared this reminder; another person looks at it before it goes out."),
    )
    _decide(reminder, ReminderState.SENT, by)
    units = list(reminder.units.select_related("organisation").order_by("pk"))
    people = people_of(reminder)
    ends = {
        one.organisation.pk: one.membership
        for one in recipients([row.organisation for row in units], reminder.kind, clock.today())
    }
    sent = 0
    for row in units:
        held = ends[row.organisation_id]
        if row.fate == ReminderFate.MAIL and (held or reminder.kind != ReminderKind.RENEWAL):
            sent += notify_many(
                people[row.organisation_id],
                f"reminder_{reminder.kind}",
                key=f"{row.organisation_id}:{reminder.day}",
                url=row.organisation.get_absolute_url(),
                **words_of(reminder.kind, row.organisation, held),
            )
    Reminder.objects.filter(pk=reminder.pk).update(sent=sent)
    record("reminder to organisations sent", reminder, by=by, units=len(units), sent=sent)
    return sent


@action
def take_back_reminder(*, reminder, by):
    """Take a reminder out of the outbox before it is sent; its organisations may be reminded anew."""
    _must_keep_register(by)
    _decide(reminder, ReminderState.TAKEN_BACK, by)
    reminder.units.update(stands=False)
    record("reminder taken back", reminder, by=by)


@action
def save_filter(*, by, name, query):
    """Keep the state of a list under a name; the same name is written over. Refuses a twenty-first."""
    kept = SavedFilter.objects.filter(user=by)
    if not kept.filter(name=name).exists() and kept.count() >= MOST_FILTERS:
        raise Invalid(
            _("You keep %(most)d filters already.") % {"most": MOST_FILTERS},
            remedy=_("Remove one first."),
            field="name",
        )
    row, _made = SavedFilter.objects.update_or_create(
        user=by, name=name, defaults={"query": query, "created_at": clock.now()}
    )
    record("filter saved", by, by=by, name=name)
    return row


@action
def drop_filter(*, saved, by):
    """Remove a filter one has saved."""
    record("filter removed", by, by=by, name=saved.name)
    SavedFilter.objects.filter(pk=saved.pk, user=by).delete()


def words_of(kind, organisation, membership):
    """What the message of a reminder says of one organisation."""
    words = {"unit": organisation.name_zh}
    if kind == ReminderKind.RENEWAL:
        words |= {"council": membership.council.name_zh, "until": membership.until}
    return words


def _decide(reminder, state, by):
    moved = Reminder.objects.filter(pk=reminder.pk, state=ReminderState.WAITING).update(
        state=state, decided_by=by, decided_at=clock.now()
    )
    if not moved:
        reminder.refresh_from_db()
        raise Refused(
            _("This reminder no longer waits: it is %(state)s.")
            % {"state": reminder.get_state_display().lower()},
            remedy=_("What was sent cannot be recalled; you can prepare another tomorrow."),
            url=reminder.get_absolute_url(),
            url_label=_("Open the reminder"),
            code="state",
        )


def _must_keep_register(by):
    if not can_register(by):
        raise Forbidden(_("Your role does not send reminders to members."), remedy=_("Ask the secretariat."))
