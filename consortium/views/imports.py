"""Importing a list: choose the file, look at what it would do, confirm, undo. The same pages for every kind of list."""

from django.conf import settings
from django.contrib import messages
from django.http import FileResponse, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from consortium import clock, exports, files, form_keys, lists, policy
from consortium.access import permitted, signed_in
from consortium.actions import list_import as actions
from consortium.enums import ImportDecision, ImportFate, ImportOutcome, ImportState
from consortium.forms.list_import import ColumnsForm, ListFileForm
from consortium.imports.faults import file_words, group_label
from consortium.imports.template import template
from consortium.queries.list_import import (
    counts_of,
    groups_of,
    imports_visible_to,
    kept_until,
    kinds_kept_by,
    left_out,
    same_file_before,
    to_be_mended,
)
from consortium.refusals import Forbidden, Invalid, Refused, Stale
from consortium.registry import registry
from consortium.views.import_rows import faults_of, shown

AT_WORK = (ImportState.TESTING, ImportState.WRITING, ImportState.UNDOING)
RECENT = 5


def start(kind, permission):
    """The view on which a list of this kind is chosen and sent up."""

    @permitted(permission)
    def start_import(request):
        return _start(request, kind)

    return start_import


def _start(request, kind):
    """Choose a file; the test begins at once and writes nothing."""
    of = registry.import_kinds[kind]
    if request.GET.get("sample"):
        return _sample(of, request.GET["sample"])
    form = ListFileForm(request.POST or None, request.FILES or None)
    status = 200
    if request.method == "POST" and form.is_valid():

        def make():
            stored = _stored(form.cleaned_data["file"], request.user)
            return actions.begin_import(kind=kind, file=stored, by=request.user)

        try:
            return form_keys.create_once(request, f"import {kind}", make)
        except Refused as refusal:
            form.refuse(refusal)
            status = refusal.status
    recent = imports_visible_to(request.user).filter(kind=kind)[:RECENT]
    context = {"form": form, "of": of, "recent": recent, "days": policy.value("import_days")}
    if form.is_bound and form.errors:
        status = max(status, 422)
    return render(request, "consortium/import_start.html", context, status=status)


@signed_in
def imports(request):
    """The kinds of lists that the person keeps, and every import of them."""
    kinds = kinds_kept_by(request.user)
    if not kinds:
        raise Forbidden(
            _("Your role does not include this."),
            remedy=_("If you need it, ask the secretariat to change your role."),
        )
    page = lists.page_of(request, imports_visible_to(request.user))
    for run in page.object_list:
        run.of = registry.import_kinds[run.kind]
    return render(request, "consortium/imports.html", {"kinds": kinds, "page": page})


@signed_in
def show(request, pk):
    """One import: its work going on, what the test found, or what was written."""
    run = _run(request, pk)
    if run.state in AT_WORK and not actions.is_stuck(run):
        return _at_work(request, run)
    if request.headers.get("HX-Request"):
        answer = HttpResponse()
        answer["HX-Refresh"] = "true"
        return answer
    return _page(request, run)


@require_POST
@signed_in
def match(request, pk):
    """Which column of the file is which of ours, by hand."""
    run = _run(request, pk)
    form = ColumnsForm(request.POST, of=registry.import_kinds[run.kind], run=run)
    if form.is_valid():
        try:
            actions.match_columns(run=run, places=form.places(), by=request.user)
            return redirect(run)
        except Invalid as refusal:
            form.refuse(refusal)
    return _page(request, run, columns=form, status=422)


@require_POST
@signed_in
def replace(request, pk):
    """Read a word as the nearest one that is allowed."""
    run = _run(request, pk)
    actions.use_instead(
        run=run,
        column=request.POST.get("column", ""),
        value=request.POST.get("value", ""),
        by=request.user,
    )
    return redirect(run)


@require_POST
@signed_in
def again(request, pk):
    """Test the same file once more."""
    run = _run(request, pk)
    actions.test_again(run=run, by=request.user)
    return redirect(run)


@require_POST
@signed_in
def decide(request, pk):
    """What rows are that may be records which are there already: each by itself, or all as suggested."""
    run = _run(request, pk)
    if "suggested" in request.POST:
        settled = actions.decide_as_suggested(run=run, by=request.user)
    else:
        settled = actions.decide(run=run, decisions=_decisions(request.POST), by=request.user)
    messages.success(request, _("Kept what you said of %(n)d rows.") % {"n": settled})
    return redirect(f"{run.get_absolute_url()}?show={ImportOutcome.ALIKE}")


@signed_in
def confirm(request, pk):
    """What will be written, once more in one sentence; one press writes it."""
    run = _run(request, pk)
    if request.method == "POST":
        try:
            actions.write_import(run=run, by=request.user)
        except Stale as refusal:
            return _page(request, run, refusal=refusal, status=409)
        except Refused as refusal:
            # Pressed twice: the first press has begun what this one asks for.
            if refusal.code != "state" or run.written_by_id != request.user.pk:
                raise
            messages.info(
                request,
                _("This was already submitted; nothing was recorded twice. Below is the first result."),
            )
        return redirect(run)
    if run.state != ImportState.TESTED:
        return redirect(run)
    context = {"run": run, "of": registry.import_kinds[run.kind], "counts": counts_of(run)}
    return render(request, "consortium/import_confirm.html", context)


@signed_in
def undo(request, pk):
    """Take back what was written: first what that means, then one press."""
    run = _run(request, pk)
    if request.method == "POST":
        actions.undo_import(run=run, by=request.user)
        return redirect(run)
    if run.state != ImportState.WRITTEN:
        return redirect(run)
    context = {"run": run, "of": registry.import_kinds[run.kind], "counts": counts_of(run)}
    return render(request, "consortium/import_undo.html", context)


@require_POST
@signed_in
def resume(request, pk):
    """Go on with what was stopped in the middle."""
    run = _run(request, pk)
    actions.go_on(run=run, by=request.user)
    return redirect(run)


@signed_in
def faults(request, pk):
    """Rows that were left out, as a file with the same columns and one more that says why."""
    run = _run(request, pk)
    of = registry.import_kinds[run.kind]
    reason = of.column("reason").heading
    keep = [at for at, head in enumerate(run.heads) if of.places([head])[0] or not _is_reason(of, head)]

    def cell(at):
        return lambda row: row.cells[at] if at < len(row.cells) else ""

    def why(row):
        lines = faults_of(run, of, row)
        return "\n".join(
            f"{heading}: {sentence} {remedy}" if heading else f"{sentence} {remedy}"
            for heading, _value, sentence, remedy, _fault in lines
        )

    columns = [(run.heads[at], cell(at)) for at in keep] + [(reason, why)]
    format = exports.wanted(request) or "xlsx"
    rows = to_be_mended(run).iterator(chunk_size=500)
    return exports.export(rows, columns, format, _("Rows to be mended"))


def _run(request, pk):
    """The import, if this person keeps such lists; the navigation marks the list that it is about."""
    run = get_object_or_404(imports_visible_to(request.user), pk=pk)
    request.stands_under = reverse(registry.import_kinds[run.kind].home_url)
    return run


def _is_reason(of, head):
    column = of.column("reason")
    return head.strip() in (column.zh, column.en)


def _at_work(request, run):
    context = {"run": run, "of": registry.import_kinds[run.kind], "may_stop": True}
    name = "import_work" if request.headers.get("HX-Request") else "import"
    if name == "import":
        context["work"] = True
    return render(request, f"consortium/{name}.html", context)


def _page(request, run, *, columns=None, refusal=None, status=200):
    of = registry.import_kinds[run.kind]
    counts = counts_of(run)
    tabs, on = _tabs(request, run, counts)
    groups = groups_of(run) if on == "mend" else []
    group = lists.chosen(request, "group", {code for code, _n in groups})
    page = lists.page_of(request, _rows(run, on, group))
    context = {
        "run": run,
        "of": of,
        "work": False,
        "stuck": actions.is_stuck(run),
        "fault": file_words(run.fault) if run.fault else None,
        "refusal": refusal,
        "counts": counts,
        "tabs": tabs,
        "on": on,
        "groups": [
            {
                "label": group_label(code),
                "count": number,
                "on": code == group,
                "url": lists.address(request, group=None if code == group else code),
            }
            for code, number in groups
        ],
        "page": page,
        "rows": shown(run, of, page.object_list),
        "columns": columns or ColumnsForm(of=of, run=run),
        "matched": _matched(run, of),
        "not_taken": [head for at, head in enumerate(run.heads) if head and at not in run.places.values()],
        "missing": [
            column.heading for column in of.columns if column.needed and column.key not in run.places
        ],
        "before": same_file_before(run) if counts["write"] == 0 and run.state == ImportState.TESTED else None,
        "kept_until": kept_until(run),
        "may_undo": run.state == ImportState.WRITTEN and clock.now() <= run.undo_until,
        "fault_files": [
            {"label": label, "url": f"{reverse('import_faults', args=[run.pk])}?format={format}"}
            for format, label in (
                ("xlsx", _("Excel (XLSX)")),
                ("csv", _("CSV (UTF-8)")),
                ("csv-gb18030", _("CSV (GB18030)")),
            )
        ],
    }
    return render(request, "consortium/import.html", context, status=status)


def _tabs(request, run, counts):
    offered = [
        ("mend", _("To be mended"), counts["mend"]),
        (ImportOutcome.ALIKE, _("Perhaps the same"), counts["alike"]),
        (ImportOutcome.CHANGED, ImportOutcome.CHANGED.label, counts["changed"]),
        (ImportOutcome.NEW, ImportOutcome.NEW.label, counts["new"]),
        (ImportOutcome.SAME, ImportOutcome.SAME.label, counts["same"]),
    ]
    if counts["kept"]:
        offered.insert(0, (ImportFate.KEPT, _("Stays"), counts["kept"]))
    offered = [one for one in offered if one[2]] or offered[-1:]
    on = lists.chosen(request, "show", {str(key) for key, _label, _n in offered}) or str(offered[0][0])
    tabs = [
        {
            "label": label,
            "count": number,
            "url": lists.address(request, show=key, group=None),
            "on": str(key) == on,
            "turn": key == ImportOutcome.ALIKE and counts["open"] > 0 and run.state == ImportState.TESTED,
        }
        for key, label, number in offered
    ]
    return tabs, on


def _rows(run, on, group):
    if on == "mend":
        rows = left_out(run)
        return rows.filter(group=group) if group else rows
    if on == ImportFate.KEPT:
        return run.rows.filter(fate=ImportFate.KEPT).order_by("line")
    return run.rows.filter(outcome=on).order_by("line")


def _matched(run, of):
    return [
        {"ours": column.label, "theirs": run.heads[run.places[column.key]]}
        for column in of.columns
        if column.key in run.places and run.places[column.key] < len(run.heads)
    ]


def _decisions(data):
    """{number of the row: (decision, number of the record)} from row-7=merge:12, row-8=new, row-9= (leave out)."""
    found = {}
    for name, value in data.items():
        number = name.removeprefix("row-")
        if name == number or not _is_number(number):
            continue
        decision, _colon, record = value.partition(":")
        if decision == ImportDecision.MERGE and _is_number(record):
            found[int(number)] = (ImportDecision.MERGE, int(record))
        elif decision == ImportDecision.NEW:
            found[int(number)] = (ImportDecision.NEW, None)
        elif not decision:
            found[int(number)] = (ImportDecision.OPEN, None)
    return found


def _is_number(text):
    return text.isascii() and text.isdigit() and len(text) < 16


def _stored(upload, by):
    if upload.size > settings.FILE_LIMIT_BYTES:
        raise Invalid(
            _("The file is larger than %(limit)d MB.") % {"limit": settings.FILE_LIMIT_BYTES // 1024 // 1024},
            remedy=_("Split it into several files."),
            field="file",
        )
    return files.store_pieces(upload.chunks(), name=upload.name, media_type="application/octet-stream", by=by)


def _sample(of, format):
    name = _("%(list)s, template") % {"list": of.label}
    if format == "xlsx":
        return FileResponse(
            template(of), as_attachment=True, filename=f"{name}.xlsx", content_type=exports.XLSX
        )
    columns = [(column.heading, lambda row, at=at: row[at]) for at, column in enumerate(of.columns)]
    return exports.export([of.example()], columns, format if format in exports.FORMATS else "csv", name)
