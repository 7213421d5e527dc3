"""An application for membership from its link or first words to the vote: written, handed in, checked, returned.

An applicant without an account is an `Applicant`: known by the link mailed to their address, named in the trail.
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
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from consortium import clock, policy
from consortium.actions.account import hash_token
from consortium.actions.organisation import checked_uscc, register_organisation
from consortium.audit import Outsider, action, record
from consortium.enums import (
    MEMBERSHIP_APPLICATION_MOVES,
    MembershipApplicationKind,
    MembershipCheckItem,
    MembershipRank,
)
from consortium.enums import MembershipApplicationState as S
from consortium.models import GovernanceBody, MembershipApplication, MembershipDocument, User
from consortium.notifications import as_stored, notify_many, words
from consortium.queries.membership_application import membership_in_force, open_application
from consortium.queries.people import administrators_of
from consortium.reach import holders
from consortium.refusals import Forbidden, Invalid, Refused, Stale
from consortium.roles import Permission
from consortium.rules import membership_application as rules
from consortium.templatetags.portal import day_text

FIELDS = (
    "council",
    "rank",
    "board",
    "unit_name",
    "uscc",
    "unit_kind",
    "district",
    "scale",
    "wishes",
    "contact_name",
    "contact_post",
    "contact_email",
)
# What is left of the contact of an application that was never handed in.
NOBODY = {"contact_name": "", "contact_post": "", "contact_email": "", "token_hash": None}


@dataclass(frozen=True, kw_only=True)
class Applicant(Outsider):
    """Somebody without an account who came by the link of one application."""

    part: str = "an applicant"
    application_id: int


@dataclass(frozen=True)
class _Told:
    """What `notifications.words` reads of a message that no account receives."""

    kind: str
    params: dict


# --- beginning


@action
def invite_to_apply(*, by, email, unit_name, contact_name="", council, is_sample=None):
    """The secretariat invites a unit: the address gets a link to a form that is its own. Returns (application, token)."""
    if not rules.may_decide(by):
        raise Forbidden(
            _("Your role does not invite units to join."), remedy=_("Ask the secretariat to do it.")
        )
    member = membership_in_force(council=council, name=unit_name)
    if member:
        raise _member_already(member)
    return _begin(
        by=by,
        email=email,
        unit_name=unit_name,
        contact_name=contact_name,
        council=council,
        is_sample=is_sample,
        invited=True,
    )


@action
def ask_for_link(*, email, unit_name, contact_name, council, is_sample=None):
    """The open door: whoever asks gets a link to the form by mail; the address is then known to be theirs.

    A second request from the same address goes on with the draft that is there. Returns (application, token).
    """
    draft = (
        MembershipApplication.objects.filter(
            organisation=None, council=council, contact_email=email.strip().lower(), state__in=rules.EDITABLE
        )
        .order_by("-pk")
        .first()
    )
    if draft:
        return draft, send_link_again(application=draft, by=Applicant(application_id=draft.pk))
    return _begin(
        by=None,
        email=email,
        unit_name=unit_name,
        contact_name=contact_name,
        council=council,
        is_sample=is_sample,
    )


def _begin(*, by, email, unit_name, contact_name, council, is_sample, invited=False):
    token = secrets.token_urlsafe(32)
    now = clock.now()
    application = MembershipApplication.objects.create(
        council=council,
        unit_name=unit_name.strip(),
        contact_name=contact_name.strip(),
        contact_email=email.strip().lower(),
        created_at=now,
        created_by=by,
        token_hash=hash_token(token),
        token_expires_at=now + timedelta(days=policy.value("membership_link_days")),
        is_sample=settings.DEMO if is_sample is None else is_sample,
    )
    verb = "invited to apply for membership" if invited else "application link asked for"
    record(verb, application, by=by or Applicant(application_id=application.pk))
    if invited:
        _mail_link(application, token, "membership_invited")
    else:
        _mail_link(application, token, "membership_link", language=get_language())
    return application, token


@action
def start_application(*, by, organisation, council, kind=MembershipApplicationKind.ADMISSION):
    """An organisation that has people here applies: the form comes filled with what the register knows.

    Refuses somebody of another unit, a unit that is a member already, and a second application beside an open one.
    """
    if not rules.may_apply_for(by, organisation):
        raise Forbidden(
            _("You do not apply in the name of %(unit)s.") % {"unit": organisation.name},
            remedy=_("Its administrator can do it."),
        )
    member = membership_in_force(council=council, organisation=organisation)
    if kind == MembershipApplicationKind.ADMISSION and member:
        raise _member_already(member)
    if kind != MembershipApplicationKind.ADMISSION and not member:
        raise Refused(
            _("%(unit)s has no membership in this council that could be renewed or changed.")
            % {"unit": organisation.name},
            remedy=_("Apply for admission instead."),
            code="no_membership",
        )
    _refuse_second(council=council, organisation=organisation)
    last = organisation.membership_applications.order_by("-pk").first()
    application = MembershipApplication(
        kind=kind,
        council=council,
        organisation=organisation,
        previous=member,
        rank=member.rank if member else MembershipRank.MEMBER_UNIT,
        board=last.board if last else None,
        unit_name=organisation.name_zh,
        uscc=organisation.uscc or "",
        unit_kind=organisation.kind,
        district=organisation.district,
        contact_name=by.get_full_name(),
        contact_post=last.contact_post if last else "",
        contact_email=by.email or "",
        created_at=clock.now(),
        created_by=by,
        is_sample=organisation.is_sample,
    )
    _save_new(application)
    record("application for membership begun", application, by=by, kind=str(kind))
    return application


@action
def send_link_again(*, application, by):
    """A new link to the applicant's address; the old one stops working. Returns the token.

    Asked for by the applicant, or by the secretariat for somebody who lost it.
    """
    own = isinstance(by, Applicant) and by.application_id == application.pk
    if not own and not rules.may_send_link(by, application):
        raise Forbidden(
            _("This link is not yours to send."),
            remedy=_("The secretariat sends it, or the applicant asks for it."),
        )
    token = _new_token(application)
    record("application link sent again", application, by=by)
    _mail_link(application, token, "membership_link", language=get_language() if own else None)
    return token


def _new_token(application):
    token = secrets.token_urlsafe(32)
    application.token_hash = hash_token(token)
    application.token_expires_at = clock.now() + timedelta(days=policy.value("membership_link_days"))
    MembershipApplication.objects.filter(pk=application.pk).update(
        token_hash=application.token_hash, token_expires_at=application.token_expires_at
    )
    return token


# --- writing


@action
def save_application(*, application, by, version=None, **fields):
    """Write the application down again; nothing is handed in. `version`: the one the writer had before their eyes."""
    unknown = set(fields) - set(FIELDS)
    if unknown:
        raise TypeError(f"not a field of an application: {sorted(unknown)}")
    _ask_writer(by, application)
    _ask_editable(application)
    if "uscc" in fields:
        fields["uscc"] = checked_uscc(fields["uscc"]) or ""
    current = MembershipApplication.objects.get(pk=application.pk)
    changed = {name: value for name, value in fields.items() if getattr(current, name) != value}
    if not changed:
        return application
    expected = application.version if version is None else version
    written = MembershipApplication.objects.filter(
        pk=application.pk, version=expected, state__in=rules.EDITABLE
    ).update(version=F("version") + 1, **changed)
    if not written:
        raise Stale(
            _("Someone changed this application while you were writing."),
            remedy=_("Both versions are shown below. Choose what to keep, then save."),
            theirs=MembershipApplication.objects.get(pk=application.pk),
        )
    application.refresh_from_db()
    record("application for membership saved", application, by=by, fields=sorted(changed))
    return application


@action
def add_document(*, application, by, kind, file):
    """Add one paper; it takes the place of an older one of its kind. Refuses one that was handed in meanwhile."""
    _ask_writer(by, application)
    _ask_editable(locked(application))
    MembershipDocument.objects.update_or_create(
        application=application, kind=kind, defaults={"file": file, "added_at": clock.now()}
    )
    record("document added to the application", application, by=by, kind=str(kind), sha256=file.sha256)


@action
def submit_application(*, application, by):
    """Hand the application in: it gets its number, the secretariat is told, the days of the check begin.

    Refuses what is incomplete (all of it at its fields), a unit that is a member already, and a second application.
    """
    _ask_writer(by, application)
    _ask_editable(application)
    for name in rules.NEEDED:
        if not getattr(application, name):
            raise Invalid(_("Fill this in."), field=name)
    kinds = set(application.documents.values_list("kind", flat=True))
    missing = rules.missing_documents(kinds)
    if missing:
        raise Invalid(
            _("Still missing: %(papers)s.") % {"papers": "、".join(map(str, missing))},
            remedy=_("Choose the file and hand the application in again."),
            field=next(kind for kind in ("licence", "letter") if kind not in kinds),
            code="documents",
        )
    if application.kind == MembershipApplicationKind.ADMISSION:
        member = membership_in_force(
            council=application.council,
            organisation=application.organisation,
            uscc=application.uscc,
            name=application.unit_name,
        )
        if member:
            raise _member_already(member)
    now = clock.now()
    _move(
        application,
        S.SUBMITTED,
        mend_due=None,
        number=application.number or _next_number(now),
        submitted_at=now,
        check_due=now + timedelta(days=policy.value("membership_check_days")),
    )
    record("application for membership submitted", application, by=by, number=application.number)
    _tell_office(application, "membership_submitted", due=application.check_due)
    return application


@action
def withdraw_application(*, application, by, reason=""):
    """The applicant takes the application back, as long as no resolution stands.

    What was never handed in keeps no name and no address, and its link ends.
    """
    _ask_writer(by, application)
    if application.state not in rules.WITHDRAWABLE:
        raise _moved_on(application)
    handed_in = application.submitted_at is not None
    if handed_in and not reason.strip():
        raise Invalid(_("Say in a sentence why it is withdrawn."), field="reason")
    _move(
        application,
        S.WITHDRAWN,
        expected=rules.WITHDRAWABLE if handed_in else (S.DRAFT,),
        closed_at=clock.now(),
        closed_reason=reason.strip(),
        **({} if handed_in else NOBODY),
    )
    record("application for membership withdrawn", application, by=by, reason=reason.strip())
    if handed_in:
        _tell_office(application, "membership_withdrawn")
    return application


@action
def take_invitation_back(*, application, by):
    """The secretariat takes back an invitation that nobody has answered: its link ends, the address goes."""
    if not rules.may_decide(by):
        raise Forbidden(
            _("Your role does not invite units to join."), remedy=_("Ask the secretariat to do it.")
        )
    _move(application, S.WITHDRAWN, expected=(S.DRAFT,), closed_at=clock.now(), **NOBODY)
    record("invitation to apply taken back", application, by=by)
    return application


@action
def turn_away_application(*, application, by, reason):
    """The secretariat turns an application away before the council is asked; the applicant reads why and may apply anew."""
    if not rules.may_decide(by) or rules.may_write(by, application):
        raise Forbidden(
            _("You can read this application but not turn it away."),
            remedy=_("The secretariat does it; never the unit's own people."),
        )
    if not reason.strip():
        raise Invalid(_("Write why it is turned away."), remedy=_("The applicant reads it."), field="reason")
    _move(
        application,
        S.TURNED_AWAY,
        expected=rules.TURN_AWAY,
        closed_at=clock.now(),
        closed_reason=reason.strip(),
    )
    record("application turned away", application, by=by, reason=reason.strip())
    tell_applicant(application, "membership_turned_away", number=application.number)
    return application


@action
def expire_application(*, application):
    """By the clock: a returned application that nobody mended in its days is closed. None when somebody was first."""
    application = locked(application)
    if application.state != S.RETURNED or not application.mend_due or application.mend_due > clock.now():
        return None
    _move(application, S.EXPIRED, closed_at=clock.now(), closed_reason="not_mended")
    record("application expired", application, by=None)
    tell_applicant(application, "membership_expired", number=application.number)
    return application


@action
def let_go_of_draft(*, application):
    """By the clock: a draft whose link has ended without being handed in keeps no name and no address of its contact.

    None when somebody was first: handed in, or given a new link.
    """
    application = locked(application)
    if application.state != S.DRAFT or application.token_expires_at > clock.now():
        return None
    _move(
        application,
        S.WITHDRAWN,
        expected=(S.DRAFT,),
        closed_at=clock.now(),
        closed_reason="link_ended",
        **NOBODY,
    )
    record("application draft let go", application, by=None)
    return application


# --- the check


@action
def pass_check(*, application, by, ticks, notes=None, organisation=None):
    """The check list is complete: the application may be put to the vote.

    `ticks`: the items found in order, all of them needed. `organisation`: the record of the register that the unit is;
    without one the unit is registered now. Refuses the unit's own people and a check that another ended first.
    """
    _ask_checker(by, application)
    for item in MembershipCheckItem.values:
        if item not in ticks:
            raise Invalid(
                _("“%(item)s” is not ticked.") % {"item": MembershipCheckItem(item).label},
                remedy=_("Tick it, or return the application with a sentence about it."),
                field=item,
                code="unticked",
            )
    unit = application.organisation or organisation or _registered(application, by)
    _complete_code(unit, application, by)
    member = membership_in_force(council=application.council, organisation=unit)
    if application.kind == MembershipApplicationKind.ADMISSION and member:
        raise _member_already(member)
    notes = notes or {}
    _move(
        application,
        S.CHECKED,
        expected=rules.CHECKABLE,
        organisation=unit,
        checked_by=by,
        checked_at=clock.now(),
        checks={item: {"ok": True, "note": notes.get(item, "")} for item in MembershipCheckItem.values},
    )
    record("application for membership checked", application, by=by, organisation=unit.pk)
    return application


@action
def return_application(*, application, by, ticks=(), notes):
    """Send the application back, with a sentence for each item that is not in order; its number stays."""
    _ask_checker(by, application)
    notes = {item: text.strip() for item, text in notes.items() if text and text.strip()}
    if not notes:
        raise Invalid(
            _("Write at least one sentence about what has to be mended."),
            remedy=_("It goes to the applicant as you write it."),
            field=f"note_{MembershipCheckItem.DOCUMENTS}",
        )
    _move(
        application,
        S.RETURNED,
        expected=(S.SUBMITTED, S.CHECKED),
        check_due=None,
        mend_due=clock.now() + timedelta(days=policy.value("membership_mend_days")),
        checks={
            item: {"ok": item in ticks and item not in notes, "note": notes.get(item, "")}
            for item in MembershipCheckItem.values
        },
    )
    record("application for membership returned", application, by=by, notes=notes)
    tell_applicant(application, "membership_returned", number=application.number)
    return application


def _registered(application, by):
    """The unit becomes a record of the register, with what the application says of it."""
    return register_organisation(
        by=by if rules.may_decide(by) else None,
        name_zh=application.unit_name,
        kind=application.unit_kind,
        uscc=application.uscc,
        district=application.district,
        is_sample=application.is_sample,
    )


def _complete_code(unit, application, by):
    """A record without a credit code gets the one that was checked; another code than the record's is refused."""
    from consortium.actions.organisation import edit_organisation

    if unit.uscc and application.uscc and unit.uscc != application.uscc:
        raise Invalid(
            _("The register has another credit code for “%(name)s”.") % {"name": unit.name},
            remedy=_("Return the application, or correct the record first."),
            field="record",
            url=unit.get_absolute_url(),
            url_label=_("Open “%(name)s”") % {"name": unit.name},
            code="code",
        )
    if not unit.uscc and application.uscc and rules.may_decide(by):
        edit_organisation(organisation=unit, by=by, uscc=application.uscc)


# --- what all steps share


def locked(application):
    """The application as it is now, locked until the act is done."""
    return (
        MembershipApplication.objects.select_for_update(of=("self",))
        .select_related("organisation", "council", "resolution", "notice", "previous", "board")
        .get(pk=application.pk)
    )


def move(application, to, *, expected=None, **fields):
    """Move the application on if it still is where the caller saw it; a refusal in words when somebody was first."""
    allowed = [
        state
        for state, moves in MEMBERSHIP_APPLICATION_MOVES.items()
        if to in moves and (expected is None or state in expected)
    ]
    try:
        with transaction.atomic():
            changed = MembershipApplication.objects.filter(
                pk=application.pk, state__in=allowed, version=application.version
            ).update(state=to, version=F("version") + 1, **fields)
    except IntegrityError:
        _refuse_second(
            council=application.council,
            organisation=fields.get("organisation", application.organisation),
            uscc=application.uscc,
            except_for=application,
        )
        raise
    application.refresh_from_db()
    if not changed:
        raise _moved_on(application)


_move = move


def _save_new(application):
    try:
        with transaction.atomic():
            application.save()
    except IntegrityError:
        _refuse_second(council=application.council, organisation=application.organisation)
        raise


def _ask_writer(by, application):
    own = isinstance(by, Applicant) and by.application_id == application.pk
    if not own and not rules.may_write(by, application):
        raise Forbidden(
            _("You can read this application but not change it."),
            remedy=_("The unit that applies changes it."),
        )


def _ask_editable(application):
    if application.state not in rules.EDITABLE:
        raise Refused(
            _("This application was handed in as %(number)s and is now “%(state)s”.")
            % {"number": application.number or "", "state": application.get_state_display()},
            remedy=_("It can be changed again when the secretariat returns it."),
            code="state",
        )


def _ask_checker(by, application):
    if not rules.may_check(by, application):
        raise Forbidden(
            _("You can read this application but not check it."),
            remedy=_("The secretariat, or the board it names, checks it; never the unit's own people."),
        )


def _moved_on(application):
    return Refused(
        _("This application has moved on and is now “%(state)s”; nothing was done.")
        % {"state": application.get_state_display()},
        remedy=_("Open it again and go on from there."),
        url=application.get_absolute_url(),
        url_label=_("Open the application"),
        code="state",
    )


def _member_already(member):
    return Refused(
        _("%(unit)s is a member already (since %(since)s, %(rank)s).")
        % {
            "unit": member.organisation.name,
            "since": day_text(member.since),
            "rank": member.get_rank_display(),
        },
        remedy=_("To change its rank, use Change of rank."),
        url=member.get_absolute_url(),
        url_label=_("Open the membership"),
        code="member",
    )


def _refuse_second(*, council, organisation=None, uscc="", except_for=None):
    first = open_application(council=council, organisation=organisation, uscc=uscc, except_for=except_for)
    if first:
        raise Refused(
            _("An application of this unit in this council is under way: %(number)s, “%(state)s”.")
            % {"number": first.number or _("not handed in yet"), "state": first.get_state_display()},
            remedy=_("Go on with that one, or withdraw it first."),
            url=first.get_absolute_url() if organisation else "",
            url_label=_("Open the application"),
            code="second",
        )


def _next_number(moment):
    """The next number of the year. The councils' rows are locked first, so that two hand-ins wait for each other."""
    list(GovernanceBody.objects.select_for_update().order_by("pk"))
    head = f"M-{moment.astimezone(clock.SHANGHAI).year}-"
    taken = MembershipApplication.objects.filter(number__startswith=head).order_by()
    last = max((int(n.removeprefix(head)) for n in taken.values_list("number", flat=True)), default=0)
    return f"{head}{last + 1:03d}"


def _tell_office(application, kind, **params):
    people = list(holders(Permission.RECORD_MEMBERSHIP))
    if application.board_id:
        people += list(
            User.objects.filter(
                is_active=True,
                grants__role="board_officer",
                grants__board=application.board,
                grants__ended_at=None,
            ).distinct()
        )
    notify_many(
        people,
        kind,
        key=f"{application.pk}:{application.version}",
        url=application.get_absolute_url(),
        number=application.number,
        unit=application.unit_name,
        **params,
    )


tell_office = _tell_office


def tell_applicant(application, kind, **params):
    """Tell the unit: its people by the bell and mail; a contact without an account by mail with a fresh link."""
    people = list(administrators_of(application.organisation))
    params |= {"unit": application.unit_name}
    notify_many(
        people,
        kind,
        key=f"{application.pk}:{application.version}",
        url=application.get_absolute_url(),
        **params,
    )
    email = application.contact_email
    if email and application.token_hash and email not in {(person.email or "").lower() for person in people}:
        _mail_link(application, _new_token(application), kind, **params)


def _mail_link(application, token, kind, *, language=None, **params):
    """Mail the applicant's link. The address has no account, so this goes out after commit and not through the outbox.

    `language`: that of the applicant who asks for it; what others set off is said in the portal's own, not in theirs.
    """
    params = {
        "unit": application.unit_name,
        "council": application.council.name_zh,
        "days": policy.value("membership_link_days"),
    } | as_stored(params)
    url = settings.SITE_URL.rstrip("/") + reverse("join", args=[token])
    with translation.override(language or settings.LANGUAGE_CODE):
        said = words(_Told(kind, params))
        body = render_to_string(
            "mail/membership_link.txt",
            {
                "said": said,
                "url": url,
                "name": application.contact_name,
                "until": application.token_expires_at,
            },
        )
    address = application.contact_email
    transaction.on_commit(
        lambda: send_mail(said["subject"], body, settings.DEFAULT_FROM_EMAIL, [address]), robust=True
    )
