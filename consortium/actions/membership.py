"""Membership in a council: recorded from the minutes by one person, confirmed by another."""

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from consortium import clock
from consortium.audit import action, record
from consortium.enums import MEMBERSHIP_OVER, MembershipRank, MembershipState
from consortium.models import Membership, Resolution
from consortium.notifications import notify
from consortium.queries.membership import resolution_with
from consortium.reach import holders
from consortium.refusals import Forbidden, Invalid, Refused
from consortium.roles import Permission
from consortium.rules.organisation import can_register, has_majority, has_quorum, quorum
from consortium.templatetags.portal import day_text

RESOLUTION_FIELDS = ("passed_on", "entitled", "present", "votes_yes", "votes_no", "abstentions")


@action
def record_membership(
    *,
    by,
    organisation,
    council,
    rank,
    since,
    until,
    number,
    passed_on,
    entitled,
    present,
    votes_yes,
    votes_no,
    abstentions,
    minutes=None,
):
    """Record a membership with the resolution it rests on, and ask another person to confirm it.

    Refuses a vote without quorum or majority (no override), a second active membership in the same council,
    a second chair unit at a time, and a resolution number that stands for another vote.
    """
    must_keep_register(by)
    if since >= until:
        raise Invalid(
            _("The membership ends on %(until)s, before or on the day it begins.")
            % {"until": day_text(until)},
            remedy=_("Enter a last day after the first."),
            field="until",
        )
    if passed_on > clock.today():
        raise Invalid(
            _("The resolution is dated %(day)s, which is still to come.") % {"day": day_text(passed_on)},
            remedy=_("Enter the day on which it was passed."),
            field="passed_on",
        )
    if passed_on > since:
        raise Invalid(
            _("The membership begins on %(since)s, before the resolution of %(passed)s.")
            % {"since": day_text(since), "passed": day_text(passed_on)},
            remedy=_("Enter a first day on or after the resolution."),
            field="since",
        )
    refuse_votes(
        entitled=entitled, present=present, votes_yes=votes_yes, votes_no=votes_no, abstentions=abstentions
    )
    _refuse_second(organisation, council)
    _refuse_waiting(organisation, council)
    if rank == MembershipRank.CHAIR_UNIT:
        refuse_second_chair(council, since, until)
    votes = dict(
        zip(RESOLUTION_FIELDS, (passed_on, entitled, present, votes_yes, votes_no, abstentions), strict=True)
    )
    resolution = resolution_for(by=by, council=council, number=number, votes=votes, minutes=minutes)
    membership = Membership.objects.create(
        organisation=organisation,
        council=council,
        rank=rank,
        since=since,
        until=until,
        resolution=resolution,
        recorded_by=by,
        created_at=clock.now(),
    )
    record(
        "membership recorded",
        organisation,
        by=by,
        membership=membership.pk,
        council=council.name_zh,
        rank=str(rank),
        since=since.isoformat(),
        until=until.isoformat(),
        resolution=number,
    )
    for person in holders(Permission.RECORD_MEMBERSHIP, except_for=[by]):
        notify(
            person,
            "membership_recorded",
            key=str(membership.pk),
            url=membership.get_absolute_url(),
            unit=organisation.name_zh,
            council=council.name_zh,
            number=number,
        )
    return membership


@action
def confirm_membership(*, membership, by):
    """Put a recorded membership in force; done by somebody other than the one who recorded it.

    Refuses the recorder, a membership that no longer waits, and a second active one in the same council.
    """
    must_keep_register(by)
    membership = Membership.objects.select_related("organisation", "council", "resolution").get(
        pk=membership.pk
    )
    if by.pk in (membership.recorded_by_id, membership.resolution.recorded_by_id):
        names = "、".join(
            person.get_full_name() for person in holders(Permission.RECORD_MEMBERSHIP, except_for=[by])[:3]
        )
        raise Forbidden(
            _("You recorded this membership yourself; a second person must compare it with the minutes."),
            remedy=_("It waits for: %(names)s.") % {"names": names}
            if names
            else _("Ask a colleague of the secretariat."),
        )
    if membership.state != MembershipState.RECORDED:
        raise _decided_already(membership)
    _refuse_second(membership.organisation, membership.council)
    if membership.rank == MembershipRank.CHAIR_UNIT:
        refuse_second_chair(membership.council, membership.since, membership.until)
    now = clock.now()
    confirm_figures(membership.resolution, by=by, at=now)
    _move(
        membership, MembershipState.RECORDED, state=MembershipState.ACTIVE, confirmed_by=by, confirmed_at=now
    )
    record(
        "membership confirmed",
        membership.organisation,
        by=by,
        membership=membership.pk,
        council=membership.council.name_zh,
        resolution=membership.resolution.number,
    )
    if membership.recorded_by_id:
        notify(
            membership.recorded_by,
            "membership_confirmed",
            key=str(membership.pk),
            url=membership.get_absolute_url(),
            unit=membership.organisation.name_zh,
            council=membership.council.name_zh,
        )
    membership.refresh_from_db()
    return membership


@action
def end_membership(*, membership, by, reason, on=None):
    """End a membership: one that waits is taken back, an active one ends with the day `on` (default today)."""
    must_keep_register(by)
    membership = Membership.objects.select_related("organisation", "council").get(pk=membership.pk)
    if not reason.strip():
        raise Invalid(
            _("Say in one sentence why the membership ends."),
            remedy=_("The reason stays in the trail."),
            field="reason",
        )
    if membership.state in MEMBERSHIP_OVER:
        raise _decided_already(membership)
    # Not begun: recorded and not confirmed, or decided for a day to come.
    waiting = membership.state in (MembershipState.RECORDED, MembershipState.TO_BEGIN)
    last = membership.until if waiting else min(on or clock.today(), membership.until)
    if last <= membership.since:
        raise Invalid(
            _("The membership began on %(since)s and cannot end before the day after it.")
            % {"since": day_text(membership.since)},
            remedy=_("Enter a later day."),
            field="on",
        )
    _move(
        membership,
        membership.state,
        state=MembershipState.ENDED,
        until=last,
        end_reason=reason.strip(),
        suspended_from=None,
    )
    record(
        "membership taken back" if waiting else "membership ended",
        membership.organisation,
        by=by,
        membership=membership.pk,
        council=membership.council.name_zh,
        reason=reason.strip(),
        until=last.isoformat(),
    )
    membership.refresh_from_db()
    return membership


def must_keep_register(by):
    """Refuse somebody who does not keep memberships."""
    if not can_register(by):
        raise Forbidden(
            _("Your role does not keep memberships."), remedy=_("Ask the secretariat to record or change it.")
        )


def refuse_votes(*, entitled, present, votes_yes, votes_no, abstentions):
    """Refuse figures that do not add up, and a vote without quorum or majority; there is no override."""
    if entitled < 1:
        raise Invalid(
            _("Nobody was entitled to vote."), remedy=_("Enter how many seats could vote."), field="entitled"
        )
    if present > entitled:
        raise Invalid(
            _("%(present)d were present, but only %(entitled)d were entitled to vote.")
            % {"present": present, "entitled": entitled},
            remedy=_("Compare both numbers with the minutes."),
            field="present",
        )
    cast = votes_yes + votes_no + abstentions
    if cast > present:
        raise Invalid(
            _("%(cast)d votes are entered, but only %(present)d were present.")
            % {"cast": cast, "present": present},
            remedy=_("Compare the votes with the minutes."),
            field="votes_yes",
        )
    if not has_quorum(entitled, present):
        raise Invalid(
            _(
                "The vote did not reach its quorum: %(entitled)d entitled, %(present)d present, %(needed)d needed."
            )
            % {"entitled": entitled, "present": present, "needed": quorum(entitled)},
            remedy=_("Bring it to another meeting; a vote without quorum cannot be recorded as passed."),
            field="present",
            code="quorum",
        )
    if not has_majority(votes_yes, votes_no):
        raise Invalid(
            _("The vote has no majority: %(yes)d in favour, %(no)d against.")
            % {"yes": votes_yes, "no": votes_no},
            remedy=_("More must be in favour than against; a vote that failed cannot be recorded as passed."),
            field="votes_yes",
            code="majority",
        )


def _refuse_second(organisation, council):
    first = Membership.objects.filter(
        organisation=organisation,
        council=council,
        state__in=[MembershipState.ACTIVE, MembershipState.SUSPENDED],
    ).first()
    if first:
        raise Refused(
            _("%(unit)s is already in this council since %(since)s, as %(rank)s, until %(until)s.")
            % {
                "unit": organisation.name,
                "since": day_text(first.since),
                "rank": first.get_rank_display(),
                "until": day_text(first.until),
            },
            remedy=_("End the present membership first, then record the new one."),
            url=first.get_absolute_url(),
            url_label=_("Open the present membership"),
            field="council",
            code="active",
        )


def _refuse_waiting(organisation, council):
    first = Membership.objects.filter(
        organisation=organisation, council=council, state=MembershipState.RECORDED
    ).first()
    if first:
        raise Refused(
            _("A membership of %(unit)s in this council is recorded already and waits to be confirmed.")
            % {"unit": organisation.name},
            remedy=_("Confirm it or take it back first."),
            url=first.get_absolute_url(),
            url_label=_("Open the membership that waits"),
            field="council",
            code="waiting",
        )


def refuse_second_chair(council, since, until, *, except_for=None):
    """Refuse a second chair unit of a council on any day of the term."""
    chair = (
        Membership.objects.filter(
            council=council,
            rank=MembershipRank.CHAIR_UNIT,
            state=MembershipState.ACTIVE,
            since__lte=until,
            until__gte=since,
        )
        .exclude(pk=except_for.pk if except_for else None)
        .select_related("organisation")
        .first()
    )
    if chair:
        raise Refused(
            _("%(unit)s is the chair unit of this council until %(until)s; there is one at a time.")
            % {"unit": chair.organisation.name, "until": day_text(chair.until)},
            remedy=_("Enter the end of its term first."),
            url=chair.get_absolute_url(),
            url_label=_("Open the chair unit"),
            field="rank",
            code="chair",
        )


def confirm_figures(resolution, *, by, at):
    """The second person has compared the figures of the vote with the minutes. Returns whether they were the first."""
    return Resolution.objects.filter(pk=resolution.pk, confirmed_by=None).update(
        confirmed_by=by, confirmed_at=at
    )


def resolution_for(*, by, council, number, votes, minutes, at=None):
    """The resolution with this number: one vote may admit several units, but one number is one vote and one paper.

    `at`: the moment of the act. Refuses other figures and other minutes than those that are recorded.
    """
    known = resolution_with(council, number)
    if known is None:
        try:
            with transaction.atomic():
                return Resolution.objects.create(
                    body=council,
                    number=number,
                    minutes=minutes,
                    recorded_by=by,
                    recorded_at=at or clock.now(),
                    **votes,
                )
        except IntegrityError:  # somebody typed the same number at the same moment
            known = resolution_with(council, number)
            if known is None:
                raise
    if any(getattr(known, name) != value for name, value in votes.items()):
        raise Invalid(
            _(
                "Resolution %(number)s is recorded with other figures: passed on %(day)s, %(yes)d in favour, %(no)d against."
            )
            % {
                "number": number,
                "day": day_text(known.passed_on),
                "yes": known.votes_yes,
                "no": known.votes_no,
            },
            remedy=_("Enter the same figures, or the number of another resolution."),
            field="number",
        )
    if minutes and known.minutes and known.minutes.sha256 != minutes.sha256:
        raise Invalid(
            _("Resolution %(number)s has its minutes already: %(name)s.")
            % {"number": number, "name": known.minutes.name},
            remedy=_("Leave the file out, or enter the number of another resolution."),
            field="minutes",
        )
    if minutes and not known.minutes:
        Resolution.objects.filter(pk=known.pk, minutes=None).update(minutes=minutes)
        record("minutes added to a resolution", council, by=by, number=number, sha256=minutes.sha256)
        known.refresh_from_db()
    return known


def _decided_already(membership):
    return Refused(
        _("This membership no longer waits: it is %(state)s.")
        % {"state": membership.get_state_display().lower()},
        remedy=_("Open the organisation to see how it stands now."),
        url=membership.get_absolute_url(),
        url_label=_("Open the membership"),
        code="state",
    )


def _move(membership, expected, **fields):
    try:
        with transaction.atomic():
            moved = Membership.objects.filter(pk=membership.pk, state=expected).update(**fields)
    except IntegrityError:
        # Another active membership appeared between our look and our write: the constraint decided.
        _refuse_second(membership.organisation, membership.council)
        raise
    if not moved:
        membership.refresh_from_db()
        raise _decided_already(membership)
