"""What every page's frame needs: the shell, its navigation, the reader's account."""

from django.conf import settings
from django.urls import reverse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext_lazy as _

from consortium import clock
from consortium.acting import acting_as, as_acting, shell_of
from consortium.notifications import unread_count
from consortium.reach import active_grants, may
from consortium.registry import registry

LAYOUTS = {
    "public": "layouts/public.html",
    "staff": "layouts/staff.html",
    "student": "layouts/app.html",
    "mentor": "layouts/app.html",
    "enterprise": "layouts/app.html",
}


def shell(request):
    """Context of every template. Costly parts are lazy: an error page or a download never asks for them."""
    user = getattr(request, "user", None)
    kind = shell_of(user) if user is not None else "public"
    return {
        "demo": settings.DEMO,
        "testing": settings.TESTING,
        "shell_kind": kind,
        "shell_layout": LAYOUTS[kind],
        "theme": _theme(request, user),
        "nav": SimpleLazyObject(lambda: navigation(request, kind)),
        "public_nav": SimpleLazyObject(lambda: navigation(request, "public")),
        "account": SimpleLazyObject(lambda: _account(user)),
        "unread": SimpleLazyObject(lambda: unread_count(user) if user and user.is_authenticated else 0),
        "server_time": SimpleLazyObject(lambda: clock.now().isoformat()),
    }


def navigation(request, kind):
    """The shell's links in groups: [{"label", "items": [{"label", "url", "icon", "count", "current"}]}]."""
    groups = {}
    # A page that several lists share says under which of them it stands.
    here = getattr(request, "stands_under", request.path)
    # What waits is counted to be shown; whether something is still allowed is asked where it is done.
    now = clock.reading()
    # A fault before anybody was signed in has no reader; what a visitor sees asks for none.
    reader = as_acting(request.user) if hasattr(request, "user") else None
    for item in sorted((item for item in registry.nav if item.shell == kind), key=lambda item: item.order):
        if item.permission and not may(reader, item.permission):
            continue
        if item.shown and not item.shown(reader):
            continue
        url = reverse(item.url_name, args=item.url_args)
        groups.setdefault(str(item.group), []).append(
            {
                "label": item.label,
                "url": url,
                "icon": item.icon,
                "count": item.count(reader, now) if item.count else None,
                "current": here == url or (len(url) > 1 and here.startswith(url)),
            }
        )
    return [{"label": label, "items": items} for label, items in groups.items()]


def _theme(request, user):
    chosen = (
        user.theme if user is not None and user.is_authenticated else request.COOKIES.get("theme", "auto")
    )
    return chosen if chosen in ("light", "dark") else "auto"


def _account(user):
    if user is None or not user.is_authenticated:
        return None
    grants, now = active_grants(user), acting_as(user)
    name = user.get_full_name()
    return {
        "name": name,
        "initial": name.replace("示例", "")[:1] or name[:1],
        "role_label": now.title if now else _("No role"),
        # Whoever has one role has nothing to choose, and sees no choice.
        "roles": [{"grant": one, "now": one.pk == now.pk} for one in grants] if len(grants) > 1 else [],
    }
