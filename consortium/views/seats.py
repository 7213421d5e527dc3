"""Pages of seats: one seat with its delegates, and each step that changes one."""

from datetime import timedelta

from django.contrib import messages
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _

from consortium import clock, form_keys
from consortium.access import permitted
from consortium.actions import seat as actions
from consortium.enums import SeatPost
from consortium.forms.seat import (
    DelegateForm,
    EndSeatForm,
    HandOverSeatForm,
    NumberOfSeatsForm,
    RenewSeatForm,
    SeatForm,
)
from consortium.history import history_of
from consortium.models import GovernanceBody
from consortium.queries import seat as queries
from consortium.queries.people import people_of
from consortium.refusals import Refused
from consortium.roles import Permission
from consortium.rules import seat as rules
from consortium.templatetags.portal import day_text


def seat(request, pk):
    """One seat: the unit, its term, what it rests on, who speaks for it, what came before and after."""
    found = get_object_or_404(
        queries.with_delegates(queries.seats_visible_to(request.user), request.user), pk=pk
    )
    today, keeps = clock.today(), rules.can_keep(request.user)
    following = queries.after(found)
    return render(
        request,
        "consortium/seat.html",
        {
            "seat": found,
            "badge": badge_of(found, today),
            "delegates": found.named,
            "sees_names": keeps or rules.can_name_delegate(request.user, found) or bool(found.named),
            "former": queries.before(found),
            "following": following,
            "may_keep": keeps and following is None,
            "may_end": keeps and following is None and found.post != SeatPost.CHAIR and found.until > today,
            "may_name": rules.can_name_delegate(request.user, found) and found.until >= today,
            "history": history_of(found) if keeps else [],
        },
    )


@permitted(Permission.KEEP_SEATS)
def seat_new(request, pk):
    """Give a unit a seat."""
    body = get_object_or_404(GovernanceBody, pk=pk)
    form = SeatForm(request.POST or None, initial={"since": clock.today()})
    return _step(
        request,
        form,
        lambda values: actions.give_seat(body=body, by=request.user, **values),
        body=body,
        title=_("Give a seat"),
        submit=_("Give the seat"),
        back=body.get_absolute_url(),
        done=_("The seat is recorded, and the unit's administrators are told."),
    )


@permitted(Permission.KEEP_SEATS)
def seats_number(request, pk):
    """How many seats the charter gives."""
    body = get_object_or_404(GovernanceBody, pk=pk)
    first = {"number": body.seats_given, "grounds": body.seats_grounds}
    form = NumberOfSeatsForm(request.POST or None, initial=first)
    return _step(
        request,
        form,
        lambda values: actions.set_number_of_seats(body=body, by=request.user, **values),
        body=body,
        title=_("Number of seats"),
        submit=_("Save the number"),
        back=body.get_absolute_url(),
        done=_("The number of seats is saved."),
    )


@permitted(Permission.KEEP_SEATS)
def seat_hand_over(request, pk):
    """Another unit takes the seat."""
    found = _found(request, pk)
    form = HandOverSeatForm(request.POST or None, initial={"until": found.term_ends})
    return _seat_step(
        request,
        found,
        form,
        lambda values: actions.hand_over_seat(seat=found, by=request.user, **values),
        title=_("Hand over the chair") if found.post == SeatPost.CHAIR else _("Hand over the seat"),
        submit=_("Hand it over"),
        note=_("A unit that sits here already gives its own seat up on that day."),
        done=_("Handed over. Both units' administrators are told."),
    )


@permitted(Permission.KEEP_SEATS)
def seat_renew(request, pk):
    """The next term of the same unit."""
    found = _found(request, pk)
    form = RenewSeatForm(request.POST or None)
    return _seat_step(
        request,
        found,
        form,
        lambda values: actions.renew_seat(seat=found, by=request.user, **values),
        title=_("Renew the seat"),
        submit=_("Record the next term"),
        note=_("The next term begins on %(day)s; the delegate goes on.")
        % {"day": day_text(found.until + timedelta(days=1))},
        done=_("The next term is recorded."),
    )


@permitted(Permission.KEEP_SEATS)
def seat_end(request, pk):
    """The last day of a seat before its term ends."""
    found = _found(request, pk)
    form = EndSeatForm(request.POST or None, initial={"on": clock.today()})
    return _seat_step(
        request,
        found,
        form,
        lambda values: actions.end_seat(seat=found, by=request.user, **values),
        title=_("End the seat"),
        submit=_("End the seat"),
        danger=True,
        note=_("Its delegate speaks until that day. What was recorded stays readable."),
        done=_("The seat ends on that day, and the unit's administrators are told."),
    )


@permitted(Permission.NAME_DELEGATE)
def seat_delegate(request, pk):
    """Who speaks for the unit."""
    found = _found(request, pk)
    actions.must_name_delegate(request.user, found)
    first = {"since": max(clock.today(), found.since)}
    form = DelegateForm(request.POST or None, initial=first, people=people_of(found.organisation))
    return _seat_step(
        request,
        found,
        form,
        lambda values: actions.name_delegate(seat=found, by=request.user, **values),
        title=_("Name the delegate"),
        submit=_("Name the delegate"),
        note=_("The delegate before speaks until the day before. Both are told."),
        done=_("The delegate is named."),
    )


def badge_of(seat, day):
    """How a seat stands on a day, as a value of its badge."""
    if seat.since > day:
        return "later"
    return "held" if seat.until >= day else "over"


def _found(request, pk):
    return get_object_or_404(queries.seats_visible_to(request.user), pk=pk)


def _seat_step(request, seat, form, do, **words):
    return _step(request, form, do, body=seat.body, seat=seat, back=seat.get_absolute_url(), **words)


def _step(request, form, do, *, body, back, done, seat=None, note="", danger=False, **words):
    """Show the form, or do what it says once and go to what it made."""
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                answer = form_keys.create_once(request, "seat", lambda: _address(do(form.cleaned_data)))
            except Refused as refusal:
                form.refuse(refusal)
                status = refusal.status
            else:
                messages.success(request, done)
                return answer
    context = {
        "form": form,
        "body": body,
        "seat": seat,
        "back": back,
        "note": note,
        "danger": danger,
        **words,
    }
    return render(request, "consortium/seat_step.html", context, status=status)


def _address(made):
    return made.seat.get_absolute_url() if hasattr(made, "seat") else made.get_absolute_url()
