"""Planning a round, from nothing or from another one, changing its settings, and giving it up."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from consortium.form_keys import create_once
from consortium.refusals import Invalid, Stale
from placements.actions import round as actions
from placements.forms.round import RoundForm
from placements.rules import round as rules
from placements.views import round_page
from placements.views.round.entry import confirm, locked, office, visible_round


@office
@require_http_methods(["GET", "POST"])
def plan(request):
    """Plan a round from nothing."""
    form = RoundForm(request.POST or None, initial={"max_preferences": 6})
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            fields = {name: value for name, value in form.cleaned_data.items() if name != "version"}
            try:
                return create_once(request, "round", lambda: actions.plan_round(by=request.user, **fields))
            except Invalid as refusal:
                status = form.refuse(refusal)
    return render(
        request, "placements/round_form.html", {"form": form, "round": None, "differences": []}, status=status
    )


@office
@require_http_methods(["GET", "POST"])
def edit(request, pk):
    """Change the settings of a planned round; differences from the round it was copied from are marked."""
    round = visible_round(request, pk)
    if request.method == "GET" and (lock := rules.settings_lock(round)):
        return locked(request, round, _("Settings of %(name)s") % {"name": round.name}, lock)
    form = RoundForm(request.POST or None, initial=RoundForm.values_of(round))
    status, theirs = 200, None
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                actions.configure_round(round=round, by=request.user, **form.cleaned_data)
            except Stale as stale:
                round.refresh_from_db()
                theirs, status = stale, 409
                form.data = form.data.copy()
                form.data["version"] = round.version
            except Invalid as refusal:
                status = form.refuse(refusal)
            else:
                messages.success(request, _("Settings saved."))
                return redirect(round)
    context = {"form": form, "round": round, "differences": round_page.differences(round), "theirs": theirs}
    if theirs:
        context["theirs_rows"] = round_page.settings_rows(round)
    return render(request, "placements/round_form.html", context, status=status)


@office
@require_POST
def copy(request, pk):
    """Plan a new round with the settings of this one; as a second round when asked."""
    round = visible_round(request, pk)
    clearing = request.POST.get("clearing") == "1"

    def make():
        made = actions.copy_round(round=round, by=request.user, clearing=clearing)
        return reverse("round_edit", args=[made.pk])

    return create_once(request, "round", make)


@office
@require_http_methods(["GET", "POST"])
def cancel(request, pk):
    """Give up a round before it opens, after a page that says what that means."""
    round = visible_round(request, pk)
    if request.method == "POST":
        actions.cancel_round(round=round, by=request.user)
        messages.success(request, _("Round cancelled."))
        return redirect("rounds")
    return confirm(
        request,
        round,
        title=_("Cancel %(round)s?") % {"round": round.name},
        effects=[
            _("The round will never open. Students were not told of it yet."),
            _("It stays in the list as cancelled."),
        ],
        irreversible=_("This cannot be undone."),
        submit=_("Cancel the round"),
        danger=True,
    )
