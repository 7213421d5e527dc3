"""Public notices, for everybody."""

from django.contrib import messages
from django.db.models import Q
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from consortium import clock, lists, throttle
from consortium.forms.membership_application import ObjectionForm
from consortium.queries.notice import begun_notices, ended_notices, open_notices
from consortium.refusals import Refused
from consortium.registry import registry
from consortium.working_calendar import working_days_between


def notices(request):
    """Notices that run and those that are over."""
    now = clock.now()
    tabs = [("open", _("On notice"), open_notices(now)), ("ended", _("Ended"), ended_notices(now))]
    tab = lists.chosen(request, "tab", ("open", "ended")) or "open"
    rows = {name: of for name, _label, of in tabs}[tab]
    words = lists.words_of(request)
    for word in words.split()[:5]:
        rows = rows.filter(Q(title__icontains=word) | Q(text__icontains=word))
    return render(
        request,
        "consortium/notices.html",
        {
            "page": lists.page_of(request, rows),
            "tab": tab,
            "q": words,
            "tabs": [
                {
                    "label": label,
                    "url": lists.address(request, tab=None if name == "open" else name),
                    "count": of.count(),
                    "on": name == tab,
                }
                for name, label, of in tabs
            ],
        },
    )


def notice(request, pk):
    """One notice: what is announced, until when, and how to object."""
    return notice_page(request, get_object_or_404(begun_notices(clock.now()), pk=pk))


def notice_page(request, found, *, form=None, status=200):
    """The page of a notice; one whose kind takes objections has their form, `form` is the one that came back."""
    now = clock.now()
    running = found.ends_at > now
    kind = registry.notice_kinds.get(found.kind)
    about = kind.about(found) if kind else None
    if form is None and about and about["takes"] and running:
        form = ObjectionForm(initial=_who(request.user))
    return render(
        request,
        "consortium/notice.html",
        {
            "notice": found,
            "running": running,
            "days_left": working_days_between(now, found.ends_at) if running else 0,
            "about": about,
            "form": form,
        },
        status=status,
    )


@require_POST
def object_to(request, pk):
    """Object to what is on notice; whatever goes wrong, the page comes back with what was typed."""
    found = get_object_or_404(begun_notices(clock.now()), pk=pk, kind__in=registry.notice_kinds)
    form = ObjectionForm(request.POST)
    status = 422
    if form.is_valid():
        try:
            throttle.refuse_too_many(request, "object", str(found.pk))
            kind = registry.notice_kinds[found.kind]
            kind.object_to(
                notice=found,
                by=request.user if request.user.is_authenticated else None,
                **form.cleaned_data,
            )
        except Refused as refusal:
            form.refuse(refusal)
            status = refusal.status
        else:
            messages.success(request, kind.received)
            return redirect(found)
    return notice_page(request, found, form=form, status=status)


def _who(user):
    if not user.is_authenticated:
        return {}
    return {"name": user.get_full_name(), "contact": user.email or ""}
