"""What the students' side announces to the ground: navigation, duties, the card on their start page, messages."""

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from consortium import badges
from consortium.acting import shown_here
from consortium.models import StoredFile
from consortium.notifications import Message, register, unread_count
from consortium.registry import Duty, NavItem, registry
from placements.enums import ApplicationState, PlacementState, RoundState
from placements.models import MatchingRound, Objection
from placements.queries import result as results
from placements.queries.application import current_round, my_list, open_round, student_of
from placements.rules.application import takes_lists

# Why the mentors of an accepted place's project cannot begin, by the code of the refusal.
WITHOUT_MENTORS = {
    "full": gettext_lazy("a mentor guides as many students as the appointment allows."),
    "term": gettext_lazy("a mentor’s appointment does not hold on the first day."),
    "guided": gettext_lazy("the student is guided already."),
    "side": gettext_lazy("a mentor is appointed for the other side."),
    "persons": gettext_lazy("student and both mentors are not three persons."),
    "interval": gettext_lazy("the last day lies before the first."),
}


def announce():
    """Fill the registry; called once at start-up."""
    registry.nav += [
        NavItem("student", gettext_lazy("Projects"), "projects", "grid", order=10),
        NavItem("student", gettext_lazy("Choices"), "application", "list-ol", order=20),
        NavItem(
            "student",
            gettext_lazy("Messages"),
            "notifications",
            "bell",
            order=40,
            count=lambda user, now: unread_count(user),
        ),
        NavItem("student", gettext_lazy("Me"), "me", "person", order=50),
    ]
    registry.duties.append(duties)
    registry.dashboard.append(card)
    registry.file_readers.append(reads_own_proof)
    badges.register(
        "application",
        ApplicationState,
        {
            ApplicationState.DRAFT: badges.SLATE,
            ApplicationState.SUBMITTED: badges.GREEN,
            ApplicationState.WITHDRAWN: badges.SLATE,
            ApplicationState.LOCKED: badges.INDIGO,
        },
    )
    badges.register(
        "placement",
        PlacementState,
        {
            PlacementState.PROVISIONAL: badges.INDIGO,
            PlacementState.OFFERED: badges.AMBER,
            PlacementState.ACCEPTED: badges.GREEN,
            PlacementState.DECLINED: badges.SLATE,
            PlacementState.LAPSED: badges.SLATE,
        },
    )
    _messages()


def duties(user, now):
    """What waits for a student: a list to submit, changes to submit, a place to answer; each with its due time."""
    student = student_of(user)
    if student is None or not shown_here(user, "student"):
        return []
    return [*_list_duty(student, now), *_places(user), *_notices(user, now)]


def _list_duty(student, now):
    round_ = open_round()
    if round_ is None or not takes_lists(round_, now):
        return []
    if student.placements.filter(state=PlacementState.ACCEPTED).exists():
        return []
    mine = my_list(student, round_)
    if mine.stands and not mine.changed:
        return []
    if mine.stands:
        title = _("Your list in %(round)s has changes not yet submitted") % {"round": round_.name}
        note = _("Version %(number)d still counts.") % {"number": mine.stands.number}
        return [Duty(title, reverse("application_review"), _("Submit the changes"), round_.closes_at, note)]
    if mine.rows:
        title = _("Your list in %(round)s is not submitted") % {"round": round_.name}
        note = _("%(n)d of at most %(most)d chosen") % {"n": len(mine.rows), "most": round_.max_preferences}
        return [Duty(title, reverse("application_review"), _("Check and submit"), round_.closes_at, note)]
    title = _("Choose projects for %(round)s") % {"round": round_.name}
    note = _("Not started: browse, order, submit")
    return [Duty(title, reverse("projects"), _("Browse projects"), round_.closes_at, note)]


def _places(user):
    return [
        Duty(
            _("You have a place: “%(project)s”") % {"project": place.project.name},
            reverse("round_result", args=[place.round_id]),
            _("Accept or decline"),
            place.answer_due_at,
            _("Without an answer it lapses."),
            urgent=True,
        )
        for place in results.to_answer(user)
    ]


def _notices(user, now):
    rounds = results.rounds_with_my_result(user).filter(
        state=RoundState.PUBLIC_NOTICE, notice_ends_at__gt=now
    )
    return [
        Duty(
            _("The result of %(round)s is on public notice") % {"round": round_.name},
            reverse("round_result", args=[round_.pk]),
            _("See my result"),
            round_.notice_ends_at,
            _("Objections are taken until then; nothing else is needed."),
        )
        for round_ in rounds.order_by("notice_ends_at", "pk")
    ]


def card(user, now):
    """The student's card on the start page: how far the list is, or the last result."""
    student = student_of(user)
    round_ = current_round() if student and shown_here(user, "student") else None
    if round_ is None:
        return None
    mine = my_list(student, round_)
    result = MatchingRound.objects.filter(
        pk__in=results.rounds_with_my_result(user).order_by().values("pk")
    ).first()
    context = {
        "round": round_,
        "mine": mine,
        "open": takes_lists(round_, now),
        "result": result,
        "steps": _steps(mine),
    }
    return {"template": "placements/_card.html", "context": context}


def _steps(mine):
    """Browse, order, submit: how far the student is, each with a word of its own."""
    done = [bool(mine.rows) or bool(mine.stands), bool(mine.rows), bool(mine.stands) and not mine.changed]
    chosen = ngettext("%(n)d chosen", "%(n)d chosen", len(mine.rows)) % {"n": len(mine.rows)}
    number = _("Version %(n)s") % {"n": mine.stands.number} if mine.stands else _("not yet")
    steps = ((_("Browse"), chosen), (_("Order"), _("can still change")), (_("Submit"), number))
    current = done.index(False) if False in done else None
    return [
        {
            "label": label,
            "note": note if ready or at == current else "",
            "state": "current" if at == current else "done" if ready else "todo",
            "url": "",
        }
        for at, ((label, note), ready) in enumerate(zip(steps, done, strict=True))
    ]


def reads_own_proof(user, stored: StoredFile):
    """Whoever objected reads the file sent along."""
    return user.is_authenticated and Objection.objects.filter(file=stored, by=user).exists()


def _messages():
    register(
        application_submitted=Message(
            gettext_lazy("Receipt: version %(number)d of your list"),
            gettext_lazy(
                "“%(round)s”: version %(number)d arrived %(at)s. Check code %(check_code)s. "
                "You may change it until %(closes)s (Beijing time); the last submission counts."
            ),
            gettext_lazy("Open the receipt"),
            urgent=True,
            times=("at", "closes"),
        ),
        application_withdrawn=Message(
            gettext_lazy("Receipt: your list is withdrawn"),
            gettext_lazy(
                "“%(round)s”: the withdrawal arrived %(at)s as version %(number)d. Check code %(check_code)s. "
                "Until %(closes)s (Beijing time) you can submit again."
            ),
            gettext_lazy("Open the receipt"),
            urgent=True,
            times=("at", "closes"),
        ),
        place_accepted=Message(
            gettext_lazy("You have accepted a place"),
            gettext_lazy("“%(project)s”. Next: the agreement is signed by you, the base and the school."),
            gettext_lazy("See what comes before the first day"),
        ),
        mentors_missing=Message(
            gettext_lazy("A student needs mentors"),
            gettext_lazy(
                "A place was accepted, and the mentors of its project cannot take the student: %(why)s"
            ),
            gettext_lazy("Assign mentors"),
            codes={"why": WITHOUT_MENTORS},
        ),
        place_reminder=Message(
            gettext_lazy("A place waits for your answer"),
            gettext_lazy(
                "“%(project)s”: answer by %(due)s (Beijing time); without an answer the place lapses."
            ),
            gettext_lazy("Accept or decline"),
            urgent=True,
            times=("due",),
        ),
        place_lapsed=Message(
            gettext_lazy("A place has lapsed"),
            gettext_lazy("“%(project)s”: no answer came in time. You can take part in the second round."),
            gettext_lazy("See my result"),
            urgent=True,
        ),
        objection_made=Message(
            gettext_lazy("An objection waits for an answer"),
            gettext_lazy("“%(round)s”: answer it in words by %(due)s (Beijing time)."),
            gettext_lazy("Answer the objection"),
            times=("due",),
        ),
    )
