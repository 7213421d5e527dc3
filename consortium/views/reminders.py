"""Reminders to members: the preview of the very message, the outbox with its second look, filters that are kept."""

from django.contrib import messages
from django.http import QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from consortium import clock, form_keys, notifications
from consortium.access import permitted, signed_in
from consortium.actions import reminder as actions
from consortium.enums import ReminderFate, ReminderKind, ReminderState
from consortium.forms.reminder import FilterForm
from consortium.models import Organisation
from consortium.queries.reminder import filters_of, recipients, reminders_visible_to
from consortium.refusals import Refused
from consortium.roles import Permission
from consortium.views import directory

STATE_OF_LIST = ("tab", "kind", "rank", "council", "sort", "q", "as_of", "cols")


@permitted(Permission.RECORD_MEMBERSHIP)
def reminder_new(request):
    """Who would get which message; nothing is sent from here. Ticked units, or all that the list's conditions leave."""
    sent = request.POST if request.method == "POST" else request.GET
    kind = sent.get("about") if sent.get("about") in ReminderKind.values else ReminderKind.RENEWAL
    chosen = _chosen(request, sent)
    status, refused = 200, None
    if request.method == "POST":
        try:
            return form_keys.create_once(
                request,
                "prepare reminder",
                lambda: actions.prepare_reminder(organisations=chosen, kind=kind, by=request.user),
            )
        except Refused as refusal:
            refused, status = refusal, refusal.status
    day = clock.today()
    found = recipients(chosen[: actions.MOST_UNITS], kind, day)
    reached = [one for one in found if not one.left_out]
    context = {
        "kind": ReminderKind(kind),
        "kinds": [
            {"label": one.label, "url": _with(request, about=one.value), "on": one == kind}
            for one in ReminderKind
        ],
        "reached": reached,
        "by_call": [one for one in reached if one.fate == ReminderFate.CALL],
        "left_out": [one for one in found if one.left_out],
        "too_many": len(found) == actions.MOST_UNITS,
        "example": _example(kind, reached),
        "hidden": [(name, value) for name, values in sent.lists() for value in values if name in _KEPT],
        "refused": refused,
        "back_url": reverse("members"),
    }
    return render(request, "consortium/reminder_new.html", context, status=status)


@permitted(Permission.RECORD_MEMBERSHIP)
def reminder(request, pk):
    """One reminder: who gets it; the second person sends it, either takes it back."""
    shown = get_object_or_404(reminders_visible_to(request.user), pk=pk)
    if request.method == "POST" and request.POST.get("do") == "send":
        number = actions.send_reminder(reminder=shown, by=request.user)
        messages.success(
            request,
            ngettext("Sent to %(n)d person.", "Sent to %(n)d people.", number) % {"n": number},
        )
        return redirect(shown)
    if request.method == "POST":
        actions.take_back_reminder(reminder=shown, by=request.user)
        messages.success(request, _("The reminder is taken back; nothing was sent."))
        return redirect(shown)
    units = list(shown.units.select_related("organisation").order_by("pk"))
    found = {
        one.organisation.pk: one
        for one in recipients([row.organisation for row in units], shown.kind, shown.day)
    }
    rows = [found[row.organisation_id] for row in units]
    context = {
        "reminder": shown,
        "units": units,
        "by_call": [row for row in units if row.fate == ReminderFate.CALL],
        "recipients": rows,
        "example": _example(shown.kind, rows),
        "waits": shown.state == ReminderState.WAITING,
        "mine": shown.prepared_by_id == request.user.pk,
    }
    return render(request, "consortium/reminder.html", context)


@signed_in
@require_POST
def save_filter(request):
    """Keep the state of the directory under a name."""
    state = QueryDict(request.POST.get("state", "")[:1000], mutable=True)
    for name in [name for name in state if name not in STATE_OF_LIST]:
        del state[name]
    back = f"{reverse('members')}?{state.urlencode()}"
    form = FilterForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("The filter was not kept: give it a name of at most 40 characters."))
        return redirect(back)
    try:
        actions.save_filter(by=request.user, name=form.cleaned_data["name"], query=state.urlencode())
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("Kept as “%(name)s”.") % {"name": form.cleaned_data["name"]})
    return redirect(back)


@signed_in
@require_POST
def drop_filter(request, pk):
    """Remove a filter one has kept."""
    saved = get_object_or_404(filters_of(request.user), pk=pk)
    actions.drop_filter(saved=saved, by=request.user)
    messages.success(request, _("Removed the filter “%(name)s”.") % {"name": saved.name})
    return redirect("members")


_KEPT = {"unit", "all", *STATE_OF_LIST}


def _chosen(request, sent):
    if sent.get("all"):
        return directory.rows_of(request, sent)
    numbers = [one for one in sent.getlist("unit") if one.isascii() and one.isdigit() and len(one) < 10]
    return Organisation.objects.filter(pk__in=numbers).order_by("pk")


def _with(request, **changes):
    query = request.GET.copy()
    for name, value in changes.items():
        query[name] = value
    return f"?{query.urlencode()}"


def _example(kind, reached):
    """The very message, worded as the first recipient reads it; None without anybody."""
    first = next((one for one in reached if one.membership or kind != ReminderKind.RENEWAL), None)
    if first is None:
        return None
    return notifications.worded(
        f"reminder_{kind}", actions.words_of(kind, first.organisation, first.membership)
    )
