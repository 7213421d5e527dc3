"""What the ground itself announces: its navigation, its messages, the looks of its states."""

from django.utils.translation import gettext_lazy as _

from consortium import badges
from consortium.enums import JobState, MembershipState, ReminderState
from consortium.notifications import Message, register
from consortium.registry import Duty, MergeRule, NavItem, registry
from consortium.roles import ROLES, Permission

SAME_NAME = _("The kept record has this name already.")
MERGE_RULES = {
    "alias_once": MergeRule(SAME_NAME),
    "former_name_once": MergeRule(SAME_NAME),
    "one_open_role_per_body": MergeRule(_("The kept record has the same role in the same body.")),
    "consortium.platform_organisations": MergeRule(_("The kept record takes part in it already.")),
    "consortium.vehicle_organisations": MergeRule(_("The kept record takes part in it already.")),
    "reminded_once_a_day": MergeRule(_("The kept record was reminded of the same on that day.")),
    "one_active_grant": MergeRule(_("The person has the same role at the kept record."), close="ended_at"),
    "one_open_invitation": MergeRule(
        _("The same address is invited to the same role at the kept record."), close="withdrawn_at"
    ),
}


def announce():
    """Fill the lists of the registry; called once, when the app is ready."""
    register(
        membership_recorded=Message(
            subject=_("A membership waits for a second person"),
            body=_(
                "The membership of %(unit)s in %(council)s rests on resolution %(number)s. Compare it with the minutes and confirm it."
            ),
            action=_("Check the membership"),
        ),
        membership_confirmed=Message(
            subject=_("A membership you recorded is confirmed"),
            body=_("The membership of %(unit)s in %(council)s is in force."),
            action=_("Open the membership"),
        ),
        reminder_waits=Message(
            subject=_("A reminder to members waits for a second look"),
            body=_("%(number)s organisations would be reminded. Look it over and send it, or take it back."),
            action=_("Look the reminder over"),
        ),
        reminder_renewal=Message(
            subject=_("Your membership ends soon"),
            body=_(
                "The membership of %(unit)s in %(council)s ends on %(until)s. Please arrange the renewal with the secretariat; running placements are not affected."
            ),
            action=_("Open the membership"),
            days=("until",),
        ),
        reminder_record=Message(
            subject=_("Your organisation's record lacks its credit code"),
            body=_(
                "The register has no unified social credit code for %(unit)s. Please tell the secretariat the 18 characters from the business licence."
            ),
            action=_("Open the organisation"),
        ),
    )
    badges.register(
        "reminder",
        ReminderState,
        {
            ReminderState.WAITING: badges.INDIGO,
            ReminderState.SENT: badges.GREEN,
            ReminderState.TAKEN_BACK: badges.SLATE,
        },
    )
    badges.register(
        "job",
        JobState,
        {
            JobState.QUEUED: badges.SLATE,
            JobState.RUNNING: badges.INDIGO,
            JobState.DONE: badges.GREEN,
            JobState.FAILED: badges.RED,
            JobState.CANCELLED: badges.PAUSED,
        },
    )
    badges.register(
        "membership",
        MembershipState,
        {
            MembershipState.RECORDED: badges.INDIGO,
            MembershipState.ACTIVE: badges.GREEN,
            MembershipState.ENDED: badges.SLATE,
            "expiring": (badges.INDIGO, _("Ends soon")),
        },
    )
    registry.nav += [
        NavItem("public", _("Home"), "home", "house", order=10),
        NavItem("public", _("Practice projects"), "projects", "briefcase", order=30),
        NavItem("public", _("Members"), "members", "building", order=40),
        NavItem("public", _("Notices"), "notices", "megaphone", order=50),
        NavItem("staff", _("To do"), "dashboard", "inbox", order=10),
        NavItem("staff", _("Members"), "members", "building", _("Consortium"), 20, count=memberships_waiting),
        NavItem("staff", _("Governance"), "governance", "layers", _("Consortium"), 21),
        NavItem("staff", _("Students"), "students", "people", _("Consortium"), 22, Permission.RECORD_STUDENT),
        NavItem("staff", _("Invitations"), "invitations", "key", _("System"), 89, Permission.INVITE),
        NavItem("staff", _("Admin"), "admin:index", "sliders", _("System"), 91, Permission.MANAGE_ACCOUNTS),
        NavItem("staff", _("Audit trail"), "audit", "clock-history", _("System"), 90, Permission.READ_AUDIT),
    ]
    registry.merge_rules |= MERGE_RULES
    registry.merge_words |= {
        "consortium.rolegrant": lambda row: f"{row.user} · {ROLES[row.role].label}",
        "consortium.invitation": lambda row: f"{row.email} · {row.role_label}",
        "consortium.organisationcontact": lambda row: row.name or _("Erased"),
        "consortium.organisationrole": lambda row: f"{row.body} · {row.get_role_display()}",
        "consortium.membershipapplication": lambda row: (
            f"{row.council} · {row.number or row.get_state_display()}"
        ),
        "consortium.membership": lambda row: (
            f"{row.council} · {row.get_rank_display()} {row.since}–{row.until}"
        ),
        # Names of students are the graduate office's; the register is the secretariat's.
        "consortium.studentprofile": lambda row: f"{row.programme} {row.cohort}",
        "consortium.platform_organisations": lambda row: str(row.platform),
        "consortium.vehicle_organisations": lambda row: str(row.vehicle),
    }
    registry.duties.append(memberships_to_confirm)
    registry.duties.append(reminders_to_look_over)
    registry.file_readers.append(reads_minutes)


def memberships_waiting(user, now):
    """How many memberships this person may confirm."""
    from consortium.queries.membership import waiting_for
    from consortium.rules.organisation import can_register

    return waiting_for(user).count() if can_register(user) else None


def memberships_to_confirm(user, now):
    """The duty of the second person."""
    from consortium.queries.membership import waiting_for
    from consortium.rules.organisation import can_register

    if not can_register(user):
        return []
    return [
        Duty(
            title=str(_("Membership of %(unit)s: compare with the minutes"))
            % {"unit": row.organisation.name},
            url=row.get_absolute_url(),
            verb=str(_("Check the membership")),
            note=row.council.name,
        )
        for row in waiting_for(user).select_related("organisation", "council")[:20]
    ]


def reminders_to_look_over(user, now):
    """The duty of the second person before many are written to."""
    from consortium.queries.reminder import waiting_for_a_look
    from consortium.rules.organisation import can_register

    if not can_register(user):
        return []
    return [
        Duty(
            title=str(_("Reminder to members: %(kind)s")) % {"kind": row.get_kind_display()},
            url=row.get_absolute_url(),
            verb=str(_("Look the reminder over")),
            note=row.prepared_by.name,
        )
        for row in waiting_for_a_look(user)[:20]
    ]


def reads_minutes(user, stored):
    """Whoever keeps memberships, or audits them, compares the figures with the minutes."""
    from consortium.models import Resolution
    from consortium.queries.organisation import sees_register

    return sees_register(user) and Resolution.objects.filter(minutes=stored).exists()
