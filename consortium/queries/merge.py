"""What merging two records of one organisation would do, row by row, and which merges there were."""

import hashlib
from collections import defaultdict
from dataclasses import dataclass, field

from django.apps import apps
from django.db.models import F, Q, UniqueConstraint
from django.utils.translation import gettext as _

from consortium.enums import MergeFate
from consortium.models import Organisation, OrganisationMerge
from consortium.queries.organisation import sees_register
from consortium.registry import registry

# What the kept record takes over where it has nothing of its own.
FILLED = ("uscc", "name_en", "short_zh", "district", "profile", "statement")
SOURCE = ("source_document", "source_line", "source_quote", "source_note")


@dataclass(frozen=True)
class PlannedRow:
    """One row that points to the record that goes, and what becomes of it."""

    pk: int
    words: str
    fate: str
    why: str = ""


@dataclass
class PlannedKind:
    """All rows of one table that point to the record that goes by one field."""

    model: type
    field: str
    rows: list = field(default_factory=list)

    @property
    def label(self):
        """The table as the catalogue of rows names it, `app.model`."""
        return self.model._meta.label_lower


@dataclass(frozen=True)
class Obstacle:
    """Why the two cannot be merged now, and where to go."""

    sentence: str
    remedy: str
    url: str = ""
    url_label: str = ""


@dataclass
class Plan:
    """Everything a merge would do. `seen` tells whether it is still what somebody looked at."""

    kept: Organisation
    gone: Organisation
    kinds: list = field(default_factory=list)
    obstacles: list = field(default_factory=list)
    filled: dict = field(default_factory=dict)
    names: list = field(default_factory=list)

    @property
    def total(self):
        """How many rows point to the record that goes."""
        return sum(len(kind.rows) for kind in self.kinds)

    @property
    def seen(self):
        """A short fingerprint of the plan."""
        said = [f"{self.kept.pk}>{self.gone.pk}", repr(sorted(self.filled.items())), repr(self.names)]
        said += [f"{kind.label} {kind.field} {row.pk} {row.fate}" for kind in self.kinds for row in kind.rows]
        return hashlib.sha256("\n".join(said).encode()).hexdigest()[:16]


def merges_visible_to(user):
    """Merges are the office's and the auditors' to read."""
    rows = OrganisationMerge.objects.select_related("kept", "merged_by", "undone_by")
    return rows if sees_register(user) else rows.none()


def kept_instead_of(pk):
    """The organisation that an old address leads to, or None."""
    found = OrganisationMerge.objects.filter(gone=pk, undone_at=None).select_related("kept").first()
    return found.kept if found else None


def merges_in_force(organisation):
    """What was merged into an organisation and still is, the newest first."""
    return list(organisation.merges.filter(undone_at=None).select_related("merged_by"))


def references():
    """Every (model, foreign key) that points to an organisation, tables of many-to-many fields too."""
    for model in apps.get_models(include_auto_created=True):
        for one in model._meta.local_fields if model._meta.managed else ():
            if one.remote_field and one.remote_field.model is Organisation:
                yield model, one


def plan_merge(kept, gone):
    """What merging `gone` into `kept` would do. Reads a constant number of times for each table."""
    plan = Plan(kept, gone, obstacles=_obstacles(kept, gone))
    for model, key in references():
        fates = _collisions(model, key, kept, gone, plan)
        rows = list(
            model._base_manager.filter(**{key.name: gone}).select_related(*_shown(model)).order_by("pk")
        )
        if rows:
            planned = [
                PlannedRow(row.pk, _words(row), *fates.get(row.pk, (MergeFate.MOVED, ""))) for row in rows
            ]
            plan.kinds.append(PlannedKind(model, key.name, planned))
    plan.filled = {
        name: getattr(gone, name) for name in FILLED if getattr(gone, name) and not getattr(kept, name)
    }
    if gone.source_line and not kept.source_line:
        plan.filled |= {name: getattr(gone, name) for name in SOURCE}
    known = {kept.name_zh, kept.short_zh, *plan.filled.values()}
    for row in (kept, gone):
        known |= set(row.aliases.values_list("name", flat=True))
    plan.names = [name for name in dict.fromkeys((gone.name_zh, gone.short_zh)) if name and name not in known]
    return plan


def _obstacles(kept, gone):
    if kept.is_sample != gone.is_sample:
        return [
            Obstacle(
                _("One of them is a sample and the other is real; nothing invented is put on a real record."),
                _("Merge samples with samples, real ones with real ones."),
            )
        ]
    found = []
    if kept.uscc and gone.uscc and kept.uscc != gone.uscc:
        found.append(
            Obstacle(
                _("They have two different credit codes, so they are two legal persons."),
                _("If one code is wrong, correct it in that record first."),
                gone.get_absolute_url(),
                _("Open “%(name)s”") % {"name": gone.name},
            )
        )
    step = kept.parent
    while step is not None:
        if step.pk == gone.pk:
            found.append(
                Obstacle(
                    _("“%(kept)s” belongs to “%(gone)s”.") % {"kept": kept.name, "gone": gone.name},
                    _("Keep the upper one, or take the lower one out of it first."),
                    kept.get_absolute_url(),
                    _("Open “%(name)s”") % {"name": kept.name},
                )
            )
            break
        step = step.parent
    return found


def _collisions(model, key, kept, gone, plan):
    """{pk: (fate, why)} of the rows of `gone` that a unique constraint does not let stand beside those of `kept`."""
    fates = {}
    for name, fields, condition in _unique(model, key):
        others = [one for one in fields if one != key.name]
        rows = model._base_manager.filter(condition) if condition else model._base_manager.all()
        taken = set(rows.filter(**{key.name: kept}).order_by().values_list(*others or ["pk"]))
        mine = rows.filter(**{key.name: gone}).order_by("pk").values_list("pk", *others)
        clash = [pk for pk, *values in mine if (tuple(values) in taken if others else taken)]
        rule = registry.merge_rules.get(name)
        if clash and rule is None:
            plan.obstacles.append(_undecided(model, clash[0]))
        for pk in clash if rule else ():
            fates[pk] = (MergeFate.CLOSED if rule.close else MergeFate.DROPPED, str(rule.sentence))
    return fates


def rule_of(model, key):
    """The rules that may apply to rows of a model: {name of the constraint: rule}."""
    return {
        name: registry.merge_rules[name]
        for name, _f, _c in _unique(model, key)
        if name in registry.merge_rules
    }


def _unique(model, key):
    """(name, fields, condition) of each unique constraint of the model that the key takes part in."""
    if key.unique:
        yield f"{model._meta.label_lower}.{key.name}", [key.name], None
    for fields in model._meta.unique_together:
        if key.name in fields:
            yield model._meta.label_lower, list(fields), None
    for one in model._meta.constraints:
        if isinstance(one, UniqueConstraint):
            fields = list(one.fields) or [name for part in one.expressions for name in _names_in(part)]
            if key.name in fields:
                yield one.name, fields, one.condition


def _names_in(expression):
    if isinstance(expression, F):
        yield expression.name
        return
    for part in expression.get_source_expressions():
        yield from _names_in(part)


def _undecided(model, pk):
    row = model._base_manager.get(pk=pk)
    return Obstacle(
        _("Both have “%(what)s”, and there can be only one.") % {"what": _words(row)},
        _("End or change one of the two first; a merge does not decide that."),
        row.get_absolute_url() if hasattr(row, "get_absolute_url") else "",
        _("Open this entry"),
    )


def _words(row):
    words = registry.merge_words.get(row._meta.label_lower)
    return str(words(row) if words else row)


def _shown(model):
    """The single relations that the words of a row may need, read along with it."""
    return [
        one.name
        for one in model._meta.local_fields
        if one.many_to_one and one.remote_field.model is not Organisation
    ]


def rows_by_kind(merge):
    """{(model, field): [rows of the journal]} of a merge, in the order in which they were written."""
    found = defaultdict(list)
    for row in merge.rows.all():
        found[row.model, row.field].append(row)
    return dict(found)


def later_merge(merge):
    """The merge in force that moved this one's kept record on, or None."""
    return (
        OrganisationMerge.objects.filter(
            Q(rows__model="consortium.organisationmerge", rows__row=merge.pk), undone_at=None
        )
        .exclude(pk=merge.pk)
        .first()
    )
