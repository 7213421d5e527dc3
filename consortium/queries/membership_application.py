"""Applications for membership: who may read which, what waits for whom, records that may be the same unit."""

from django.db.models import Q

from consortium.enums import (
    MEMBERSHIP_APPLICATION_DECIDING,
    MEMBERSHIP_APPLICATION_OPEN,
    BodyKind,
    MembershipState,
)
from consortium.enums import MembershipApplicationState as S
from consortium.models import (
    GovernanceBody,
    Membership,
    MembershipApplication,
    MembershipObjection,
    RoleGrant,
    User,
)
from consortium.queries.lookalike import lookalikes
from consortium.reach import reach
from consortium.roles import Permission


def applications_visible_to(user):
    """The own unit's; what was handed in to the secretariat and auditors, and to a board's officers where it names the board.

    What was never handed in stays the unit's own, also when it was withdrawn.
    """
    rows = MembershipApplication.objects.select_related(
        "council", "organisation", "board", "resolution", "checked_by", "previous", "notice"
    )
    mine = Q(organisation__in=reach(user, Permission.APPLY_MEMBERSHIP).organisations)
    if reach(user, Permission.RECORD_MEMBERSHIP).all or reach(user, Permission.READ_AUDIT).all:
        return rows.filter(mine | Q(submitted_at__isnull=False))
    held = reach(user, Permission.CHECK_MEMBERSHIP)
    return rows.filter(mine | Q(board__in=held.boards, submitted_at__isnull=False))


def invitations_visible_to(user):
    """Units the secretariat invited that have not handed in: whom it asked and until when, not what they write."""
    rows = MembershipApplication.objects.select_related("council", "created_by")
    if not reach(user, Permission.RECORD_MEMBERSHIP).all:
        return rows.none()
    return rows.filter(state=S.DRAFT, organisation=None, created_by__isnull=False)


def with_the_same_code(application):
    """Other open applications in this council with the same credit code: one of them is not the unit it says it is."""
    rows = MembershipApplication.objects.filter(
        council=application.council_id, uscc=application.uscc, state__in=MEMBERSHIP_APPLICATION_OPEN
    )
    rows = rows.filter(submitted_at__isnull=False).exclude(pk=application.pk)
    return list(rows.order_by("submitted_at", "pk")) if application.uscc else []


def returned_and_not_mended(now):
    """Returned applications whose time to be mended is over."""
    return list(MembershipApplication.objects.filter(state=S.RETURNED, mend_due__lte=now).order_by("pk"))


def application_behind(token_hash, now):
    """The application that a link opens while it holds, or None."""
    return (
        MembershipApplication.objects.select_related(
            "council", "organisation", "board", "notice", "membership"
        )
        .filter(token_hash=token_hash, token_expires_at__gt=now)
        .first()
    )


def open_application(*, council, organisation=None, uscc="", except_for=None):
    """The one that is under way already for this unit in this council, or None.

    A code stands for a unit once the secretariat has checked it: before, anybody may have copied it from a register.
    """
    same = Q(organisation=organisation) if organisation else Q(pk=None)
    if uscc:
        same |= Q(uscc=uscc, state__in=MEMBERSHIP_APPLICATION_DECIDING)
    rows = MembershipApplication.objects.filter(same, council=council, state__in=MEMBERSHIP_APPLICATION_OPEN)
    return rows.exclude(pk=except_for.pk if except_for else None).order_by("pk").first()


def membership_in_force(*, council, organisation=None, uscc="", name=""):
    """The membership this unit has in the council already, or None."""
    unit = Q(organisation=organisation) if organisation else Q(pk=None)
    if uscc:
        unit |= Q(organisation__uscc=uscc)
    if name:
        unit |= Q(organisation__name_zh=name, organisation__parent=None)
    states = [MembershipState.ACTIVE, MembershipState.SUSPENDED]
    return (
        Membership.objects.filter(unit, council=council, state__in=states)
        .select_related("organisation")
        .order_by("pk")
        .first()
    )


def perhaps_the_same(application):
    """Records of the register that may be this unit, the likeliest first; none where it is said which one it is."""
    if application.organisation_id:
        return []
    return [row for row, _why in lookalikes(name_zh=application.unit_name, uscc=application.uscc)]


def councils():
    """The bodies one can be a member of."""
    return GovernanceBody.objects.filter(kind__in=[BodyKind.COUNCIL, BodyKind.ALLIANCE]).order_by("pk")


def boards():
    """The four boards."""
    return GovernanceBody.objects.filter(kind=BodyKind.BOARD).order_by("pk")


def waiting_for(user):
    """What this person can act on now, as `rules.is_users_turn` says of each: checks of the secretariat and of a board's
    officers, decisions of the secretariat.
    """
    rows = applications_visible_to(user)
    checks = reach(user, Permission.CHECK_MEMBERSHIP)
    own = Q(organisation__in=reach(user, Permission.APPLY_MEMBERSHIP).organisations)
    waits = Q(state=S.SUBMITTED) & ~own
    if not checks.all:
        waits &= Q(board__in=checks.boards)
    if reach(user, Permission.RECORD_MEMBERSHIP).all:
        typed = Q(decided_by=user) | Q(resolution__recorded_by=user, resolution__confirmed_by=None)
        waits |= Q(state__in=[S.CHECKED, S.UNDER_VOTE, S.APPROVED]) | Q(state=S.DECIDED) & ~typed
    return rows.filter(waits)


def must_recuse(application):
    """Directors who hold a post with the applicant as well."""
    directors = User.objects.filter(is_active=True, grants__role="council_director", grants__ended_at=None)
    here = RoleGrant.objects.filter(organisation=application.organisation_id, ended_at=None)
    return directors.filter(pk__in=here.values("user")).distinct()


def objections_visible_to(user):
    """Objections with names and contacts are the secretariat's and the auditors'."""
    rows = MembershipObjection.objects.select_related(
        "application__organisation", "application__council", "notice", "answered_by"
    )
    if reach(user, Permission.RECORD_MEMBERSHIP).all or reach(user, Permission.READ_AUDIT).all:
        return rows
    return rows.none()


def answers_on(notice):
    """Answered objections of a notice as everybody reads them: what was answered, never who objected."""
    return notice.objections.filter(answered_at__isnull=False).order_by("answered_at", "pk")


def application_on(notice):
    """The application that a notice is about while it stands, or None."""
    return (
        MembershipApplication.objects.filter(notice=notice)
        .select_related("organisation", "council", "resolution")
        .first()
    )


def drafts_without_a_link(now):
    """Drafts begun by a link that has ended: nobody can open them any more."""
    return list(
        MembershipApplication.objects.filter(
            state=S.DRAFT, organisation=None, token_expires_at__lte=now
        ).order_by("pk")
    )
