"""My messages: grouped by day, opened by a press that marks them read."""

from itertools import groupby

from django.contrib import messages as toasts
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.http import require_POST

from consortium import notifications as messages_of
from consortium.access import signed_in
from consortium.actions.message import set_quiet
from consortium.queries.message import notifications_visible_to, optional_kinds, reader_with
from consortium.registry import registry


@signed_in
def notifications(request):
    """The reader's messages, newest first."""
    page = Paginator(notifications_visible_to(request.user), 30).get_page(request.GET.get("page"))
    rows = [{"row": row, **messages_of.words(row)} for row in page]
    days = [
        {"day": day, "rows": list(group)}
        for day, group in groupby(rows, key=lambda row: localtime(row["row"].created_at).date())
    ]
    return render(request, "consortium/notifications.html", {"days": days, "page": page})


@require_POST
@signed_in
def open_notification(request, pk):
    """Mark one message read and go where it leads."""
    own = notifications_visible_to(request.user)
    row = get_object_or_404(own, pk=pk)
    messages_of.mark_read(own.filter(pk=row.pk))
    return redirect(row.url or "notifications")


@require_POST
@signed_in
def mark_all_read(request):
    """Mark all of the reader's messages read."""
    messages_of.mark_read(notifications_visible_to(request.user))
    return redirect("notifications")


@signed_in
def mails(request):
    """Which optional mails the reader wants; each is changed by a press of its own."""
    if request.method == "POST":
        quiet = request.POST.get("act") == "off"
        set_quiet(user=request.user, kind=request.POST.get("kind", ""), quiet=quiet, by=request.user)
        toasts.success(request, _("Turned off.") if quiet else _("Turned on again."))
        return redirect("mails")
    return render(request, "consortium/mails.html", {"kinds": optional_kinds(request.user)})


def mail_quiet(request, token):
    """What the line at the end of a mail opens. Opening it changes nothing; the press ends mails of this kind."""
    found = messages_of.quiet_of(token)
    user = reader_with(found[0]) if found else None
    if user is None:
        raise Http404
    kind = found[1]
    with override(user.language):
        done = ""
        if request.method == "POST":
            done = "on" if request.POST.get("act") == "on" else "off"
            set_quiet(user=user, kind=kind, quiet=done == "off", by=user)
        context = {"subject": registry.messages[kind].subject, "done": done}
        return render(request, "consortium/mail_quiet.html", context)
