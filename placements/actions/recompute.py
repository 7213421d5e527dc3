"""A new computation after an upheld objection: asked for by one person, agreed to by another."""

from datetime import timedelta

from django.urls import reverse
from django.utils.translation import gettext as _

from consortium import policy
from consortium.audit import action, record
from consortium.clock import now
from consortium.models import PublicNotice
from consortium.notifications import notify_many
from consortium.refusals import Invalid, Refused
from consortium.roles import Permission
from consortium.working_calendar import after_working_days
from placements.actions.freeze import owners_of
from placements.actions.round.step import move
from placements.actions.round.two_persons import agree_to, ask_for, tell_second_persons
from placements.enums import RoundState
from placements.models import MatchRun, RoundProject
from placements.queries import round as queries
from placements.rules import round as rules


@action
def request_recompute(*, round, by, reason):
    """The first person asks for a new computation; the reason is public."""
    rules.ask_permission(by, Permission.RUN_ROUND)
    round.refresh_from_db()
    if round.state != RoundState.PUBLIC_NOTICE:
        move(round, expected=[RoundState.PUBLIC_NOTICE], to=RoundState.RANKING)
    run = queries.adopted_run(round)
    if not queries.upheld_against(run).exists():
        raise Refused(
            _("No objection was upheld, so there is no ground for a new computation."),
            url=round.get_absolute_url(),
            url_label=_("Open the round"),
            code="no_ground",
        )
    if not reason.strip():
        raise Invalid(_("Say why, in words that the public may read."), field="reason")
    request = ask_for(round, "recompute", by, reason=reason.strip())
    record("new computation requested", round, by=by, reason=reason)
    tell_second_persons(round, by, "round_recompute_requested", request)
    return request


@action
def agree_recompute(*, round, by):
    """The second person agrees: scores and records can be mended until the new end of scoring, then all is run again.

    The former run and its results stay readable as history. The seed stays: it was fixed before anybody knew a list.
    """
    request = agree_to(round, "recompute", by)
    ends = after_working_days(now(), policy.value("scoring_days"))
    note = f"{round.public_note}\n{request.reason}".strip()[:1000]
    move(
        round,
        expected=[RoundState.PUBLIC_NOTICE],
        to=RoundState.RANKING,
        scoring_ends_at=ends,
        public_note=note,
        frozen_at=None,
        notice_ends_at=None,
        instance=None,
        instance_sha256="",
    )
    MatchRun.objects.filter(round=round, adopted=True).update(adopted=False)
    RoundProject.objects.filter(round=round).update(scores_done_at=None, scores_done_by=None)
    record("new computation agreed", round, by=by, reason=request.reason)
    PublicNotice.objects.filter(kind="round", object_id=round.pk, ends_at__gt=now()).update(
        ends_at=now() + timedelta(seconds=1)
    )
    notify_many(
        queries.people_of(round),
        "round_recompute",
        key=f"{request.pk}",
        url=round.get_absolute_url(),
        round=round.name,
        reason=request.reason,
    )
    notify_many(
        owners_of(round),
        "round_scoring",
        key=f"{round.pk}:{ends:%Y%m%d%H%M}",
        url=reverse("scores"),
        round=round.name,
        ends=ends,
    )
    return request
