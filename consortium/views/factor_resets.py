"""Pages of system administrators: who has a second factor, and the reset of a lost one by two of them."""

from allauth.account.decorators import reauthentication_required
from django.contrib import messages
from django.db.models import Q
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from consortium import form_keys, lists
from consortium.access import permitted
from consortium.actions import second_factor as actions
from consortium.enums import FactorResetState
from consortium.forms.second_factor import AskResetForm
from consortium.queries import second_factor as queries
from consortium.refusals import Refused
from consortium.roles import Permission

# What ends a person's protection asks the administrator's own proof of the last minutes.
just_proved = reauthentication_required(allow_get=True, app="allauth.mfa")


@permitted(Permission.MANAGE_ACCOUNTS)
def second_factors(request):
    """Accounts with their second factors: search, who of the offices has none yet; requests that wait on top."""
    accounts = queries.factor_accounts_visible_to(request.user)
    words = lists.words_of(request)
    for word in words.split()[:5]:
        accounts = accounts.filter(
            Q(name__icontains=word) | Q(username__icontains=word) | Q(email__icontains=word)
        )
    kinds = [("with", _("With a second step")), ("missing", _("Offices without one"))]
    kind = lists.chosen(request, "kind", dict(kinds)) or ("" if words else "with")
    if kind == "with":
        accounts = accounts.filter(Q(apps__gt=0) | Q(passkeys__gt=0))
    elif kind == "missing":
        accounts = queries.of_the_offices(accounts).filter(apps=0, passkeys=0)
    return render(
        request,
        "consortium/second_factors.html",
        {
            "page": lists.page_of(request, accounts.order_by("name", "pk")),
            "q": words,
            "kinds": lists.options(request, "kind", kinds),
            "kind": kind,
            "waiting": list(
                queries.resets_visible_to(request.user).filter(state="waiting").order_by("asked_at")[:50]
            ),
        },
    )


@permitted(Permission.MANAGE_ACCOUNTS)
@just_proved
def ask(request, pk):
    """What a reset does, and the form of the first administrator."""
    person = get_object_or_404(queries.factor_accounts_visible_to(request.user), pk=pk)
    form = AskResetForm(request.POST or None)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                return form_keys.create_once(
                    request,
                    "factor_reset",
                    lambda: actions.ask_reset(user=person, by=request.user, **form.cleaned_data),
                )
            except Refused as refusal:
                form.refuse(refusal)
                status = refusal.status
    return render(
        request, "consortium/factor_reset_ask.html", {"person": person, "form": form}, status=status
    )


@permitted(Permission.MANAGE_ACCOUNTS)
@just_proved
def reset(request, pk):
    """One request: who asked and why; the second administrator confirms, either withdraws."""
    shown = get_object_or_404(queries.resets_visible_to(request.user), pk=pk)
    if request.method == "POST" and request.POST.get("do") == "confirm":
        actions.confirm_reset(reset=shown, by=request.user)
        messages.success(request, _("The second step is reset; the person is told by mail."))
        return redirect(shown)
    if request.method == "POST":
        actions.withdraw_reset(reset=shown, by=request.user)
        messages.success(request, _("The request is withdrawn; nothing was changed."))
        return redirect(shown)
    waits = shown.state == FactorResetState.WAITING
    own = shown.user_id == request.user.pk
    context = {
        "reset": shown,
        "waits": waits and not own,
        "mine": shown.asked_by_id == request.user.pk,
        "own": own,
        "seats": _seats(shown, waits),
    }
    return render(request, "consortium/factor_reset.html", context)


def _seats(shown, waits):
    first = {
        "party": pgettext("two persons", "Asked"),
        "name": shown.asked_by.get_full_name(),
        "state": "signed",
        "at": shown.asked_at,
    }
    if waits:
        return [
            first,
            {
                "party": pgettext("two persons", "Confirms"),
                "name": _("a second administrator"),
                "state": "turn",
            },
        ]
    party = shown.get_state_display()
    second = {"party": party, "name": shown.decided_by.get_full_name(), "at": shown.decided_at}
    return [first, {**second, "state": "signed" if shown.state == FactorResetState.DONE else "open"}]
