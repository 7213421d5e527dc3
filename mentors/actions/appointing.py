"""From the check to the appointment: the notice with its objections, the appointment with its letter, the next term."""

from datetime import timedelta

from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _

from consortium import clock, policy
from consortium.actions.account import create_account, give_role, invite
from consortium.actions.objection import answered_once, made_once, over
from consortium.audit import Outsider, action, record
from consortium.due import each_due
from consortium.models import PublicNotice, User
from consortium.notifications import notify
from consortium.reach import holders, names
from consortium.refusals import Forbidden, Invalid, Refused
from consortium.roles import Permission
from consortium.working_calendar import after_working_days
from mentors.actions import letter as letters
from mentors.actions.appointment import refuse_second, term_end
from mentors.actions.nomination import NOTHING_CHECKED, ask_checker, close_unanswered, move, tell
from mentors.enums import AppointmentState, NominationKind
from mentors.enums import NominationState as S
from mentors.models import Appointment, Nomination, NominationObjection
from mentors.queries.nomination import people_of, unanswered
from mentors.rules import nomination as rules
from mentors.rules.appointment import ROLE_OF_KIND
from mentors.rules.assessment import end_of_year

ABLE = (S.QUALIFIED, S.REVIEWED)


@action
def start_notice(*, nomination, by, title, text):
    """Put the appointment on public notice for the working days of the setting; anybody may object.

    Title and text name nobody: the page shows the name beside them while the notice runs. Refuses a renewal, which goes
    without a notice, and what was neither found to meet the scheme nor excepted by two persons.
    """
    ask_checker(by, nomination)
    if nomination.process == NominationKind.RENEWAL:
        raise Refused(
            _("A renewal goes without a notice: a second person of the office settles it."),
            remedy=_("Renew the appointment."),
            code="renewal",
        )
    if nomination.name in title or nomination.name in text:
        raise Refused(
            _("Title and text name the person; they stay readable when the notice is over."),
            remedy=_("Leave the name out: the page shows it while the notice runs."),
            field="text" if nomination.name in text else "title",
            code="name",
        )
    now = clock.now()
    days = policy.value("mentor_notice_days")
    notice = PublicNotice.objects.create(
        kind="mentor",
        object_id=nomination.pk,
        title=title.strip(),
        text=text.strip(),
        starts_at=now,
        ends_at=after_working_days(now, days),
        published_by=by,
        is_sample=nomination.is_sample,
    )
    move(nomination, S.PUBLIC_NOTICE, expected=ABLE, notice=notice)
    record("notice of the appointment started", nomination, by=by, notice=notice.pk, days=days)
    tell(_concerned(nomination), nomination, "nomination_on_notice", until=notice.ends_at)
    return nomination


@action
def object_to(*, notice, name, contact, text, by=None):
    """Somebody objects while the notice runs; pressed twice it is one objection. Returns it.

    The nomination is locked: either the objection is there before the appointment, or it is refused.
    """
    nomination = Nomination.objects.select_for_update().filter(notice=notice, state=S.PUBLIC_NOTICE).first()
    if nomination is None:
        raise over()
    objection, made = made_once(
        NominationObjection,
        notice=notice,
        nomination=nomination,
        name=name,
        contact=contact,
        text=text,
        by=by,
    )
    if made:
        who = by or Outsider("somebody who objects")
        record("objection to the appointment", nomination, by=who, objection=objection.pk)
        tell(rules.signers(nomination), nomination, "mentor_objection", n=objection.pk)
    return objection


@action
def answer_objection(*, objection, by, upheld, answer):
    """Answer in words. One that holds ends the notice and sends the nomination back to the check.

    Refuses whoever checked the nomination, signed its exception, nominated or is nominated, and a second answer.
    """
    nomination = objection.nomination
    if not rules.may_answer(by, nomination):
        raise Forbidden(
            _("Whoever nominated, checked or signed does not answer an objection to it."),
            remedy=_("A colleague of the office can do it."),
        )
    answered_once(objection, by=by, upheld=upheld, answer=answer)
    record("objection to the appointment answered", nomination, by=by, objection=objection.pk, upheld=upheld)
    if objection.by:
        notify(
            objection.by,
            "mentor_objection_answered",
            key=str(objection.pk),
            url=objection.notice.get_absolute_url(),
        )
    if upheld:
        move(
            nomination,
            S.CONSENTED,
            expected=(S.PUBLIC_NOTICE,),
            notice=None,
            check_due=clock.now() + timedelta(days=policy.value("mentor_check_days")),
            **NOTHING_CHECKED,
        )
        tell(_concerned(nomination), nomination, "nomination_back_to_check")
    return objection


# --- appointed


def conclude_notices():
    """The clock: every notice that is over and has no open objection appoints. Returns how many."""
    waits = NominationObjection.objects.filter(nomination=OuterRef("pk"), answered_at=None)
    due = Nomination.objects.filter(~Exists(waits), state=S.PUBLIC_NOTICE, notice__ends_at__lte=clock.now())
    return each_due(list(due.order_by("pk")), lambda row: appoint(nomination=row), stuck=_say_stuck)


def _say_stuck(nomination, refusal):
    if refusal.code != "notice":  # an objection of the last moment waits for its answer like any other
        _tell_stuck(nomination=nomination)


@action
def _tell_stuck(*, nomination):
    tell(holders(Permission.APPROVE_MENTOR), nomination, "appointment_stuck")


@action
def appoint(*, nomination):
    """By the clock: the appointment begins with its letter; a person without an account gets one and an invitation.

    Refuses before the end of the notice, with an objection open, and beside an appointment of the same kind. The
    nomination is locked: a second worker finds it moved on and does nothing (None).
    """
    nomination = _locked(nomination)
    if nomination.state != S.PUBLIC_NOTICE:
        return None
    if nomination.notice.ends_at > clock.now() or nomination.objections.filter(answered_at=None).exists():
        raise Refused(
            _("The notice still runs, or an objection is not answered."),
            remedy=_("The appointment begins by itself after it."),
            code="notice",
        )
    user = nomination.user or User.objects.filter(email__iexact=nomination.email, is_active=True).first()
    refuse_second(user, nomination.kind)
    known = user is not None
    user = user or create_account(
        username=nomination.email,
        name=nomination.name,
        email=nomination.email,
        by=None,
        is_sample=nomination.is_sample,
    )
    since = max(nomination.since, clock.today())
    email = nomination.email
    move(
        nomination,
        S.APPOINTED,
        expected=(S.PUBLIC_NOTICE,),
        user=user,
        since=since,
        until=term_end(since),
        closed_at=clock.now(),
        **FORGOTTEN,
    )
    appointment = Appointment.objects.create(
        user=user,
        organisation=nomination.organisation,
        kind=nomination.kind,
        category=nomination.category,
        title=nomination.title,
        field=nomination.field,
        capacity=nomination.capacity,
        since=nomination.since,
        until=nomination.until,
        nomination=nomination,
        assess_due=end_of_year(nomination.since, nomination.until, nomination.since),
        recorded_by=nomination.checked_by,
        recorded_at=clock.now(),
    )
    role = ROLE_OF_KIND[nomination.kind]
    give_role(user=user, role=role, by=None, organisation=nomination.organisation)
    _note("mentor appointed", appointment)
    letters.issue(nomination=nomination, appointment=appointment)
    if not known:
        invite(
            email=email, role=role, by=None, name=user.name, organisation=nomination.organisation, user=user
        )
    _tell_appointed(appointment, "mentor_appointed")
    return appointment


@action
def renew(*, nomination, by):
    """The next term of somebody in office follows the present one, with a letter of its own.

    Refuses whoever checked it: no notice shows a renewal to everybody, so a second person looks at it. Refuses a first
    appointment, what was not checked, and an appointment that ended meanwhile.
    """
    _ask_second_person(by, nomination)
    if nomination.process != NominationKind.RENEWAL:
        raise Refused(
            _("A first appointment goes on public notice before it begins."),
            remedy=_("Begin the notice."),
            code="appointment",
        )
    present = nomination.renews
    moved = Appointment.objects.filter(pk=present.pk, state=AppointmentState.ACTIVE).update(
        until=nomination.until,
        assess_due=present.assess_due or end_of_year(present.since, nomination.until, nomination.since),
        capacity=nomination.capacity,
        category=nomination.category,
        title=nomination.title,
        field=nomination.field,
        warned=None,
    )
    if not moved:
        raise Refused(
            _("The appointment has ended meanwhile; there is no term to renew."),
            remedy=_("Withdraw this nomination; the employer can nominate the person anew."),
            code="over",
        )
    move(nomination, S.APPOINTED, expected=ABLE, closed_at=clock.now(), settled_by=by, **FORGOTTEN)
    appointment = Appointment.objects.select_related("user", "organisation").get(pk=nomination.renews_id)
    _note("appointment renewed", appointment, by)
    letters.issue(nomination=nomination, appointment=appointment)
    _tell_appointed(appointment, "appointment_renewed")
    return appointment


def _ask_second_person(by, nomination):
    ask_checker(by, nomination)
    if not rules.may_settle(by, nomination):
        raise Forbidden(
            _("You checked this renewal yourself; a second person of the office renews the appointment."),
            remedy=_("Ask %(names)s.") % {"names": names(rules.signers(nomination))},
        )


@action
def send_back(*, nomination, by, note):
    """The second person does not renew: the renewal is at the check again, with the sentence why. The checker is told."""
    _ask_second_person(by, nomination)
    if nomination.process != NominationKind.RENEWAL:
        raise Refused(
            _("A first appointment goes on public notice before it begins."),
            remedy=_("Begin the notice."),
            code="appointment",
        )
    if not note.strip():
        raise Invalid(
            _("Say in one sentence why not."), remedy=_("Whoever checks it reads it."), field="note"
        )
    checker = nomination.checked_by
    move(
        nomination,
        S.CONSENTED,
        expected=ABLE,
        exception_note=note.strip(),
        check_due=clock.now() + timedelta(days=policy.value("mentor_check_days")),
        **NOTHING_CHECKED,
    )
    record("renewal sent back", nomination, by=by, note=note.strip())
    tell([checker], nomination, "renewal_sent_back")
    return nomination


# What only served the way to the appointment.
FORGOTTEN = {"born": None, "token_hash": None, "check_due": None, "answer_due": None}


def _note(verb, appointment, by=None):
    record(
        verb,
        appointment,
        by=by,
        kind=str(appointment.kind),
        organisation=appointment.organisation.name_zh,
        since=appointment.since.isoformat(),
        until=appointment.until.isoformat(),
        capacity=appointment.capacity,
    )


def _tell_appointed(appointment, kind):
    for person in {appointment.user, *people_of(appointment.organisation)}:
        notify(
            person,
            kind,
            key=f"{appointment.pk}:{appointment.until}",
            url=appointment.get_absolute_url(),
            unit=appointment.organisation.name_zh,
        )


def _concerned(nomination):
    people = {*people_of(nomination.organisation), nomination.nominated_by}
    return people | ({nomination.user} if nomination.user else set())


def _locked(nomination):
    return (
        Nomination.objects.select_for_update(of=("self",))
        .select_related("organisation", "user", "notice", "checked_by")
        .get(pk=nomination.pk)
    )


def close_what_nobody_answered():
    """The clock: nominations whose employer or person did not answer in time. Returns how many."""
    return each_due(
        unanswered(clock.now()),
        lambda row: close_unanswered(nomination=row),
        stuck=lambda row, refusal: None,  # answered this very moment
    )
