"""Many appointments of one import at once: each by the rules of `mentors.actions.appointment`, asked for a batch."""

from django.contrib.auth.hashers import make_password
from django.db.models import Q
from django.db.models.functions import Lower

from consortium import clock, policy
from consortium.audit import action, record
from consortium.models import RoleGrant, User
from consortium.queries.list_import import grown
from mentors.actions.appointment import must_keep, term_end
from mentors.enums import AppointmentState
from mentors.models import Appointment
from mentors.rules.appointment import ROLE_OF_KIND
from mentors.rules.assessment import end_of_year

STREAM = "imports"
LISTED = ("organisation_id", "kind", "category", "title", "field", "capacity", "since", "until", "grounds")


@action
def record_appointments(*, rows, by, run):
    """Record many appointments of one import by hand; their numbers in the order of `rows` (dicts of clean values).

    An `until` of None is the term that policy sets. As `record_appointment` for each, without messages, in a number of queries that does not grow with them. A person,
    address or appointment that is there already is the database's to refuse: the import has looked before, and looks again.
    """
    must_keep(by)
    now, today, years = clock.now(), clock.today(), policy.value("mentor_years")
    rows = [row | {"until": row["until"] or term_end(row["since"], years)} for row in rows]
    users = _people(rows, by, now)
    made = Appointment.objects.bulk_create(
        Appointment(
            user=users[row["account"].lower()],
            assess_due=end_of_year(row["since"], row["until"], max(row["since"], today)),
            recorded_by=by,
            recorded_at=now,
            **{name: row[name] for name in LISTED},
        )
        for row in rows
    )
    _give_roles(made, by, now)
    for appointment in made:
        record(
            "mentor appointed",
            appointment,
            by=by,
            stream=STREAM,
            kind=appointment.kind,
            since=appointment.since.isoformat(),
            until=appointment.until.isoformat(),
            capacity=appointment.capacity,
            list=run.pk,
        )
    return [appointment.pk for appointment in made]


@action
def change_capacities(*, rows, by, run):
    """Change how many students mentors take: {number: {"capacity": n}}."""
    must_keep(by)
    changed = list(Appointment.objects.filter(pk__in=rows, state=AppointmentState.ACTIVE).order_by("pk"))
    for appointment in changed:
        before, appointment.capacity = appointment.capacity, rows[appointment.pk]["capacity"]
        record(
            "capacity changed",
            appointment,
            by=by,
            stream=STREAM,
            before=before,
            after=appointment.capacity,
            list=run.pk,
        )
    Appointment.objects.bulk_update(changed, ["capacity"], batch_size=100)


@action
def take_back_appointments(*, numbers, by, run):
    """Remove appointments that an import made and that nothing has grown from; the numbers of those that have to stay.

    The role goes with it where the import gave it, and the account where the import made it and nobody has used it.
    """
    must_keep(by)
    made = list(Appointment.objects.select_related("user").filter(pk__in=numbers).order_by("pk"))
    used = grown(Appointment, [appointment.pk for appointment in made])
    going = [appointment for appointment in made if appointment.pk not in used]
    for appointment in going:
        record("appointment taken back", appointment, by=by, stream=STREAM, list=run.pk)
    Appointment.objects.filter(pk__in=[appointment.pk for appointment in going]).delete()
    _take_back_people(going)
    return used


def _people(rows, by, now):
    """{account: person}; accounts without a password for those who are new."""
    accounts = {row["account"].lower(): row for row in rows}
    people = {}
    known = User.objects.annotate(low=Lower("username"), mail=Lower("email"))
    for user in known.filter(Q(low__in=accounts) | Q(mail__in=accounts)):
        people[user.username.lower()] = user
        if user.email:
            people.setdefault(user.email.lower(), user)
    new = {account: row for account, row in accounts.items() if account not in people}
    made = User.objects.bulk_create(
        User(
            username=row["account"],
            name=row["name"],
            email=row["email"] or (row["account"] if "@" in row["account"] else None),
            password=make_password(None),
            date_joined=now,
        )
        for row in new.values()
    )
    for user in made:
        record("account created", user, by=by, stream=STREAM)
    return people | dict(zip(new, made, strict=True))


def _give_roles(appointments, by, now):
    """The role that each kind carries, at its organisation; one that is held already stays as it is."""
    wanted = {
        (one.user_id, ROLE_OF_KIND[one.kind], one.organisation_id): one.organisation_id
        for one in appointments
    }
    held = RoleGrant.objects.filter(user__in={key[0] for key in wanted}, board=None, ended_at=None)
    held = set(held.values_list("user_id", "role", "organisation_id"))
    RoleGrant.objects.bulk_create(
        RoleGrant(user_id=user, role=role, organisation_id=unit, given_by=by, given_at=now)
        for user, role, unit in wanted
        if (user, role, unit) not in held
    )


def _take_back_people(appointments):
    """Roles given, and accounts made, in the very act that made the appointment: both bear its moment."""
    moments = {one.user_id: one.recorded_at for one in appointments}
    grants = RoleGrant.objects.filter(user__in=moments, ended_at=None)
    kinds = {(one.user_id, ROLE_OF_KIND[one.kind], one.organisation_id) for one in appointments}
    kept = {
        (user, ROLE_OF_KIND[kind], unit)
        for user, kind, unit in Appointment.objects.filter(
            user__in=moments, state=AppointmentState.ACTIVE
        ).values_list("user_id", "kind", "organisation_id")
    }
    own = [
        grant.pk
        for grant in grants
        if grant.given_at == moments[grant.user_id]
        and (grant.user_id, grant.role, grant.organisation_id) in kinds - kept
    ]
    RoleGrant.objects.filter(pk__in=own).delete()
    made = [
        one.user_id
        for one in appointments
        if one.user.date_joined == one.recorded_at and one.user.last_login is None
    ]
    # Held, so that nothing new refers to them between the look and the act.
    list(User.objects.filter(pk__in=made).order_by("pk").select_for_update().values_list("pk"))
    User.objects.filter(pk__in=set(made) - grown(User, made)).delete()
