"""Steps that one person of the office takes: reminding, ending scores, freezing, running, archiving."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from consortium import exports, lists
from consortium.access import signed_in
from placements.actions import freeze as freezing
from placements.actions import round as actions
from placements.actions import run as runs
from placements.causes import Cause
from placements.enums import RoundState
from placements.queries import round as queries
from placements.views import round_page
from placements.views.round.entry import confirm, office, visible_round


@office
@require_http_methods(["GET", "POST"])
def remind(request, pk):
    """Show who would be reminded and in which words; send on the button."""
    round = visible_round(request, pk)
    if request.method == "POST":
        made = actions.remind_students(round=round, by=request.user)
        messages.success(
            request, ngettext("%(n)d reminder queued.", "%(n)d reminders queued.", made) % {"n": made}
        )
        return redirect(round)
    waiting = queries.without_a_list(round)
    without_mail = waiting.filter(user__email=None).count()
    total = waiting.count()
    preview = round_page.reminder_preview(round)
    return confirm(
        request,
        round,
        title=_("Remind those who have not handed in?"),
        effects=[
            ngettext("%(n)d student gets this message.", "%(n)d students get this message.", total)
            % {"n": total},
            without_mail
            and ngettext(
                "%(n)d of them has no mail address and sees it only in the portal.",
                "%(n)d of them have no mail address and see it only in the portal.",
                without_mail,
            )
            % {"n": without_mail},
            _("Whoever was reminded today is not reminded again."),
        ],
        preview=preview,
        submit=_("Remind %(n)d students") % {"n": total},
        nobody=not total,
    )


@office
@require_POST
def end_scoring(request, pk):
    """End scoring early, once every owner is done."""
    round = visible_round(request, pk)
    freezing.end_scoring(round=round, by=request.user)
    messages.success(request, _("Scoring ended."))
    return redirect(round)


@office
@require_POST
def freeze(request, pk):
    """Write the instance under its hash."""
    round = visible_round(request, pk)
    freezing.freeze_round(round=round, by=request.user)
    messages.success(request, _("Round frozen. Its hash is shown on this page."))
    return redirect(round)


@office
@require_POST
def start(request, pk):
    """Start the run of a frozen round."""
    round = visible_round(request, pk)
    runs.run_round(round=round, by=request.user)
    messages.success(request, _("Run started. You can leave this page."))
    return redirect(round)


@office
@require_POST
def stop(request, pk):
    """Stop the run that is going on."""
    round = visible_round(request, pk)
    run = queries.live_run(round)
    if run is None:
        messages.info(request, _("This run has ended already, so there was nothing to stop."))
    else:
        runs.stop_run(run=run, by=request.user)
        messages.success(request, _("Run stopped. The round is frozen as before."))
    return redirect(round)


@signed_in
@require_GET
def progress(request, pk):
    """The fragment that asks again by itself; once the run has ended it tells the page to load anew."""
    round = visible_round(request, pk)
    if not request.headers.get("HX-Request") or not queries.sees_inside(request.user):
        return redirect(round)
    job = round_page.job(round, request.user) if round.state == RoundState.RUNNING else None
    if job is None or job["state"] not in ("queued", "running"):
        return HttpResponse(headers={"HX-Refresh": "true"})
    return render(request, "placements/round_job.html", {"job": job, "round": round})


@office
@require_GET
def unplaced(request, pk):
    """Everybody without a place, each with one cause and the way on; as a page, or whole as a file."""
    round = visible_round(request, pk)
    run = queries.adopted_run(round)
    rows = queries.without_a_place(run)
    if format := exports.wanted(request):
        return _unplaced_file(rows, format, round)
    page = lists.page_of(request, rows)
    labels = dict(Cause.choices)
    context = {
        "round": round,
        "run": run,
        "page": page,
        "rows": [
            {"student": row.round_student.student, "cause": labels.get(row.cause, row.cause)} for row in page
        ],
        "may_clear": round.state in (RoundState.PUBLISHED, RoundState.ARCHIVED),
        "left": run.verdict["places"] - run.verdict["placed"] if run else 0,
        "files": lists.files_of(request),
    }
    return render(request, "placements/round_unplaced.html", context)


def _unplaced_file(rows, format, round):
    labels = dict(Cause.choices)
    columns = [
        (_("Student"), lambda row: row.round_student.student.user.get_full_name()),
        (_("Student number"), lambda row: row.round_student.student.number),
        (_("Degree"), lambda row: row.round_student.student.get_degree_display()),
        (_("Cause"), lambda row: str(labels.get(row.cause, row.cause))),
    ]
    name = _("Without a place in %(name)s") % {"name": round.name}
    return exports.export(rows.iterator(chunk_size=500), columns, format, name)


@office
@require_POST
def archive(request, pk):
    """Close the books."""
    round = visible_round(request, pk)
    actions.archive_round(round=round, by=request.user)
    messages.success(request, _("Round archived."))
    return redirect(round)
