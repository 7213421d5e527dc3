"""Appointments: recorded with a term and a capacity, changed in capacity, ended with a reason."""

from datetime import date

from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from consortium import clock, policy
from consortium.actions.account import create_account, end_role, give_role, invite
from consortium.audit import action, record
from consortium.enums import MEMBERSHIP_OVER
from consortium.models import RoleGrant
from consortium.notifications import notify
from consortium.refusals import Forbidden, Invalid, Refused
from consortium.templatetags.portal import day_text
from mentors.enums import INDUSTRY_KINDS, AppointmentKind, AppointmentState
from mentors.models import Appointment
from mentors.rules.appointment import ROLE_OF_KIND, can_record, fits_kind
from mentors.rules.assessment import end_of_year

CAPACITY_BOUNDS = (1, 30)


@action
def record_appointment(
    *,
    by,
    organisation,
    kind,
    title,
    since,
    capacity,
    until=None,
    category="",
    field="",
    user=None,
    name="",
    username=None,
    email=None,
    grounds="",
    document=None,
    is_sample=False,
    send_invitation=True,
):
    """Record by hand an appointment that was made outside the portal, and return it. `grounds` says on what it rests.

    Without `user` a person of that name gets an account without password. `until` is by default the term that policy
    sets. A new person with an address is invited. Refuses a new appointment of an industry mentor, which goes by a
    nomination, a kind that does not fit the organisation, a capacity out of bounds, a second active appointment of the
    same kind, and an industry mentor from an organisation whose membership has ended.
    """
    must_keep(by)
    if not grounds.strip():
        raise Invalid(
            _("Say why this appointment is recorded by hand."),
            remedy=_("Name the paper it rests on; the office and auditors read it."),
            field="grounds",
        )
    if kind in INDUSTRY_KINDS and since >= clock.today():
        raise Refused(
            _("A new appointment from an employer goes by a nomination: consent, check and public notice."),
            remedy=_("Only one that began before today is recorded by hand."),
            url=reverse("nomination_new"),
            url_label=_("Nominate a mentor"),
            field="since",
            code="nominate",
        )
    until = until or term_end(since)
    if since >= until:
        raise Invalid(
            _("The term ends on %(until)s, before or on the day it begins.") % {"until": day_text(until)},
            remedy=_("Enter a last day after the first."),
            field="until",
        )
    refuse_capacity(capacity)
    if not fits_kind(organisation, kind):
        raise Invalid(
            _(
                "An academic mentor comes from a university or one of its units, an industry mentor from elsewhere."
            ),
            remedy=_("Choose another organisation or another kind."),
            field="organisation",
        )
    if kind in INDUSTRY_KINDS and membership_lapsed(organisation):
        raise Refused(
            _("The membership of %(unit)s has ended; no new mentors are appointed from there.")
            % {"unit": organisation.name},
            remedy=_("Renew the membership first. Students who are there now are not affected."),
            url=organisation.get_absolute_url(),
            url_label=_("Open the membership"),
            field="organisation",
        )
    new_person = user is None
    if new_person:
        user = create_account(username=username or email, name=name, email=email, by=by, is_sample=is_sample)
    appointment = Appointment(
        user=user,
        organisation=organisation,
        kind=kind,
        category=category,
        title=title,
        field=field,
        capacity=capacity,
        since=since,
        until=until,
        grounds=grounds.strip(),
        assess_due=end_of_year(since, until, max(since, clock.today())),
        document=document,
        recorded_by=by,
        recorded_at=clock.now(),
    )
    _save_once(appointment)
    give_role(user=user, role=ROLE_OF_KIND[kind], by=by, organisation=organisation)
    record(
        "mentor appointed",
        appointment,
        by=by,
        kind=str(kind),
        organisation=organisation.name_zh,
        since=since.isoformat(),
        until=until.isoformat(),
        capacity=capacity,
    )
    if new_person and email and send_invitation:
        invite(email=email, role=ROLE_OF_KIND[kind], by=by, name=name, organisation=organisation, user=user)
    elif not new_person:
        notify(
            user,
            "mentor_appointed",
            key=str(appointment.pk),
            url=appointment.get_absolute_url(),
            unit=organisation.name_zh,
        )
    return appointment


@action
def change_capacity(*, appointment, by, capacity):
    """Change how many students a mentor takes at once. What was agreed before stays."""
    must_keep(by)
    refuse_capacity(capacity)
    before = appointment.capacity
    moved = Appointment.objects.filter(pk=appointment.pk, state=AppointmentState.ACTIVE).update(
        capacity=capacity
    )
    if not moved:
        raise _ended_already()
    if before != capacity:
        record("capacity changed", appointment, by=by, before=before, after=capacity)
    appointment.capacity = capacity
    return appointment


@action
def end_appointment(*, appointment, by, reason):
    """End an appointment today, with a reason. The role ends too unless another appointment needs it."""
    must_keep(by)
    if not reason.strip():
        raise Invalid(
            _("Say in one sentence why the appointment ends."),
            remedy=_("The mentor and the trail read it."),
            field="reason",
        )
    return _ended(appointment, by, reason, AppointmentState.ENDED, "appointment ended", "appointment_ended")


@action
def revoke_appointment(*, appointment, by, reason):
    """Revoke an appointment today: for misconduct, or when a second year was not passed. The role ends too."""
    must_keep(by)
    if by.pk == appointment.user_id:
        raise Forbidden(
            _("Nobody revokes the own appointment."), remedy=_("A colleague of the office can do it.")
        )
    if not reason.strip():
        raise Invalid(
            _("Say in one sentence why the appointment is revoked."),
            remedy=_("The mentor and the office read it."),
            field="reason",
        )
    return _ended(
        appointment, by, reason, AppointmentState.REVOKED, "appointment revoked", "appointment_revoked"
    )


def _ended(appointment, by, reason, state, verb, message):
    today = clock.today()
    moved = Appointment.objects.filter(pk=appointment.pk, state=AppointmentState.ACTIVE).update(
        state=state, ended_on=today, end_reason=reason.strip()[:200], assess_due=None
    )
    if not moved:
        raise _ended_already()
    appointment.refresh_from_db()
    record(verb, appointment, by=by, reason=reason.strip(), on=today.isoformat())
    end_role_if_last(appointment, by)
    notify(
        appointment.user,
        message,
        key=str(appointment.pk),
        url=appointment.get_absolute_url(),
        unit=appointment.organisation.name_zh,
        reason=reason.strip(),
    )
    return appointment


def term_end(since, years=None):
    """The last day of a term that begins on `since`: the day before its anniversary. `years`: read already, for many."""
    from datetime import timedelta

    years = years or policy.value("mentor_years")
    try:
        anniversary = since.replace(year=since.year + years)
    except ValueError:  # 29 February
        anniversary = date(since.year + years, 3, 1)
    return anniversary - timedelta(days=1)


def refuse_capacity(capacity):
    """Refuse a number of students out of bounds."""
    least, most = CAPACITY_BOUNDS
    if not least <= capacity <= most:
        raise Invalid(
            _("%(given)d students at once is out of bounds: it can be %(least)d to %(most)d.")
            % {"given": capacity, "least": least, "most": most},
            remedy=_("Enter a number within."),
            field="capacity",
        )


def must_keep(by):
    """Refuse a person who does not keep appointments."""
    if by is not None and not can_record(by):
        raise Forbidden(
            _("Your role does not keep appointments."),
            remedy=_("Ask the graduate school or the secretariat to record it."),
        )


def membership_lapsed(organisation):
    """Whether the organisation was a member and is none any more."""
    states = set(organisation.memberships.values_list("state", flat=True))
    return bool(states) and states <= set(MEMBERSHIP_OVER)


def refuse_second(user, kind):
    """Refuse another appointment of a kind the person has already."""
    first = (
        Appointment.objects.filter(user=user, kind=kind, state=AppointmentState.ACTIVE).first()
        if user
        else None
    )
    if first is None:
        return
    raise Refused(
        _("%(name)s is already appointed as %(kind)s until %(until)s.")
        % {
            "name": user.get_full_name(),
            "kind": AppointmentKind(kind).label,
            "until": day_text(first.until),
        },
        remedy=_("End that appointment first, or change its capacity."),
        field="name",
        url=first.get_absolute_url(),
        url_label=_("Open the present appointment"),
        code="active",
    )


def _save_once(appointment):
    refuse_second(appointment.user, appointment.kind)
    try:
        with transaction.atomic():
            appointment.save()
    except IntegrityError:
        refuse_second(appointment.user, appointment.kind)
        raise


def end_role_if_last(appointment, by):
    """End the mentor's role for the organisation unless another appointment there needs it. Returns how many ended."""
    role = ROLE_OF_KIND[appointment.kind]
    kinds = [kind for kind, of in ROLE_OF_KIND.items() if of == role]
    others = Appointment.objects.filter(
        user=appointment.user,
        kind__in=kinds,
        state=AppointmentState.ACTIVE,
        organisation=appointment.organisation,
    )
    if others.exists():
        return 0
    grants = RoleGrant.objects.filter(
        user=appointment.user, role=role, organisation=appointment.organisation, ended_at=None
    )
    for grant in list(grants):
        end_role(grant=grant, by=by)
    return len(grants)


def _ended_already():
    return Refused(
        _("This appointment has ended already."),
        remedy=_("Record a new one if the person comes back."),
        code="state",
    )
