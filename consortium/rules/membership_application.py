"""Who may write, check and decide on an application for membership, and whose turn it is."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from consortium.enums import (
    MEMBERSHIP_APPLICATION_OPEN,
    MEMBERSHIP_DOCUMENTS_NEEDED,
    MembershipDocumentKind,
)
from consortium.enums import MembershipApplicationState as S
from consortium.reach import reach
from consortium.roles import Permission

EDITABLE = (S.DRAFT, S.RETURNED)
CHECKABLE = (S.SUBMITTED,)
WITHDRAWABLE = (S.DRAFT, S.SUBMITTED, S.RETURNED, S.CHECKED, S.UNDER_VOTE)
# Before the council is asked the secretariat may turn an application away: a double, a name that somebody else used.
TURN_AWAY = (S.SUBMITTED, S.RETURNED, S.CHECKED)
# What whoever's turn it is does next in each state: the address of the step and its verb.
NEXT_ACTS = {
    S.DRAFT: ("membership_application_edit", gettext_lazy("Go on writing")),
    S.SUBMITTED: ("membership_application_check", gettext_lazy("Check the application")),
    S.RETURNED: ("membership_application_edit", gettext_lazy("Mend the application")),
    S.CHECKED: ("membership_vote", gettext_lazy("Put it to the vote")),
    S.UNDER_VOTE: ("membership_resolution", gettext_lazy("Record the resolution")),
    S.DECIDED: ("membership_resolution_confirm", gettext_lazy("Confirm the resolution")),
    S.APPROVED: ("membership_notice", gettext_lazy("Begin the notice")),
}
# What an application asks for before it can be handed in.
NEEDED = ("unit_name", "uscc", "unit_kind", "contact_name", "contact_email", "wishes")


def may_apply_for(user, organisation):
    """Whether the person applies in the name of this organisation."""
    held = reach(user, Permission.APPLY_MEMBERSHIP)
    return organisation is not None and organisation.pk in held.organisations


def may_write(user, application):
    """Whether the person writes the unit's side of it."""
    return may_apply_for(user, application.organisation)


def may_check(user, application):
    """The secretariat checks all, a board's officer those that name the board; nobody that of the own unit."""
    held = reach(user, Permission.CHECK_MEMBERSHIP)
    return (held.all or application.board_id in held.boards) and not may_write(user, application)


def may_turn_away(user, application):
    """Whether the person turns it away before the vote: the secretariat, never for the own unit."""
    return application.state in TURN_AWAY and may_decide(user) and not may_write(user, application)


def may_send_link(user, application):
    """Whether the person sends the link again to an applicant who has no account."""
    return (
        application.token_hash is not None
        and application.state in MEMBERSHIP_APPLICATION_OPEN
        and may_decide(user)
    )


def may_decide(user):
    """Whether the person records votes, resolutions and notices."""
    return reach(user, Permission.RECORD_MEMBERSHIP).all


def reads_contact(user, application):
    """The contact's address is read in full by the unit and by those who check and decide; others see it masked."""
    return may_write(user, application) or may_check(user, application) or may_decide(user)


def sees_queue(user):
    """Whether the person has the secretariat's queue at all."""
    return bool(reach(user, Permission.CHECK_MEMBERSHIP)) or reach(user, Permission.READ_AUDIT).all


def missing_documents(kinds):
    """The papers still wanted, as words."""
    return [MembershipDocumentKind(kind).label for kind in MEMBERSHIP_DOCUMENTS_NEEDED if kind not in kinds]


def may_confirm_resolution(user, application):
    """Whether the person is the second one: keeps memberships and typed neither the application's vote nor its resolution.

    A resolution that two persons hold already, since another unit rests on it too, was compared by them.
    """
    resolution = application.resolution
    typed = {application.decided_by_id}
    if resolution is not None and resolution.confirmed_by_id is None:
        typed.add(resolution.recorded_by_id)
    return application.state == S.DECIDED and may_decide(user) and user.pk not in typed


def whose_turn(application):
    """Who acts next, in words."""
    return {
        S.DRAFT: _("The applicant"),
        S.SUBMITTED: _("The secretariat"),
        S.RETURNED: _("The applicant"),
        S.CHECKED: _("The secretariat"),
        S.UNDER_VOTE: _("The council"),
        S.DECIDED: _("A second person of the secretariat"),
        S.APPROVED: _("The secretariat"),
        S.PUBLIC_NOTICE: _("Everybody who wants to object"),
    }.get(application.state, _("Nobody: it is done"))


def is_users_turn(user, application):
    """Whether this person can take the next step."""
    if application.state in EDITABLE:
        return may_write(user, application)
    if application.state == S.SUBMITTED:
        return may_check(user, application)
    if application.state in (S.CHECKED, S.APPROVED, S.UNDER_VOTE):
        return may_decide(user)
    if application.state == S.DECIDED:
        return may_confirm_resolution(user, application)
    return False
