"""The page of an application: rail, three questions, papers, check list, what happened."""

from datetime import timedelta

from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from consortium.enums import (
    MEMBERSHIP_APPLICATION_ENDED,
    MEMBERSHIP_OVER,
    MembershipCheckItem,
    MembershipState,
)
from consortium.enums import MembershipApplicationState as S
from consortium.history import history_of
from consortium.queries import membership_application as queries
from consortium.queries.organisation import EXPIRING_DAYS
from consortium.rules import membership_application as rules
from consortium.rules.organisation import quorum
from consortium.templatetags.portal import day

# Where each state stands among the steps of the rail.
POSITION = {
    S.DRAFT: 0,
    S.SUBMITTED: 1,
    S.RETURNED: 0,
    S.CHECKED: 2,
    S.UNDER_VOTE: 3,
    S.DECIDED: 3,
    S.APPROVED: 4,
    S.PUBLIC_NOTICE: 4,
    S.IN_FORCE: 5,
    S.REJECTED: 3,
    S.WITHDRAWN: 0,
    S.TURNED_AWAY: 1,
    S.EXPIRED: 0,
}


def application_page(request, application, *, door):
    """Where it stands, for whoever may see it: the unit, the secretariat, a board, an auditor."""
    user = request.user
    staff = rules.sees_queue(user) and not door.token
    steps = steps_of(application)
    at = POSITION[application.state]
    documents = list(application.documents.select_related("file"))
    for row in documents:
        row.url = door.file_url(row)
    return render(
        request,
        "consortium/membership/application.html",
        {
            "layout": door.layout,
            "door": door,
            "application": application,
            "staff": staff,
            "full": bool(door.token) or rules.reads_contact(user, application),
            "rail": [{"label": "", "steps": steps}],
            "position": at + 1,
            "total": len(steps),
            "now_label": application.get_state_display(),
            "forks": forks(),
            "turn": rules.is_users_turn(user, application)
            or bool(door.token and application.state in rules.EDITABLE),
            "whose": rules.whose_turn(application),
            "strip": strip_of(user, application, door),
            "documents": documents,
            "checks": lines_of(application),
            "may_decide": rules.may_decide(user) and not door.token,
            "needed": quorum(application.resolution.entitled) if application.resolution else 0,
            "objections": list(application.objections.filter(notice=application.notice_id))
            if application.notice_id
            else [],
            "history": history_of(application) if staff else [],
            "withdrawable": (door.token or rules.may_write(user, application))
            and application.state in rules.WITHDRAWABLE,
            "ended": application.state in MEMBERSHIP_APPLICATION_ENDED,
            "may_turn_away": staff and rules.may_turn_away(user, application),
            "may_send_link": staff and rules.may_send_link(user, application),
            "alike": queries.perhaps_the_same(application)
            if staff and application.state == S.SUBMITTED
            else [],
        },
    )


def lines_of(application):
    """The check list as it was left: [{"label", "ok", "note"}]."""
    return [
        {"label": MembershipCheckItem(item).label} | application.checks[item]
        for item in MembershipCheckItem.values
        if item in application.checks
    ]


def steps_of(application):
    """The eight steps of a membership's life with state, date and what is to be known of each."""
    at = POSITION[application.state]
    over = application.state in MEMBERSHIP_APPLICATION_ENDED
    rows = [
        (pgettext("membership step", "Draft"), application.created_at, ""),
        (pgettext("membership step", "Handed in"), application.submitted_at, application.number or ""),
        (pgettext("membership step", "Checked"), application.checked_at, ""),
        (pgettext("membership step", "Vote"), application.vote_put_at, ""),
        (
            pgettext("membership step", "Public notice"),
            application.notice and application.notice.starts_at,
            "",
        ),
        (
            pgettext("membership step", "In force"),
            application.since if application.membership_id else None,
            "",
        ),
        (pgettext("membership step", "Reminded 90 days before its end"), None, ""),
        (pgettext("membership step", "Renewed or lapsed"), None, ""),
    ]
    return [_step(number, at, over, *row) for number, row in enumerate(rows)]


def steps_of_membership(membership, today):
    """The steps of a membership, those that were taken here, and where it stands among them."""
    application = getattr(membership, "application", None)
    begun = membership.since if membership.since <= today else None
    over = membership.state in MEMBERSHIP_OVER
    at = 5
    if membership.state == MembershipState.RECORDED:
        at = 3
    elif over:
        at = 7
    elif membership.state == MembershipState.ACTIVE and (membership.until - today).days <= EXPIRING_DAYS:
        at = 6
    rows = [
        (pgettext("membership step", "Draft"), application and application.created_at, ""),
        (pgettext("membership step", "Handed in"), application and application.submitted_at, ""),
        (pgettext("membership step", "Checked"), application and application.checked_at, ""),
        (pgettext("membership step", "Vote"), membership.resolution.passed_on, membership.resolution.number),
        (
            pgettext("membership step", "Public notice"),
            application and application.notice and application.notice.starts_at,
            "",
        ),
        (pgettext("membership step", "In force"), begun, ""),
        (
            pgettext("membership step", "Reminded 90 days before its end"),
            membership.until - timedelta(days=EXPIRING_DAYS) if at >= 6 else None,
            "",
        ),
        (
            membership.get_state_display() if over else pgettext("membership step", "Renewed or lapsed"),
            membership.until if over else None,
            "",
        ),
    ]
    # One entered from the minutes has no application here, and a renewal no notice: the rail says nothing of them.
    gone = {0, 1, 2, 4} if application is None else {4} if application.notice_id is None else set()
    rows = [row for number, row in enumerate(rows) if number not in gone]
    at -= sum(number < at for number in gone)
    return [_step(number, at, False, *row) for number, row in enumerate(rows)], at


def _step(number, at, over, label, date, note):
    state = "done" if number < at else "current" if number == at and not over else "todo"
    return {"label": label, "state": state, "date": date if state != "todo" else None, "note": note}


def forks():
    """What may happen aside."""
    return [
        _("Returned to be mended: at the check; closed when it is not mended in time"),
        _("Turned away: before the vote, a new application is possible"),
        _("Not admitted: a new application is possible"),
        _("Suspended: after a breach, can be lifted"),
        _("Removed: only by the council's vote"),
    ]


def strip_of(user, application, door):
    """The third question and the one action of whoever acts next: {"due_at", "due", "label", "url", "verb"}."""
    state = application.state
    strip = {"due": "", "due_at": None, "due_label": "", "url": "", "verb": ""}
    if state == S.SUBMITTED:
        strip |= {"due_at": application.check_due, "due_label": _("Checked by")}
    elif state == S.RETURNED and application.mend_due:
        strip |= {"due_at": application.mend_due, "due_label": _("To be mended by")}
    elif state == S.UNDER_VOTE:
        strip |= {"due": day(application.vote_day), "due_label": _("Day of the vote")}
    elif state == S.PUBLIC_NOTICE:
        strip |= {"due_at": application.notice.ends_at, "due_label": _("Notice ends")}
    if rules.is_users_turn(user, application):
        name, verb = rules.NEXT_ACTS[state]
        strip |= {"url": reverse(name, args=[application.pk]), "verb": verb}
    return strip
