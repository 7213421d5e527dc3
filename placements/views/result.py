"""A student's own result, how results come about, objections, and the answer to a place."""

from django.contrib import messages
from django.db.models import Q
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from consortium import clock
from consortium.access import permitted, signed_in
from consortium.refusals import Refused
from consortium.roles import Permission
from placements.actions import result as actions
from placements.enums import PlacementState, RoundState
from placements.forms.result import DeclineForm, ObjectionForm
from placements.queries import result as queries
from placements.queries.round import rounds_visible_to
from placements.rules import result as words
from placements.rules.eligibility import open_to

HIDDEN = (RoundState.PLANNED, RoundState.CONFIGURED, RoundState.CANCELLED)


@signed_in
def round_result(request, pk):
    """One's own result from public notice on: what came of each choice and why, what happens next."""
    round_ = get_object_or_404(queries.rounds_with_my_result(request.user), pk=pk)
    result = queries.my_result(request.user, round_)
    if result is None:
        raise Http404
    version = queries.locked_version(request.user, round_)
    place = queries.place_of(request.user, round_)
    now = clock.now()
    objections = round_.objections.filter(by=request.user).select_related("answered_by").order_by("pk")
    on_notice = round_.state == RoundState.PUBLIC_NOTICE
    return render(
        request,
        "placements/result.html",
        {
            "round": round_,
            "result": result,
            "version": version,
            "choices": words.choices(result, version),
            "cause": words.cause(result) if result.round_project is None else "",
            "place": place,
            "answerable": bool(place) and place.state == PlacementState.OFFERED and now < place.answer_due_at,
            "on_notice": on_notice,
            "may_object": on_notice and now < round_.notice_ends_at,
            "objections": objections,
            "history": queries.former_results(request.user, round_),
            "next_round": queries.next_round(round_) if result.round_project is None else None,
            "places_left": _places_left(result, version) if result.round_project is None else 0,
            "conditions": _start_conditions() if place and place.state == PlacementState.ACCEPTED else [],
        },
    )


@signed_in
def round_how(request, pk):
    """How a result comes about, in plain words, with an example of five students."""
    rounds = rounds_visible_to(request.user)
    return render(request, "placements/result_how.html", {"round": get_object_or_404(rounds, pk=pk)})


@permitted(Permission.OBJECT_TO_MATCH)
def objection_new(request, pk):
    """Object to a result on notice: kind, explanation, proof."""
    round_ = get_object_or_404(rounds_visible_to(request.user), pk=pk)
    if not queries.may_object(request.user, round_):
        raise Http404
    form = ObjectionForm(request.POST or None, request.FILES or None)
    refusal, status = None, 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                actions.object_to_match(
                    round=round_,
                    by=request.user,
                    form_key=request.POST.get("form_key", ""),
                    **form.cleaned_data,
                )
            except Refused as refused:
                form.refuse(refused)
                refusal, status = refused, refused.status
            else:
                messages.success(
                    request, _("Your objection is recorded. The answer comes in words, here and by message.")
                )
                return _after_objection(request, round_)
    return render(
        request,
        "placements/objection_new.html",
        {"round": round_, "form": form, "refusal": refusal},
        status=status,
    )


def _after_objection(request, round_):
    if queries.took_part(request.user, round_):
        return redirect("round_result", round_.pk)
    return redirect("round", round_.pk)


@require_POST
@permitted(Permission.SUBMIT_APPLICATION)
def place_accept(request, pk):
    """Take the place that was offered."""
    place = get_object_or_404(queries.my_places(request.user), pk=pk)
    actions.accept_place(placement=place, by=request.user)
    messages.success(request, _("Accepted. Next: the agreement is signed by you, the base and the school."))
    return redirect("round_result", place.round_id)


@permitted(Permission.SUBMIT_APPLICATION)
def place_decline(request, pk):
    """Give the place up; the page says first what that means."""
    place = get_object_or_404(queries.my_places(request.user), pk=pk)
    form = DeclineForm(request.POST or None)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                actions.decline_place(placement=place, by=request.user, reason=form.cleaned_data["reason"])
            except Refused as refusal:
                form.refuse(refusal)
                status = refusal.status
            else:
                messages.success(request, _("The place is given up. The second round is open to you."))
                return redirect("round_result", place.round_id)
    elif place.state != PlacementState.OFFERED:
        return redirect("round_result", place.round_id)
    return render(request, "placements/result_decline.html", {"place": place, "form": form}, status=status)


def _places_left(result, version):
    student = result.round_student.student
    fields = sorted({row.round_project.project.field for row in version.preferences.all()}) if version else []
    return queries.places_left(result.run.round, open_to(student) & Q(), fields)


def _start_conditions():
    """What must be in order before the first day, and whose task each is."""
    return [
        {
            "what": _("Agreement signed by you, the base and the school"),
            "who": _("You, the base, the graduate school"),
        },
        {"what": _("Liability and accident insurance for the whole stay"), "who": _("Graduate school")},
        {"what": _("Safety training passed"), "who": _("You and the base")},
        {"what": _("Base accredited and both mentors in office"), "who": _("Secretariat")},
    ]
