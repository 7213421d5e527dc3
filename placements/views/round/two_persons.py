"""What two persons do together: the first asks on another page, the second agrees, the first takes it back."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from consortium.refusals import Invalid
from placements.actions import recompute as recomputing
from placements.actions import round as actions
from placements.forms.round import ExtensionForm, ReasonForm
from placements.queries import round as queries
from placements.views.round.entry import confirm, office, visible_round


@office
@require_POST
def request_opening(request, pk):
    """The first seat."""
    round = visible_round(request, pk)
    actions.request_opening(round=round, by=request.user)
    messages.success(request, _("Opening requested. The others were told; one of them has to agree."))
    return redirect(round)


AGREE = {
    "open": actions.agree_opening,
    "extend": actions.agree_extension,
    "recompute": recomputing.agree_recompute,
}


@office
@require_POST
def agree(request, pk, kind):
    """The second seat of opening, extension or new computation."""
    round = visible_round(request, pk)
    if kind not in AGREE:
        raise Http404
    AGREE[kind](round=round, by=request.user)
    said = {
        "open": _("Opening agreed."),
        "extend": _("Later closing time agreed. Students were told."),
        "recompute": _("New computation agreed. Owners can mend scores now."),
    }
    messages.success(request, said[kind])
    return redirect(round)


@office
@require_POST
def take_back(request, pk):
    """Take a request back before anybody agreed."""
    row = get_object_or_404(queries.requests_visible_to(request.user), pk=pk)
    actions.withdraw_request(request=row, by=request.user)
    messages.success(request, _("Request taken back."))
    return redirect(row.round)


@office
@require_http_methods(["GET", "POST"])
def extend(request, pk):
    """Ask for a later closing time with a public reason."""
    round = visible_round(request, pk)
    form = ExtensionForm(request.POST or None, initial={"new_closes_at": round.closes_at})
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                actions.request_extension(round=round, by=request.user, **form.cleaned_data)
            except Invalid as refusal:
                status = form.refuse(refusal)
            else:
                messages.success(request, _("Extension requested. A second person has to agree."))
                return redirect(round)
    return confirm(
        request,
        round,
        form=form,
        status=status,
        title=_("Extend the closing time of %(round)s?") % {"round": round.name},
        effects=[
            _("A second person has to agree; then closing and the end of scoring move by the same span."),
            _("Everybody who may hand in a list is told, with your reason."),
        ],
        submit=_("Ask for the extension"),
    )


@office
@require_http_methods(["GET", "POST"])
def recompute(request, pk):
    """Ask for a new computation after an upheld objection."""
    round = visible_round(request, pk)
    form = ReasonForm(request.POST or None)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                recomputing.request_recompute(
                    round=round, by=request.user, reason=form.cleaned_data["reason"]
                )
            except Invalid as refusal:
                status = form.refuse(refusal)
            else:
                messages.success(request, _("New computation requested. A second person has to agree."))
                return redirect(round)
    return confirm(
        request,
        round,
        form=form,
        status=status,
        title=_("Compute %(round)s anew?") % {"round": round.name},
        effects=[
            _("A second person has to agree."),
            _("The provisional result stops being shown; students are told with your reason."),
            _(
                "Owners can mend scores and the office can mend records; then the round is frozen and run again."
            ),
            _("The former run stays readable as history."),
        ],
        submit=_("Ask for a new computation"),
    )
