"""The office's page: every student's supervision, late first, as a calendar of weeks and as a list."""

from datetime import timedelta

from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from consortium import clock, exports, lists
from consortium.access import signed_in
from consortium.refusals import Forbidden
from mentors.enums import ReopeningState
from mentors.models.scheme import EVERYBODY
from mentors.queries import overview as queries
from mentors.queries.log import reopenings_visible_to
from mentors.queries.mentorship import has_part
from mentors.rules import log as rules
from mentors.rules.rhythm import DAYS_THAT_COUNT, Rhythms, month_before, month_of

WEEKS = 13


@signed_in
def supervision(request):
    """All running mentorships: what last month and this one lack, and thirteen weeks of logs.

    A mentor's or student's own logs are a page of their own: they are led there.
    """
    if not rules.sees_all(request.user):
        if has_part(request.user):
            return redirect("logs")
        raise Forbidden(
            _("This page is for the graduate school and auditors."),
            remedy=_("Your own students are under “My students”."),
        )
    today, rhythms = clock.today(), Rhythms()
    months = {"before": month_before(today), "now": month_of(today)}
    least = tuple(rhythms.logs_on(first) for first, _last in months.values())
    everything = queries.late_first(request.user, today, tuple(months.values()), least, DAYS_THAT_COUNT)
    everything = everything.narrowed(request.user, lists.words_of(request))
    chosen = lists.chosen(request, "only", queries.CONDITIONS)
    rows = everything.of(chosen)
    if format := exports.wanted(request):
        return exports.export(
            queries.with_persons(rows, request.user),
            _columns(),
            format,
            _("Supervision %(day)s") % {"day": today},
        )
    page = lists.page_of(request, rows)
    page.object_list = list(queries.with_persons(page.object_list, request.user))
    view = lists.chosen(request, "view", {"list"}) or "weeks"
    first = today - timedelta(days=today.weekday() + 7 * (WEEKS - 1))
    weeks = [first + timedelta(weeks=at) for at in range(WEEKS)]
    if view == "weeks":
        _fill(page.object_list, first, weeks)
    return render(
        request,
        "mentors/supervision.html",
        {
            "page": page,
            "weeks": weeks,
            "view": view,
            "tabs": [
                {"label": _("Weeks"), "url": lists.address(request, view=None), "on": view == "weeks"},
                {"label": _("List"), "url": lists.address(request, view="list"), "on": view == "list"},
            ],
            "conditions": lists.options(
                request,
                "only",
                [
                    ("before", _("Last month incomplete")),
                    ("now", _("Missing this month")),
                    ("silent", _("No log for four weeks")),
                    ("differs", _("Something differs")),
                ],
                everything.numbers,
            ),
            "q": lists.words_of(request),
            "view_kept": view if view == "list" else "",
            "only_kept": chosen,
            "narrowed": bool(chosen or lists.words_of(request)),
            "clear_url": lists.address(request, q=None, only=None),
            "files": lists.files_of(request),
            "least": rhythms.on(months["now"][0])[EVERYBODY],
            "schemes": len(least[-1]) - 1,
            "months": months,
            "requests": list(reopenings_visible_to(request.user).filter(state=ReopeningState.ASKED)[:10]),
        },
    )


def _fill(rows, first, weeks):
    """Give each row its cells: how many logs a week, and whether the week lies in the stay."""
    counts = queries.weekly([row.pk for row in rows], first, len(weeks))
    for row in rows:
        row.cells = []
        for at, monday in enumerate(weeks):
            inside = row.since <= monday + timedelta(days=6) and monday <= row.last_day
            cell = counts[row.pk][at]
            row.cells.append(
                {
                    "monday": monday,
                    "n": cell["n"],
                    "joint": cell["joint"],
                    "heat": min(cell["n"], 3) if inside or cell["n"] else "out",
                }
            )


def _columns():
    def of(name):
        return lambda row: getattr(row.overseen, name)

    return [
        (_("Student number"), lambda row: row.student.number),
        (_("Student"), lambda row: row.student.user.get_full_name()),
        (_("Academic mentor"), lambda row: row.academic.user.get_full_name()),
        (_("Industry mentor"), lambda row: row.industry.user.get_full_name()),
        (_("Organisation"), lambda row: row.industry.organisation.name),
        (_("Topic"), lambda row: row.topic),
        (_("First day"), lambda row: row.since),
        (_("Last day"), lambda row: row.last_day),
        (_("Asked a month, academic"), of("academic_least")),
        (_("Asked a month, industry"), of("industry_least")),
        (_("Last month, academic"), of("academic_before")),
        (_("Last month, industry"), of("industry_before")),
        (_("Missing last month"), of("lack_before")),
        (_("This month, academic"), of("academic_now")),
        (_("This month, industry"), of("industry_now")),
        (_("Missing this month"), of("lack_now")),
        (_("Newest log"), of("newest")),
    ]
