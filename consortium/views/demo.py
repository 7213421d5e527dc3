"""Only in the demo and in tests: sign in as anybody with one press, read the mails that left, see the components."""

from django.conf import settings
from django.contrib.auth import login
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from consortium import mail
from consortium.demo_accounts import ACCOUNTS
from consortium.queries.account import sample_accounts
from consortium.reach import active_grants
from consortium.roles import ROLES


def accounts(request):
    """The demo accounts, each with its role in a sentence and one button."""
    rows = []
    users = {user.username: user for user in sample_accounts(ACCOUNTS)}
    for username in ACCOUNTS:
        if user := users.get(username):
            grants = active_grants(user)
            rows.append(
                {"user": user, "grants": grants, "role": ROLES[grants[0].role] if len(grants) == 1 else None}
            )
    return render(request, "consortium/demo.html", {"rows": rows, "password": settings.DEMO_PASSWORD})


@require_POST
def sign_in(request):
    """Sign in as one of the listed sample accounts. The address exists in the demo alone."""
    username = request.POST.get("username")
    if username not in ACCOUNTS or not (settings.DEMO or settings.TESTING):
        raise Http404
    user = get_object_or_404(sample_accounts([username]))
    login(request, user, backend=settings.AUTHENTICATION_BACKENDS[0])
    return redirect("dashboard")


def mailbox(request):
    """The mails that would have left, newest first."""
    address = request.GET.get("to", "")
    page = Paginator(mail.mailbox(address), 20).get_page(request.GET.get("page"))
    return render(request, "consortium/mailbox.html", {"page": page, "to": address})


def styleguide(request):
    """Every component once, with sample data."""
    from consortium.styleguide import context

    return render(request, "styleguide.html", context())
