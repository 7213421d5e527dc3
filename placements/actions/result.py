"""What a person does about a result: object while it is on notice, accept or decline once it is final."""

from datetime import timedelta

from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from consortium import clock
from consortium.audit import action, record
from consortium.files import store_upload
from consortium.models import FormKey
from consortium.notifications import notify, notify_many
from consortium.policy import value
from consortium.reach import holders
from consortium.refusals import Forbidden, Invalid, Refused
from consortium.roles import Permission
from consortium.working_calendar import after_working_days
from mentors.actions.mentorship import start_mentorship
from placements.enums import PLACEMENT_MOVES, ObjectionKind, PlacementState, RoundState
from placements.models import MatchingRound, MatchRun, Objection, Placement
from placements.queries.result import may_object
from placements.rules.application import to_the_second
from placements.rules.redlines import end_after

SHORTEST_OBJECTION, LONGEST_OBJECTION, SHORTEST_REASON, LONGEST_REASON = 20, 500, 10, 300
# Before the answer date: a day ahead, and four hours ahead.
REMINDERS = (("first", timedelta(hours=24)), ("last", timedelta(hours=4)))
CHUNK = 500


@action
def accept_place(*, placement, by):
    """The student takes the place, and the project's mentors begin to guide.

    Refuses anybody else, an answer already given, and one too late.
    """
    _answer(placement, by, PlacementState.ACCEPTED, "place.accepted", "")
    _begin_mentorship(placement, by)
    notify(
        by,
        "place_accepted",
        key=str(placement.pk),
        url=reverse("round_result", args=[placement.round_id]),
        project=placement.project.title,
    )
    return placement


@action
def decline_place(*, placement, by, reason):
    """The student gives the place up for good, with a reason; it goes to the second round."""
    reason = reason.strip()
    if len(reason) < SHORTEST_REASON:
        raise Invalid(
            _("Give your reason, at least %(least)d characters.") % {"least": SHORTEST_REASON},
            remedy=_("The place goes to the second round and cannot be taken back."),
            field="reason",
        )
    if len(reason) > LONGEST_REASON:
        raise Invalid(
            _("The reason has %(count)d characters; at most %(most)d fit.")
            % {"count": len(reason), "most": LONGEST_REASON},
            remedy=_("Shorten it; what you typed is kept."),
            field="reason",
        )
    _answer(placement, by, PlacementState.DECLINED, "place.declined", reason)
    return placement


@action
def object_to_match(*, round, by, kind, text, file=None, form_key=""):
    """Record an objection against the result on notice and tell those who did not run it; `file` is an upload.

    Refuses a stranger to the round, a text too short or too long, and an objection after the notice has ended.
    """
    if not may_object(by, round):
        raise Forbidden(
            _("This result does not concern you, so you cannot object to it."),
            remedy=_("Students who took part and those responsible for a project of the round can."),
        )
    if form_key and not _first_press(form_key, by):
        first = Objection.objects.filter(round=round, by=by).order_by("-pk").first()
        if first:
            return first
    _refuse_after_notice(round)
    text = text.strip()
    _check_objection(kind, text)
    run = MatchRun.objects.get(round=round, adopted=True)
    now = clock.now()
    objection = Objection.objects.create(
        round=round,
        run=run,
        by=by,
        kind=kind,
        text=text,
        file=store_upload(file, by=by) if file else None,
        made_at=now,
        due_at=after_working_days(now, value("objection_days")),
    )
    record("objection.made", objection, by=by, kind=kind)
    notify_many(
        holders(Permission.ANSWER_OBJECTION, except_for=[run.started_by, by]),
        "objection_made",
        key=str(objection.pk),
        url=reverse("objection", args=[objection.pk]),
        round=round.name,
        due=objection.due_at,
    )
    return objection


@action
def lapse_unanswered(*, now=None):
    """Remind twice of places without an answer, and let those lapse whose date has passed. Returns how many lapsed."""
    now = now or clock.now()
    waiting = (
        Placement.objects.filter(state=PlacementState.OFFERED)
        .select_related("student__user", "project", "round")
        .order_by("answer_due_at", "pk")
    )
    for name, ahead in REMINDERS:
        for placement in waiting.filter(answer_due_at__gt=now, answer_due_at__lte=now + ahead):
            _remind(placement, name)
    lapsed = 0
    for placement in waiting.filter(answer_due_at__lte=now)[:CHUNK]:
        lapsed += _move(placement, PlacementState.LAPSED, now, "")
        record("place.lapsed", placement, by=None)
        notify(
            placement.student.user,
            "place_lapsed",
            key=str(placement.pk),
            url=reverse("round_result", args=[placement.round_id]),
            project=placement.project.title,
        )
    return lapsed


def _begin_mentorship(placement, by):
    """The student's answer stands also where a mentor cannot take one more: the office assigns another by hand."""
    student, project = placement.student, placement.project
    try:
        with transaction.atomic():  # what a refused beginning has changed so far does not stay
            start_mentorship(
                student=student,
                academic=project.academic_mentor,
                industry=project.industry_mentor,
                topic=project.title,
                since=project.starts_on,
                until=end_after(project.starts_on, project.months),
                by=by,
            )
    except Refused as refusal:
        record("place accepted without mentors", placement, by=by, why=refusal.code)
        notify_many(
            holders(Permission.RECORD_STUDENT),
            "mentors_missing",
            key=str(placement.pk),
            url=reverse("student", args=[student.pk]),
            why=refusal.code,
        )


def _remind(placement, name):
    notify(
        placement.student.user,
        "place_reminder",
        key=f"{placement.pk}:{name}",
        url=reverse("round_result", args=[placement.round_id]),
        project=placement.project.title,
        due=placement.answer_due_at,
    )


def _answer(placement, by, state, verb, reason):
    if placement.student.user_id != by.pk:
        raise Forbidden(
            _("Only the student can answer this offer."), remedy=_("Sign in with the student’s own account.")
        )
    now = clock.now()
    placement.refresh_from_db(fields=["state", "answer_due_at", "answered_at"])
    if placement.state != PlacementState.OFFERED:
        raise _already(placement)
    if now >= placement.answer_due_at:
        raise Refused(
            _("The date to answer was %(due)s.") % {"due": to_the_second(placement.answer_due_at)},
            remedy=_("Your place has gone to the second round. You can take part in it."),
            code="late",
        )
    try:
        with transaction.atomic():
            moved = _move(placement, state, now, reason)
    except IntegrityError:
        raise Refused(
            _("You have already accepted another place."),
            remedy=_("Only one place can be held. Decline this one with a reason."),
            code="second",
        ) from None
    if not moved:
        placement.refresh_from_db(fields=["state", "answered_at"])
        raise _already(placement)
    record(verb, placement, by=by, **({"reason": reason} if reason else {}))


def _already(placement):
    return Refused(
        _("This place is already answered: %(state)s.") % {"state": placement.get_state_display()},
        remedy=_("An answer is final. If something is wrong, ask the graduate school."),
        code="answered",
    )


def _move(placement, state, now, reason):
    """One conditional update; 1 when this call made the move."""
    assert state in PLACEMENT_MOVES[PlacementState.OFFERED]
    moved = Placement.objects.filter(pk=placement.pk, state=PlacementState.OFFERED).update(
        state=state, answered_at=now, reason=reason
    )
    if moved:
        placement.state, placement.answered_at, placement.reason = state, now, reason
    return moved


def _first_press(key, user):
    try:
        with transaction.atomic():
            FormKey.objects.create(key=key[:64], user=user, purpose="objection", used_at=clock.now())
    except IntegrityError:
        return False
    return True


def _refuse_after_notice(round_):
    round_ = MatchingRound.objects.get(pk=round_.pk)
    now = clock.now()
    if round_.state == RoundState.PUBLIC_NOTICE and round_.notice_ends_at and now < round_.notice_ends_at:
        return
    if round_.notice_ends_at is None or round_.state not in (RoundState.PUBLIC_NOTICE, RoundState.PUBLISHED):
        raise Refused(
            _("This result is not on public notice."),
            remedy=_("Objections are taken while it is."),
            code="not_on_notice",
        )
    raise Refused(
        _("The period for objections ended at %(end)s.") % {"end": to_the_second(round_.notice_ends_at)},
        remedy=_("You may still write to the school: %(contact)s.")
        % {"contact": round_.contact or _("the graduate school")},
        code="notice_over",
    )


def _check_objection(kind, text):
    if kind not in ObjectionKind.values:
        raise Invalid(
            _("Say what your objection is about."), remedy=_("Choose one of the four kinds."), field="kind"
        )
    if len(text) < SHORTEST_OBJECTION:
        raise Invalid(
            _("The explanation has %(count)d characters, which does not show which record you mean.")
            % {"count": len(text)},
            remedy=_("Say what is recorded and what you think is right, at least %(least)d characters.")
            % {"least": SHORTEST_OBJECTION},
            field="text",
        )
    if len(text) > LONGEST_OBJECTION:
        raise Invalid(
            _("The explanation has %(count)d characters; at most %(most)d fit.")
            % {"count": len(text), "most": LONGEST_OBJECTION},
            remedy=_("Shorten it; what you typed is kept."),
            field="text",
        )
