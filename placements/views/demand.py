"""Demands: the list anybody may read, the page of one, and writing one."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext
from django.views.decorators.http import require_GET, require_POST

from consortium.access import permitted, signed_in
from consortium.acting import as_acting, organisation_of
from consortium.clock import now, today
from consortium.form_keys import PressedTwice, create_once, first_result, remember, use
from consortium.reach import may, reach
from consortium.refusals import Invalid, Refused, Stale
from consortium.roles import Permission
from placements.actions import demand as actions
from placements.enums import DemandList, DemandState, Level
from placements.forms.demand import DemandForm, WordsForm
from placements.models import Demand
from placements.queries import demand as queries
from placements.rules import demand as rules
from placements.rules import membership
from placements.views.demand_page import complete_form, find, page_of

PAGE = 20
GROUP_LABELS = {
    "waiting": gettext_lazy("Waiting for an answer"),
    "answered": gettext_lazy("Answered"),
    "project": gettext_lazy("Turned into a project"),
}
EXAMPLES = {
    DemandList.PRODUCT: gettext_lazy(
        "“Our probiotic powder loses most living cells in 12 months at 25 °C. We want a formula that "
        "keeps half of them,"
        " before next summer.”"
    ),
    DemandList.TECHNOLOGY: gettext_lazy(
        "“Cleaning takes a fixed 90 minutes. We want to tell its end by conductivity and come below "
        "60, by spring.”"
    ),
    DemandList.TALENT: gettext_lazy(
        "“Our second line needs 8 operators and has 3. We want 4 graduate students for training and "
        "trial runs, from"
        " September.”"
    ),
}


def demands(request):
    """All demands the reader may see, narrowed by what the address says."""
    visible = queries.demands_visible_to(request.user)
    chosen = {
        "lists": [one for one in request.GET.getlist("list") if one in DemandList.values],
        "boards": request.GET.getlist("board"),
        "group": request.GET.get("state", ""),
        "text": request.GET.get("q", "").strip()[:60],
    }
    own = _own(request.user)
    mine = own if own and request.GET.get("mine") else None
    rows = queries.filtered(visible, **chosen, mine=mine)
    page = Paginator(queries.for_list(rows), PAGE).get_page(request.GET.get("page"))
    boards = list(queries.boards())
    triage = reach(request.user, Permission.TRIAGE_DEMAND)
    return render(
        request,
        "placements/demands.html",
        {
            "page_obj": page,
            "facets": _facets(request, visible, chosen, mine, boards),
            "q": chosen["text"],
            "keep": _keep(request),
            "narrowed": any(chosen.values()) or mine is not None,
            "quick": _quick(request, visible, own, mine),
            "may_write": may(request.user, Permission.EDIT_DEMAND),
            "queues": [board for board in boards if triage.all or board.pk in triage.boards],
            "own_ids": own,
            "median": queries.median_first_answer(visible, queries.WorkingDays.read()),
        },
    )


def _own(user):
    """Whose demands are “our own”: those of the unit one acts for; in a role without a unit, of all one's units."""
    held = [reach(one, Permission.READ_DEMANDS).organisations for one in (as_acting(user), user)]
    return held[0] or held[1]


def _quick(request, visible, own, mine):
    if not own:
        return []
    number = visible.filter(organisation__in=own).count()
    label = _("Our own")
    return [
        {
            "label": label,
            "count": number,
            "on": mine is not None,
            "url": _toggled(request, "mine", 1, one_only=True),
        }
    ]


def _keep(request):
    return [
        {"name": name, "value": value}
        for name, values in request.GET.lists()
        if name not in ("q", "page")
        for value in values
    ]


def _facets(request, visible, chosen, mine, boards):
    """Each group of conditions with what a tap would leave, the other groups' conditions kept."""

    def rows(without):
        kept = {name: value for name, value in chosen.items() if name != without}
        return queries.filtered(visible, **kept, mine=mine)

    by_list = queries.counts(rows("lists"), "list")
    by_board = queries.counts(rows("boards"), "board__board_code")
    by_state = queries.counts(rows("group"), "state")
    groups = {key: sum(by_state.get(state, 0) for state in states) for key, states in queries.GROUPS.items()}
    lists = [(value, value.label, by_list.get(value, 0), value in chosen["lists"]) for value in DemandList]
    stages = [(key, label, groups[key], key == chosen["group"]) for key, label in GROUP_LABELS.items()]
    by_name = [
        (
            one.board_code,
            one.name,
            by_board.get(one.board_code, 0),
            one.board_code in chosen["boards"],
        )
        for one in boards
    ]
    return [
        _facet(request, _("List"), "list", lists),
        _facet(request, _("Stage"), "state", stages, one_only=True),
        _facet(request, pgettext("field", "Board"), "board", by_name),
    ]


def _facet(request, label, name, rows, *, one_only=False):
    options = [
        {
            "label": text,
            "count": number,
            "on": on,
            "url": _toggled(request, name, value, one_only=one_only),
        }
        for value, text, number, on in rows
    ]
    return {"label": label, "name": name, "options": options}


def _toggled(request, name, value, *, one_only=False):
    """The address with this condition put in, or taken out when it holds; always page 1."""
    query = request.GET.copy()
    query.pop("page", None)
    held = query.getlist(name)
    if str(value) in held:
        query.setlist(name, [one for one in held if one != str(value)])
    else:
        query.setlist(name, [str(value)] if one_only else [*held, str(value)])
    return f"?{query.urlencode()}"


@require_GET
def demand(request, pk):
    """One demand: where it stands, whose turn it is, what was said, what the reader can do."""
    return page_of(request, find(request, pk))


# --- writing


@permitted(Permission.EDIT_DEMAND)
def new(request):
    """Three cards to begin with; then the form of the list chosen."""
    if request.method == "POST":
        return _write(request, _made_before(request))
    list_ = request.GET.get("list")
    if list_ not in DemandList.values:
        cards = [(one, EXAMPLES[one]) for one in DemandList]
        return render(request, "placements/demand_new.html", {"cards": cards})
    initial = {
        "board": actions.proposed_board(list_),
        "places": 1,
        "level": Level.MEMBER,
        "organisation": organisation_of(request.user),
    }
    form = DemandForm(user=request.user, initial=initial)
    return _form_page(request, form, list_)


@permitted(Permission.EDIT_DEMAND)
def edit(request, pk):
    """A draft or a returned demand again."""
    row = _find_own(request, pk)
    if row.state not in rules.EDITABLE:
        return redirect(row)
    if request.method == "POST":
        return _write(request, row)
    return _form_page(request, DemandForm(user=request.user, instance=row), row.list, row=row)


def _find_own(request, pk):
    row = find(request, pk)
    if not rules.may_edit(request.user, row):
        raise Http404
    return row


def _write(request, row):
    """Save, save by itself, or save and hand in; whatever goes wrong, the form comes back as it was typed."""
    list_ = row.list if row else request.POST.get("list")
    if list_ not in DemandList.values:
        raise Http404
    form = DemandForm(request.POST, user=request.user, instance=row or Demand())
    doing = request.POST.get("do")
    valid = form.is_valid()
    if doing == "autosave":
        return _autosave(request, form, row, list_)
    if not valid:
        return _form_page(request, form, list_, row=row, status=422)
    try:
        if row is None:
            return create_once(request, "demand", lambda: _save(request, form, None, list_, doing))
        return redirect(_save(request, form, row, list_, doing))
    except Stale as stale:
        return _form_page(request, form, list_, row=row, stale=stale, status=409)
    except Invalid as refusal:
        form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
        return _form_page(request, form, list_, row=row, status=422)
    except Refused as refusal:
        if refusal.code != "membership":
            raise
        return _form_page(request, form, list_, row=row, status=refusal.status)


def _save(request, form, row, list_, doing):
    if row is not None and row.state not in rules.EDITABLE and doing == "submit":
        messages.info(
            request,
            _("This was already submitted; nothing was recorded twice. Below is the first result."),
        )
        return row.get_absolute_url()
    saved = _save_row(request, form, row, list_)
    if doing == "submit" and saved.state != DemandState.MORE_WANTED:
        actions.submit_demand(demand=saved, by=request.user)
        messages.success(request, actions.received_sentence(saved))
        return saved.get_absolute_url()
    messages.success(request, _("The draft is saved."))
    return reverse("demand_edit", args=[saved.pk])


def _save_row(request, form, row, list_):
    values = form.values()
    if row is None:
        return actions.save_demand(
            by=request.user, organisation=form.chosen_organisation(), list=list_, **values
        )
    return actions.save_demand(by=request.user, demand=row, version=_version(request, row), **values)


def _version(request, row):
    typed = request.POST.get("version", "")
    return int(typed) if typed.isdigit() and len(typed) < 10 else row.version


def _autosave(request, form, row, list_):
    """Keep what can be kept; say when. Nothing is refused while somebody is still typing."""
    if row is None and not _has_something(form):
        return HttpResponse(status=204)
    try:
        with transaction.atomic():
            key = use(request, "demand") if row is None else None
            saved = _save_row(request, form, row, list_)
            if key:
                remember(key, saved.get_absolute_url())
    except PressedTwice:
        return HttpResponse(status=204)
    except Refused as refusal:
        return render(request, "placements/demand_saved.html", {"refusal": refusal, "demand": None})
    return render(request, "placements/demand_saved.html", {"demand": saved, "at": now(), "refusal": None})


def _has_something(form):
    known = "organisation" not in form.fields or form.cleaned_data.get("organisation")
    return known and (form.cleaned_data.get("title") or form.cleaned_data.get("text"))


def _made_before(request):
    """The demand that this very form has made already: by saving itself, or by an earlier press."""
    pk = request.POST.get("demand", "")
    if pk.isdigit() and len(pk) < 10:
        return _find_own(request, pk)
    made = first_result(request, "demand").strip("/").split("/")[-1]
    return (
        queries.for_page(queries.demands_visible_to(request.user).filter(pk=made)).first() if made else None
    )


def _form_page(request, form, list_, *, row=None, stale=None, status=200):
    visible = queries.demands_visible_to(request.user)
    typed = f"{form['title'].value() or ''}{form['text'].value() or ''}"
    theirs = stale.theirs if stale else None
    context = {
        "form": form,
        "demand": row,
        "list": DemandList(list_),
        "example": EXAMPLES[list_],
        "version": theirs.version if theirs else row.version if row else 0,
        "similar": queries.similar(visible, typed, without=row.pk if row else None),
        "stale": stale,
        "differences": _differences(form, theirs) if theirs else [],
        "vague": bool(row) and rules.is_vague(row.text, row.needed_by),
        "returned": _returned(row),
        "gap": membership.gap(owner, today()) if (owner := _writes_for(form)) else None,
        "owner": owner,
    }
    return render(request, "placements/demand_form.html", context, status=status)


def _writes_for(form):
    """Whose demand it is, as far as the form knows: the secretariat chooses it in the form."""
    return form.owner or (form.cleaned_data.get("organisation") if form.is_bound else None)


def _returned(row):
    if row is None or row.state != DemandState.RETURNED:
        return None
    return row.entries.filter(kind="returned").select_related("by").order_by("-pk").first()


def _differences(form, theirs):
    """[(label, what was typed here, what stands now)] of the fields that differ."""
    rows = []
    for name in form.Meta.fields:
        mine = form.cleaned_data.get(name)
        now_there = getattr(theirs, name)
        if mine != now_there:
            rows.append((form[name].label, mine, now_there))
    return rows


@require_POST
@permitted(Permission.EDIT_DEMAND)
def similar(request):
    """Demands like what is being typed, of those the writer may see. Changes nothing; a post, for its
    length.
    """
    typed = f"{request.POST.get('title', '')}{request.POST.get('text', '')}"[:4000]
    pk = request.POST.get("demand", "")
    rows = queries.similar(
        queries.demands_visible_to(request.user),
        typed,
        without=int(pk) if pk.isdigit() and len(pk) < 10 else None,
    )
    return render(request, "placements/demand_similar.html", {"similar": rows})


@require_POST
@signed_in
def complete(request, pk):
    """The enterprise adds what the board asked for."""
    row = find(request, pk)
    form = complete_form(request.POST)
    if form.is_valid():
        try:
            actions.complete_demand(demand=row, by=request.user, text=form.cleaned_data["text"])
        except Invalid as refusal:
            form.add_error("text", str(refusal))
        else:
            messages.success(request, _("Sent to the board; its clock runs on."))
            return redirect(row)
    return page_of(request, row, opened="complete", form=form, status=422)


@signed_in
def withdraw(request, pk):
    """Asks once more, says what follows, then takes the demand back."""
    row = find(request, pk)
    if not rules.may_edit(request.user, row):
        raise Http404
    label = _("Reason")
    form = WordsForm(request.POST or None, label=label)
    if row.submitted_at is None:
        form.fields["text"].required = False
    if request.method == "POST" and form.is_valid():
        actions.withdraw_demand(demand=row, by=request.user, reason=form.cleaned_data["text"])
        messages.success(request, _("The demand is withdrawn."))
        return redirect(f"{reverse('demands')}?{urlencode({'mine': 1})}")
    status = 422 if form.is_bound else 200
    context = {"demand": row, "form": form, "board_told": row.state in rules.WITH_BOARD}
    return render(request, "placements/demand_withdraw.html", context, status=status)
