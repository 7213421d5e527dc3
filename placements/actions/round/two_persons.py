"""What two persons do together: one asks, another agrees, and until then the first can take it back."""

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from consortium.audit import action, record
from consortium.clock import now
from consortium.notifications import notify_many
from consortium.reach import holders
from consortium.refusals import Refused
from consortium.roles import Permission
from placements.actions.round.step import move
from placements.enums import RoundState
from placements.models import RoundRequest
from placements.queries import round as queries
from placements.rules import round as rules


def ask_for(round, kind, by, **fields):
    """Write a request that a second person must agree to; one waits at a time."""
    try:
        with transaction.atomic():
            return RoundRequest.objects.create(
                round=round, kind=kind, requested_by=by, requested_at=now(), **fields
            )
    except IntegrityError:
        first = queries.open_request(round, kind)
        raise Refused(
            _("%(name)s has asked for this already; it waits for a second person.")
            % {"name": first.requested_by.get_full_name() if first else ""},
            url=round.get_absolute_url(),
            url_label=_("Open the round"),
            code="asked",
        ) from None


def agree_to(round, kind, by):
    """Take the second seat of a request: another person than the first, once."""
    rules.ask_permission(by, Permission.RUN_ROUND)
    request = queries.open_request(round, kind)
    if request is None:
        raise Refused(
            _("Nothing waits for a second person here; it was agreed to or taken back."),
            url=round.get_absolute_url(),
            url_label=_("Open the round"),
            code="state",
        )
    rules.ask_another_person(
        by, request.requested_by, Permission.RUN_ROUND, _("You cannot agree to your own request.")
    )
    agreed = RoundRequest.objects.filter(pk=request.pk, agreed_at=None, withdrawn_at=None).update(
        agreed_by=by, agreed_at=now()
    )
    if not agreed:
        raise Refused(
            _("Nothing waits for a second person here; it was agreed to or taken back."),
            url=round.get_absolute_url(),
        )
    request.refresh_from_db()
    return request


def tell_second_persons(round, by, kind, request):
    """Tell the others who may agree."""
    notify_many(
        holders(Permission.RUN_ROUND, except_for=[by]),
        kind,
        key=f"{request.pk}",
        url=round.get_absolute_url(),
        round=round.name,
        name=by.get_full_name(),
    )


@action
def withdraw_request(*, request, by):
    """Take a request back before the second person agreed; the round can be changed again."""
    rules.ask_permission(by, Permission.RUN_ROUND)
    round = request.round
    taken_back = RoundRequest.objects.filter(pk=request.pk, agreed_at=None, withdrawn_at=None).update(
        withdrawn_at=now()
    )
    if not taken_back:
        raise Refused(
            _("A second person has agreed already, so it cannot be taken back."), url=round.get_absolute_url()
        )
    if request.kind == "open":
        move(round, expected=[RoundState.CONFIGURED], to=RoundState.PLANNED)
    record("request taken back", round, by=by, kind=request.kind)
