"""Seats in bodies: given, handed over without gap or overlap, renewed, ended; and the delegate of each."""

from datetime import timedelta

from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from consortium import clock
from consortium.audit import action, record
from consortium.enums import BodyKind, SeatEnd, SeatPost
from consortium.models import GovernanceBody, Membership, Seat, SeatDelegate
from consortium.notifications import notify, notify_many
from consortium.queries.organisation import memberships_on
from consortium.queries.people import administrators_of, people_of
from consortium.queries.seat import after, most_at_once
from consortium.refusals import Forbidden, Invalid, Refused
from consortium.roles import Permission
from consortium.rules.people import can_keep_people
from consortium.rules.permission import ask_permission
from consortium.rules.seat import can_keep, can_name_delegate
from consortium.templatetags.portal import day_text

ONE_DAY = timedelta(days=1)
# In these bodies only their own members sit.
OF_MEMBERS = (BodyKind.COUNCIL, BodyKind.ALLIANCE)


@action
def set_number_of_seats(*, body, number, grounds, by):
    """Record how many seats the charter gives. Refuses fewer than are held from today on."""
    _must_keep(by)
    body = _locked(body)
    grounds = _said(grounds, "grounds")
    today = clock.today()
    held = most_at_once(body, today, today + timedelta(days=36500))
    if number < held:
        raise Refused(
            ngettext("%(n)d seat is held already.", "%(n)d seats are held already.", held) % {"n": held},
            remedy=_("Enter at least that number, or end seats first."),
            field="number",
        )
    before, body.seats_given, body.seats_grounds = body.seats_given, number, grounds
    body.save(update_fields=["seats_given", "seats_grounds"])
    record("number of seats set", body, by=by, number=[before, number], grounds=grounds)
    return body


@action
def give_seat(*, body, organisation, post, since, until, grounds, by, follows=None):
    """Give a unit a seat over a term and return it; the unit's administrators are told.

    Refuses a second chair or a second seat of the unit on any day of the term, a seat more than the charter gives,
    and in a council a unit that is no member of it on the first day.
    """
    _must_keep(by)
    body = _locked(body)
    seat = _seat(body, organisation, post, since, until, _said(grounds, "grounds"), by, follows)
    record("seat given", seat, by=by, **_facts(seat))
    _tell_unit(seat, "seat_given")
    return seat


@action
def hand_over_seat(*, seat, organisation, since, until, grounds, by):
    """The unit's seat ends the day before `since` and the other unit's begins; returns the new seat.

    A unit that sits in the body already gives its own seat up on that day. Refuses a day outside the term (the day
    after its end is the latest), and what `give_seat` refuses.
    """
    _must_keep(by)
    _locked(seat.body)
    seat = Seat.objects.select_related("body", "organisation").get(pk=seat.pk)
    grounds = _said(grounds, "grounds")
    if organisation.pk == seat.organisation_id:
        raise Invalid(
            _("%(unit)s has this seat already.") % {"unit": organisation.name},
            remedy=_("Choose another unit, or renew the seat."),
            field="organisation",
        )
    _refuse_followed(seat)
    if not seat.since < since <= seat.until + ONE_DAY:
        raise Invalid(
            _("The handover must fall between %(since)s and %(until)s.")
            % {"since": day_text(seat.since + ONE_DAY), "until": day_text(seat.until + ONE_DAY)},
            remedy=_("Enter the first day of the unit that takes over."),
            field="since",
        )
    own = seat.body.seats.held_on(since).filter(organisation=organisation, since__lt=since).first()
    for one, cause in ((seat, SeatEnd.HANDED_OVER), (own, SeatEnd.TOOK_OVER)):
        if one is not None and one.until >= since:
            _cut(one, since - ONE_DAY, cause=cause)
    following = _seat(seat.body, organisation, seat.post, since, until, grounds, by, seat)
    record("seat handed over", following, by=by, former=seat.organisation.name_zh, **_facts(following))
    _tell_unit(seat, "seat_over")
    _tell_unit(following, "seat_given")
    return following


@action
def renew_seat(*, seat, until, grounds, by):
    """The next term of the same unit, from the day after this one; the delegate goes on. Returns the new seat."""
    _must_keep(by)
    _locked(seat.body)
    seat = Seat.objects.select_related("body", "organisation").get(pk=seat.pk)
    _refuse_followed(seat)
    following = _seat(
        seat.body,
        seat.organisation,
        seat.post,
        seat.until + ONE_DAY,
        until,
        _said(grounds, "grounds"),
        by,
        seat,
    )
    last = seat.delegates.filter(until=seat.until).first()
    if last is not None:
        _delegation(following, last.user, following.since, following.until, by)
    record("seat renewed", following, by=by, **_facts(following))
    _tell_unit(following, "seat_given")
    return following


@action
def end_seat(*, seat, on, reason, by):
    """End a seat with `on` as its last day, before its term. Refuses the chair: it is handed over."""
    _must_keep(by)
    _locked(seat.body)
    seat = Seat.objects.select_related("body", "organisation").get(pk=seat.pk)
    reason = _said(reason, "reason")
    if seat.post == SeatPost.CHAIR:
        raise Refused(
            _("The chair is handed over, not ended: a body is never without one between two days."),
            remedy=_("Choose the unit that takes over."),
            url=reverse("seat_hand_over", args=[seat.pk]),
            url_label=_("Hand over the chair"),
            code="chair",
        )
    _refuse_followed(seat)
    if not seat.since <= on < seat.until:
        raise Invalid(
            _("The seat runs from %(since)s to %(until)s.")
            % {"since": day_text(seat.since), "until": day_text(seat.until)},
            remedy=_("Enter a last day within it, before its own."),
            field="on",
        )
    _cut(seat, on, reason=reason)
    record("seat ended", seat, by=by, on=on.isoformat(), reason=reason)
    _tell_unit(seat, "seat_over")
    return seat


@action
def name_delegate(*, seat, user, since, by):
    """Name who speaks for the unit from a day on; the delegate before ends the day before.

    Refuses a person without a role in the unit, a day outside the term (the office alone records past days), and one
    not after the first day of the delegate before.
    """
    must_name_delegate(by, seat)
    _locked(seat.body)
    seat = Seat.objects.select_related("body", "organisation").get(pk=seat.pk)
    _refuse_outsider(user, seat)
    first = seat.since if can_keep(by) else max(seat.since, clock.today())
    if not first <= since <= seat.until:
        raise Invalid(
            _("A delegate can be named for the days from %(since)s to %(until)s.")
            % {"since": day_text(first), "until": day_text(seat.until)},
            remedy=_("Enter a day within them."),
            field="since",
        )
    latest = seat.delegates.order_by("-since").first()
    if latest is not None and latest.since >= since:
        raise Invalid(
            _("%(name)s is the delegate from %(since)s on.")
            % {"name": latest.user.get_full_name(), "since": day_text(latest.since)},
            remedy=_("Enter a later day."),
            field="since",
        )
    if latest is not None and latest.user_id == user.pk and latest.until >= since:
        raise Invalid(
            _("%(name)s is the delegate already.") % {"name": user.get_full_name()},
            remedy=_("Choose another person."),
            field="user",
        )
    if latest is not None and latest.until >= since:
        SeatDelegate.objects.filter(pk=latest.pk).update(until=since - ONE_DAY)
        if latest.user.is_active:
            _tell_delegate(latest, "delegate_over")
    delegate = _delegation(seat, user, since, seat.until, by)
    record("delegate named", seat, by=by, delegate=user.get_full_name(), since=since.isoformat())
    _tell_delegate(delegate, "delegate_named")
    return delegate


def pass_on_delegation(*, delegate, user, by):
    """From today on `user` speaks for the unit in the place of another, for the days the other was named for.

    Part of a change of representative, whose right it rests on: whoever keeps the people of the unit. Who is named for
    days after these stays. Does nothing where the delegation ended a moment ago. Refuses who has no role in the unit.
    """
    must_keep_people(by, delegate.seat.organisation)
    _locked(delegate.seat.body)
    today = clock.today()
    rows = SeatDelegate.objects.select_related("seat__body", "seat__organisation")
    row = rows.filter(pk=delegate.pk, user=delegate.user_id, until__gte=today).first()
    if row is None:
        return
    _refuse_outsider(user, row.seat)
    if row.since < today:
        until = row.until
        SeatDelegate.objects.filter(pk=row.pk).update(until=today - ONE_DAY)
        row = _delegation(row.seat, user, today, until, by)
    else:  # named from today or later: the other has not spoken for the unit yet
        row.user, row.recorded_by, row.recorded_at = user, by, clock.now()
        row.save(update_fields=["user", "recorded_by", "recorded_at"])
    record("delegate named", row.seat, by=by, delegate=user.get_full_name(), since=row.since.isoformat())
    _tell_delegate(row, "delegate_named")


def end_delegations(*, user, organisation):
    """Whoever leaves a unit speaks for it no longer than today. Part of the act that ends the person's last role."""
    today = clock.today()
    rows = SeatDelegate.objects.filter(user=user, seat__organisation=organisation)
    rows.filter(since__gt=today).delete()
    rows.filter(until__gt=today).update(until=today)


def must_keep_people(by, organisation):
    """Refuse whoever does not keep the people of the organisation."""
    if not can_keep_people(by, organisation):
        raise Forbidden(
            _("Your role does not keep the people of this organisation."),
            remedy=_("Ask its administrator or the secretariat."),
        )


def must_name_delegate(by, seat):
    """Refuse whoever may not say who speaks for the unit."""
    if not can_name_delegate(by, seat):
        raise Forbidden(
            _("Your role does not name this unit's delegate."),
            remedy=_("Ask an administrator of the unit, or the secretariat."),
        )


def _locked(body):
    """The body's row, held: what is decided about its seats is decided one after the other."""
    return GovernanceBody.objects.select_for_update().get(pk=body.pk)


def _seat(body, organisation, post, since, until, grounds, by, follows):
    if since > until:
        raise Invalid(
            _("The last day lies before the first."),
            remedy=_("Enter a last day after the first."),
            field="until",
        )
    _refuse_stranger(body, organisation, since)
    _refuse_held(body, organisation, post, since, until)
    _refuse_too_many(body, since, until)
    try:
        with transaction.atomic():
            return Seat.objects.create(
                body=body,
                organisation=organisation,
                post=post,
                since=since,
                until=until,
                term_ends=until,
                grounds=grounds,
                follows=follows,
                recorded_by=by,
                recorded_at=clock.now(),
            )
    except IntegrityError:
        raise Refused(
            _("Somebody recorded a seat for these days a moment ago."),
            remedy=_("Open the body and look again."),
            url=body.get_absolute_url(),
            url_label=_("Open the body"),
        ) from None


def _refuse_stranger(body, organisation, since):
    if (
        body.kind in OF_MEMBERS
        and not memberships_on(since).filter(council=body, organisation=organisation).exists()
    ):
        waiting = Membership.objects.filter(council=body, organisation=organisation).exists()
        raise Refused(
            _("%(unit)s is no member of %(body)s on %(day)s.")
            % {"unit": organisation.name, "body": body.name, "day": day_text(since)},
            remedy=_("Let its membership be confirmed first.")
            if waiting
            else _("Admit it as a member first."),
            url=organisation.get_absolute_url(),
            url_label=_("Open the organisation"),
            field="organisation",
            code="no_member",
        )


def _refuse_held(body, organisation, post, since, until):
    meeting = body.seats.filter(since__lte=until, until__gte=since).select_related("organisation")
    own = meeting.filter(organisation=organisation).first()
    if own is not None:
        raise Refused(
            _("%(unit)s has a seat here from %(since)s to %(until)s.")
            % {"unit": organisation.name, "since": day_text(own.since), "until": day_text(own.until)},
            remedy=_("Choose days that do not meet it."),
            url=own.get_absolute_url(),
            url_label=_("Open the seat"),
            field="organisation",
            code="seated",
        )
    chair = meeting.filter(post=SeatPost.CHAIR).first() if post == SeatPost.CHAIR else None
    if chair is not None:
        raise Refused(
            _("%(unit)s holds the chair from %(since)s to %(until)s; a body has one chair unit at a time.")
            % {
                "unit": chair.organisation.name,
                "since": day_text(chair.since),
                "until": day_text(chair.until),
            },
            remedy=_("Hand the chair over instead."),
            url=chair.get_absolute_url(),
            url_label=_("Open the seat"),
            field="post",
            code="chair",
        )


def _refuse_too_many(body, since, until):
    body.refresh_from_db(fields=["seats_given"])
    if body.seats_given is not None and most_at_once(body, since, until) >= body.seats_given:
        raise Refused(
            _("All %(n)d seats of %(body)s are held in these days.")
            % {"n": body.seats_given, "body": body.name},
            remedy=_("End or hand over a seat, or correct the number of seats."),
            url=body.get_absolute_url(),
            url_label=_("Open the body"),
            code="full",
        )


def _refuse_followed(seat):
    following = after(seat)
    if following is not None:
        raise Refused(
            _("%(unit)s follows from %(since)s on.")
            % {"unit": following.organisation.name, "since": day_text(following.since)},
            remedy=_("Change the seat that follows."),
            url=following.get_absolute_url(),
            url_label=_("Open the seat"),
            code="followed",
        )


def _cut(seat, on, *, reason="", cause=""):
    """Let a seat and its delegate end with that day; a delegate named for later never speaks."""
    Seat.objects.filter(pk=seat.pk).update(until=on, end_reason=reason, end_cause=cause)
    seat.until, seat.end_reason, seat.end_cause = on, reason, cause
    seat.delegates.filter(since__gt=on).delete()
    seat.delegates.filter(until__gt=on).update(until=on)


def _refuse_outsider(user, seat):
    if not people_of(seat.organisation).filter(pk=user.pk).exists():
        raise Refused(
            _("%(name)s has no role in %(unit)s.")
            % {"name": user.get_full_name(), "unit": seat.organisation.name},
            remedy=_("Invite the person with a role there first."),
            url=f"{reverse('invitations')}?organisation={seat.organisation_id}",
            url_label=_("Invite a person"),
            field="user",
        )


def _delegation(seat, user, since, until, by):
    return SeatDelegate.objects.create(
        seat=seat, user=user, since=since, until=until, recorded_by=by, recorded_at=clock.now()
    )


def _said(text, field):
    text = text.strip()
    if not text:
        raise Invalid(
            _("Say what this rests on: the minutes, the charter or the letter, with its date."),
            remedy=_("One line is enough."),
            field=field,
        )
    return text[:200]


def _must_keep(by):
    ask_permission(by, Permission.KEEP_SEATS, _("Your role does not keep seats."))


def _facts(seat):
    return {
        "unit": seat.organisation.name_zh,
        "post": seat.post,
        "since": seat.since.isoformat(),
        "until": seat.until.isoformat(),
        "grounds": seat.grounds,
    }


def _tell_unit(seat, kind):
    notify_many(
        administrators_of(seat.organisation),
        kind,
        key=f"{seat.pk}:{seat.until}",
        url=seat.get_absolute_url(),
        body=seat.body.name_zh,
        since=seat.since,
        until=seat.until,
    )


def _tell_delegate(delegate, kind):
    notify(
        delegate.user,
        kind,
        key=str(delegate.pk),
        url=delegate.seat.get_absolute_url(),
        body=delegate.seat.body.name_zh,
        since=delegate.since,
    )
