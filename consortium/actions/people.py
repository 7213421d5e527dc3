"""A change of representative: what one person holds for an organisation goes to another, and the first one leaves."""

from django.urls import reverse
from django.utils.translation import gettext as _

from consortium import clock
from consortium.actions.account import end_role, give_role
from consortium.actions.seat import must_keep_people, pass_on_delegation
from consortium.audit import action, record
from consortium.notifications import notify
from consortium.queries.people import OF_THE_UNIT, delegations_in, grants_in
from consortium.refusals import Refused


@action
def change_representative(*, organisation, leaving, successor, by):
    """Give the successor the leaving person's roles and seats from today, and end those of the person who leaves.

    A mentor's role stays: the appointment holds it. Refuses one person twice, a person without a role in the
    organisation, and whoever does not keep its people.
    """
    must_keep_people(by, organisation)
    if leaving.pk == successor.pk:
        raise Refused(
            _("Both are the same person."), remedy=_("Choose who takes over."), field="successor", code="same"
        )
    grants = list(grants_in(organisation))
    held = [grant for grant in grants if grant.user_id == leaving.pk and grant.role in OF_THE_UNIT]
    for person, found, where in (
        (leaving, bool(held), "leaving"),
        (successor, any(grant.user_id == successor.pk for grant in grants), "successor"),
    ):
        if not found:
            raise Refused(
                _("%(name)s has no role in %(unit)s.")
                % {"name": person.get_full_name(), "unit": organisation.name},
                remedy=_("Invite the person with a role there first."),
                url=f"{reverse('invitations')}?organisation={organisation.pk}",
                url_label=_("Invite a person"),
                field=where,
            )
    for grant in held:
        give_role(user=successor, role=grant.role, organisation=organisation, by=by)
    for one in list(delegations_in(organisation, clock.today()).filter(user=leaving)):
        pass_on_delegation(delegate=one, user=successor, by=by)
    for grant in held:
        end_role(grant=grant, by=by)
    record(
        "representative changed",
        organisation,
        by=by,
        leaving=leaving.get_full_name(),
        successor=successor.get_full_name(),
        roles=[grant.role for grant in held],
    )
    for person, kind in ((successor, "representative_new"), (leaving, "representative_over")):
        notify(
            person,
            kind,
            key=f"{organisation.pk}:{leaving.pk}:{successor.pk}:{clock.now().isoformat()}",
            url=organisation.get_absolute_url(),
            unit=organisation.name_zh,
        )
    return successor
