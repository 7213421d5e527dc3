"""What the membership life cycle announces: messages, looks of states, navigation, duties, readers of papers."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from consortium import badges, clock
from consortium.enums import MembershipApplicationState as S
from consortium.enums import MembershipState
from consortium.notifications import Message, register
from consortium.registry import Duty, NavItem, NoticeKind, registry
from consortium.roles import Permission

DUTIES_SHOWN = 20
# Why the clock could not go on, by the code of the refusal.
STUCK = {
    "active": _("the unit has another membership in this council, or the council has its chair unit."),
    "state": _("it was moved on at the same moment."),
}


def announce():
    """Fill the lists of the registry; called once, when the app is ready."""
    register(
        membership_link=Message(
            subject=_("The link to your application for membership"),
            body=_(
                "You asked to apply for membership of %(unit)s in %(council)s. The link below opens the application; it holds for %(days)s days."
            ),
        ),
        membership_invited=Message(
            subject=_("Invitation to apply for membership"),
            body=_(
                "The secretariat invites %(unit)s to apply for membership in %(council)s. The link below opens the application; it holds for %(days)s days."
            ),
        ),
        membership_submitted=Message(
            subject=_("An application for membership waits for its check"),
            body=_("%(number)s of %(unit)s was handed in. It is to be checked by %(due)s."),
            action=_("Check the application"),
            times=("due",),
        ),
        membership_returned=Message(
            subject=_("Your application for membership was returned"),
            body=_(
                "Application %(number)s of %(unit)s needs something mended; the page says what, item by item. Then hand it in again."
            ),
            action=_("Mend the application"),
        ),
        membership_turned_away=Message(
            subject=_("Your application for membership was turned away"),
            body=_(
                "The secretariat does not take application %(number)s of %(unit)s to the council. The page gives its reason; a new application is possible."
            ),
            action=_("Open the application"),
        ),
        membership_expired=Message(
            subject=_("Your application for membership was closed"),
            body=_(
                "Application %(number)s of %(unit)s was returned and not handed in again in time. A new application is possible."
            ),
            action=_("Open the application"),
        ),
        membership_overtaken=Message(
            subject=_("A change of rank came too late"),
            body=_(
                "The term of %(unit)s ended before the notice of its change of rank (application %(number)s) was over. The rank stays; the next term is applied for with the rank wanted."
            ),
            action=_("Open the application"),
        ),
        membership_withdrawn=Message(
            subject=_("An application for membership was withdrawn"),
            body=_("%(unit)s has withdrawn application %(number)s."),
            action=_("Open the application"),
        ),
    )
    register(
        membership_under_vote=Message(
            subject=_("Your application for membership is put to the vote"),
            body=_("The council votes on the application of %(unit)s on %(day)s."),
            action=_("Open the application"),
            days=("day",),
        ),
        resolution_to_confirm=Message(
            subject=_("A resolution waits for a second person"),
            body=_(
                "Resolution %(number)s on the membership of %(unit)s is recorded. Compare it with the minutes and confirm it."
            ),
            action=_("Confirm the resolution"),
        ),
        membership_approved=Message(
            subject=_("A confirmed resolution waits for its notice"),
            body=_("The council has admitted %(unit)s (application %(number)s). Begin the public notice."),
            action=_("Begin the notice"),
        ),
        membership_rejected=Message(
            subject=_("The council has decided on your application"),
            body=_(
                "The council did not admit %(unit)s (application %(number)s). The page gives its reason; a new application is possible."
            ),
            action=_("Open the application"),
        ),
        membership_on_notice=Message(
            subject=_("Your membership is on public notice"),
            body=_(
                "The council has decided for %(unit)s. The notice runs until %(until)s; then the membership begins by itself."
            ),
            action=_("Open the application"),
            times=("until",),
        ),
        membership_objection=Message(
            subject=_("Somebody objects to a membership on notice"),
            body=_(
                "An objection to the membership of %(unit)s (application %(number)s) waits for its answer."
            ),
            action=_("Answer the objection"),
        ),
        membership_objection_answered=Message(
            subject=_("Your objection was answered"),
            body=_("The answer stands on the page of the notice."),
            action=_("Read the answer"),
        ),
        membership_back_to_vote=Message(
            subject=_("An objection to your membership holds"),
            body=_(
                "The council votes anew on the application of %(unit)s. The answer stands on the page of the notice."
            ),
            action=_("Open the application"),
        ),
        membership_stuck=Message(
            subject=_("A membership could not begin"),
            body=_("The notice of %(unit)s (application %(number)s) is over, but: %(why)s"),
            action=_("Open the application"),
            codes={"why": STUCK},
        ),
        membership_term_stuck=Message(
            subject=_("A term of a membership could not begin or end"),
            body=_(
                "It was the day of the term of %(unit)s in %(council)s, but: %(why)s Nothing was changed; it is tried again until it can."
            ),
            action=_("Open the membership"),
            codes={"why": STUCK},
        ),
        membership_in_force=Message(
            subject=_("Your membership is in force"),
            body=_(
                "%(unit)s is a member from %(since)s to %(until)s. First steps: download the certificate, invite your colleagues, state your first demand."
            ),
            action=_("Open the membership"),
            days=("since", "until"),
        ),
        membership_renewed=Message(
            subject=_("Your membership is renewed"),
            body=_("The next term of %(unit)s runs from %(since)s to %(until)s. The certificate is ready."),
            action=_("Open the membership"),
            days=("since", "until"),
        ),
    )
    register(
        council_resolution_to_confirm=Message(
            subject=_("A resolution waits for a second person"),
            body=_(
                "Resolution %(number)s of %(council)s is recorded. Compare it with the minutes and confirm it."
            ),
            action=_("Confirm the resolution"),
        ),
        membership_ends_soon=Message(
            subject=_("A membership ends soon"),
            body=_(
                "The membership of %(unit)s in %(council)s ends on %(until)s, in %(days)s days. Apply for renewal in time."
            ),
            action=_("Open the membership"),
            days=("until",),
        ),
        membership_lapsed=Message(
            subject=_("A membership has lapsed"),
            body=_(
                "The membership of %(unit)s in %(council)s ended on %(until)s. New demands and projects wait; running placements are not affected."
            ),
            action=_("Open the membership"),
            days=("until",),
        ),
        membership_suspended=Message(
            subject=_("Your membership is suspended"),
            body=_("By resolution %(number)s the membership of %(unit)s is suspended. Reason: %(reason)s"),
            action=_("Open the membership"),
        ),
        membership_restored=Message(
            subject=_("The suspension of your membership is lifted"),
            body=_("The membership of %(unit)s is in force again. Reason: %(reason)s"),
            action=_("Open the membership"),
        ),
        membership_removed=Message(
            subject=_("Your membership was ended by the council"),
            body=_("By resolution %(number)s the membership of %(unit)s has ended. Reason: %(reason)s"),
            action=_("Open the membership"),
        ),
    )
    badges.register(
        "membership",
        {
            MembershipState.TO_BEGIN: badges.INDIGO,
            MembershipState.SUSPENDED: badges.PAUSED,
            MembershipState.LAPSED: badges.SLATE,
            MembershipState.REMOVED: badges.RED,
        },
    )
    badges.register(
        "membership_application",
        S,
        {
            S.DRAFT: badges.SLATE,
            S.SUBMITTED: badges.INDIGO,
            S.RETURNED: badges.INDIGO,
            S.CHECKED: badges.INDIGO,
            S.UNDER_VOTE: badges.INDIGO,
            S.DECIDED: badges.INDIGO,
            S.APPROVED: badges.INDIGO,
            S.PUBLIC_NOTICE: badges.INDIGO,
            S.IN_FORCE: badges.GREEN,
            S.REJECTED: badges.RED,
            S.WITHDRAWN: badges.SLATE,
            S.TURNED_AWAY: badges.RED,
            S.EXPIRED: badges.SLATE,
        },
    )
    registry.nav.append(
        NavItem(
            "staff",
            _("Memberships"),
            "memberships",
            "patch-check",
            _("Consortium"),
            21,
            Permission.CHECK_MEMBERSHIP,
            count=applications_waiting,
        )
    )
    registry.duties += [
        applications_to_move,
        resolutions_to_compare,
        objections_to_answer,
        memberships_to_renew,
        applications_to_mend,
    ]
    registry.file_readers += [reads_papers, reads_certificate]
    registry.notice_kinds["membership"] = NoticeKind(
        on_notice,
        object_to,
        _("Your objection was received. The membership does not begin before it is answered."),
    )


def on_notice(notice):
    """What the page of a membership's notice shows beside its text."""
    from consortium.queries.membership_application import answers_on, application_on

    application = application_on(notice)
    waiting = notice.objections.filter(answered_at=None).count() if application else 0
    return {
        "takes": application is not None,
        "standing": _(
            "Anybody may; the membership does not begin before every objection is answered in words."
        ),
        "answers": list(answers_on(notice)),
        "open": waiting,
        "open_words": ngettext(
            "One objection was received; the membership begins after it is answered.",
            "%(n)s objections were received; the membership begins after they are answered.",
            waiting,
        )
        % {"n": waiting},
        "template": "",
        "context": None,
    }


def object_to(**given):
    """Object to a membership on notice."""
    from consortium.actions.membership_decision import object_to

    return object_to(**given)


def applications_waiting(user, now):
    """How many applications this person can move on."""
    from consortium.queries.membership_application import waiting_for
    from consortium.reach import may

    return waiting_for(user).count() if may(user, Permission.CHECK_MEMBERSHIP) else None


def applications_to_move(user, now):
    """What the secretariat, or a board's officer, does next with each application, the check with its due time."""
    from consortium.queries.membership_application import waiting_for
    from consortium.reach import may
    from consortium.rules.membership_application import NEXT_ACTS

    if not may(user, Permission.CHECK_MEMBERSHIP):
        return []
    return [
        Duty(
            title=str(_("Membership of %(unit)s: %(state)s"))
            % {"unit": row.unit_name, "state": row.get_state_display()},
            url=row.get_absolute_url(),
            verb=str(NEXT_ACTS[row.state][1]),
            due=row.check_due if row.state == S.SUBMITTED else None,
            note=row.number or "",
        )
        for row in waiting_for(user).order_by("check_due", "pk")[:DUTIES_SHOWN]
    ]


def applications_to_mend(user, now):
    """Returned applications and drafts of the own unit."""
    from consortium.queries.membership_application import applications_visible_to
    from consortium.reach import reach
    from consortium.rules.membership_application import EDITABLE, NEXT_ACTS

    own = reach(user, Permission.APPLY_MEMBERSHIP).organisations
    if not own:
        return []
    rows = applications_visible_to(user).filter(organisation__in=own, state__in=EDITABLE)
    return [
        Duty(
            title=str(_("Application of %(unit)s: %(state)s"))
            % {"unit": row.unit_name, "state": row.get_state_display()},
            url=f"{row.get_absolute_url()}edit/",
            verb=str(NEXT_ACTS[row.state][1]),
            note=row.number or "",
        )
        for row in rows.order_by("pk")[:DUTIES_SHOWN]
    ]


def reads_papers(user, stored):
    """Papers of an application are read by whoever may see the application."""
    from consortium.queries.membership_application import applications_visible_to

    return applications_visible_to(user).filter(documents__file=stored).exists()


def resolutions_to_compare(user, now):
    """Resolutions for measures that wait for this person."""
    from consortium.queries.membership_term import resolutions_to_confirm
    from consortium.rules.membership_application import may_decide

    if not may_decide(user):
        return []
    return [
        Duty(
            title=str(_("Resolution %(number)s: compare with the minutes")) % {"number": row.number},
            url=row.get_absolute_url(),
            verb=str(_("Confirm the resolution")),
            note=row.body.name,
        )
        for row in resolutions_to_confirm(user).select_related("body").order_by("pk")[:DUTIES_SHOWN]
    ]


def memberships_to_renew(user, now):
    """How many memberships end within 90 days, for the secretariat; the line opens exactly those."""
    from consortium.queries.organisation import EXPIRING_DAYS, members_expiring
    from consortium.rules.membership_application import may_decide

    if not may_decide(user):
        return []
    number = members_expiring(now.astimezone(clock.SHANGHAI).date()).count()
    if not number:
        return []
    title = ngettext(
        "%(n)d membership ends within %(days)d days",
        "%(n)d memberships end within %(days)d days",
        number,
    )
    return [
        Duty(
            title=title % {"n": number, "days": EXPIRING_DAYS},
            url=f"{reverse('members')}?tab=expiring",
            verb=str(_("Look at them")),
        )
    ]


def objections_to_answer(user, now):
    """Objections this person may answer: not to what they checked or recorded themselves."""
    from consortium.queries.membership_application import objections_visible_to
    from consortium.rules.membership_application import may_decide

    if not may_decide(user):
        return []
    rows = (
        objections_visible_to(user)
        .filter(answered_at=None)
        .exclude(application__checked_by=user)
        .exclude(application__decided_by=user)
    )
    return [
        Duty(
            title=str(_("Objection to the membership of %(unit)s")) % {"unit": row.application.unit_name},
            url=row.get_absolute_url(),
            verb=str(_("Answer the objection")),
            note=row.application.number or "",
        )
        for row in rows.order_by("made_at", "pk")[:DUTIES_SHOWN]
    ]


def reads_certificate(user, stored):
    """A certificate's file is the unit's, the secretariat's and the auditors'; its facts are everybody's."""
    from consortium.models import MembershipCertificate
    from consortium.queries.organisation import sees_register
    from consortium.reach import reach

    rows = MembershipCertificate.objects.filter(file=stored)
    own = reach(user, Permission.APPLY_MEMBERSHIP).organisations
    return (rows if sees_register(user) else rows.filter(membership__organisation__in=own)).exists()
