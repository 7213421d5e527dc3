"""From the vote to the membership: put to the vote, resolution by two persons, notice with objections, in force.

Ballots are cast outside the portal for now: the minutes say what was decided, one person types it, another compares.
"""

from datetime import timedelta

from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _

from consortium import clock, policy
from consortium.actions import certificate as certificates
from consortium.actions.account import give_role, invite
from consortium.actions.membership import (
    RESOLUTION_FIELDS,
    confirm_figures,
    must_keep_register,
    refuse_second_chair,
    refuse_votes,
    resolution_for,
)
from consortium.actions.membership_application import (
    locked,
    move,
    tell_applicant,
    tell_office,
)
from consortium.actions.membership_term import hand_over, standing_term
from consortium.actions.objection import answered_once, made_once, over
from consortium.audit import Outsider, action, record
from consortium.due import each_due
from consortium.enums import MembershipApplicationKind as Kind
from consortium.enums import MembershipApplicationState as S
from consortium.enums import MembershipRank, MembershipState
from consortium.models import (
    Membership,
    MembershipApplication,
    MembershipObjection,
    PublicNotice,
    Resolution,
    User,
)
from consortium.notifications import notify
from consortium.queries.membership import resolution_with
from consortium.queries.people import administrators_of
from consortium.reach import holders, names
from consortium.refusals import Forbidden, Invalid, Refused
from consortium.roles import Permission
from consortium.rules.membership_application import may_confirm_resolution
from consortium.rules.membership_term import last_day
from consortium.templatetags.portal import day_text
from consortium.working_calendar import after_working_days


@action
def put_to_vote(*, application, by, voting, vote_day):
    """Put a checked application on the agenda of a meeting, or of a vote in writing with its last day."""
    must_keep_register(by)
    if vote_day < clock.today():
        raise Invalid(
            _("%(day)s has passed.") % {"day": day_text(vote_day)},
            remedy=_("Enter the day of the meeting, or the last day of the vote in writing."),
            field="vote_day",
        )
    move(
        application,
        S.UNDER_VOTE,
        expected=(S.CHECKED,),
        voting=voting,
        vote_day=vote_day,
        vote_put_at=clock.now(),
    )
    record("application put to the vote", application, by=by, voting=voting, day=vote_day.isoformat())
    tell_applicant(application, "membership_under_vote", day=vote_day)
    return application


@action
def record_resolution(
    *,
    application,
    by,
    number,
    passed_on,
    entitled,
    present,
    votes_yes,
    votes_no,
    abstentions,
    minutes,
    rank,
    since=None,
):
    """Type what the minutes say; another person of the secretariat is asked to compare.

    Refuses a vote without quorum or majority (there is no override), one before the check or still to come, a number
    that stands for other figures, minutes left out, and a second chair unit at a time.
    """
    must_keep_register(by)
    if application.state != S.UNDER_VOTE:
        move(application, S.DECIDED, expected=(S.UNDER_VOTE,))  # refuses, and says how it stands
    today = clock.today()
    if passed_on > today:
        raise Invalid(
            _("The resolution is dated %(day)s, which is still to come.") % {"day": day_text(passed_on)},
            remedy=_("Enter the day on which it was passed."),
            field="passed_on",
        )
    if passed_on < application.checked_at.astimezone(clock.SHANGHAI).date():
        raise Invalid(
            _("The resolution of %(passed)s is older than the check of %(checked)s.")
            % {"passed": day_text(passed_on), "checked": day_text(application.checked_at)},
            remedy=_("Only an application that was checked is voted on; enter the day of that vote."),
            field="passed_on",
        )
    known = resolution_with(application.council, number)
    if minutes is None and not (known and known.minutes):
        raise Invalid(
            _("The minutes are missing."),
            remedy=_("Choose the file; the second person compares the figures with it."),
            field="minutes",
        )
    refuse_votes(
        entitled=entitled, present=present, votes_yes=votes_yes, votes_no=votes_no, abstentions=abstentions
    )
    since, until = _term(application, since or today)
    if rank == MembershipRank.CHAIR_UNIT:
        refuse_second_chair(application.council, since, until, except_for=application.previous)
    votes = dict(
        zip(RESOLUTION_FIELDS, (passed_on, entitled, present, votes_yes, votes_no, abstentions), strict=True)
    )
    now = clock.now()
    resolution = resolution_for(
        by=by, council=application.council, number=number, votes=votes, minutes=minutes, at=now
    )
    move(
        application,
        S.DECIDED,
        expected=(S.UNDER_VOTE,),
        resolution=resolution,
        rank=rank,
        since=since,
        until=until,
        decided_by=by,
        decided_at=now,
        confirmed_by=None,
        confirmed_at=None,
    )
    record(
        "resolution on the application recorded",
        application,
        by=by,
        resolution=number,
        rank=str(rank),
        since=since.isoformat(),
        until=until.isoformat(),
    )
    for person in holders(Permission.RECORD_MEMBERSHIP, except_for=[by]):
        notify(
            person,
            "resolution_to_confirm",
            key=f"{application.pk}:{application.version}",
            url=application.get_absolute_url(),
            unit=application.organisation.name_zh,
            number=number,
        )
    return application


def _term(application, since):
    """The first and the last day: a renewal follows the present term, a change of rank keeps its end."""
    previous = application.previous
    if application.kind == Kind.RENEWAL and previous:
        since = max(previous.until + timedelta(days=1), clock.today())
    if application.kind == Kind.RANK_CHANGE and previous:
        # A term has two days at least, so that the one before it ends with the day before and no day is counted twice.
        if not previous.since + timedelta(days=1) < since < previous.until:
            raise Invalid(
                _("The present term runs from %(since)s to %(until)s; the new rank begins within it.")
                % {"since": day_text(previous.since), "until": day_text(previous.until)},
                remedy=_("Enter a later day, or apply for renewal."),
                field="since",
            )
        return since, previous.until
    return since, last_day(since)


@action
def take_resolution_back(*, application, by):
    """What was typed wrongly is taken back before the second person confirms; the application is under vote again."""
    must_keep_register(by)
    resolution, decided_at = application.resolution, application.decided_at
    move(application, S.UNDER_VOTE, expected=(S.DECIDED,), resolution=None, decided_by=None, decided_at=None)
    if resolution.recorded_at == decided_at:  # typed with this application, not for another unit or a measure
        unused = (
            Resolution.objects.filter(pk=resolution.pk, confirmed_by=None)
            .exclude(memberships__isnull=False)
            .exclude(applications__isnull=False)
        )
        unused.delete()
    record("resolution taken back", application, by=by, resolution=resolution.number)
    return application


@action
def confirm_resolution(*, application, by):
    """The second person has compared the figures with the minutes; a renewal then stands, the others go on notice.

    Refuses whoever typed it, and an application that has moved on.
    """
    must_keep_register(by)
    if application.state == S.DECIDED and not may_confirm_resolution(by, application):
        others = holders(Permission.RECORD_MEMBERSHIP, except_for=[by])
        raise Forbidden(
            _("You recorded this resolution yourself; a second person must compare it with the minutes."),
            remedy=_("It waits for: %(names)s.") % {"names": names(others)}
            if others
            else _("Ask a colleague of the secretariat."),
        )
    now = clock.now()
    move(application, S.APPROVED, expected=(S.DECIDED,), confirmed_by=by, confirmed_at=now)
    confirm_figures(application.resolution, by=by, at=now)
    record(
        "resolution on the application confirmed",
        application,
        by=by,
        resolution=application.resolution.number,
    )
    if application.kind == Kind.RENEWAL:
        _stand_in_line(application)
    else:
        tell_office(application, "membership_approved")
    return application


@action
def reject_application(*, application, by, reason):
    """The council did not admit the unit; it is told why and may apply again."""
    must_keep_register(by)
    if not reason.strip():
        raise Invalid(
            _("Write what the council decided and why."),
            remedy=_("The unit reads it."),
            field="reason",
        )
    move(
        application, S.REJECTED, expected=(S.UNDER_VOTE,), closed_at=clock.now(), closed_reason=reason.strip()
    )
    record("application not admitted", application, by=by, reason=reason.strip())
    tell_applicant(application, "membership_rejected", number=application.number)
    return application


# --- the public notice


@action
def start_notice(*, application, by, title, text):
    """Publish what is about to come into force, for the working days of the setting; anybody may object."""
    must_keep_register(by)
    now = clock.now()
    days = policy.value("membership_notice_days")
    notice = PublicNotice.objects.create(
        kind="membership",
        object_id=application.pk,
        title=title.strip(),
        text=text.strip(),
        starts_at=now,
        ends_at=after_working_days(now, days),
        published_by=by,
        is_sample=application.is_sample,
    )
    move(application, S.PUBLIC_NOTICE, expected=(S.APPROVED,), notice=notice)
    record("notice of the membership started", application, by=by, notice=notice.pk, days=days)
    tell_applicant(application, "membership_on_notice", until=notice.ends_at)
    return application


@action
def object_to(*, notice, name, contact, text, by=None):
    """Somebody objects while the notice runs; pressed twice it is one objection. Returns it.

    The application is locked: either the objection is there before the membership begins, or it is refused.
    """
    application = (
        MembershipApplication.objects.select_for_update().filter(notice=notice, state=S.PUBLIC_NOTICE).first()
    )
    if application is None:
        raise over()
    objection, made = made_once(
        MembershipObjection,
        notice=notice,
        application=application,
        name=name,
        contact=contact,
        text=text,
        by=by,
    )
    if made:
        who = by or Outsider("somebody who objects")
        record("objection to the membership", application, by=who, objection=objection.pk)
        tell_office(application, "membership_objection")
    return objection


@action
def answer_objection(*, objection, by, upheld, answer):
    """Answer in words. One that is upheld ends the notice and sends the application back to the council's vote.

    Refuses whoever checked the application or typed its resolution, and a second answer.
    """
    must_keep_register(by)
    application = objection.application
    if by.pk in (application.checked_by_id, application.decided_by_id):
        others = holders(Permission.RECORD_MEMBERSHIP)
        others = [
            person
            for person in others
            if person.pk not in (application.checked_by_id, application.decided_by_id)
        ]
        raise Forbidden(
            _("You checked this application or recorded its resolution, so somebody else answers."),
            remedy=_("It waits for: %(names)s.") % {"names": names(others)} if others else "",
        )
    answered_once(objection, by=by, upheld=upheld, answer=answer)
    record("objection to the membership answered", application, by=by, objection=objection.pk, upheld=upheld)
    if objection.by:
        notify(
            objection.by,
            "membership_objection_answered",
            key=str(objection.pk),
            url=objection.notice.get_absolute_url(),
        )
    if upheld:
        move(
            application,
            S.CHECKED,
            expected=(S.PUBLIC_NOTICE,),
            notice=None,
            resolution=None,
            decided_by=None,
            decided_at=None,
            confirmed_by=None,
            confirmed_at=None,
        )
        tell_applicant(application, "membership_back_to_vote")
    return objection


# --- in force


def conclude_notices():
    """The clock: every notice that is over and has no open objection brings its membership into force. Returns how many."""
    waits = MembershipObjection.objects.filter(application=OuterRef("pk"), answered_at=None)
    over = MembershipApplication.objects.filter(
        ~Exists(waits), state=S.PUBLIC_NOTICE, notice__ends_at__lte=clock.now()
    )
    return each_due(
        list(over.order_by("pk")),
        lambda row: bring_into_force(application=row),
        stuck=_say_stuck,
    )


def _say_stuck(application, refusal):
    if refusal.code != "notice":  # an objection of the last moment waits for its answer like any other
        _tell_stuck(application=application, code=refusal.code)


@action
def _tell_stuck(*, application, code):
    tell_office(application, "membership_stuck", why=code)


@action
def bring_into_force(*, application):
    """By the clock: the membership begins with its certificate, the unit is told and gets its administrator.

    Refuses before the end of the notice, with an objection open, and beside another membership in force. The
    application is locked: a second worker finds it moved on and does nothing (None), an objection waits or is waited for.
    """
    application = locked(application)
    if application.state != S.PUBLIC_NOTICE:
        return None
    if application.objections.filter(answered_at=None).exists() or (
        application.notice and application.notice.ends_at > clock.now()
    ):
        raise Refused(
            _("The notice still runs, or an objection is not answered."),
            remedy=_("The membership begins by itself after it."),
            code="notice",
        )
    since = max(application.since, clock.today())
    if application.kind == Kind.ADMISSION:
        until = last_day(since)
    else:
        present = standing_term(organisation=application.organisation, council=application.council)
        if present is None or not since < present.until:
            return _overtaken(application)
        until = present.until
    membership = _enter(application, since=since, until=until)
    move(
        application, S.IN_FORCE, expected=(S.PUBLIC_NOTICE,), membership=membership, since=since, until=until
    )
    record(
        "membership in force",
        application.organisation,
        by=None,
        membership=membership.pk,
        council=application.council.name_zh,
        resolution=application.resolution.number,
    )
    certificates.issue(membership=membership)
    _give_administrator(application)
    tell_applicant(application, "membership_in_force", since=since, until=until)
    return membership


def _overtaken(application):
    """A change of rank came too late: the term is over, or ends before the new rank would begin."""
    move(
        application,
        S.EXPIRED,
        expected=(S.PUBLIC_NOTICE,),
        closed_at=clock.now(),
        closed_reason="term_over",
    )
    record("application overtaken", application, by=None)
    tell_applicant(application, "membership_overtaken", number=application.number)
    tell_office(application, "membership_overtaken")
    return application


def _stand_in_line(application):
    """A renewal waits for its first day; one that comes late begins at once."""
    membership = _enter(application, since=application.since, until=application.until)
    move(application, S.IN_FORCE, expected=(S.APPROVED,), membership=membership)
    certificates.issue(membership=membership)
    tell_applicant(application, "membership_renewed", since=application.since, until=application.until)


def _enter(application, *, since, until):
    """The membership that was applied for: in the place of the present term, or waiting for its first day."""
    state, carried = MembershipState.TO_BEGIN, {}
    if since <= clock.today():
        present = standing_term(organisation=application.organisation, council=application.council)
        if present and application.kind != Kind.ADMISSION:
            carried = hand_over(membership=present, since=since)
        state = MembershipState.SUSPENDED if carried else MembershipState.ACTIVE
    try:
        with transaction.atomic():
            return Membership.objects.create(
                organisation=application.organisation,
                council=application.council,
                rank=application.rank,
                state=state,
                since=since,
                until=until,
                resolution=application.resolution,
                recorded_by=application.decided_by,
                created_at=clock.now(),
                confirmed_by=application.confirmed_by,
                confirmed_at=application.confirmed_at,
                **carried,
            )
    except IntegrityError:
        raise Refused(
            _("%(unit)s has a membership in this council already, or the council has its chair unit.")
            % {"unit": application.organisation.name},
            remedy=_("End the other membership first."),
            url=application.organisation.get_absolute_url(),
            url_label=_("Open the organisation"),
            code="active",
        ) from None


def _give_administrator(application):
    """A unit without people here gets its first administrator: the contact of the application."""
    email = application.contact_email
    if not email or administrators_of(application.organisation).exists():
        return
    person = User.objects.filter(email__iexact=email, is_active=True).first()
    if person:
        give_role(user=person, role="enterprise_admin", organisation=application.organisation, by=None)
        return
    invite(
        email=email,
        name=application.contact_name,
        role="enterprise_admin",
        organisation=application.organisation,
        by=None,
    )
