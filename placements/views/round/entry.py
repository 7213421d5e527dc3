"""What all pages of one round begin and end with: the round if one may see it, and a page before a deed that weighs."""

from django.shortcuts import get_object_or_404, render

from consortium.access import permitted
from consortium.roles import Permission
from placements.queries import round as queries

office = permitted(Permission.RUN_ROUND)


def visible_round(request, pk):
    """The round if this person may see it, else 404."""
    return get_object_or_404(queries.rounds_visible_to(request.user), pk=pk)


def confirm(request, round, **context):
    """A page of its own before a deed that weighs."""
    status = context.pop("status", 200)
    return render(
        request,
        "placements/round_confirm.html",
        {
            "round": round,
            "back_url": round.get_absolute_url(),
            **dict.fromkeys(("preview", "nobody", "form", "seats", "danger", "irreversible"), ""),
            **context,
        },
        status=status,
    )


def locked(request, round, title, lock, caps=None):
    """Instead of a form: why nothing can be changed any more, and what to do instead."""
    context = {"round": round, "title": title, "lock": lock, "caps": caps}
    return render(request, "placements/round_locked.html", context)
