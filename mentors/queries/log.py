"""Supervision logs: who reads them, what waits for whom, how many were signed in a month."""

from collections import defaultdict

from django.db.models import Count, F, Q

from mentors.enums import COUNTED_AS_JOINT, TO_COSIGN, CosignState, LogKind, LogState, ReopeningState, Side
from mentors.models import LogDraft, LogLink, Reopening, SupervisionLog
from mentors.queries.mentorship import mentorships_visible_to


def logs_visible_to(user):
    """The logs of every mentorship that the person sees."""
    seen = mentorships_visible_to(user).order_by().values("pk")
    return SupervisionLog.objects.filter(mentorship__in=seen).select_related(
        "mentorship__student__user",
        "mentorship__academic__user",
        "mentorship__industry__user",
        "mentor__user",
        "cosigner__user",
        "file",
    )


def chain_of(log):
    """The log with all that it amends and all that amends it, oldest first, in at most a handful of questions."""
    rows = SupervisionLog.objects.select_related("mentor__user", "file")
    chain, seen = [log], {log.pk}
    while chain[0].amends_id and chain[0].amends_id not in seen:
        seen.add(chain[0].amends_id)
        chain.insert(0, rows.get(pk=chain[0].amends_id))
    while (later := rows.filter(amends=chain[-1].pk).first()) is not None:
        chain.append(later)
    return chain


def to_confirm(user):
    """Signed logs that wait for this student, oldest first."""
    return (
        logs_visible_to(user)
        .filter(mentorship__student__user=user, state=LogState.SIGNED)
        .order_by("signed_at", "pk")
    )


def differing(user):
    """Logs this mentor signed of which the student says that something differs."""
    return (
        logs_visible_to(user).filter(mentor__user=user, state=LogState.DIFFERS).order_by("answered_at", "pk")
    )


def to_cosign(user):
    """Joint meetings that wait for this mentor's signature."""
    return (
        logs_visible_to(user)
        .filter(cosigner__user=user, cosign__in=TO_COSIGN)
        .exclude(state=LogState.AMENDED)
        .order_by("signed_at", "pk")
    )


def not_cosigned(user):
    """Joint meetings of this mentor that the other one did not sign."""
    return (
        logs_visible_to(user)
        .filter(mentor__user=user, cosign=CosignState.REFUSED)
        .exclude(state=LogState.AMENDED)
        .order_by("cosigned_at", "pk")
    )


def last_by(user, mentorship):
    """The mentor's last standing log of a student, for “use last time’s”."""
    return (
        SupervisionLog.objects.standing()
        .filter(mentorship=mentorship, mentor__user=user)
        .order_by("-day", "-pk")
        .first()
    )


def of_day(mentor, mentorship, day):
    """What the mentor has logged of a student on a day."""
    return (
        SupervisionLog.objects.standing()
        .filter(mentorship=mentorship, mentor=mentor, day=day)
        .order_by("pk")
        .first()
    )


def draft_of(user, mentorship):
    """The mentor's draft, or None. `mentorship` None: that of a joint meeting."""
    return LogDraft.objects.filter(author=user, mentorship=mentorship).select_related("file").first()


def kept_file(user, mentorship, link=None):
    """The file that waits to be signed: with the link of a mail, else with the mentor's draft; or None."""
    if link is not None:
        fresh = LogLink.objects.select_related("file").get(pk=link.pk)
        return fresh.file
    draft = draft_of(user, mentorship)
    return draft.file if draft else None


def counts(mentorships, first, last):
    """{mentorship: {"academic", "industry", "joint"}}: standing logs from `first` to `last`.

    `mentorships`: ids, or a queryset of ids. A joint meeting counts as one once both mentors have signed,
    and goes on counting while the other one has an amendment of it to read.
    """
    found = defaultdict(lambda: {"academic": 0, "industry": 0, "joint": 0})
    rows = SupervisionLog.objects.standing().filter(mentorship__in=mentorships, day__range=(first, last))
    for row in (
        rows.order_by()
        .values("mentorship", "side")
        .annotate(n=Count("pk"), both=Count("pk", filter=Q(kind=LogKind.JOINT, cosign__in=COUNTED_AS_JOINT)))
    ):
        found[row["mentorship"]][row["side"]] += row["n"]
        found[row["mentorship"]]["joint"] += row["both"]
    return found


def reopenings_visible_to(user):
    """Requests to log a late day: of every mentorship that the person sees and either guides or oversees."""
    seen = mentorships_visible_to(user).exclude(student__user=user).order_by().values("pk")
    return Reopening.objects.filter(mentorship__in=seen).select_related(
        "mentorship__student__user", "mentor__user", "decided_by"
    )


def usable_reopening(mentor, mentorship, day, on):
    """The granted request that opens this day for this mentor and has not been used, or None."""
    return Reopening.objects.filter(
        mentorship=mentorship,
        mentor=mentor,
        day=day,
        state=ReopeningState.GRANTED,
        open_until__gte=on,
        log=None,
    ).first()


def open_request(mentor, mentorship, day):
    """The request for this day that nobody has answered yet, or None."""
    return Reopening.objects.filter(
        mentorship=mentorship, mentor=mentor, day=day, state=ReopeningState.ASKED
    ).first()


def still_differing():
    """Logs whose two accounts differ and of which the office has not been told."""
    return (
        SupervisionLog.objects.filter(state=LogState.DIFFERS, escalated_at=None)
        .select_related("mentorship__student__user", "mentor__user")
        .order_by("answered_at", "pk")
    )


def with_side(logs, side):
    """Logs of one side: "academic" or "industry"."""
    return logs.filter(side=side) if side in Side.values else logs


def searched(logs, words):
    """Narrow to a part of a student's name or number, a mentor's name or the text."""
    for word in words.split()[:5]:
        logs = logs.filter(
            Q(mentorship__student__user__name__icontains=word)
            | Q(mentorship__student__number__icontains=word)
            | Q(mentor__user__name__icontains=word)
            | Q(text__icontains=word)
        )
    return logs


def newest_first(logs):
    """By the day of the meeting."""
    return logs.order_by(F("day").desc(), "-pk")
