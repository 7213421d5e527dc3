"""A membership in force opens demands and projects to an organisation; its lapse closes new ones and nothing else."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from consortium.enums import MembershipState
from consortium.queries.organisation import memberships_on
from consortium.templatetags.portal import day_text


@dataclass(frozen=True)
class Gap:
    """Why an organisation can hand in nothing new today, and what to do about it."""

    sentence: str
    remedy: str


def gap(organisation, day):
    """What is missing for handing in a demand or a project; None for a member on the day."""
    if memberships_on(day).filter(organisation=organisation).exists():
        return None
    unit = {"unit": organisation.short}
    rows = list(organisation.memberships.order_by("-until", "-pk"))
    if any(row.state == MembershipState.RECORDED for row in rows):
        return Gap(
            _("The membership of %(unit)s waits for its second person, so new demands and projects wait.")
            % unit,
            _("Drafts can be saved; hand them in when the secretariat has confirmed the membership."),
        )
    suspended = next((row for row in rows if row.state == MembershipState.SUSPENDED), None)
    if suspended:
        return Gap(
            _("The membership of %(unit)s is suspended since %(day)s, so new demands and projects wait.")
            % (unit | {"day": day_text(suspended.suspended_from)}),
            _("Running placements are not affected. Ask the secretariat what lifts the suspension."),
        )
    confirmed = [row for row in rows if row.confirmed_at]
    if not confirmed:
        return Gap(
            _("%(unit)s is not a member yet, and only members hand in demands and projects.") % unit,
            _("Drafts can be saved. Your unit applies for membership with its account."),
        )
    if confirmed[0].since > day:
        return Gap(
            _("The membership of %(unit)s begins on %(day)s, so new demands and projects wait.")
            % (unit | {"day": day_text(min(row.since for row in confirmed if row.since > day))}),
            _("Drafts can be saved; hand them in from that day."),
        )
    return Gap(
        _("The membership of %(unit)s ended on %(day)s, so new demands and projects wait.")
        % (unit | {"day": day_text(confirmed[0].until)}),
        _("Running placements are not affected. Renew first: your unit applies for it with its account."),
    )
