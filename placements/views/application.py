"""A student's ranked list: the page to order it, the page to hand it in, receipts, and the way back."""

import uuid

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from consortium import clock
from consortium.access import permitted
from consortium.refusals import Invalid, Refused, Stale
from consortium.roles import Permission
from placements.actions import application as actions
from placements.queries import application as queries
from placements.receipts import calendar_file, receipt_text
from placements.rules.application import blockers, check_text, takes_lists

own_list = permitted(Permission.SUBMIT_APPLICATION)


@own_list
def application(request):
    """The draft in order, with every reason beside the row it concerns, and what counts now."""
    return _page(request, "placements/application.html")


@own_list
def review(request):
    """The list once more before it is handed in; it can still be reordered here."""
    return _page(request, "placements/application_review.html")


@require_POST
@own_list
def move(request):
    """Move one row to a place (buttons, number field, dragging). Answers with the page, the row marked."""
    mine = _mine(request)
    # Where one form serves all rows, each button's address names its row.
    entry = _entry(mine, request.POST.get("row") or request.GET.get("row"))
    to = request.POST.get("to", "")
    if not (to.isascii() and to.isdigit() and len(to) < 4):
        return _refused(request, Invalid(_("Give the place as a whole number."), remedy=_("For example 1.")))
    try:
        moved = actions.move_choice(
            application=mine.application,
            round_project=entry,
            to=int(to),
            by=request.user,
            revision=_revision(request),
        )
    except Refused as refusal:
        return _refused(request, refusal)
    if request.headers.get("X-Requested-With") == "fetch":
        return HttpResponse(status=204, headers={"X-Revision": str(moved.revision)})
    place = queries.my_list(mine.student, mine.round).place_of(entry.project_id)
    messages.success(
        request,
        _("“%(project)s” is now number %(place)d of %(total)d.")
        % {"project": entry.project.name, "place": place, "total": len(mine.rows)},
    )
    return _on(request, f"?moved={entry.code}#row-{entry.code}")


@require_POST
@own_list
def remove(request):
    """Take one row off the draft."""
    mine = _mine(request)
    entry = _entry(mine, request.POST.get("row"))
    try:
        actions.remove_choice(
            application=mine.application, round_project=entry, by=request.user, revision=_revision(request)
        )
    except Refused as refusal:
        return _refused(request, refusal)
    messages.success(request, _("“%(project)s” is off your draft.") % {"project": entry.project.name})
    return _on(request)


@require_POST
@own_list
def statement(request):
    """Keep the short statement of one row; htmx asks while the student types, the button without script."""
    mine = _mine(request)
    entry = _entry(mine, request.POST.get("row"))
    text = request.POST.get("statement", "")
    try:
        actions.set_statement(
            application=mine.application,
            round_project=entry,
            text=text,
            by=request.user,
            was=request.POST.get("was"),
        )
    except Refused as refusal:
        if request.headers.get("HX-Request"):
            shown = {
                "refusal": refusal,
                "was": request.POST.get("was", ""),
                "theirs": getattr(refusal, "theirs", None),
            }
            return render(request, "placements/_statement_saved.html", shown, status=200)
        return _refused(request, refusal, typed={entry.code: text})
    if request.headers.get("HX-Request"):
        shown = {"refusal": None, "was": " ".join(text.split()), "at": clock.now(), "theirs": None}
        return render(request, "placements/_statement_saved.html", shown)
    messages.success(request, _("The statement is saved."))
    return _on(request, f"#row-{entry.code}")


@require_POST
@own_list
def discard(request):
    """Give up unsubmitted changes."""
    mine = _mine(request)
    try:
        actions.discard_draft(application=mine.application, by=request.user, revision=_revision(request))
    except Refused as refusal:
        return _refused(request, refusal)
    messages.success(request, _("Your unsubmitted changes are discarded; the draft is as you submitted it."))
    return redirect("application")


@require_POST
@own_list
def submit(request):
    """Hand the list in; a second press of the same form shows the first receipt."""
    mine = _mine(request, needs_list=False)
    key = request.POST.get("form_key", "")[:64] or uuid.uuid4().hex
    known = mine.application and mine.application.versions.filter(form_key=key).first()
    try:
        version = actions.submit_application(
            student=mine.student, round=mine.round, by=request.user, form_key=key, revision=_revision(request)
        )
    except Stale as refusal:
        return _two_lists(request, refusal)
    except Refused as refusal:
        return _refused(request, refusal, "placements/application_review.html")
    if known:
        messages.info(
            request, _("This was already submitted; nothing was recorded twice. Below is the first result.")
        )
    return redirect("receipt", version.pk)


@require_POST
@own_list
def take_this(request):
    """Of two lists, let the one this device showed stand in the draft, and go on to hand it in."""
    mine = _mine(request)
    try:
        actions.replace_draft(
            application=mine.application,
            codes=request.POST.getlist("code")[:60],
            by=request.user,
            revision=_revision(request),
        )
    except Stale as refusal:
        return _two_lists(request, refusal)
    except Refused as refusal:
        return _refused(request, refusal)
    messages.success(request, _("The draft is as this page showed it. It counts once submitted."))
    return redirect("application_review")


@own_list
def withdraw(request):
    """Withdraw the whole list; the page says first what is lost."""
    mine = _mine(request)
    refusal = None
    if request.method == "POST":
        key = request.POST.get("form_key", "")[:64] or uuid.uuid4().hex
        try:
            version = actions.withdraw_application(
                application=mine.application, by=request.user, form_key=key
            )
            return redirect("receipt", version.pk)
        except Refused as refused:
            refusal = refused
    elif mine.stands is None:
        raise Http404
    return render(
        request,
        "placements/application_withdraw.html",
        {"mine": mine, "refusal": refusal},
        status=refusal.status if refusal else 200,
    )


@own_list
def receipt(request, pk):
    """What was handed in: version, server time, order, check code, what changed, and the other versions."""
    version = get_object_or_404(queries.with_preferences(queries.versions_of(request.user)), pk=pk)
    application_ = version.application
    history = list(queries.with_preferences(application_.versions.order_by("-number")))
    before = next((row for row in history if row.number == version.number - 1), None)
    preferences = list(version.preferences.all())
    codes = [row.round_project.code for row in preferences]
    latest = history[0]
    return render(
        request,
        "placements/receipt.html",
        {
            "version": version,
            "round": application_.round,
            "preferences": preferences,
            "differences": queries.differences(before.preferences.all(), preferences) if before else [],
            "before": before,
            "history": history,
            "counts": latest.pk == version.pk and not version.withdrawal,
            "latest": latest,
            "open": takes_lists(application_.round, clock.now()),
            "revision": application_.revision,
            "check_text": check_text(
                application_.round_id, application_.student.number, version.number, codes
            ),
        },
    )


@own_list
def receipt_download(request, pk):
    """The receipt as a text file that anyone can check."""
    version = get_object_or_404(queries.with_preferences(queries.versions_of(request.user)), pk=pk)
    response = HttpResponse(receipt_text(version), content_type="text/plain; charset=utf-8")
    response["Content-Disposition"] = (
        f'attachment; filename="receipt-{version.application.round_id}-v{version.number}.txt"'
    )
    return response


@own_list
def receipt_calendar(request, pk):
    """The round's closing as an entry for a calendar."""
    version = get_object_or_404(queries.versions_of(request.user), pk=pk)
    address = request.build_absolute_uri(reverse("application"))
    response = HttpResponse(
        calendar_file(version.application.round, address), content_type="text/calendar; charset=utf-8"
    )
    response["Content-Disposition"] = f'attachment; filename="round-{version.application.round_id}.ics"'
    return response


@require_POST
@own_list
def version_restore(request, pk):
    """Copy an earlier version into the draft, to be handed in on the next page."""
    version = get_object_or_404(queries.versions_of(request.user), pk=pk)
    try:
        actions.restore_version(version=version, by=request.user, revision=_revision(request))
    except Stale as refusal:
        return _refused(request, refusal)
    messages.success(
        request,
        _("Version %(number)d is in your draft again. It counts once submitted.")
        % {"number": version.number},
    )
    return redirect("application_review")


# What the pages share


def _mine(request, needs_list=True):
    """One's own list in the round that concerns students now; 404 when there is none."""
    student, round_ = queries.student_of(request.user), queries.current_round()
    if student is None or round_ is None:
        raise Http404
    mine = queries.my_list(student, round_)
    if needs_list and mine.application is None:
        raise Http404
    return mine


def _entry(mine, code):
    return get_object_or_404(queries.entries_of(mine.round), code=code or "")


def _revision(request):
    """The draft the page had shown; None from a form that does not say (a single press on one row)."""
    text = request.POST.get("revision", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


def _on(request, more=""):
    """Back to the page the press came from: the list, its check, or the projects."""
    page = {"review": "application_review", "projects": "projects"}.get(
        request.POST.get("next"), "application"
    )
    return redirect(reverse(page) + ("" if page == "projects" else more))


def _page(request, template, *, refusal=None, typed=None):
    student, round_ = queries.student_of(request.user), queries.current_round()
    if student is None:
        raise Http404
    if round_ is None:
        return render(request, "placements/application_none.html", {})
    mine = queries.my_list(student, round_)
    found = blockers(mine)
    on_rows = {}
    for blocker in found:
        if blocker.row is not None:
            on_rows.setdefault(blocker.row.pk, []).append(blocker)
    now = clock.now()
    empty = range(len(mine.rows) + 1, round_.max_preferences + 1)
    context = {
        "mine": mine,
        "round": round_,
        "open": takes_lists(round_, now),
        "rows": [
            {
                "choice": row,
                "blockers": on_rows.get(row.pk, []),
                "statement": (typed or {}).get(row.round_project.code, row.statement),
            }
            for row in mine.rows
        ],
        "blockers": [blocker for blocker in found if blocker.row is None and blocker.code != "empty"],
        "in_rows": bool(on_rows),
        "can_submit": not found,
        "empty": list(empty),
        "free": len(empty),
        "next_number": mine.next_number,
        "moved": request.GET.get("moved", ""),
        "refusal": refusal,
        "changes": _changes(mine),
        "compare": [row.round_project.project_id for row in mine.rows][:4],
        "key": uuid.uuid4().hex,
    }
    return render(request, template, context, status=refusal.status if refusal else 200)


def _changes(mine):
    """What is different in the draft from the version that counts."""
    if not mine.stands or not mine.changed:
        return []
    return queries.differences(mine.handed_in, mine.rows)


def _refused(request, refusal, template="placements/application.html", typed=None):
    """The page as it stands now, the refusal on top, what was typed kept."""
    if request.headers.get("X-Requested-With") == "fetch":
        return HttpResponse(str(refusal), status=refusal.status, content_type="text/plain; charset=utf-8")
    if request.POST.get("next") == "review":
        template = "placements/application_review.html"
    return _page(request, template, refusal=refusal, typed=typed)


def _two_lists(request, refusal):
    """Two devices: the list this page showed beside the one that stands, and a choice."""
    theirs = refusal.theirs
    codes = request.POST.getlist("code")[:60]
    entries = {row.code: row for row in queries.entries_of(theirs.round).filter(code__in=codes)}
    ours = [entries[code] for code in codes if code in entries]
    submitted = theirs.application.submitted_revision == theirs.application.revision
    context = {
        "refusal": refusal,
        "theirs": theirs,
        "ours": ours,
        "submitted": submitted,
        "number": theirs.application.last_version,
        "revision": theirs.application.revision,
    }
    return render(request, "placements/application_stale.html", context, status=refusal.status)
