"""Opening a round: asked for by one person, agreed to by another, done by the clock."""

from django.db.models import F
from django.urls import reverse
from django.utils.translation import gettext as _

from consortium.audit import action, record
from consortium.clock import now
from consortium.notifications import notify_many
from consortium.refusals import Refused
from consortium.roles import Permission
from consortium.templatetags.portal import moment_zone_text
from placements.actions.round.step import CHUNK, move, new_code
from placements.actions.round.two_persons import agree_to, ask_for, tell_second_persons
from placements.enums import ProjectState, RoundState
from placements.models import Project, RoundProject
from placements.queries import round as queries
from placements.rules import round as rules


@action
def request_opening(*, round, by):
    """The first person asks for opening; refused while the check finds something that stops it."""
    rules.ask_permission(by, Permission.RUN_ROUND)
    round.refresh_from_db()
    if round.state != RoundState.PLANNED:
        move(round, expected=[RoundState.PLANNED], to=RoundState.CONFIGURED)
    stops = rules.readiness(round).stops
    if stops:
        raise Refused(stops[0].sentence, url=stops[0].url, url_label=stops[0].label, code="not_ready")
    move(round, expected=[RoundState.PLANNED], to=RoundState.CONFIGURED)
    request = ask_for(round, "open", by)
    record("opening requested", round, by=by)
    tell_second_persons(round, by, "round_opening_requested", request)
    return request


@action
def agree_opening(*, round, by):
    """The second person agrees; the round opens by the clock, or at once when its time has come."""
    request = agree_to(round, "open", by)
    round.refresh_from_db()
    if round.state != RoundState.CONFIGURED:
        move(round, expected=[RoundState.CONFIGURED], to=RoundState.CONFIGURED)
    record("opening agreed", round, by=by, requested_by=request.requested_by_id)
    if round.opens_at <= now():
        open_round(round=round)
    return request


@action
def open_round(*, round):
    """Open an agreed round whose time has come: its projects enter with their places and random codes."""
    moment = now()
    round.refresh_from_db()
    if round.opens_at > moment or queries.agreed_request(round, "open") is None:
        raise Refused(
            _("This round opens on %(time)s and when two persons agreed.")
            % {"time": moment_zone_text(round.opens_at)}
        )
    found = rules.readiness(round)
    if found.stops:
        raise Refused(
            found.stops[0].sentence, url=found.stops[0].url, url_label=found.stops[0].label, code="not_ready"
        )
    move(round, expected=[RoundState.CONFIGURED], to=RoundState.OPEN, opened_at=moment)
    used = set()
    RoundProject.objects.bulk_create(
        [
            RoundProject(round=round, project=project, places=queries.places_of(project), code=new_code(used))
            for project in found.passing
        ],
        batch_size=CHUNK,
    )
    keys = [project.pk for project in found.passing]
    for start in range(0, len(keys), CHUNK):
        Project.objects.filter(
            pk__in=keys[start : start + CHUNK], state__in=[ProjectState.APPROVED, ProjectState.MATCHED]
        ).update(state=ProjectState.OPEN, version=F("version") + 1)
    record("round opened", round, by=None, projects=len(keys), barred=len(found.of(rules.BARS)))
    people = [student.user for student in queries.students_of(round).select_related("user")]
    notify_many(
        people,
        "round_opened",
        key=f"{round.pk}",
        url=reverse("projects"),
        round=round.name,
        closes=round.closes_at,
    )
