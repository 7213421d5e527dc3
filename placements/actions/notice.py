"""From verified to final: public notice by somebody who did not run, objections answered, places offered."""

from django.db.models import F
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, override

from consortium import policy
from consortium.audit import action, record
from consortium.clock import now, today
from consortium.models import PublicNotice, User
from consortium.notifications import notify, notify_many
from consortium.refusals import Invalid, Refused
from consortium.roles import Permission
from consortium.templatetags.portal import moment_zone_text
from consortium.working_calendar import after_working_days
from placements.actions.freeze import owners_of
from placements.actions.round.step import CHUNK, move
from placements.enums import ObjectionState, PlacementState, ProjectState, RoundState
from placements.models import (
    MatchingRound,
    MatchResult,
    Objection,
    Placement,
    Project,
    RoundProject,
)
from placements.queries import round as queries
from placements.rules import round as rules


@action
def tell_publishers(*, round, by):
    """Tell everybody who may publish that a verified result waits for them: each person once a day for one result.

    Refused when nobody may publish, and when everybody has been told today. Returns how many were told.
    """
    rules.ask_permission(by, Permission.RUN_ROUND)
    # One at a time: two presses at the same moment find each other's messages.
    round = MatchingRound.objects.select_for_update().get(pk=round.pk)
    if round.state != RoundState.VERIFIED:
        move(round, expected=[RoundState.VERIFIED], to=RoundState.VERIFIED)
    people = list(rules.publishers(round).exclude(pk=by.pk))
    if not people:
        raise Refused(
            _("Nobody else may publish this result, so nobody was told."),
            remedy=_(
                "Ask the administrator to give the right to publish to a person who did not run the round."
            ),
            url=round.get_absolute_url(),
            url_label=_("Open the round"),
            code="no_publisher",
        )
    waiting = list(rules.publishers_to_tell(round, by))
    if not waiting:
        raise Refused(
            _("%(names)s were told of this result today already, so nobody was told again.")
            % {"names": rules.names(people)},
            remedy=_("You can tell them again tomorrow."),
            url=round.get_absolute_url(),
            url_label=_("Open the round"),
            code="told_today",
        )
    run = queries.adopted_run(round)
    told = notify_many(
        waiting,
        queries.PUBLISHER_ASKED,
        key=queries.asked_key(run, today()),
        url=round.get_absolute_url(),
        round=round.name,
        name=by.get_full_name(),
    )
    record("publishers told", round, by=by, run=run.number, people=told)
    return told


@action
def start_notice(*, round, by, public_note=""):
    """Show the provisional result to those concerned and reveal the seed; by a person who did not run the round."""
    rules.ask_publisher(round, by)
    moment = now()
    ends_at = after_working_days(moment, policy.value("objection_days"))
    note = f"{round.public_note}\n{public_note}".strip()[:1000] if public_note.strip() else round.public_note
    move(
        round,
        expected=[RoundState.VERIFIED],
        to=RoundState.PUBLIC_NOTICE,
        notice_started_at=moment,
        notice_started_by=by,
        notice_ends_at=ends_at,
        public_note=note,
    )
    run = queries.adopted_run(round)
    record("notice started", round, by=by, run=run.number, result_sha256=run.result_sha256, seed=round.seed)
    _write_notice(round, run, by, public_note.strip())
    notify_many(
        queries.people_of(round),
        "round_notice_started",
        key=f"{run.pk}",
        url=reverse("round_result", args=[round.pk]),
        round=round.name,
        ends=ends_at,
    )
    notify_many(
        owners_of(round),
        "round_notice_owners",
        key=f"{run.pk}",
        url=round.get_absolute_url(),
        round=round.name,
        ends=ends_at,
    )
    return round


def _write_notice(round, run, by, public_note):
    verdict = run.verdict
    with override("zh-hans"):
        title = _("Provisional result of %(round)s") % {"round": round.name}
        text = _(
            "%(placed)d of %(students)d students were placed. Those concerned see their own result after signing in "
            "and can object until %(ends)s. Lottery seed: %(seed)s. Hash of the frozen input: %(instance)s. "
            "Hash of the result: %(result)s."
        ) % {
            "placed": verdict["placed"],
            "students": verdict["students"],
            "ends": moment_zone_text(round.notice_ends_at),
            "seed": round.seed,
            "instance": run.instance_sha256,
            "result": run.result_sha256,
        }
    PublicNotice.objects.create(
        kind="round",
        object_id=round.pk,
        title=title[:120],
        text=f"{public_note}\n\n{text}".strip(),
        starts_at=round.notice_started_at,
        ends_at=round.notice_ends_at,
        published_by=by,
        is_sample=round.is_sample,
    )


@action
def answer_objection(*, objection, by, upheld, answer):
    """Answer in words, by somebody who did not run the round and did not object."""
    round = objection.round
    rules.ask_not_the_runner(
        round,
        by,
        Permission.ANSWER_OBJECTION,
        _("Whoever ran the round cannot answer objections to it."),
        rules.answerers,
    )
    if not answer.strip():
        raise Invalid(_("Answer in words: what was checked, and what was found."), field="answer")
    answered = (
        Objection.objects.filter(pk=objection.pk, state=ObjectionState.OPEN)
        .exclude(by=by)
        .update(
            state=ObjectionState.UPHELD if upheld else ObjectionState.DISMISSED,
            answer=answer.strip(),
            answered_by=by,
            answered_at=now(),
        )
    )
    if not answered:
        raise Refused(
            _("This objection has an answer already; yours was not recorded."),
            url=objection.get_absolute_url(),
            url_label=_("Read the answer"),
            code="state",
        )
    objection.refresh_from_db()
    record("objection answered", objection, by=by, upheld=upheld)
    notify(
        objection.by,
        "objection_answered",
        key=f"{objection.pk}",
        url=objection.get_absolute_url(),
        round=round.name,
    )
    return objection


def publishing_obstacle(round):
    """Why the result cannot be made final now, as a refusal; None when it can."""
    waiting = queries.open_objections(round).count()
    url = reverse("round_objections", args=[round.pk])
    if waiting:
        return Refused(
            ngettext(
                "%(n)d objection is not answered, so the result cannot be made final.",
                "%(n)d objections are not answered, so the result cannot be made final.",
                waiting,
            )
            % {"n": waiting},
            remedy=_("Answer them first."),
            url=url,
            url_label=_("See the objections"),
            code="objections_open",
        )
    run = queries.adopted_run(round)
    if run and queries.upheld_against(run).exists():
        return Refused(
            _("An objection was upheld, so this result cannot be made final."),
            remedy=_("Ask for a new computation; a second person has to agree."),
            url=url,
            url_label=_("See the objections"),
            code="objection_upheld",
        )
    if round.notice_ends_at and round.notice_ends_at > now():
        return Refused(
            _("The public notice runs until %(time)s.") % {"time": moment_zone_text(round.notice_ends_at)},
            remedy=_("Make the result final after that."),
            url=round.get_absolute_url(),
            code="notice_runs",
        )
    return None


@action
def publish_round(*, round, by):
    """Make the result final: every placed student is offered the place, until the answer date."""
    rules.ask_publisher(round, by)
    round.refresh_from_db()
    obstacle = publishing_obstacle(round) if round.state == RoundState.PUBLIC_NOTICE else None
    if obstacle:
        raise obstacle
    moment = now()
    due = after_working_days(moment, policy.value("answer_days"))
    move(
        round,
        expected=[RoundState.PUBLIC_NOTICE],
        to=RoundState.PUBLISHED,
        published_at=moment,
        published_by=by,
        answers_due_at=due,
    )
    run = queries.adopted_run(round)
    offered = _offer_places(round, run, moment, due)
    _settle_projects(round, run)
    record("result final", round, by=by, run=run.number, result_sha256=run.result_sha256, places=offered)
    _tell_final(round, run, due)
    return round


def _offer_places(round, run, moment, due):
    placed = MatchResult.objects.filter(run=run, round_project__isnull=False).order_by("pk")
    rows = placed.values_list("round_student__student", "round_project__project")
    made = Placement.objects.bulk_create(
        [
            Placement(
                round=round, student_id=student, project_id=project, offered_at=moment, answer_due_at=due
            )
            for student, project in rows
        ],
        batch_size=CHUNK,
    )
    return len(made)


def _settle_projects(round, run):
    """Projects with students are matched, the others wait for another round."""
    taken = (
        MatchResult.objects.filter(run=run, round_project__isnull=False)
        .order_by()
        .values("round_project__project")
    )
    mine = RoundProject.objects.filter(round=round, withdrawn_at=None).order_by().values("project")
    rows = Project.objects.filter(pk__in=mine, state=ProjectState.OPEN).order_by()
    rows.filter(pk__in=taken).update(state=ProjectState.MATCHED, version=F("version") + 1)
    held = (
        Placement.objects.filter(state__in=[PlacementState.OFFERED, PlacementState.ACCEPTED])
        .order_by()
        .values("project")
    )
    rows.filter(pk__in=held).update(state=ProjectState.MATCHED, version=F("version") + 1)
    rows.update(state=ProjectState.APPROVED, version=F("version") + 1)


def _tell_final(round, run, due):
    placed = User.objects.filter(
        student__round_students__results__run=run,
        student__round_students__results__round_project__isnull=False,
    )
    unplaced = User.objects.filter(
        student__round_students__results__run=run, student__round_students__results__round_project=None
    )
    url = reverse("round_result", args=[round.pk])
    notify_many(
        placed.order_by("pk"), "round_place_offered", key=f"{run.pk}", url=url, round=round.name, due=due
    )
    notify_many(unplaced.order_by("pk"), "round_no_place", key=f"{run.pk}", url=url, round=round.name)
    notify_many(
        owners_of(round),
        "round_final_owners",
        key=f"{run.pk}",
        url=round.get_absolute_url(),
        round=round.name,
    )
