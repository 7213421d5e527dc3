"""What seats and the people in them announce: messages, looks of states, what waits for the office."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from consortium import badges
from consortium.notifications import Message, register
from consortium.registry import Duty, Fact, registry


def announce():
    """Fill the lists of the registry; called once, when the app is ready."""
    register(
        seat_given=Message(
            subject=_("Your unit has a seat"),
            body=_("%(body)s, from %(since)s to %(until)s. Name who speaks for your unit."),
            action=_("Name the delegate"),
            days=("since", "until"),
        ),
        seat_over=Message(
            subject=_("A seat of your unit ends"),
            body=_("%(body)s: the last day is %(until)s."),
            action=_("Open the seat"),
            days=("until",),
        ),
        delegate_named=Message(
            subject=_("You speak for your unit"),
            body=_("In %(body)s, from %(since)s on."),
            action=_("Open the seat"),
            days=("since",),
        ),
        factor_added=Message(
            subject=_("A second step was set up for your account"),
            body=_(
                "Signing in asks for it from now on. If this was not you, tell the system administrators at once."
            ),
            action=_("See my second step"),
            urgent=True,
        ),
        factor_removed=Message(
            subject=_("A second step was removed from your account"),
            body=_(
                "Signing in no longer asks for it. If this was not you, tell the system administrators at once."
            ),
            action=_("See my second step"),
            urgent=True,
        ),
        codes_made=Message(
            subject=_("New recovery codes were made for your account"),
            body=_(
                "The earlier codes no longer work. If this was not you, tell the system administrators at once."
            ),
            action=_("See my second step"),
            urgent=True,
        ),
        representative_new=Message(
            subject=_("You take over for your unit"),
            body=_("%(unit)s: roles and seats of the person before you are yours from today on."),
            action=_("Open the organisation"),
        ),
        representative_over=Message(
            subject=_("Your roles for a unit have ended"),
            body=_("%(unit)s: somebody else has taken them over. Nothing is left for you to do there."),
            action=_("Open the organisation"),
        ),
        delegate_over=Message(
            subject=_("Another delegate was named"),
            body=_("In %(body)s somebody else speaks for your unit now."),
            action=_("Open the seat"),
        ),
    )
    badges.register(
        "seat",
        {
            "held": (badges.GREEN, pgettext_lazy("seat", "Held")),
            "later": (badges.INDIGO, pgettext_lazy("seat", "Not begun")),
            "over": (badges.SLATE, pgettext_lazy("seat", "Over")),
        },
    )
    registry.duties.append(seats_that_run_out)
    registry.organisation_facts.append(seats_of)


def seats_that_run_out(user, now):
    """For the office: seats whose term runs out and that nothing follows."""
    from consortium import clock
    from consortium.queries.seat import ending
    from consortium.rules.seat import can_keep

    if not can_keep(user):
        return []
    day = clock.day_of(now)
    rows = ending(day).select_related("body", "organisation")
    return [
        Duty(
            title=str(_("Seat of %(unit)s in %(body)s runs out"))
            % {"unit": row.organisation.short, "body": row.body.name},
            url=row.get_absolute_url(),
            verb=str(_("Renew or hand over")),
            note=row.get_post_display(),
            due=clock.end_of(row.until),
        )
        for row in rows[:20]
    ]


def seats_of(organisation, user, day):
    """Seats of a unit, for its page."""
    from consortium import clock

    rows = organisation.seats.select_related("body", "recorded_by").order_by("-since", "-pk")
    return [
        Fact(
            group=str(_("Seats")),
            title=row.body.name,
            note=str(row.get_post_display()),
            url=row.get_absolute_url(),
            since=row.since,
            until=row.until,
            by=row.recorded_by.get_full_name(),
            entered=clock.day_of(row.recorded_at),
        )
        for row in rows
    ]
