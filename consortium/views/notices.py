"""Public notices, for everybody."""

from django.db.models import Q
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _

from consortium import clock, lists
from consortium.forms.membership_application import ObjectionForm
from consortium.queries.membership_application import answers_on, application_on
from consortium.queries.notice import begun_notices, ended_notices, open_notices
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
    """The page of a notice; one of a membership takes objections, `form` is the one that came back."""
    now = clock.now()
    running = found.ends_at > now
    application = application_on(found) if found.kind == "membership" else None
    if form is None and application and running:
        form = ObjectionForm(initial=_who(request.user))
    return render(
        request,
        "consortium/notice.html",
        {
            "notice": found,
            "running": running,
            "days_left": working_days_between(now, found.ends_at) if running else 0,
            "application": application,
            "form": form,
            "answers": list(answers_on(found)) if found.kind == "membership" else [],
            "open_objections": found.objections.filter(answered_at=None).count() if application else 0,
        },
        status=status,
    )


def _who(user):
    if not user.is_authenticated:
        return {}
    return {"name": user.get_full_name(), "contact": user.email or ""}
