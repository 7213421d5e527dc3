"""What seats and the people in them announce: messages, looks of states, what waits for the office."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from consortium import badges
from consortium.enums import FactorResetState
from consortium.notifications import Message, register
from consortium.registry import Duty, Fact, NavItem, registry
from consortium.roles import Permission


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
        factor_reset_waits=Message(
            subject=_("A reset of a second step waits for a second administrator"),
            body=_("A colleague asks for it with a reason. Make sure of it yourself before you confirm."),
            action=_("Look at the request"),
            urgent=True,
        ),
        factor_reset_asked=Message(
            subject=_("A reset of your second step was asked for"),
            body=_(
                "A system administrator asked for it; a second one has to confirm. If you have lost nothing, call them at once."
            ),
            action=_("See my second step"),
            urgent=True,
        ),
        factor_reset_done=Message(
            subject=_("Your second step was reset"),
            body=_(
                "App, passkeys and recovery codes are off your account, and you were signed out everywhere. Set a second step up again at the next sign-in. If you did not ask for this, call the system administrators at once."
            ),
            action=_("Set up a second step"),
            urgent=True,
        ),
        factor_reset_over=Message(
            subject=_("The reset you asked for was confirmed"),
            body=_("The person can sign in with the password now and sets up a new second step."),
            action=_("Open the request"),
        ),
        factor_reset_withdrawn=Message(
            subject=_("The reset of your second step was withdrawn"),
            body=_("Nothing was changed; your second step stays as it is."),
            action=_("See my second step"),
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
    badges.register(
        "factor_reset",
        FactorResetState,
        {
            FactorResetState.WAITING: badges.INDIGO,
            FactorResetState.DONE: badges.GREEN,
            FactorResetState.WITHDRAWN: badges.SLATE,
        },
    )
    registry.nav.append(
        NavItem(
            "staff",
            _("Second steps"),
            "second_factors",
            "shield-check",
            _("System"),
            88,
            Permission.MANAGE_ACCOUNTS,
            count=resets_waiting,
        )
    )
    registry.duties.append(resets_to_confirm)
    registry.duties.append(seats_that_run_out)
    registry.organisation_facts.append(seats_of)


def resets_waiting(user, now):
    """How many resets of a second factor this administrator can confirm."""
    from consortium.queries.second_factor import resets_waiting_for

    return resets_waiting_for(user).count()


def resets_to_confirm(user, now):
    """For system administrators: lost factors whose reset a colleague asked for."""
    from consortium.queries.second_factor import resets_waiting_for

    return [
        Duty(
            title=str(_("The second step of %(name)s is to be reset")) % {"name": row.user.get_full_name()},
            url=row.get_absolute_url(),
            verb=str(_("Look at the request")),
            note=str(_("asked by %(name)s")) % {"name": row.asked_by.get_full_name()},
            urgent=True,
        )
        for row in resets_waiting_for(user).order_by("asked_at")[:20]
    ]


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
