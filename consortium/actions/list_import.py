"""Lists sent up as a file: tested without writing, written in pieces by a worker, undone within a day.

A test and a writing may be killed at any moment and are begun or gone on with again: a test starts anew, a writing goes
on after the last piece that was stored whole, and every piece asks first whether the work is still its worker's.
"""

import logging
from datetime import timedelta
from itertools import islice

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, override

from consortium import clock, files
from consortium.audit import action, last_acts, record
from consortium.enums import ImportDecision, ImportFate, ImportOutcome, ImportState, JobState
from consortium.imports.faults import Unreadable, file_words
from consortium.imports.kind import differences
from consortium.imports.table import Table
from consortium.jobs import Lost, start_job
from consortium.models import ImportJob, ImportRow
from consortium.queries.list_import import still_to_write, to_take_back
from consortium.reach import reach
from consortium.refusals import Forbidden, Invalid, Refused, Stale
from consortium.registry import registry

log = logging.getLogger(__name__)
CHUNK = 500
UNDO_HOURS = 24
MOST_ATTEMPTS = 5
STREAM = "imports"
SHOWN_LINES = 8
MOST_CLASHES = 20
TEST, WRITE, UNDO = "test", "write", "undo"


# What people do


@action
def begin_import(*, kind, file, by):
    """Take a stored file as a list of this kind and have it tested; returns the run.

    Refuses a file that is no list at once. Where a needed column is not found the run waits for it to be matched by hand.
    """
    of = _permitted(kind, by)
    try:
        table = Table(files.path_of(file.sha256))
    except Unreadable as fault:
        raise unreadable(fault) from None
    places, missing = of.places(table.heads)
    run = ImportJob.objects.create(
        kind=kind,
        file=file,
        heads=table.heads,
        coding=table.coding,
        places=places,
        state=ImportState.UNMATCHED if missing else ImportState.TESTING,
        created_by=by,
        created_at=clock.now(),
    )
    record("list sent up", run, by=by, kind=kind, sha256=file.sha256)
    if not missing:
        _start(run, TEST, by)
    return run


@action
def match_columns(*, run, places, by):
    """Say which column of the file is which of ours, and test anew. Refuses a needed column without one, and one twice."""
    of = _permitted(run.kind, by)
    missing = [column for column in of.columns if column.needed and places.get(column.key) is None]
    if missing:
        raise Invalid(
            _("“%(name)s” is needed and has no column of the file yet.") % {"name": missing[0].heading},
            remedy=_("Choose the column, or add it to the file."),
            field=missing[0].key,
        )
    taken = {}
    for key, place in places.items():
        if place is not None and place in taken:
            raise Invalid(
                _("The column “%(name)s” is chosen twice.") % {"name": run.heads[place]},
                remedy=_("Each column of the file can be one of ours."),
                field=key,
            )
        taken[place] = key
    chosen = {key: place for key, place in places.items() if place is not None}
    return _test_again(run, by, places=chosen)


@action
def use_instead(*, run, column, value, by):
    """Read a word that is not in the list of its column as the nearest one that is, wherever it stands in the file."""
    of = _permitted(run.kind, by)
    found = of.column(column)
    near = next(
        (
            fault["params"].get("nearest")
            for row in run.rows.filter(outcome=ImportOutcome.FAULTY, group="choice_near")
            for fault in row.faults
            if fault["column"] == column and fault["value"] == value and fault["code"] == "choice_near"
        ),
        None,
    )
    if found is None or near is None:
        raise Refused(_("This word is no longer waiting for an answer."), remedy=_("Look at the list again."))
    replaced = {**run.replaced, column: {**run.replaced.get(column, {}), value: found.written(near)}}
    return _test_again(run, by, replaced=replaced)


@action
def test_again(*, run, by):
    """Test the same file once more, against the register as it is now."""
    _permitted(run.kind, by)
    return _test_again(run, by)


@action
def decide(*, run, decisions, by):
    """Say of rows that are perhaps the same what they are: {number of the row: (decision, number of the record)}.

    A row that is another is written as a new one, one that is the same changes the record. Returns how many were settled.
    """
    of = _permitted(run.kind, by)
    _must_be_tested(run)
    rows = list(
        run.rows.filter(pk__in=decisions, outcome=ImportOutcome.ALIKE).order_by("pk").select_for_update()
    )
    targets = {}
    for row in rows:
        decision, number = decisions[row.pk]
        offered = {one["id"] for one in row.alike}
        targets[row.pk] = number if decision == ImportDecision.MERGE and number in offered else None
    states = of.state([number for number in targets.values() if number])
    for row in rows:
        decision, _number = decisions[row.pk]
        row.target = targets[row.pk]
        row.before = states.get(row.target, {})
        row.changes = differences(row.before, row.fields) if row.target else []
        row.decision = ImportDecision.OPEN
        another = decision == ImportDecision.NEW and not row.must_be_one
        if another or (row.target and row.before):
            row.decision = decision
    ImportRow.objects.bulk_update(rows, ["target", "before", "changes", "decision"], batch_size=CHUNK)
    return len(rows)


@action
def decide_as_suggested(*, run, by):
    """Settle every open row that is perhaps the same as its likeliest record suggests."""
    rows = run.rows.filter(outcome=ImportOutcome.ALIKE, decision=ImportDecision.OPEN)
    decisions = {
        row.pk: (ImportDecision.MERGE, row.alike[0]["id"])
        if row.alike and row.alike[0].get("sure")
        else (ImportDecision.OPEN if row.must_be_one else ImportDecision.NEW, None)
        for row in rows.iterator(chunk_size=CHUNK)
    }
    return decide(run=run, decisions=decisions, by=by)


@action
def write_import(*, run, by):
    """Let a worker write what the test found. From here on nothing is asked any more.

    Refuses a run that is not tested, one that would write nothing, and with 409 one whose records were changed since.
    """
    of = _permitted(run.kind, by)
    _must_be_tested(run)
    if not still_to_write(run).exists():
        raise Refused(
            _("This list changes nothing; there is nothing to write."),
            remedy=_("Mend the rows that were left out and send them up again."),
            code="nothing",
        )
    if changed := changed_since(run, of):
        raise Stale(
            ngettext(
                "%(n)d record was changed since the test; nothing was written.",
                "%(n)d records were changed since the test; nothing was written.",
                changed,
            )
            % {"n": changed},
            remedy=_("Test the file again; that takes a few seconds."),
        )
    _move(run, ImportState.TESTED, ImportState.WRITING, written_by=by)
    record("list import begun", run, by=by, rows=still_to_write(run).count())
    _start(run, WRITE, by)
    return run


@action
def go_on(*, run, by):
    """Go on with writing, or with undoing, that was stopped or given up in the middle."""
    _permitted(run.kind, by)
    run.refresh_from_db()
    if run.state not in (ImportState.WRITING, ImportState.UNDOING) or (run.job and run.job.is_live):
        raise _elsewhere(run)
    _start(run, WRITE if run.state == ImportState.WRITING else UNDO, by)
    return run


@action
def undo_import(*, run, by):
    """Take back what was written, row by row, except where somebody changed or used it since.

    Within a day of the writing; writing that was stopped in the middle can be taken back as well.
    """
    _permitted(run.kind, by)
    run.refresh_from_db()
    halfway = run.state == ImportState.WRITING and not (run.job and run.job.is_live)
    if run.state != ImportState.WRITTEN and not halfway:
        raise _elsewhere(run)
    if not halfway and clock.now() > run.undo_until:
        raise Refused(
            _("An import can be undone for %(n)d hours; that time is over.") % {"n": UNDO_HOURS},
            remedy=_("Correct single records on their own pages, or send up a corrected list."),
            code="late",
        )
    _move(run, run.state, ImportState.UNDOING, undone_by=by)
    record("list undo begun", run, by=by)
    _start(run, UNDO, by)
    return run


def unreadable(fault):
    """The refusal at the field of the file."""
    sentence, remedy = file_words({"code": fault.code, "params": fault.params})
    return Invalid(sentence, remedy=remedy, field="file", code=fault.code)


def changed_since(run, of):
    """How many of the records concerned are no longer as the test saw them."""
    if list(last_acts(*of.acts)) == run.seen:
        return 0
    return sum(len(_stale(of, rows)) for rows in _in_chunks(still_to_write(run)))


# What a worker does


def perform_test(job, beat):
    """Read and check the whole file; nothing but the rows of the run is written."""
    _working(job, beat, TEST, _test)


def perform_writing(job, beat):
    """Write what the test found, in pieces that are stored whole."""
    _working(job, beat, WRITE, _write)


def perform_undoing(job, beat):
    """Take back what was written, in pieces that are stored whole."""
    _working(job, beat, UNDO, _undo)


def _working(job, beat, work, do):
    state = {TEST: ImportState.TESTING, WRITE: ImportState.WRITING, UNDO: ImportState.UNDOING}[work]
    run = ImportJob.objects.select_related("file", "created_by").filter(pk=job.object_id).first()
    if run is None or run.state != state:
        beat.fail("There is no such import.")
        return
    try:
        if job.attempts > MOST_ATTEMPTS:
            raise Unreadable("interrupted", n=job.attempts - 1)
        do(run, registry.import_kinds[run.kind], beat)
    except Lost:
        raise
    except Unreadable as fault:
        _give_up(run=run, beat=beat, work=work, code=fault.code, params=fault.params)
    except Exception:
        log.exception("import.failed", extra={"run": run.pk, "work": work})
        _give_up(run=run, beat=beat, work=work, code="program_fault", params={})


@action
def _give_up(*, run, beat, work, code, params):
    """End the job badly. A file that cannot be read ends its run; writing that broke off stays where it stands."""
    beat.hold()
    fault = {"code": code, "params": params}
    state = {"state": ImportState.UNREADABLE} if work == TEST else {}
    ImportJob.objects.filter(pk=run.pk).update(fault=fault, **state)
    record("list work failed", run, by=None, code=code)
    with override(run.created_by.language):
        beat.fail(" ".join(file_words(fault)), code=code)


def _test(run, of, beat):
    seen = last_acts(*of.acts)
    beat.step("list.read")
    _forget_rows(run=run, beat=beat)
    table = Table(files.path_of(run.file.sha256))
    width = len(table.heads)

    def rows():
        for line, cells in table.rows():
            row = of.read(line, cells, run.places, width, run.replaced)
            if not of.is_example(row):
                yield row

    first, repeated, gathered, total = {}, {}, {}, 0
    unique = [column.key for column in of.columns if column.unique]
    for row in rows():
        total += 1
        of.gather(row, gathered)
        for key in unique:
            # Numbers alone are kept of what stands once: twenty thousand texts and lists would be felt.
            what = _place_of(row, key)
            if what is not None and first.setdefault(what, row.line) != row.line:
                repeated.setdefault(what, [first[what]]).append(row.line)
        if total % CHUNK == 0:
            beat.alive(total)
    del first
    beat.step("list.check", total)
    done, counts = 0, dict.fromkeys(ImportOutcome.values, 0)
    for part in _parts(rows()):
        for row in part:
            for key in unique:
                if lines := repeated.get(_place_of(row, key)):
                    row.wrong(key, "repeated", lines=lines[:SHOWN_LINES])
        for tested in _check_part(run, of, part, gathered, beat):
            counts[tested.outcome] += 1
        done += len(part)
        beat.alive(done)
    _end_test(run=run, beat=beat, table=table, seen=seen, counts=counts)


def _place_of(row, key):
    """A number for what stands in a column that may not repeat; None for nothing."""
    value = row.values.get(key)
    return hash((key, str(value).lower())) if value else None


def _check_part(run, of, part, gathered, beat):
    """Decide a batch of rows and keep them; a constant number of questions for each batch."""
    of.settle(part, gathered)
    states = of.state({row.target for row in part if row.target and not row.faults})
    tested = [_tested(run, of, row, states) for row in part]
    with transaction.atomic():
        beat.hold()
        ImportRow.objects.bulk_create(tested, batch_size=CHUNK)
    return tested


def _tested(run, of, row, states):
    kept = ImportRow(
        run=run,
        line=row.line,
        cells=row.cells,
        notes=row.notes,
        faults=row.faults,
        group=row.faults[0]["code"] if row.faults else "",
    )
    if row.faults:
        kept.outcome = ImportOutcome.FAULTY
        return kept
    kept.fields = row.values
    if row.target:
        kept.target, kept.before = row.target, states[row.target]
        kept.changes = differences(kept.before, row.values)
        kept.outcome = ImportOutcome.CHANGED if kept.changes else ImportOutcome.SAME
    elif row.alike:
        kept.outcome, kept.alike, kept.group = ImportOutcome.ALIKE, row.alike, "undecided"
    else:
        kept.outcome = ImportOutcome.NEW
    return kept


@action
def _forget_rows(*, run, beat):
    beat.hold()
    run.rows.all().delete()


@action
def _end_test(*, run, beat, table, seen, counts):
    beat.hold()
    ImportJob.objects.filter(pk=run.pk).update(
        state=ImportState.TESTED,
        tested_at=clock.now(),
        sheet=table.sheet,
        other_sheets=max(table.other_sheets, 0),
        seen=list(seen),
        counts=counts,
        fault={},
    )
    record("list tested", run, by=run.created_by, **counts)
    beat.finish(**counts)


def _write(run, of, beat):
    beat.step("list.write", run.rows.exclude(outcome__in=_NOTHING_TO_WRITE).count())
    clashes = 0
    while True:
        try:
            if not _write_part(run=run, of=of, beat=beat):
                break
        except IntegrityError:
            # Somebody recorded the same between our look and our write; the next try sees it and leaves the row out.
            clashes += 1
            if clashes > MOST_CLASHES:
                raise
        beat.alive(run.rows.exclude(fate=ImportFate.WAITING).count())
    _end_writing(run=run, beat=beat)


_NOTHING_TO_WRITE = (ImportOutcome.SAME, ImportOutcome.FAULTY)


@action
def _write_part(*, run, of, beat):
    """Write the next rows; how many. What the register no longer takes is left out and says why."""
    beat.hold()
    rows = list(still_to_write(run)[:CHUNK])
    if not rows:
        return 0
    reasons = {**_twice(rows), **_stale(of, rows, lock=True)}
    going = [row for row in rows if row.pk not in reasons]
    new = [row for row in going if not row.target]
    old = [row for row in going if row.target]
    made = of.add(rows=[of.complete(row.fields) for row in new], by=run.written_by, run=run) if new else []
    if old:
        changes = {row.target: {key: after for key, _before, after in row.changes} for row in old}
        of.change(rows=changes, by=run.written_by, run=run)
    for row, number in zip(new, made, strict=True):
        row.target = number
    states = of.state([row.target for row in going])
    for row in rows:
        if code := reasons.get(row.pk):
            row.fate = ImportFate.LEFT_OUT
            row.faults = [*row.faults, {"column": "", "value": "", "code": code, "params": {}}]
        else:
            row.fate, row.after = ImportFate.WRITTEN, states[row.target]
    _keep(rows, "target", "fate", "after", "faults")
    return len(rows)


def _keep(rows, *fields):
    """Write these fields of rows that are there. Django's bulk_update asks a case for each row and field: ten times the time."""
    ImportRow.objects.bulk_create(
        rows, batch_size=CHUNK, update_conflicts=True, unique_fields=["id"], update_fields=fields
    )


def _twice(rows):
    """{row.pk: "twice"} of rows that change a record which a row before them changes: nobody saw the two together."""
    seen, again = set(), {}
    for row in rows:
        if row.target and row.target in seen:
            again[row.pk] = "twice"
        seen.add(row.target)
    return again


def _stale(of, rows, lock=False):
    """{row.pk: code} of rows that no longer fit: their record was changed, or somebody recorded the same."""
    states = of.state({row.target for row in rows if row.target}, lock=lock)
    reasons = {row.pk: "changed" for row in rows if row.target and states.get(row.target) != row.before}
    fit = [row for row in rows if row.pk not in reasons]
    return {**of.conflicts(fit), **reasons}


@action
def _end_writing(*, run, beat):
    beat.hold()
    now = clock.now()
    written = run.rows.filter(fate=ImportFate.WRITTEN).count()
    left = run.rows.filter(fate=ImportFate.LEFT_OUT).count()
    _move(
        run,
        ImportState.WRITING,
        ImportState.WRITTEN,
        written_at=now,
        undo_until=now + timedelta(hours=UNDO_HOURS),
        fault={},
    )
    record("list imported", run, by=run.written_by, kind=run.kind, written=written, left_out=left)
    beat.finish(written=written, left_out=left)


def _undo(run, of, beat):
    beat.step("list.undo", run.rows.filter(fate=ImportFate.WRITTEN).count())
    done = 0
    while part := _undo_part(run=run, of=of, beat=beat):
        done += part
        beat.alive(done)
    _end_undoing(run=run, beat=beat)


@action
def _undo_part(*, run, of, beat):
    """Take back the last rows; how many. What was changed or used since stays and says so."""
    beat.hold()
    rows = list(to_take_back(run)[:CHUNK])
    if not rows:
        return 0
    states = of.state([row.target for row in rows], lock=True)
    untouched = [row for row in rows if states.get(row.target) == row.after]
    made = {row.target: row for row in untouched if not row.before}
    stay = set(of.remove(numbers=list(made), by=run.undone_by, run=run)) if made else set()
    back = {
        row.target: {key: before for key, before, _after in row.changes} for row in untouched if row.before
    }
    if back:
        of.change(rows=back, by=run.undone_by, run=run)
    goers = {row.pk for row in untouched if row.target not in stay}
    for row in rows:
        goes = row.pk in goers
        row.fate = ImportFate.UNDONE if goes else ImportFate.KEPT
    _keep(rows, "fate")
    return len(rows)


@action
def _end_undoing(*, run, beat):
    beat.hold()
    gone = run.rows.filter(fate=ImportFate.UNDONE).count()
    kept = run.rows.filter(fate=ImportFate.KEPT).count()
    _move(run, ImportState.UNDOING, ImportState.UNDONE, undone_at=clock.now(), fault={})
    record("list import undone", run, by=run.undone_by, kind=run.kind, taken_back=gone, kept=kept)
    beat.finish(taken_back=gone, kept=kept)


# Shared


def _permitted(kind, by):
    of = registry.import_kinds[kind]
    if not reach(by, of.permission).all:
        raise Forbidden(
            _("Your role does not import lists of this kind."),
            remedy=_("Ask the office that keeps these records."),
        )
    return of


def _start(run, work, by):
    run.job = start_job(kind=f"{run.kind}.{work}", object_id=run.pk, by=by)
    run.save(update_fields=["job"])


def _test_again(run, by, **fields):
    run.refresh_from_db()
    stopped = run.state == ImportState.TESTING and not (run.job and run.job.is_live)
    if run.state not in (ImportState.TESTED, ImportState.UNMATCHED, ImportState.UNREADABLE) and not stopped:
        raise _elsewhere(run)
    _move(run, run.state, ImportState.TESTING, fault={}, **fields)
    _start(run, TEST, by)
    return run


def _must_be_tested(run):
    run.refresh_from_db()
    if run.state != ImportState.TESTED:
        raise _elsewhere(run)


def _elsewhere(run):
    return Refused(
        _("This import has moved on: %(state)s.") % {"state": run.get_state_display()},
        remedy=_("Open it to see how it stands."),
        url=run.get_absolute_url(),
        url_label=_("Open the import"),
        code="state",
    )


def _move(run, expected, to, **fields):
    if not ImportJob.objects.filter(pk=run.pk, state=expected).update(state=to, **fields):
        raise _elsewhere(run)
    run.refresh_from_db()


def _parts(rows):
    rows = iter(rows)
    while part := list(islice(rows, CHUNK)):
        yield part


def _in_chunks(rows):
    """Rows in their order, some hundred at a time."""
    last = 0
    while part := list(rows.filter(line__gt=last)[:CHUNK]):
        yield part
        last = part[-1].line


def is_stuck(run):
    """Whether work on the run has ended without ending the run: it was stopped, or given up."""
    at_work = (ImportState.TESTING, ImportState.WRITING, ImportState.UNDOING)
    return run.state in at_work and (
        run.job is None or run.job.state in (JobState.FAILED, JobState.CANCELLED)
    )
