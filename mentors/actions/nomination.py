"""A nomination from the employer's word to the check: put forward, consented to, checked, excepted by two persons.

A person without an account answers through a link mailed to the address the employer gave; such a person is a
`Nominee`, named in the trail by that part only.
"""

import secrets
from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.core.mail import send_mail
from django.db import IntegrityError, transaction
from django.db.models import F
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from consortium import clock, policy
from consortium.actions.account import hash_token
from consortium.audit import Outsider, action, record
from consortium.models import PublicNotice
from consortium.notifications import notify, notify_many, worded
from consortium.reach import names
from consortium.refusals import Forbidden, Invalid, Refused
from consortium.templatetags.portal import day_text
from mentors.actions.appointment import membership_lapsed, refuse_capacity, refuse_second, term_end
from mentors.enums import (
    INDUSTRY_KINDS,
    NOMINATION_MOVES,
    AppointmentState,
    NominationKind,
)
from mentors.enums import NominationState as S
from mentors.models import Nomination
from mentors.queries.assessment import assessed_years, excellent_years
from mentors.queries.nomination import open_nomination, people_of, person_with
from mentors.rules import nomination as rules
from mentors.rules.appointment import fits_kind
from mentors.rules.qualification import age_on, beyond_exception, failed_of, held_against_scheme, said_of

# What the employer writes and mends.
FIELDS = (
    "name",
    "email",
    "born",
    "kind",
    "category",
    "title",
    "title_level",
    "degree",
    "years",
    "in_post",
    "team",
    "field",
    "capacity",
    "since",
)


@dataclass(frozen=True, kw_only=True)
class Nominee(Outsider):
    """A nominated person without an account, who came by the link of one nomination."""

    part: str = "a nominated person"
    nomination_id: int


# --- put forward


@action
def nominate(*, by, organisation, proof=None, **fields):
    """Put somebody forward. The employer's own people consent for it by nominating; then the person is asked.

    What the office nominates waits for the employer first. Refuses other organisations, a kind that does not fit, a
    lapsed member, a first day that has passed, a second open nomination and a second appointment of the kind.
    """
    if not rules.may_nominate_for(by, organisation):
        raise Forbidden(
            _("You do not nominate in the name of %(unit)s.") % {"unit": organisation.name},
            remedy=_("Its administrator or the graduate school can do it."),
        )
    user = _refuse_unfit(organisation, fields)
    refuse_second(user, fields["kind"])
    return _put_forward(by, organisation, fields, user=user, proof=proof)


@action
def nominate_again(*, by, appointment, proof=None, **fields):
    """Put a mentor forward for another term, which follows the present one: no gap and no overlap.

    Refuses an appointment that has ended, one with more than 90 days to go, and a second renewal beside an open one.
    """
    organisation = appointment.organisation
    if not rules.may_nominate_for(by, organisation):
        raise Forbidden(
            _("You do not nominate in the name of %(unit)s.") % {"unit": organisation.name},
            remedy=_("Its administrator or the graduate school can do it."),
        )
    today = clock.today()
    if appointment.state != AppointmentState.ACTIVE or appointment.until < today:
        raise Refused(
            _("This appointment has ended; there is no term that could be followed by another."),
            remedy=_("Nominate the person anew."),
            url=reverse("nomination_new"),
            url_label=_("Nominate a mentor"),
            code="over",
        )
    if (appointment.until - today).days > rules.RENEWAL_DAYS:
        raise Refused(
            _("The present term runs until %(until)s; it can be renewed within its last %(days)d days.")
            % {"until": day_text(appointment.until), "days": rules.RENEWAL_DAYS},
            remedy=_("Come back then; you will be told 90 days before."),
            code="early",
        )
    fields |= {
        "name": appointment.user.get_full_name(),
        "email": appointment.user.email or "",
        "kind": appointment.kind,
        "since": appointment.until + timedelta(days=1),
    }
    _refuse_unfit(organisation, fields)
    return _put_forward(by, organisation, fields, user=appointment.user, proof=proof, renews=appointment)


def _put_forward(by, organisation, fields, *, user, proof, renews=None):
    now = clock.now()
    nomination = Nomination(
        process=NominationKind.RENEWAL if renews else NominationKind.APPOINTMENT,
        organisation=organisation,
        user=user,
        renews=renews,
        proof=proof,
        until=term_end(fields["since"]),
        nominated_by=by,
        nominated_at=now,
        answer_due=now + timedelta(days=policy.value("mentor_consent_days")),
        is_sample=organisation.is_sample,
        **fields,
    )
    own = rules.speaks_for_employer(by, nomination)
    if own:
        nomination.state, nomination.employer_by, nomination.employer_at = S.EMPLOYER_CONSENTED, by, now
    _save_once(nomination)
    record("mentor nominated", nomination, by=by, kind=str(nomination.kind), organisation=organisation.pk)
    if own:
        _ask_the_person(nomination)
    else:
        _tell(people_of(organisation), nomination, "nomination_for_employer")
    return nomination


@action
def mend_nomination(*, nomination, by, proof=None, **fields):
    """Write a returned nomination down again and send it on; the person is asked anew, for the words have changed."""
    _ask_writer(by, nomination)
    user = _refuse_unfit(nomination.organisation, fields, renews=nomination.renews)
    now = clock.now()
    if proof is not None:
        fields["proof"] = proof
    if nomination.renews_id is None:
        fields["user"] = user
    _move(
        nomination,
        S.EMPLOYER_CONSENTED,
        expected=(S.RETURNED,),
        until=term_end(fields["since"]),
        consented_at=None,
        answer_due=now + timedelta(days=policy.value("mentor_consent_days")),
        **fields,
    )
    record("nomination mended", nomination, by=by)
    _ask_the_person(nomination)
    return nomination


def _refuse_unfit(organisation, fields, renews=None):
    """Refuse what no nomination may say; returns the account of the person, if there is one."""
    kind = fields["kind"]
    refuse_capacity(fields["capacity"])
    if not fits_kind(organisation, kind):
        raise Invalid(
            _(
                "An academic mentor comes from a university or one of its units, an industry mentor from elsewhere."
            ),
            remedy=_("Choose another organisation or another kind."),
            field="kind",
        )
    if kind in INDUSTRY_KINDS and membership_lapsed(organisation):
        raise Refused(
            _("The membership of %(unit)s has ended; no new mentors are appointed from there.")
            % {"unit": organisation.name},
            remedy=_("Renew the membership first. Students who are there now are not affected."),
            url=organisation.get_absolute_url(),
            url_label=_("Open the membership"),
        )
    today = clock.today()
    if fields["since"] < today and renews is None:
        raise Invalid(
            _("%(day)s has passed; an appointment begins after its notice.")
            % {"day": day_text(fields["since"])},
            remedy=_("Enter a later day."),
            field="since",
        )
    if not 16 <= age_on(fields["born"], today) <= 120:
        raise Invalid(
            _("A birth on %(day)s cannot be right.") % {"day": day_text(fields["born"])},
            remedy=_("Compare it with the identity card."),
            field="born",
        )
    user = person_with(fields["email"])
    if user is not None and user.name != fields["name"]:
        raise Invalid(
            _("This address belongs to another name."),
            remedy=_("Compare name and address; one of the two is wrong."),
            field="email",
        )
    return user


def _save_once(nomination):
    _refuse_second_nomination(nomination)
    try:
        with transaction.atomic():
            nomination.save()
    except IntegrityError:
        _refuse_second_nomination(nomination)
        raise


def _refuse_second_nomination(nomination):
    first = open_nomination(
        kind=nomination.kind, user=nomination.user, email=nomination.email, except_for=nomination
    )
    if first is None:
        return
    here = first.organisation_id == nomination.organisation_id
    raise Refused(
        _("%(name)s is nominated as %(kind)s already; that nomination is “%(state)s”.")
        % {"name": first.name, "kind": first.get_kind_display(), "state": first.get_state_display()}
        if here
        else _("Another organisation has nominated this person for the same kind of appointment."),
        remedy=_("Go on with that one, or withdraw it first.")
        if here
        else _("Ask the graduate school which of the two shall stand."),
        url=first.get_absolute_url() if here else "",
        url_label=_("Open the nomination"),
        field="email",
        code="second",
    )


# --- consent


@action
def consent_as_employer(*, nomination, by):
    """The employer agrees with what the office put forward; then the person is asked."""
    if not rules.speaks_for_employer(by, nomination):
        raise Forbidden(
            _("You can read this nomination, but you do not speak for %(unit)s.")
            % {"unit": nomination.organisation.name},
            remedy=_("Its administrator consents."),
        )
    now = clock.now()
    _move(
        nomination,
        S.EMPLOYER_CONSENTED,
        expected=(S.NOMINATED,),
        employer_by=by,
        employer_at=now,
        answer_due=now + timedelta(days=policy.value("mentor_consent_days")),
    )
    record("employer consented to the nomination", nomination, by=by)
    _ask_the_person(nomination)
    return nomination


@action
def consent(*, nomination, by):
    """The person agrees to be checked, named on the public notice and appointed. The office is told.

    `by` is the person, or the `Nominee` who came by the link. Refuses everybody else and a second answer.
    """
    _ask_person(by, nomination)
    now = clock.now()
    _move(
        nomination,
        S.CONSENTED,
        expected=(S.EMPLOYER_CONSENTED,),
        consented_at=now,
        check_due=now + timedelta(days=policy.value("mentor_check_days")),
        answer_due=None,
    )
    record("consented to the nomination", nomination, by=by)
    _tell(rules.checkers(nomination), nomination, "nomination_to_check", due=nomination.check_due)
    return nomination


@action
def decline(*, nomination, by, reason=""):
    """The person says no, or takes the consent back before the appointment. What only served the check is forgotten."""
    _ask_person(by, nomination)
    _close(nomination, S.DECLINED, reason=reason.strip())
    record("nomination declined", nomination, by=by)
    _tell(people_of(nomination.organisation), nomination, "nomination_declined")
    return nomination


@action
def withdraw_nomination(*, nomination, by, reason):
    """The employer, or whoever nominated, takes the nomination back before the appointment."""
    _ask_writer(by, nomination)
    if not reason.strip():
        raise Invalid(_("Say in a sentence why it is withdrawn."), field="reason")
    _close(nomination, S.WITHDRAWN, reason=reason.strip())
    record("nomination withdrawn", nomination, by=by)
    if nomination.user:
        _tell([nomination.user], nomination, "nomination_withdrawn")
    return nomination


@action
def send_link_again(*, nomination, by):
    """A new link to the person's address; the old one stops working. Returns the token, None where there is an account."""
    _ask_writer(by, nomination)
    if nomination.state != S.EMPLOYER_CONSENTED:
        raise _moved_on(nomination)
    record("consent link sent again", nomination, by=by)
    return _ask_the_person(nomination, again=True)


@action
def close_unanswered(*, nomination):
    """By the clock: nobody answered in time. The employer is told and may nominate again."""
    _close(nomination, S.UNANSWERED, expected=(S.NOMINATED, S.EMPLOYER_CONSENTED))
    record("nomination without an answer", nomination, by=None)
    people = {*people_of(nomination.organisation), nomination.nominated_by}
    _tell(people, nomination, "nomination_unanswered")
    return nomination


# --- the check


@action
def pass_check(*, nomination, by):
    """Every rule of the scheme is met: the appointment may go on notice. Refuses, rule by rule, what is not met."""
    _ask_checker(by, nomination)
    lines = lines_of(nomination)
    if failed_of(lines):
        raise Refused(
            _("%(name)s does not meet the scheme. %(rules)s")
            % {"name": nomination.name, "rules": _sentences(nomination, lines)},
            remedy=_("Ask for an exception with its reason, return the nomination, or do not appoint."),
            code="scheme",
        )
    _checked(nomination, by, S.QUALIFIED, lines)
    record("nomination checked", nomination, by=by)
    _tell_second_person(nomination)
    return nomination


@action
def request_exception(*, nomination, by, reason):
    """Ask for an exception from the rules that are not met; a second person signs it. Refuses rules that do not bend."""
    _ask_checker(by, nomination)
    lines = lines_of(nomination)
    if not failed_of(lines):
        raise Refused(
            _("Every rule of the scheme is met; no exception is needed."),
            remedy=_("Pass the check."),
            code="scheme",
        )
    hard = beyond_exception(lines)
    if hard:
        raise Refused(
            _("No exception is possible here. %(rules)s") % {"rules": _sentences(nomination, hard)},
            remedy=_("Return the nomination, or do not appoint."),
            code="hard",
        )
    if not reason.strip():
        raise Invalid(
            _("An exception needs a reason."),
            remedy=_("Say in a sentence or two why this person is needed all the same; it is signed by two."),
            field="reason",
        )
    _checked(nomination, by, S.EXCEPTION_REQUESTED, lines, exception_reason=reason.strip(), exception_note="")
    record(
        "exception asked",
        nomination,
        by=by,
        reason=reason.strip(),
        rules=[r["rule"] for r in failed_of(lines)],
    )
    _tell(rules.signers(nomination), nomination, "exception_to_sign")
    return nomination


@action
def sign_exception(*, nomination, by):
    """The second signature under an exception. Refuses whoever asked for it, nominated, or is nominated."""
    _ask_signer(by, nomination)
    _move(nomination, S.REVIEWED, expected=(S.EXCEPTION_REQUESTED,), signed_by=by, signed_at=clock.now())
    record("exception signed", nomination, by=by)
    _tell_second_person(nomination)
    return nomination


def _tell_second_person(nomination):
    """A renewal goes without a notice: somebody else of the office settles it."""
    if nomination.process == NominationKind.RENEWAL:
        _tell(rules.signers(nomination), nomination, "renewal_to_settle")


@action
def refuse_exception(*, nomination, by, note):
    """The second person does not sign: the nomination is at the check again, with the sentence why."""
    _ask_signer(by, nomination)
    if not note.strip():
        raise Invalid(
            _("Say in one sentence why not."), remedy=_("Whoever checks it reads it."), field="note"
        )
    checker = nomination.checked_by
    _move(
        nomination,
        S.CONSENTED,
        expected=(S.EXCEPTION_REQUESTED,),
        exception_note=note.strip(),
        **NOTHING_CHECKED,
    )
    record("exception not signed", nomination, by=by, note=note.strip())
    _tell([checker], nomination, "exception_refused")
    return nomination


@action
def return_nomination(*, nomination, by, note):
    """Send it back to whoever nominated, with what has to be mended."""
    _ask_checker(by, nomination)
    if not note.strip():
        raise Invalid(
            _("Write what has to be mended."),
            remedy=_("It goes to the employer as you write it."),
            field="note",
        )
    _move(
        nomination,
        S.RETURNED,
        expected=(S.CONSENTED,),
        return_note=note.strip(),
        check_due=None,
        **NOTHING_CHECKED,
    )
    record("nomination returned", nomination, by=by, note=note.strip())
    people = {*people_of(nomination.organisation), nomination.nominated_by}
    _tell(people, nomination, "nomination_returned")
    return nomination


@action
def refuse_nomination(*, nomination, by, reason):
    """Do not appoint. The employer and the person read the reason; the employer may nominate again."""
    _ask_checker(by, nomination)
    if not reason.strip():
        raise Invalid(
            _("Say why the person is not appointed."),
            remedy=_("The employer and the person read it."),
            field="reason",
        )
    lines = lines_of(nomination)
    _close(
        nomination,
        S.REFUSED,
        expected=(S.CONSENTED,),
        reason=reason.strip(),
        checks=lines,
        failed=len(failed_of(lines)),
        checked_by=by,
        checked_at=clock.now(),
    )
    record("nomination refused", nomination, by=by)
    people = {*people_of(nomination.organisation), nomination.nominated_by}
    _tell(people | ({nomination.user} if nomination.user else set()), nomination, "nomination_refused")
    return nomination


# What is taken off when a nomination is at the check again.
NOTHING_CHECKED = {
    "checks": [],
    "failed": 0,
    "checked_by": None,
    "checked_at": None,
    "signed_by": None,
    "signed_at": None,
}


def lines_of(nomination):
    """The scheme held against the nomination as it is now; once it is closed, what was found then."""
    if nomination.born is None:
        return nomination.checks
    assessments = (0, 0)
    if nomination.renews_id:
        assessments = assessed_years(nomination.renews, clock.today())
    return held_against_scheme(
        nomination, excellent=excellent_years(nomination.user), assessments=assessments
    )


def _checked(nomination, by, state, lines, **fields):
    _move(
        nomination,
        state,
        expected=(S.CONSENTED,),
        checks=lines,
        failed=len(failed_of(lines)),
        checked_by=by,
        checked_at=clock.now(),
        **fields,
    )


def _sentences(nomination, lines):
    return " ".join(line["sentence"] for line in said_of(nomination, failed_of(lines)))


# --- what all steps share


def _move(nomination, to, *, expected=None, **fields):
    """Move it on if it still is where the caller saw it; a refusal in words when somebody was first."""
    allowed = [
        state
        for state, moves in NOMINATION_MOVES.items()
        if to in moves and (expected is None or state in expected)
    ]
    try:
        with transaction.atomic():
            moved = Nomination.objects.filter(
                pk=nomination.pk, state__in=allowed, version=nomination.version
            ).update(state=to, version=F("version") + 1, **fields)
    except IntegrityError:
        _refuse_second_nomination(
            Nomination(
                pk=nomination.pk,
                organisation=nomination.organisation,
                user=fields.get("user", nomination.user),
                email=fields.get("email", nomination.email),
                kind=fields.get("kind", nomination.kind),
            )
        )
        raise
    nomination.refresh_from_db()
    if not moved:
        raise _moved_on(nomination)


move = _move


def _close(nomination, to, *, expected=None, reason="", **fields):
    """End it; the birth, the link and an address without an account have served their purpose and are forgotten.

    A person without an account who was asked has one mail about it before the address is forgotten: no page is left to
    say it, since the link ends too.
    """
    address, asked = nomination.email, nomination.user_id is None and nomination.employer_at is not None
    forgotten = {"born": None, "token_hash": None, "answer_due": None, "check_due": None}
    if nomination.user_id is None:
        forgotten["email"] = ""
    _move(
        nomination,
        to,
        expected=expected,
        closed_at=clock.now(),
        closed_reason=reason,
        **forgotten | fields,
    )
    if asked and address and to in CLOSED_WORDS:
        _mail_closed(nomination, to, address)
    if nomination.notice_id:
        now = clock.now()
        PublicNotice.objects.filter(pk=nomination.notice_id, ends_at__gt=now, starts_at__lt=now).update(
            ends_at=now
        )


# What a person without an account reads about the end; who declined knows it.
CLOSED_WORDS = {
    S.WITHDRAWN: gettext_lazy("Your nomination as mentor by %(unit)s was withdrawn."),
    S.REFUSED: gettext_lazy("You are not appointed as mentor on the nomination by %(unit)s."),
    S.UNANSWERED: gettext_lazy("Your nomination as mentor by %(unit)s is closed: no answer came in time."),
}


def _mail_closed(nomination, state, address):
    """One mail to an address without an account, after commit and not through the outbox."""
    with translation.override("zh-hans"):
        said = str(CLOSED_WORDS[state]) % {"unit": nomination.organisation.name_zh}
        body = render_to_string(
            "mail/nomination_closed.txt",
            {"said": said, "reason": nomination.closed_reason, "name": nomination.name},
        )
        subject = _("Your nomination as mentor is closed")
    transaction.on_commit(
        lambda: send_mail(subject, body, settings.DEFAULT_FROM_EMAIL, [address]), robust=True
    )


def _moved_on(nomination):
    return Refused(
        _("This nomination has moved on and is now “%(state)s”; nothing was done.")
        % {"state": nomination.get_state_display()},
        remedy=_("Open it again and go on from there."),
        url=nomination.get_absolute_url(),
        url_label=_("Open the nomination"),
        code="state",
    )


def _ask_writer(by, nomination):
    if not rules.may_write(by, nomination):
        raise Forbidden(
            _("You can read this nomination but not change it."),
            remedy=_("The organisation that nominated changes it."),
        )


def _ask_person(by, nomination):
    came_by_link = isinstance(by, Nominee) and by.nomination_id == nomination.pk
    if not came_by_link and not (by.pk and rules.is_person(by, nomination)):
        raise Forbidden(
            _("Only the nominated person answers for themselves."),
            remedy=_("They were asked by a message or by mail."),
        )


def _ask_checker(by, nomination):
    if not rules.may_check(by, nomination):
        raise Forbidden(
            _("Whoever nominated or consented for the employer does not check, nor does the person."),
            remedy=_waits_for(rules.checkers(nomination)),
        )


ask_checker = _ask_checker


def _ask_signer(by, nomination):
    if not rules.may_sign(by, nomination):
        raise Forbidden(
            _(
                "An exception is signed by a second person: not by whoever asked for it, nominated or is nominated."
            ),
            remedy=_waits_for(rules.signers(nomination)),
        )


def _waits_for(people):
    if people:
        return _("It waits for: %(names)s.") % {"names": names(people)}
    return _("Ask the graduate school or the secretariat.")


def _ask_the_person(nomination, *, again=False):
    """By the bell and mail where there is an account, else by a mail with a link. Returns the link's token or None."""
    if nomination.user:
        notify(
            nomination.user,
            "mentor_nominated",
            key=f"{nomination.pk}:{nomination.version}:{clock.now().date() if again else ''}",
            url=nomination.get_absolute_url(),
            unit=nomination.organisation.name_zh,
            until=nomination.answer_due,
        )
        return None
    token = secrets.token_urlsafe(32)
    nomination.token_hash = hash_token(token)
    Nomination.objects.filter(pk=nomination.pk).update(token_hash=nomination.token_hash)
    _mail_link(nomination, token)
    return token


def _mail_link(nomination, token):
    """Mail the link. The address has no account, so this goes out after commit and not through the outbox."""
    params = {"unit": nomination.organisation.name_zh, "until": nomination.answer_due.isoformat()}
    url = settings.SITE_URL.rstrip("/") + reverse("nomination_link", args=[token])
    with translation.override("zh-hans"):
        said = worded("mentor_nominated", params)
        body = render_to_string(
            "mail/nomination_link.txt", {"said": said, "url": url, "name": nomination.name}
        )
    address = nomination.email
    transaction.on_commit(
        lambda: send_mail(said["subject"], body, settings.DEFAULT_FROM_EMAIL, [address]), robust=True
    )


def _tell(people, nomination, kind, **params):
    notify_many(
        people,
        kind,
        key=f"{nomination.pk}:{nomination.version}",
        url=nomination.get_absolute_url(),
        unit=nomination.organisation.name_zh,
        **params,
    )


tell = _tell
