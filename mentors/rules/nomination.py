"""Who nominates, consents, checks and signs, and whose turn it is."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from consortium.reach import holders, reach
from consortium.roles import Permission
from mentors.enums import NOMINATION_OPEN, AppointmentKind, AppointmentState, NominationKind
from mentors.enums import NominationState as S

EDITABLE = (S.RETURNED,)
# Until then the employer can take the nomination back, the person the consent.
BEFORE_APPOINTMENT = NOMINATION_OPEN


# What whoever's turn it is does next in each state: the address of the step, or none where the page itself asks, and its verb.
NEXT_ACTS = {
    S.NOMINATED: ("nomination_employer", gettext_lazy("Agree for the employer")),
    S.EMPLOYER_CONSENTED: ("", gettext_lazy("Agree or decline")),
    S.RETURNED: ("nomination_edit", gettext_lazy("Mend the nomination")),
    S.CONSENTED: ("nomination_check", gettext_lazy("Check the nomination")),
    S.EXCEPTION_REQUESTED: ("nomination_sign", gettext_lazy("Look at the exception")),
    S.QUALIFIED: ("nomination_notice", gettext_lazy("Begin the notice")),
    S.REVIEWED: ("nomination_notice", gettext_lazy("Begin the notice")),
}


def next_act(nomination):
    """The next step's address and verb; a renewal goes without a notice."""
    if nomination.process == NominationKind.RENEWAL and nomination.state in (S.QUALIFIED, S.REVIEWED):
        return "nomination_renewed", gettext_lazy("Renew the appointment")
    return NEXT_ACTS.get(nomination.state, ("", ""))


def may_nominate(user):
    """Whether the person nominates at all: for the own organisation, or the office for any."""
    return bool(reach(user, Permission.NOMINATE_MENTOR))


def may_nominate_for(user, organisation):
    """Whether the person nominates in the name of this organisation or for the office."""
    held = reach(user, Permission.NOMINATE_MENTOR)
    return held.all or organisation.pk in held.organisations


# From when on a term can be renewed: the first of the three warnings.
RENEWAL_DAYS = 90


def may_renew(user, appointment, today):
    """Whether the person can nominate this mentor for another term now."""
    return (
        appointment.state == AppointmentState.ACTIVE
        and 0 <= (appointment.until - today).days <= RENEWAL_DAYS
        and may_nominate_for(user, appointment.organisation)
    )


def speaks_for_employer(user, nomination):
    """The employer's own people; at the university, whose mentors are academic, the graduate school speaks for it."""
    held = reach(user, Permission.NOMINATE_MENTOR)
    if nomination.organisation_id in held.organisations:
        return True
    return held.all and nomination.kind == AppointmentKind.ACADEMIC


def may_write(user, nomination):
    """Whether the person mends or withdraws it: the employer's people, or whoever nominated."""
    return speaks_for_employer(user, nomination) or user.pk == nomination.nominated_by_id


def is_person(user, nomination):
    """Whether it is about this very person."""
    return nomination.user_id is not None and user.pk == nomination.user_id


def may_check(user, nomination):
    """The office checks; never whoever nominated, never the person, never the employer's own people."""
    return (
        reach(user, Permission.APPROVE_MENTOR).all
        and user.pk not in (nomination.nominated_by_id, nomination.user_id, nomination.employer_by_id)
        and nomination.organisation_id not in reach(user, Permission.NOMINATE_MENTOR).organisations
    )


def may_sign(user, nomination):
    """The second signature under an exception: whoever may check, but not the one who asked for it."""
    return may_check(user, nomination) and user.pk != nomination.checked_by_id


def may_settle(user, nomination):
    """Whoever takes the last step: of a renewal, which no notice shows to everybody, not the one who checked it."""
    renewal = nomination.process == NominationKind.RENEWAL
    return may_check(user, nomination) and not (renewal and user.pk == nomination.checked_by_id)


def may_answer(user, nomination):
    """Objections are answered by whoever may check, but neither checked this one nor signed its exception."""
    return may_check(user, nomination) and user.pk not in (nomination.checked_by_id, nomination.signed_by_id)


def signers(nomination):
    """Whom a refusal can name for the second signature."""
    barred = (
        nomination.nominated_by_id,
        nomination.user_id,
        nomination.employer_by_id,
        nomination.checked_by_id,
    )
    return [person for person in holders(Permission.APPROVE_MENTOR) if person.pk not in barred]


def checkers(nomination):
    """Whom a refusal can name for the check."""
    barred = (nomination.nominated_by_id, nomination.user_id, nomination.employer_by_id)
    return [person for person in holders(Permission.APPROVE_MENTOR) if person.pk not in barred]


def sees_queue(user):
    """Whether the person has a queue of nominations: the office, auditors, the employer's people."""
    return (
        reach(user, Permission.APPROVE_MENTOR).all
        or reach(user, Permission.READ_AUDIT).all
        or may_nominate(user)
    )


def reads_address(user, nomination):
    """The person's address is read by the employer's people, the office and the person."""
    return (
        may_write(user, nomination)
        or is_person(user, nomination)
        or reach(user, Permission.APPROVE_MENTOR).all
    )


def whose_turn(nomination):
    """Who acts next, in words."""
    if nomination.process == NominationKind.RENEWAL and nomination.state in (S.QUALIFIED, S.REVIEWED):
        return _("A second person of the office")
    return {
        S.NOMINATED: _("The employer"),
        S.EMPLOYER_CONSENTED: _("The nominated person"),
        S.CONSENTED: _("The office"),
        S.RETURNED: _("Whoever nominated"),
        S.QUALIFIED: _("The office"),
        S.EXCEPTION_REQUESTED: _("A second person of the office"),
        S.REVIEWED: _("The office"),
        S.PUBLIC_NOTICE: _("Everybody who wants to object"),
    }.get(nomination.state, _("Nobody: it is done"))


def is_users_turn(user, nomination):
    """Whether this person can take the next step."""
    state = nomination.state
    if state == S.NOMINATED:
        return speaks_for_employer(user, nomination)
    if state == S.EMPLOYER_CONSENTED:
        return is_person(user, nomination)
    if state == S.RETURNED:
        return may_write(user, nomination)
    if state == S.CONSENTED:
        return may_check(user, nomination)
    if state in (S.QUALIFIED, S.REVIEWED):
        return may_settle(user, nomination)
    return state == S.EXCEPTION_REQUESTED and may_sign(user, nomination)
