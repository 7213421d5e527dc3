"""Who sits where on any day, who sat there before, and which seats run out."""

from collections import Counter
from datetime import timedelta

from django.db.models import Case, F, IntegerField, Prefetch, Q, Value, When

from consortium import clock
from consortium.enums import SeatPost
from consortium.models import Seat, SeatDelegate, User
from consortium.reach import reach
from consortium.roles import Permission

BY_POST = Case(
    When(post=SeatPost.CHAIR, then=Value(0)),
    When(post=SeatPost.DEPUTY, then=Value(1)),
    default=Value(2),
    output_field=IntegerField(),
)


def delegates_visible_to(user):
    """Delegates whose names a person reads: the office and the auditors all, a unit's people and delegates their own.

    That a unit sits somewhere is public; who speaks for it is not.
    """
    if not user.is_authenticated:
        return SeatDelegate.objects.none()
    if reach(user, Permission.KEEP_SEATS).all or reach(user, Permission.READ_AUDIT).all:
        return SeatDelegate.objects.all()
    own = reach(user, Permission.NAME_DELEGATE).organisations
    return SeatDelegate.objects.filter(Q(user=user) | Q(seat__organisation__in=own))


def seats_visible_to(_user):
    """All seats, for everybody: that a unit sits in a body is public."""
    return Seat.objects.select_related("body", "organisation")


def before(seat):
    """The seat it follows, or None."""
    return Seat.objects.filter(pk=seat.follows_id).select_related("organisation").first()


def after(seat):
    """The seat that follows it, or None."""
    return Seat.objects.filter(follows=seat).select_related("organisation").first()


def nobody():
    """No people yet: what a menu offers before it knows its unit."""
    return User.objects.none()


def with_delegates(seats, user):
    """Seats with their units and those delegates whose names the reader may read, latest first."""
    named = delegates_visible_to(user).select_related("user").order_by("-since", "-pk")
    return seats.select_related("organisation", "body").prefetch_related(
        Prefetch("delegates", named, to_attr="named")
    )


def seated(body, user, day):
    """The seats of a body on a day, the chair first, each with `delegate`: who speaks for the unit that day, or None."""
    seats = list(
        with_delegates(body.seats.held_on(day), user).order_by(BY_POST, "organisation__pinyin", "pk")
    )
    for seat in seats:
        seat.delegate = next((one for one in seat.named if one.since <= day <= one.until), None)
    return seats


def before_and_after(body, day):
    """(seats over by that day, latest first; seats that begin later, next first)."""
    rows = body.seats.select_related("organisation")
    return (
        rows.filter(until__lt=day).order_by("-until", BY_POST, "pk"),
        rows.filter(since__gt=day).order_by("since", BY_POST, "pk"),
    )


def chair_vacant_since(body, day):
    """The first day without a chair, where a body that had one has none on that day; else None."""
    chairs = body.seats.filter(post=SeatPost.CHAIR)
    last = chairs.filter(since__lte=day).order_by("-until").first()
    return last.until + timedelta(days=1) if last and last.until < day else None


def most_at_once(body, since, until):
    """How many seats of a body are held at once at most between two days."""
    meeting = body.seats.filter(since__lte=until, until__gte=since)
    changes = Counter()
    for first, last in meeting.values_list("since", "until"):
        changes[max(first, since)] += 1
        changes[last + timedelta(days=1)] -= 1
    most = held = 0
    for day in sorted(changes):
        held += changes[day]
        most = max(most, held)
    return most


def ending(day):
    """Seats whose term runs out soon and that nothing follows: they wait for the office."""
    return (
        Seat.objects.held_on(day)
        .filter(until__lte=day + timedelta(days=clock.SOON_DAYS), until=F("term_ends"), followed_by=None)
        .order_by("until", "pk")
    )
