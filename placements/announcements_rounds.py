"""What rounds announce to the ground: navigation, duties, job and file readers, messages, badges."""

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from consortium import badges
from consortium.models import StoredFile
from consortium.notifications import Message, register
from consortium.reach import may
from consortium.registry import Duty, NavItem, registry
from consortium.roles import Permission
from placements.actions import run as runs
from placements.enums import ObjectionState, RoundState, RunState
from placements.models import MatchingRound, MatchRun, Objection, RoundRequest
from placements.queries.demand import WorkingDays
from placements.queries.round import sees_inside

GROUP = gettext_lazy("Practice")


def announce():
    """Fill the registry; called once at start-up."""
    registry.nav.append(
        NavItem(
            shell="staff",
            label=gettext_lazy("Matching rounds"),
            url_name="rounds",
            icon="shuffle",
            group=GROUP,
            order=46,
            count=lambda user, now: len(duties(user, now)),
        )
    )
    registry.duties.append(duties)
    registry.job_kinds[runs.KIND] = runs.perform
    registry.job_permissions[runs.KIND] = Permission.RUN_ROUND
    registry.job_readers[runs.KIND] = lambda user, job: sees_inside(user)
    registry.file_readers.append(reads_match_file)
    _messages()
    _badges()


def duties(user, now):
    """What waits for this person in rounds: agree, run, publish, answer; never what they may not do themselves."""
    return [duty for _round, duty in waiting(user, now)]


def waiting(user, now):
    """The same with the round each duty is about: [(round id, Duty)], in a number of queries that does not grow."""
    found = []
    days = (
        WorkingDays.read() if may(user, Permission.RUN_ROUND) or may(user, Permission.PUBLISH_MATCH) else None
    )
    if may(user, Permission.RUN_ROUND):
        found += _to_agree(user)
        found += _to_run(days)
    if may(user, Permission.PUBLISH_MATCH):
        found += _to_publish(user, now, days)
    if may(user, Permission.ANSWER_OBJECTION):
        found += _to_answer(user, now)
    return found


def _to_agree(user):
    titles = {
        "open": _("Opening of %(round)s waits for a second person"),
        "extend": _("A later closing time of %(round)s waits for a second person"),
        "recompute": _("A new computation of %(round)s waits for a second person"),
    }
    live = (
        Q(kind="open", round__state=RoundState.CONFIGURED)
        | Q(kind="extend", round__state=RoundState.OPEN)
        | Q(kind="recompute", round__state=RoundState.PUBLIC_NOTICE)
    )
    rows = RoundRequest.objects.filter(live, agreed_at=None, withdrawn_at=None).exclude(requested_by=user)
    for row in rows.select_related("round").order_by("pk"):
        round = row.round
        due = {"open": round.opens_at, "extend": round.closes_at, "recompute": round.notice_ends_at}[row.kind]
        yield (
            round.pk,
            Duty(
                title=titles[row.kind] % {"round": round.name},
                url=round.get_absolute_url(),
                verb=_("Check and agree"),
                due=due,
            ),
        )


def _to_run(days):
    rows = MatchingRound.objects.filter(state__in=[RoundState.READY, RoundState.FROZEN])
    for round in rows.order_by("scoring_ends_at", "pk"):
        frozen = round.state == RoundState.FROZEN
        title = (
            _("%(round)s is frozen and ready to run")
            if frozen
            else _("Scores of %(round)s are complete; it can be frozen")
        )
        yield (
            round.pk,
            Duty(
                title=title % {"round": round.name},
                url=round.get_absolute_url(),
                verb=_("Start the run") if frozen else _("Freeze the snapshot"),
                due=days.restart(round.frozen_at, 1) if frozen else round.scoring_ends_at,
            ),
        )


def _to_publish(user, now, days):
    rows = MatchingRound.objects.filter(state__in=[RoundState.VERIFIED, RoundState.PUBLIC_NOTICE])
    rows = rows.exclude(runs__started_by=user).order_by("scoring_ends_at", "pk")
    for round in rows:
        if round.state == RoundState.VERIFIED:
            yield (
                round.pk,
                Duty(
                    title=_("The result of %(round)s is verified and can go on public notice")
                    % {"round": round.name},
                    url=reverse("round_notice", args=[round.pk]),
                    verb=_("Start the public notice"),
                    due=days.restart(round.frozen_at, 2),
                ),
            )
        elif round.notice_ends_at and round.notice_ends_at <= now:
            yield (
                round.pk,
                Duty(
                    title=_("The public notice of %(round)s is over") % {"round": round.name},
                    url=reverse("round_publish", args=[round.pk]),
                    verb=_("Make the result final"),
                    due=round.notice_ends_at,
                ),
            )


def _to_answer(user, now):
    rows = (
        Objection.objects.filter(state=ObjectionState.OPEN)
        .exclude(by=user)
        .exclude(round__runs__started_by=user)
    )
    for row in rows.select_related("round").order_by("due_at", "pk"):
        yield (
            row.round_id,
            Duty(
                title=_("Objection to %(round)s: %(kind)s")
                % {"round": row.round.name, "kind": row.get_kind_display()},
                url=row.get_absolute_url(),
                verb=_("Answer the objection"),
                due=row.due_at,
                urgent=row.due_at <= now,
            ),
        )


def reads_match_file(user, stored):
    """Whether the file is an instance or a result that this person may download."""
    if not may(user, Permission.READ_MATCH_FILES):
        return False
    return _is_match_file(stored)


def _is_match_file(stored):
    """A frozen input stays with its hash when a round is frozen anew, so it is found by its hash."""
    if not isinstance(stored, StoredFile):
        return False
    return (
        MatchRun.objects.filter(result=stored).exists()
        or MatchingRound.objects.filter(instance=stored).exists()
        or MatchRun.objects.filter(instance_sha256=stored.sha256).exists()
    )


def _badges():
    badges.register("job_kind", {runs.KIND: (badges.INDIGO, gettext_lazy("Matching run"))})
    badges.register("job_step", {key: (badges.INDIGO, label) for key, label in runs.STEPS.items()})
    badges.register(
        "round",
        RoundState,
        {
            RoundState.PLANNED: badges.SLATE,
            RoundState.CONFIGURED: badges.INDIGO,
            RoundState.OPEN: badges.INDIGO,
            RoundState.RANKING: badges.INDIGO,
            RoundState.READY: badges.INDIGO,
            RoundState.FROZEN: badges.INDIGO,
            RoundState.RUNNING: badges.INDIGO,
            RoundState.VERIFIED: badges.GREEN,
            RoundState.PUBLIC_NOTICE: badges.INDIGO,
            RoundState.PUBLISHED: badges.GREEN,
            RoundState.ARCHIVED: badges.SLATE,
            RoundState.CANCELLED: badges.SLATE,
        },
    )
    badges.register(
        "run",
        RunState,
        {RunState.RUNNING: badges.INDIGO, RunState.VERIFIED: badges.GREEN, RunState.FAILED: badges.RED},
    )
    badges.register(
        "objection",
        ObjectionState,
        {
            ObjectionState.OPEN: badges.INDIGO,
            ObjectionState.UPHELD: badges.GREEN,
            ObjectionState.DISMISSED: badges.SLATE,
        },
    )


def _messages():
    look = gettext_lazy("Open the round")
    register(
        round_opening_requested=Message(
            gettext_lazy("A round waits for your agreement to open"),
            gettext_lazy("%(name)s asks to open “%(round)s”. A second person has to agree."),
            look,
            urgent=True,
        ),
        round_extension_requested=Message(
            gettext_lazy("A later closing time waits for your agreement"),
            gettext_lazy(
                "%(name)s asks for a later closing time of “%(round)s”. A second person has to agree."
            ),
            look,
            urgent=True,
        ),
        round_recompute_requested=Message(
            gettext_lazy("A new computation waits for your agreement"),
            gettext_lazy(
                "%(name)s asks to compute “%(round)s” anew after an upheld objection. A second person has to agree."
            ),
            look,
            urgent=True,
        ),
        round_opened=Message(
            gettext_lazy("A matching round is open"),
            gettext_lazy(
                "“%(round)s” is open. Put projects in your order and hand in the list by %(closes)s."
            ),
            gettext_lazy("Browse projects"),
            times=("closes",),
        ),
        round_extended=Message(
            gettext_lazy("The closing time of a round has moved"),
            gettext_lazy("“%(round)s” now closes on %(closes)s. Reason: %(reason)s"),
            look,
            urgent=True,
            times=("closes",),
        ),
        round_reminder=Message(
            gettext_lazy("Your list is not handed in yet"),
            gettext_lazy(
                "“%(round)s” closes on %(closes)s. Until then you can hand in your list and change it at will."
            ),
            gettext_lazy("Open my list"),
            urgent=True,
            times=("closes",),
        ),
        round_scoring=Message(
            gettext_lazy("Applicants wait for your scores"),
            gettext_lazy(
                "The lists of “%(round)s” are locked. Score the applicants of your projects by %(ends)s; "
                "who has no score then falls to the default tier."
            ),
            gettext_lazy("Score applicants"),
            urgent=True,
            times=("ends",),
        ),
        round_ready_to_run=Message(
            gettext_lazy("A round is frozen and ready to run"),
            gettext_lazy("“%(round)s” is frozen under its hash and can be run."),
            look,
            urgent=True,
        ),
        round_verified=Message(
            gettext_lazy("A verified result waits for publication"),
            gettext_lazy(
                "“%(round)s”: %(placed)s of %(students)s students placed, the independent check passed. "
                "You did not run it and can start the public notice."
            ),
            look,
            urgent=True,
        ),
        round_awaits_publisher=Message(
            gettext_lazy("You are asked to publish a verified result"),
            gettext_lazy(
                "%(name)s asks you to look at the verified result of “%(round)s”. "
                "You did not run it and can start the public notice."
            ),
            look,
            urgent=True,
        ),
        round_run_failed=Message(
            gettext_lazy("A run gave no result"),
            gettext_lazy(
                "“%(round)s”: the run gave no result. The page of the round says why; lists and scores are untouched."
            ),
            look,
            urgent=True,
        ),
        round_notice_started=Message(
            gettext_lazy("The result of your round is on public notice"),
            gettext_lazy("You can see your result of “%(round)s” and object to it until %(ends)s."),
            gettext_lazy("See my result"),
            urgent=True,
            times=("ends",),
        ),
        round_notice_owners=Message(
            gettext_lazy("The result of a round is on public notice"),
            gettext_lazy(
                "The result of “%(round)s” is on public notice until %(ends)s. Until then you can object for your projects; "
                "once it is final you see who was placed."
            ),
            look,
            times=("ends",),
        ),
        round_recompute=Message(
            gettext_lazy("The result of your round is computed anew"),
            gettext_lazy(
                "The provisional result of “%(round)s” no longer holds; it is computed anew. Reason: %(reason)s"
            ),
            look,
            urgent=True,
        ),
        objection_answered=Message(
            gettext_lazy("Your objection has an answer"),
            gettext_lazy("Somebody who did not run “%(round)s” has answered your objection."),
            gettext_lazy("Read the answer"),
            urgent=True,
        ),
        round_place_offered=Message(
            gettext_lazy("You have been offered a place"),
            gettext_lazy(
                "The result of “%(round)s” is final. Accept or decline your place by %(due)s; without an answer it lapses."
            ),
            gettext_lazy("Answer the offer"),
            urgent=True,
            times=("due",),
        ),
        round_no_place=Message(
            gettext_lazy("The result of your round is final"),
            gettext_lazy(
                "The result of “%(round)s” is final. There was no place for you in it; you can see why, choice by choice."
            ),
            gettext_lazy("See my result"),
            urgent=True,
        ),
        round_final_owners=Message(
            gettext_lazy("The result of a round is final"),
            gettext_lazy("The result of “%(round)s” is final. See who was placed with your projects."),
            look,
        ),
    )
