"""What agreements announce: messages, looks of states, navigation, duties, facts of organisations, readers of papers."""

from django.urls import reverse
from django.utils.translation import gettext, ngettext, pgettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from consortium import badges, clock
from consortium.enums import AgreementState as S
from consortium.notifications import Message, register
from consortium.registry import Duty, Fact, NavItem, registry

DUTIES_SHOWN = 20


def announce():
    """Fill the lists of the registry; called once, when the app is ready."""
    register(
        agreement_to_sign=Message(
            subject=_("An agreement waits for your signature"),
            body=_("It is the turn of %(unit)s to sign agreement %(number)s. Read its text first."),
            action=_("Read the agreement"),
        ),
        agreement_in_force=Message(
            subject=_("An agreement is signed by all"),
            body=_("All parties have signed agreement %(number)s. Its text holds from %(since)s on."),
            action=_("Open the agreement"),
            days=("since",),
        ),
        agreement_sent_back=Message(
            subject=_("An agreement was sent back"),
            body=_(
                "%(unit)s does not sign the text of agreement %(number)s; the page says what it wants changed."
            ),
            action=_("Open the agreement"),
        ),
        agreement_withdrawn=Message(
            subject=_("An agreement is not concluded"),
            body=_("Agreement %(number)s was given up. Reason: %(reason)s"),
            action=_("Open the agreement"),
        ),
        agreement_ended=Message(
            subject=_("An agreement has ended early"),
            body=_("Agreement %(number)s ended on %(on)s. Reason: %(reason)s"),
            action=_("Open the agreement"),
            days=("on",),
        ),
        agreement_over=Message(
            subject=_("An agreement is over"),
            body=_("Agreement %(number)s ended on %(until)s, its last day."),
            action=_("Open the agreement"),
            days=("until",),
        ),
        agreement_ends_soon=Message(
            subject=_("An agreement ends soon"),
            body=_(
                "Agreement %(number)s ends on %(until)s, in %(days)s days. Renew it in time if it is to go on."
            ),
            action=_("Open the agreement"),
            days=("until",),
        ),
    )
    badges.register(
        "agreement",
        S,
        {
            S.DRAFT: badges.SLATE,
            S.SIGNING: badges.INDIGO,
            S.IN_FORCE: badges.GREEN,
            S.ENDED: badges.SLATE,
            S.TERMINATED: badges.RED,
            S.WITHDRAWN: badges.SLATE,
            "expiring": (badges.INDIGO, pgettext_lazy("agreement", "Ends soon")),
            "to_begin": (badges.SLATE, pgettext_lazy("agreement", "Signed, not begun")),
        },
    )
    registry.nav.append(
        NavItem(
            "staff", _("Agreements"), "agreements", "pencil", _("Consortium"), 22, count=agreements_waiting
        )
    )
    registry.duties += [agreements_to_sign, agreements_to_draw_up, agreements_to_renew]
    registry.organisation_facts.append(agreements_of)
    registry.file_readers.append(reads_agreement_papers)
    registry.merge_words["consortium.agreementparty"] = lambda row: str(row.agreement)


def agreements_waiting(user, now):
    """How many agreements this person can move on."""
    from consortium.queries.agreement import keeps_agreements, waiting_for

    return waiting_for(user).count() if keeps_agreements(user) else None


def agreements_to_sign(user, now):
    """Where it is this person's turn."""
    from consortium.queries.agreement import turns_of

    return [
        Duty(
            title=gettext("Agreement %(number)s: %(title)s")
            % {"number": row.agreement.number, "title": row.agreement.title},
            url=row.agreement.get_absolute_url(),
            verb=gettext("Read and sign the agreement"),
            note=row.organisation.name,
        )
        for row in turns_of(user)[:DUTIES_SHOWN]
    ]


def agreements_to_draw_up(user, now):
    """Drafts of the office; one that came back says so."""
    from consortium.queries.agreement import to_draw_up

    return [
        Duty(
            title=gettext("Agreement %(number)s: %(title)s") % {"number": row.number, "title": row.title},
            url=row.get_absolute_url(),
            verb=gettext("Answer the wish") if row.wish else gettext("Go on drawing up"),
        )
        for row in to_draw_up(user)[:DUTIES_SHOWN]
    ]


def agreements_to_renew(user, now):
    """How many agreements end within 90 days, for the offices; the line opens exactly those."""
    from consortium.queries.agreement import (
        EXPIRING_DAYS,
        agreements_visible_to,
        ending_within,
        keeps_agreements,
    )

    if not keeps_agreements(user):
        return []
    number = ending_within(agreements_visible_to(user), clock.day_of(now)).count()
    if not number:
        return []
    title = ngettext(
        "%(n)d agreement ends within %(days)d days", "%(n)d agreements end within %(days)d days", number
    )
    return [
        Duty(
            title=title % {"n": number, "days": EXPIRING_DAYS},
            url=f"{reverse('agreements')}?tab=expiring",
            verb=gettext("Look at them"),
        )
    ]


def agreements_of(organisation, user, day):
    """The concluded agreements of an organisation, each with its days and the other parties, as far as one may know."""
    from consortium.queries.agreement import concluded_of

    for row in concluded_of(organisation, user)[:60]:
        others = [
            one.organisation.name for one in row.parties.all() if one.organisation_id != organisation.pk
        ]
        yield Fact(
            gettext("Agreements"),
            row.title,
            note=pgettext("agreement with others", "%(kind)s with %(names)s")
            % {"kind": row.get_kind_display(), "names": pgettext("between names", ", ").join(others)},
            url=row.get_absolute_url(),
            since=row.since,
            until=row.last_day,
            by=row.recorded_by.name,
            entered=clock.day_of(row.created_at),
            is_sample=row.is_sample,
        )


def reads_agreement_papers(user, stored):
    """Texts and scans are read by the people of the parties, the offices that keep agreements, and auditors."""
    from consortium.queries.agreement import reads_paper

    return reads_paper(user, stored)
