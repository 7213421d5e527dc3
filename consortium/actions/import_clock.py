"""What the clock does to imports: their files and rows are erased some days after they were sent up."""

from consortium import files
from consortium.audit import action, record
from consortium.due import each_due
from consortium.models import ImportJob
from consortium.queries.list_import import over


def advance():
    """Erase every import whose days are over; how many."""
    return each_due(over(), lambda run: forget_import(run=run))


@action
def forget_import(*, run):
    """Erase one import, its rows and its file; the trail keeps that it was, and what it recorded stays recorded.

    One that somebody has begun to go on with meanwhile stays: None.
    """
    run = over().filter(pk=run.pk).select_for_update(of=("self",)).first()
    if run is None:
        return None
    record("list forgotten", run, by=None, kind=run.kind, state=str(run.state))
    stored = run.file
    run.rows.all().delete()
    ImportJob.objects.filter(pk=run.pk).delete()
    files.forget(stored)
    return True
