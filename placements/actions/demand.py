"""A demand from its first words to its answer: written, handed in, sorted, asked about, answered,
sent or taken back.
"""

from django.db.models import F
from django.urls import reverse
from django.utils.translation import gettext as _

from consortium import policy
from consortium.actions.number import next_number
from consortium.audit import action, record
from consortium.clock import now, today
from consortium.enums import BodyKind
from consortium.models import GovernanceBody
from consortium.notifications import notify_many
from consortium.queries.people import acting_for
from consortium.refusals import Forbidden, Invalid, Refused, Stale
from consortium.roles import Permission
from consortium.templatetags.portal import moment_zone_text
from consortium.working_calendar import after_working_days
from placements.enums import DEMAND_MOVES, DemandState
from placements.models import Demand, DemandEntry
from placements.queries import owner
from placements.queries.demand import WAITING, WorkingDays
from placements.rules import demand as rules
from placements.rules import membership

FIELDS = ("list", "title", "text", "needed_by", "places", "base", "level", "board")


@action
def save_demand(*, by, demand=None, organisation=None, version=None, **fields):
    """Write a demand down, new or again; nothing is handed in. `version`: the one the writer had
    before their eyes.
    """
    unknown = set(fields) - set(FIELDS)
    if unknown:
        raise TypeError(f"not a field of a demand: {sorted(unknown)}")
    if demand is None:
        return _write_new(by, organisation, fields)
    _ask_writer(by, demand)
    if demand.state not in rules.EDITABLE:
        raise Refused(
            _("The demand is with the board, so its text can no longer be changed."),
            remedy=_("Ask the board to return it, or write what is missing when the board asks for more."),
            url=demand.get_absolute_url(),
            url_label=_("Open the demand"),
        )
    current = Demand.objects.get(pk=demand.pk)
    changed = [name for name, value in fields.items() if getattr(current, name) != value]
    for name in changed:
        setattr(demand, name, fields[name])
    if not changed:
        return demand
    expected = demand.version if version is None else version
    _ask_fields(demand)
    written = Demand.objects.filter(pk=demand.pk, version=expected, state=demand.state).update(
        version=F("version") + 1, **{name: fields[name] for name in changed}
    )
    if not written:
        theirs = Demand.objects.get(pk=demand.pk)
        raise Stale(
            _("Someone changed this demand while you were writing."),
            remedy=_("Both versions are shown below. Choose what to keep, then save."),
            theirs=theirs,
        )
    demand.refresh_from_db()
    record("demand saved", demand, by=by, fields=changed)
    return demand


def _write_new(by, organisation, fields):
    demand = Demand(
        organisation=organisation,
        created_by=by,
        created_at=now(),
        is_sample=organisation.is_sample,
        **fields,
    )
    if demand.board_id is None:
        demand.board = proposed_board(demand.list)
    _ask_writer(by, demand)
    _ask_fields(demand)
    demand.save()
    record("demand drafted", demand, by=by, list=demand.list)
    return demand


def proposed_board(list_):
    """The board whose work a list is."""
    return GovernanceBody.objects.get(kind=BodyKind.BOARD, board_code=rules.BOARD_OF_LIST[list_])


def _ask_fields(demand):
    if not 1 <= demand.places <= 20:
        raise Invalid(_("A demand asks for 1 to 20 students."), field="places")


def _ask_writer(by, demand):
    if not rules.may_edit(by, demand):
        raise Forbidden(
            _("You can read this demand but not change it."),
            remedy=_("To change it, contact the administrator of %(organisation)s.")
            % {"organisation": demand.organisation.short},
        )


def _ask_officer(by, demand):
    if not rules.may_triage(by, demand):
        raise Forbidden(
            _("This demand is with another board."),
            remedy=_("To have it moved, contact %(board)s.") % {"board": demand.board.name},
        )


@action
def submit_demand(*, demand, by):
    """Hand a demand in: it gets its number, its board is told, and the clock of the first answer starts.

    Refused while its organisation has no membership in force.
    """
    _ask_writer(by, demand)
    if demand.state not in (DemandState.DRAFT, DemandState.RETURNED):
        raise Refused(
            _("This demand was already handed in as %(number)s.") % {"number": demand.number or ""},
            url=demand.get_absolute_url(),
            url_label=_("Open the demand"),
        )
    _ask_member(demand.organisation)
    _ask_complete(demand)
    moment = now()
    due = after_working_days(moment, policy.value("first_response_days"))
    number = demand.number or next_number(Demand, "D", moment, kinds=[BodyKind.BOARD])
    _move(
        demand,
        DemandState.SUBMITTED,
        number=number,
        submitted_at=moment,
        response_due=due,
        first_response_at=None,
        paused_at=None,
    )
    _say(demand, "submitted", "", by)
    record(
        "demand submitted",
        demand,
        by=by,
        number=number,
        board=demand.board.board_code,
        level=demand.level,
    )
    _tell_board(demand, "demand_submitted", key=f"{demand.pk}:{demand.version}")
    return demand


def _ask_member(organisation):
    missing = membership.gap(organisation, today())
    if missing is not None:
        raise Refused(
            missing.sentence,
            remedy=missing.remedy,
            url=organisation.get_absolute_url(),
            url_label=_("Open the membership"),
            code="membership",
        )


def _ask_complete(demand):
    if not demand.title.strip():
        raise Invalid(_("Give the demand a title, so that it can be found again."), field="title")
    if not demand.text.strip():
        raise Invalid(_("Describe the problem: how it is now, how it should be, by when."), field="text")
    if demand.needed_by and demand.needed_by <= today():
        raise Invalid(_("The day by which it is needed has passed. Enter a later one."), field="needed_by")
    base = demand.base
    if base is None:
        return
    if base.organisation_id != demand.organisation_id:
        raise Invalid(
            _("“%(base)s” belongs to another organisation. Choose one of your bases.") % {"base": base},
            field="base",
        )
    latest = base.latest_accreditation
    if latest is None or not latest.valid_from <= today() <= latest.valid_to:
        raise Invalid(
            _("The accreditation of “%(base)s” does not hold today. Choose another base or leave it open.")
            % {"base": base},
            field="base",
        )


@action
def move_demand(*, demand, board, by, reason=""):
    """Take a demand for one's board, or give it to another with a reason. The clock runs on."""
    _ask_officer(by, demand)
    if board.kind != BodyKind.BOARD:
        raise Invalid(_("Choose one of the four boards."), field="board")
    other = board.pk != demand.board_id
    if other and not reason.strip():
        raise Invalid(_("Say why, so that the other board need not ask."), field="reason")
    if not other and demand.state == DemandState.TRIAGED:
        raise Refused(
            _("This demand is already with %(board)s.") % {"board": board.name},
            url=demand.get_absolute_url(),
        )
    before = demand.board
    _move(demand, DemandState.TRIAGED, expected=WAITING, board=board)
    _say(demand, "moved" if other else "taken", reason.strip(), by)
    record(
        "demand moved",
        demand,
        by=by,
        before=before.board_code,
        after=board.board_code,
        reason=reason,
    )
    if other:
        _tell_board(demand, "demand_moved", key=f"{demand.pk}:{demand.version}")
    return demand


@action
def answer_demand(*, demand, by, text):
    """The board's answer: the clock stops for good and the enterprise may draft a project."""
    _ask_officer(by, demand)
    if not text.strip():
        raise Invalid(_("Write the answer: what will be done next, by whom, until when."), field="text")
    _move(
        demand,
        DemandState.RESPONDED,
        expected=WAITING,
        first_response_at=demand.first_response_at or now(),
    )
    _say(demand, "answered", text.strip(), by)
    record("demand answered", demand, by=by)
    _tell_organisation(demand, "demand_answered")
    return demand


@action
def ask_more(*, demand, by, text):
    """Ask the enterprise for what is missing; the clock stands still until it answers."""
    _ask_officer(by, demand)
    if not text.strip():
        raise Invalid(_("Write what is missing, so that the enterprise can answer in one go."), field="text")
    _move(demand, DemandState.MORE_WANTED, expected=WAITING, paused_at=now())
    _say(demand, "more_wanted", text.strip(), by)
    record("demand: more wanted", demand, by=by)
    _tell_organisation(demand, "demand_more_wanted")
    return demand


@action
def complete_demand(*, demand, by, text):
    """The enterprise adds what was asked for; the clock goes on with the working days that were left."""
    _ask_writer(by, demand)
    if not text.strip():
        raise Invalid(_("Write what the board asked for."), field="text")
    due = resumed_due(demand, now())
    _move(
        demand,
        DemandState.TRIAGED,
        expected=(DemandState.MORE_WANTED,),
        paused_at=None,
        response_due=due,
    )
    _say(demand, "completed", text.strip(), by)
    record("demand completed", demand, by=by)
    _tell_board(demand, "demand_completed", key=f"{demand.pk}:{demand.version}")
    return demand


def resumed_due(demand, moment):
    """The due time after a pause. A day begun counts whole; one that was late before the pause stays late."""
    if demand.paused_at is None or demand.paused_at >= demand.response_due:
        return demand.response_due
    days = WorkingDays.read()
    return days.restart(moment, max(days.between(demand.paused_at, demand.response_due), 1))


@action
def return_demand(*, demand, by, reason):
    """Send a demand back with a reason; it counts as the first answer, and the enterprise may hand it
    in again.
    """
    _ask_officer(by, demand)
    if not reason.strip():
        raise Invalid(_("Write the reason and what would have to change."), field="reason")
    _move(
        demand,
        DemandState.RETURNED,
        expected=WAITING,
        first_response_at=demand.first_response_at or now(),
    )
    _say(demand, "returned", reason.strip(), by)
    record("demand returned", demand, by=by, reason=reason)
    _tell_organisation(demand, "demand_returned")
    return demand


@action
def withdraw_demand(*, demand, by, reason=""):
    """Take a demand back. After it has become a project, that project is what is withdrawn."""
    _ask_writer(by, demand)
    if demand.state == DemandState.DRAFTED:
        raise Refused(
            _("This demand has become the project %(number)s, so it cannot be withdrawn by itself.")
            % {"number": demand.project.number},
            remedy=_("Withdraw the project instead."),
            url=reverse("project_edit", args=[demand.project.pk]),
            url_label=_("Open the project"),
        )
    if demand.submitted_at and not reason.strip():
        raise Invalid(_("Say in a sentence why it is withdrawn."), field="reason")
    was_with_board = demand.state in rules.WITH_BOARD
    _move(demand, DemandState.WITHDRAWN)
    _say(demand, "withdrawn", reason.strip(), by)
    record("demand withdrawn", demand, by=by, reason=reason)
    if was_with_board:
        _tell_board(demand, "demand_withdrawn", key=str(demand.pk))
    return demand


@action
def remind_late_demands(*, by=None):
    """Tell the boards which demands are past the time of their first answer; once a working day each."""
    moment = now()
    late = Demand.objects.filter(state__in=WAITING, response_due__lt=moment).select_related(
        "organisation", "board"
    )
    days = WorkingDays.read()
    if not days.works(today()):
        return 0
    told = 0
    for demand in late.order_by("pk"):
        behind = max(days.between(demand.response_due, moment), 1)
        told += _tell_board(demand, "demand_late", key=f"{demand.pk}:{today()}", days=behind)
    return told


# --- one step, one line, one message


def _move(demand, to, *, expected=None, **fields):
    """Move the demand on if it still is where the caller saw it; a refusal in words when somebody was
    first.
    """
    allowed = [
        state
        for state, moves in DEMAND_MOVES.items()
        if to in moves and (expected is None or state in expected)
    ]
    changed = Demand.objects.filter(pk=demand.pk, state__in=allowed, version=demand.version).update(
        state=to, version=F("version") + 1, **fields
    )
    demand.refresh_from_db()
    if not changed:
        raise Refused(
            _("This demand has been changed meanwhile and is now “%(state)s”; nothing was done.")
            % {"state": demand.get_state_display()},
            remedy=_("Open it again and go on from there."),
            url=demand.get_absolute_url(),
            url_label=_("Open the demand"),
            code="state",
        )


def _say(demand, kind, text, by):
    DemandEntry.objects.create(demand=demand, kind=kind, text=text, by=by, at=now())


def _tell_board(demand, kind, *, key, **params):
    people = owner.people_of_board(demand.board, Permission.TRIAGE_DEMAND)
    return notify_many(
        people,
        kind,
        key=key,
        url=demand.get_absolute_url(),
        number=demand.number,
        due=demand.response_due,
        **params,
    )


def _tell_organisation(demand, kind):
    people = acting_for([demand.organisation_id], Permission.EDIT_DEMAND)
    notify_many(
        people,
        kind,
        key=f"{demand.pk}:{demand.version}",
        url=demand.get_absolute_url(),
        number=demand.number,
    )


def received_sentence(demand):
    """What the enterprise reads after handing in."""
    return _(
        "%(number)s was handed in. The first answer comes within %(days)d working days, by %(due)s "
        "at the latest."
    ) % {
        "number": demand.number,
        "days": policy.value("first_response_days"),
        "due": moment_zone_text(demand.response_due),
    }
