"""All caps of a round on one page: set while it is planned, shown with the reason why not after that."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_GET, require_http_methods

from consortium.refusals import Invalid
from placements.actions import round as actions
from placements.forms.round import CapsForm, subject_choices
from placements.queries import round as queries
from placements.rules import caps as cap_rules
from placements.rules import round as rules
from placements.views.round.entry import locked, office, visible_round


@office
@require_http_methods(["GET", "POST"])
def caps(request, pk):
    """All caps of a planned round on one page, and whether they nest; after that the caps as they stand."""
    round = visible_round(request, pk)
    if lock := rules.caps_lock(round):
        if request.method == "POST":
            raise lock
        title = _("Caps of %(name)s") % {"name": round.name}
        return locked(request, round, title, lock, caps=_standing(round))
    passing = rules.readiness(round).passing
    held = list(round.caps.all())
    form = CapsForm(request.POST or None, caps=held, choices=subject_choices(passing, held))
    if request.method == "GET":
        return _caps_page(request, round, passing, held, form)
    if not form.is_valid():
        return _caps_page(request, round, passing, held, form, status=422)
    if dropped := request.POST.get("drop"):
        held = [cap for cap in _typed(form, passing) if f"{cap.kind}:{cap.subject_id}" != dropped]
        return _caps_page(request, round, passing, held)
    try:
        actions.set_caps(round=round, by=request.user, caps=form.caps())
    except Invalid as refusal:
        return _caps_page(request, round, passing, held, form, status=form.refuse(refusal))
    messages.success(request, _("Caps saved."))
    return redirect("round_caps", pk=round.pk)


@office
@require_GET
def propose_caps(request, pk):
    """The same page filled with the caps that records call for; nothing is saved before the button."""
    round = visible_round(request, pk)
    if rules.caps_lock(round):
        return redirect("round_caps", pk=round.pk)
    passing = rules.readiness(round).passing
    kept, spare = cap_rules.nest(actions.proposed_caps(round, passing), passing)
    return _caps_page(request, round, passing, kept, proposed=True, spare=spare)


def _standing(round):
    """The caps as they stand, each with how many projects of the round it holds."""
    rows = queries.round_projects(round).filter(withdrawn_at=None)
    held = cap_rules.members(round.caps.all(), [row.project for row in rows])
    return [{"cap": cap, "projects": len(projects)} for cap, projects in held]


def _typed(form, passing):
    """What was typed, as caps that are not saved."""
    return [
        cap_rules.Proposed(**cap, label=queries.label_of(cap["kind"], cap["subject_id"]) or "", offered=0)
        for cap in form.caps()
    ]


def _caps_page(request, round, passing, held, form=None, *, status=200, proposed=False, spare=()):
    saved = form is not None
    context = {
        "form": form or CapsForm(caps=held, choices=subject_choices(passing, held)),
        "round": round,
        "proposed": proposed,
        "saved": saved,
        "spare": pgettext("between names", ", ").join(cap.label for cap in spare),
        "spare_count": len(spare),
        "count": len(held),
        "passing": len(passing),
        "crossing": _crossing(held, passing),
    }
    return render(request, "placements/round_caps.html", context, status=status)


def _crossing(held, passing):
    """The two caps that cross, in a sentence, and what dropping either would allow."""
    found = cap_rules.crossing(cap_rules.members(held, passing))
    if not found:
        return None
    return {
        "sentence": rules.crossing_sentence(found, passing),
        "ways": [
            {
                "value": f"{cap.kind}:{cap.subject_id}",
                "label": cap.label,
                "capacity": cap.capacity,
                "most": cap_rules.reachable(cap, [one for one in held if one is not cap], passing),
            }
            for cap in found[:2]
        ],
    }
