"""From closing to frozen: lists locked under their hash, scores ended, the instance written and never changed."""

import logging

from django.db.models import Exists, OuterRef
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from consortium import files
from consortium.audit import action, record
from consortium.clock import now
from consortium.models import RoleGrant, StudentProfile, User
from consortium.notifications import notify_many
from consortium.reach import holders
from consortium.refusals import Refused
from consortium.roles import Permission
from consortium.templatetags.portal import moment_zone_text
from placements.actions.round.step import CHUNK, move, new_code
from placements.enums import ApplicationState, PlacementState, RoundState
from placements.matching import no_collector
from placements.models import Application, Placement, RoundProject, RoundStudent
from placements.queries import round as queries
from placements.rules import instance as instances
from placements.rules import round as rules

log = logging.getLogger(__name__)


# Closing


@action
def close_round(*, round):
    """Close by the database's clock: lists are locked under a hash, eligibility is fixed, owners are asked to score."""
    moment = now()
    round.refresh_from_db()
    if round.state == RoundState.OPEN and round.closes_at > moment:
        raise Refused(
            _("Lists close on %(time)s.") % {"time": moment_zone_text(round.closes_at)},
            url=round.get_absolute_url(),
        )
    move(round, expected=[RoundState.OPEN], to=RoundState.RANKING, closed_at=moment)
    Application.objects.filter(round=round, state=ApplicationState.SUBMITTED).update(
        state=ApplicationState.LOCKED
    )
    _enter_students(round)
    digest = instances.LockedLists(round).sha256()
    type(round).objects.filter(pk=round.pk).update(lists_sha256=digest)
    round.refresh_from_db()
    record(
        "lists locked",
        round,
        by=None,
        lists_sha256=digest,
        students=round.round_students.count(),
        eligible=round.round_students.filter(eligible=True).count(),
    )
    owners = owners_of(round)
    notify_many(
        owners,
        "round_scoring",
        key=f"{round.pk}:{round.scoring_ends_at:%Y%m%d%H%M}",
        url=reverse("scores"),
        round=round.name,
        ends=round.scoring_ends_at,
    )
    return round


def _enter_students(round):
    used = set()
    applications = queries.current_versions(round, ApplicationState.LOCKED).order_by("application_id")
    keys = applications.values_list("application__student", flat=True)
    chunk = []
    for student in keys.iterator(chunk_size=CHUNK):
        chunk.append(student)
        if len(chunk) == CHUNK:
            _enter(round, chunk, used)
            chunk = []
    _enter(round, chunk, used)


def _enter(round, keys, used):
    reasons = _reasons(keys)
    RoundStudent.objects.bulk_create(
        RoundStudent(
            round=round,
            student_id=student,
            code=new_code(used),
            eligible=not reasons[student],
            reason=reasons[student],
        )
        for student in keys
    )


def _reasons(keys):
    """{student: why not eligible for the round at all, or empty} by the records of this moment."""
    placed = set(
        Placement.objects.filter(student__in=keys, state=PlacementState.ACCEPTED)
        .order_by()
        .values_list("student", flat=True)
    )
    rows = StudentProfile.objects.filter(pk__in=keys).order_by("pk")
    return {
        pk: "placed"
        if pk in placed
        else "on_leave"
        if on_leave
        else "inactive"
        if not active
        else "months_unknown"
        if fresh is None
        else ""
        for pk, on_leave, active, fresh in rows.values_list(
            "pk", "on_leave", "user__is_active", "fresh_graduate"
        )
    }


def owners_of(round):
    """People who score: both mentors and the enterprise's administrators of every project with applicants."""
    wanted = queries.current_preferences(round, ApplicationState.LOCKED).filter(round_project=OuterRef("pk"))
    rows = RoundProject.objects.filter(Exists(wanted), round=round, withdrawn_at=None).order_by()
    people, organisations = set(), set()
    sides = ("project__academic_mentor__user", "project__industry_mentor__user", "project__organisation")
    for academic, industry, organisation in rows.values_list(*sides).distinct():
        people |= {academic, industry}
        organisations.add(organisation)
    administrators = RoleGrant.objects.filter(
        role="enterprise_admin", ended_at=None, organisation__in=organisations
    )
    people |= set(administrators.order_by().values_list("user", flat=True))
    return [user for user in User.objects.in_bulk(people).values() if user.is_active]


# Scores


@action
def end_scoring(*, round, by=None):
    """End scoring: by the clock at its time, or earlier by the office once every owner is done.

    Who has no score then falls to the default tier, below every score given.
    """
    rules.ask_permission(by, Permission.RUN_ROUND)
    round.refresh_from_db()
    if round.state == RoundState.RANKING and round.scoring_ends_at > now():
        waiting = queries.scoring(round)["open"]
        if waiting or by is None:
            raise Refused(
                ngettext(
                    "%(n)d project is not scored yet; scoring ends on %(time)s.",
                    "%(n)d projects are not scored yet; scoring ends on %(time)s.",
                    len(waiting),
                )
                % {"n": len(waiting), "time": moment_zone_text(round.scoring_ends_at)},
                remedy=_(
                    "Wait for the owners, or for that time: missing scores then fall to the default tier."
                ),
                url=round.get_absolute_url(),
                code="scores_missing",
            )
    move(round, expected=[RoundState.RANKING], to=RoundState.READY)
    if round.runs.exists():
        _judge_students_again(round)
    record("scoring ended", round, by=by, missing=len(queries.scoring(round)["open"]))
    return round


def _judge_students_again(round):
    """After an upheld objection records may have been mended: judge everybody by the records of now."""
    rows = list(round.round_students.all())
    for start in range(0, len(rows), CHUNK):
        chunk = rows[start : start + CHUNK]
        reasons = _reasons([row.student_id for row in chunk])
        for row in chunk:
            row.reason = reasons[row.student_id]
            row.eligible = not row.reason
        RoundStudent.objects.bulk_update(chunk, ["eligible", "reason"], batch_size=200)


# Freezing


def freeze_round(*, round, by=None):
    """Write the instance under its hash. What a run reads is this file and nothing else.

    The file is made before the transaction, so that a large round holds up nobody; the conditional update at the
    end adopts it only if the round is still the one that was read.
    """
    rules.ask_permission(by, Permission.RUN_ROUND)
    round.refresh_from_db()
    obstacle = rules.freezing_obstacle(round)
    if obstacle or round.state != RoundState.READY:
        raise obstacle or Refused(
            _("Scoring has not ended, so the round cannot be frozen yet."),
            remedy=_("It ends on %(time)s.") % {"time": moment_zone_text(round.scoring_ends_at)},
            url=round.get_absolute_url(),
            code="state",
        )
    version = round.version
    with no_collector():
        stored = _written(round, by)
    return _adopt(round=round, by=by, stored=stored, version=version)


def _written(round, by):
    """The instance as a stored file, from the very lists whose hash was taken at closing."""
    lists = instances.LockedLists(round)
    if lists.sha256() != round.lists_sha256:
        raise Refused(
            _(
                "The locked lists no longer agree with the hash taken at closing, so the round was not frozen."
            ),
            remedy=_("Nothing was changed. Ask the auditor to check the audit trail of this round."),
            url=round.get_absolute_url(),
            code="lists_changed",
        )
    return files.store_pieces(
        (piece.encode() for piece in instances.pieces(round, lists)),
        name=f"round-{round.pk}-instance.json",
        media_type="application/json",
        by=by,
    )


@action
def _adopt(*, round, by, stored, version):
    same = type(round).objects.filter(pk=round.pk, version=version)
    if not same.exists():
        move(round, expected=[], to=RoundState.FROZEN)
    move(
        round,
        expected=[RoundState.READY],
        to=RoundState.FROZEN,
        instance=stored,
        instance_sha256=stored.sha256,
        frozen_at=now(),
    )
    record("round frozen", round, by=by, instance_sha256=stored.sha256, seed_sha256=round.seed_sha256)
    notify_many(
        holders(Permission.RUN_ROUND),
        "round_ready_to_run",
        key=f"{round.pk}:{stored.sha256[:12]}",
        url=round.get_absolute_url(),
        round=round.name,
    )
    return round
