"""The list of rounds, and the page of one."""

from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from consortium import exports, lists
from consortium.clock import now, today
from consortium.reach import may
from consortium.roles import Permission
from placements.enums import RoundState
from placements.queries import round as queries
from placements.views import round_page
from placements.views.round.entry import visible_round


@require_GET
def rounds(request):
    """Rounds that the reader may see, the latest opening first, by state and by year, with what waits."""
    seen = queries.rounds_visible_to(request.user)
    states, years = queries.counts_by_state_and_year(seen)
    year_choices = [(str(year), str(year)) for year in sorted(years, reverse=True)]
    rows = seen
    if state := lists.chosen(request, "state", states):
        rows = rows.filter(state=state)
    if year := lists.chosen(request, "year", dict(year_choices)):
        rows = rows.filter(opens_at__year=int(year))
    if format := exports.wanted(request):
        return _file(rows, format)
    page = lists.page_of(request, rows)
    state_choices = [(value, label) for value, label in RoundState.choices if value in states]
    context = {
        "page": page,
        "rounds": round_page.lines(page.object_list, request.user, now()),
        "may_run": may(request.user, Permission.RUN_ROUND),
        "any": bool(states),
        "states": lists.options(request, "state", state_choices, states),
        "years": lists.options(
            request, "year", year_choices, {str(key): number for key, number in years.items()}
        ),
        "year_on": year,
        "files": lists.files_of(request),
        "clear_url": lists.address(request, state=None, year=None),
    }
    return render(request, "placements/round_list.html", context)


def _file(rows, format):
    """The list as a file: what the public page of each round says, in one row."""
    columns = [
        (_("Round"), lambda row: row.name),
        (_("State"), lambda row: row.get_state_display()),
        (_("Opens"), lambda row: row.opens_at),
        (_("Closes"), lambda row: row.closes_at),
        (_("Scoring ends"), lambda row: row.scoring_ends_at),
        (_("Choices in one list"), lambda row: row.max_preferences),
        (_("Hash of the lottery seed"), lambda row: row.seed_sha256),
        (_("Hash of the locked lists"), lambda row: row.lists_sha256),
        (_("Hash of the frozen snapshot"), lambda row: row.instance_sha256),
        (_("Sample"), lambda row: _("sample") if row.is_sample else ""),
    ]
    name = f"{_('Matching rounds')}-{today()}"
    return exports.export(rows.iterator(chunk_size=500), columns, format, name)


@require_GET
def detail(request, pk):
    """One round: where it stands, whose turn, until when; inside view for the office, public view for others."""
    round = visible_round(request, pk)
    return render(request, "placements/round.html", round_page.context(round, request.user, now()))
