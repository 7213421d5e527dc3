"""Imports of lists: who may see them, and which of their rows are to be written or taken back."""

from datetime import timedelta

from django.db.models import Count, Q

from consortium import clock, policy
from consortium.enums import ImportDecision, ImportFate, ImportOutcome, ImportState, JobState
from consortium.models import ImportJob
from consortium.reach import reach
from consortium.registry import registry


def kinds_kept_by(user):
    """The kinds of lists whose records this person keeps."""
    return [kind for kind in registry.import_kinds.values() if reach(user, kind.permission).all]


def imports_visible_to(user):
    """Imports of the kinds of lists that this person keeps."""
    kinds = [kind.key for kind in kinds_kept_by(user)]
    return ImportJob.objects.filter(kind__in=kinds).select_related(
        "file", "job", "created_by", "written_by", "undone_by"
    )


def still_to_write(run):
    """Rows that would change the register and have not been written, in the order of the file."""
    decided = Q(outcome=ImportOutcome.ALIKE) & ~Q(decision=ImportDecision.OPEN)
    plain = Q(outcome__in=[ImportOutcome.NEW, ImportOutcome.CHANGED])
    return run.rows.filter(plain | decided, fate=ImportFate.WAITING).order_by("line")


def to_take_back(run):
    """Rows that were written and not undone, the last first."""
    return run.rows.filter(fate=ImportFate.WRITTEN).order_by("-line")


def left_out(run):
    """Faulty rows, and those that the register no longer took when the list was written."""
    return run.rows.filter(Q(outcome=ImportOutcome.FAULTY) | Q(fate=ImportFate.LEFT_OUT)).order_by("line")


def to_be_mended(run):
    """Rows for the file to mend: those left out, and those of which nobody said what they are."""
    undecided = Q(outcome=ImportOutcome.ALIKE, decision=ImportDecision.OPEN)
    faulty = Q(outcome=ImportOutcome.FAULTY) | Q(fate=ImportFate.LEFT_OUT)
    return run.rows.filter(faulty | undecided).order_by("line")


def groups_of(run):
    """[(code of the first fault, rows)] of faulty rows, the most frequent first."""
    rows = run.rows.filter(outcome=ImportOutcome.FAULTY).order_by()
    return list(rows.values_list("group").annotate(n=Count("pk")).order_by("-n", "group"))


def counts_of(run):
    """How many rows there are of each kind, in one question."""
    outcome, fate, decision = ImportOutcome, ImportFate, ImportDecision
    decided = Q(outcome=outcome.ALIKE) & ~Q(decision=decision.OPEN)
    makes = Q(outcome=outcome.NEW) | Q(outcome=outcome.ALIKE, decision=decision.NEW)
    changes = Q(outcome=outcome.CHANGED) | Q(outcome=outcome.ALIKE, decision=decision.MERGE)
    writes = Q(outcome__in=[outcome.NEW, outcome.CHANGED]) | decided
    was_written = [fate.WRITTEN, fate.UNDONE, fate.KEPT]
    return run.rows.aggregate(
        total=Count("pk"),
        new=Count("pk", Q(outcome=outcome.NEW)),
        changed=Count("pk", Q(outcome=outcome.CHANGED)),
        same=Count("pk", Q(outcome=outcome.SAME)),
        alike=Count("pk", Q(outcome=outcome.ALIKE)),
        open=Count("pk", Q(outcome=outcome.ALIKE, decision=decision.OPEN)),
        left=Count(
            "pk",
            Q(outcome=outcome.FAULTY)
            | Q(outcome=outcome.ALIKE, decision=decision.OPEN)
            | Q(fate=fate.LEFT_OUT),
        ),
        mend=Count("pk", Q(outcome=outcome.FAULTY) | Q(fate=fate.LEFT_OUT)),
        write=Count("pk", writes & Q(fate=fate.WAITING)),
        make=Count("pk", makes),
        change=Count("pk", changes),
        made=Count("pk", makes & Q(fate__in=was_written)),
        altered=Count("pk", changes & Q(fate__in=was_written)),
        written=Count("pk", Q(fate=fate.WRITTEN)),
        undone=Count("pk", Q(fate=fate.UNDONE)),
        kept=Count("pk", Q(fate=fate.KEPT)),
    )


def same_file_before(run):
    """The last import of the very same file that was written, or None."""
    return (
        ImportJob.objects.filter(kind=run.kind, file__sha256=run.file.sha256, state=ImportState.WRITTEN)
        .exclude(pk=run.pk)
        .order_by("-written_at")
        .first()
    )


def over():
    """Imports sent up so long ago that their files and rows are erased, the oldest first. One that stands halfway waits
    for a person, and one that can still be undone for its day.
    """
    halfway = Q(state__in=[ImportState.WRITING, ImportState.UNDOING])
    at_work = Q(job__state__in=[JobState.QUEUED, JobState.RUNNING])
    undoable = Q(state=ImportState.WRITTEN, undo_until__gte=clock.now())
    late = ImportJob.objects.filter(created_at__lt=clock.now() - timedelta(days=policy.value("import_days")))
    gone = late.exclude(pk__in=late.filter(halfway | at_work | undoable).values("pk"))
    return gone.select_related("file").order_by("pk")


def kept_until(run):
    """The moment from which its file and rows may be erased."""
    return run.created_at + timedelta(days=policy.value("import_days"))


def grown(model, numbers, apart_from=()):
    """Which of these records of a model others point to; a constant number of questions for any number of records."""
    found = set()
    for relation in model._meta.get_fields(include_hidden=True):
        if not (relation.auto_created and not relation.concrete and relation.related_model):
            continue
        if relation.related_model in apart_from or not (relation.one_to_many or relation.one_to_one):
            continue
        name = relation.field.name
        rows = relation.related_model._base_manager.filter(**{f"{name}__in": numbers})
        found |= set(rows.order_by().values_list(relation.field.attname, flat=True).distinct())
    return found
