"""Two records of one organisation become one, and within thirty days two again, to the row."""

from django.apps import apps
from django.core import serializers
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from consortium import clock
from consortium.actions.organisation import search_key_of
from consortium.audit import action, record
from consortium.enums import MergeFate, NameKind
from consortium.models import Organisation, OrganisationAlias, OrganisationMerge, OrganisationMergeRow
from consortium.names import index_organisation, index_organisations
from consortium.queries.merge import SOURCE, kept_instead_of, later_merge, plan_merge, rows_by_kind, rule_of
from consortium.refusals import Forbidden, Invalid, Refused, Stale
from consortium.rules.organisation import can_register
from consortium.templatetags.portal import day_text
from consortium.verbs import kind_of

CHUNK = 500


@action
def merge_organisations(*, kept, gone, by, reason, seen=None):
    """Move every row of `gone` to `kept`, keep a journal of each, and take `gone` out of the register.

    What would break a unique constraint is dropped or ended by a rule that the preview names, or stops the merge.
    `seen` is the fingerprint of the plan that was looked at. Refuses a plan that changed, obstacles, an empty reason.
    """
    _must_keep_register(by)
    if not reason.strip():
        raise Invalid(
            _("Say in one sentence why both are the same organisation."),
            remedy=_("The reason stays in the trail."),
            field="reason",
        )
    kept, gone = _locked(kept.pk, gone.pk)
    plan = plan_merge(kept, gone)
    if plan.obstacles:
        first = plan.obstacles[0]
        raise Refused(
            first.sentence, remedy=first.remedy, url=first.url, url_label=first.url_label, code="obstacle"
        )
    if seen is not None and seen != plan.seen:
        raise Stale(
            _("Something was recorded for one of them since you looked; nothing was merged."),
            remedy=_("The preview below is how it stands now. Look at it once more, then merge."),
        )
    merge = OrganisationMerge.objects.create(
        kept=kept,
        gone=gone.pk,
        gone_name=gone.name_zh,
        snapshot=_row_of(gone),
        filled=plan.filled,
        reason=reason.strip(),
        merged_by=by,
        merged_at=clock.now(),
    )
    for kind in plan.kinds:
        try:
            with transaction.atomic():
                _move(merge, kind, kept)
        except IntegrityError:
            # A rule that only the database knows, as that of two seats on one day.
            raise Refused(
                _("Rows of the kind “%(kind)s” of both records cannot stand side by side.")
                % {"kind": kind_of(kind.label)},
                remedy=_("End or change those of one record first; a merge does not decide that."),
                url=gone.get_absolute_url(),
                url_label=_("Open “%(name)s”") % {"name": gone.name},
                code="obstacle",
            ) from None
    source = {name: getattr(gone, name) for name in SOURCE}
    gone.delete()
    for name, value in plan.filled.items():
        setattr(kept, name, value)
    merge.names_added = _add_names(kept, plan.names, source, by)
    merge.save(update_fields=["names_added"])
    kept.pinyin = search_key_of(kept)
    kept.save()
    index_organisation(kept)
    record(
        "organisations merged",
        kept,
        by=by,
        merge=merge.pk,
        gone=merge.gone,
        gone_name=merge.gone_name,
        rows={kind.label: len(kind.rows) for kind in plan.kinds},
        reason=merge.reason,
    )
    return merge


@action
def undo_merge(*, merge, by):
    """Make the two records two again: every row that still stands where the merge put it goes back.

    Returns (organisation, number of rows that changed since and stay). Refuses after thirty days, a second undo, a
    merge whose kept record was merged on, and a name or code that somebody has registered anew.
    """
    _must_keep_register(by)
    kept = Organisation.objects.select_for_update().get(pk=merge.kept_id)
    merge = OrganisationMerge.objects.select_for_update().get(pk=merge.pk)
    _refuse_undo(merge)
    _take_back(merge, kept)
    parent = merge.snapshot["fields"]["parent"]
    if parent and not Organisation.objects.filter(pk=parent).exists():
        into = kept_instead_of(parent)
        merge.snapshot["fields"]["parent"] = into.pk if into else None
    _refuse_taken(merge.snapshot["fields"])
    back = _restore(merge.snapshot)
    stay = sum(
        _move_back(merge, apps.get_model(label), field, rows, kept, back)
        for (label, field), rows in rows_by_kind(merge).items()
    )
    kept.pinyin = search_key_of(kept)  # now that its names are its own again
    kept.save(update_fields=["pinyin"])
    index_organisations([kept, back])
    merge.undone_by, merge.undone_at = by, clock.now()
    merge.save(update_fields=["undone_by", "undone_at"])
    record("merge undone", kept, by=by, merge=merge.pk, gone=back.pk, gone_name=back.name_zh, stay=stay)
    return back, stay


def _locked(kept, gone):
    """Both rows, locked in the order of their numbers whichever is kept, so that two merges wait and never deadlock."""
    if kept == gone:
        raise Refused(
            _("This is one and the same record."), remedy=_("Choose another record."), field="other"
        )
    found = {
        row.pk: row
        for row in Organisation.objects.select_for_update().filter(pk__in=(kept, gone)).order_by("pk")
    }
    for pk in (kept, gone):
        if pk not in found:
            into = OrganisationMerge.objects.filter(gone=pk, undone_at=None).first()
            raise Refused(
                _("One of the two was merged already."),
                remedy=_("Open the record that was kept."),
                url=into.kept.get_absolute_url() if into else "",
                url_label=_("Open the kept record") if into else "",
                code="merged",
            )
    return found[kept], found[gone]


def _move(merge, kind, kept):
    rules = rule_of(kind.model, kind.model._meta.get_field(kind.field))
    close = {str(rule.sentence): rule.close for rule in rules.values()}
    journal, now = [], clock.now()
    dropped, closed, moved = [], {}, []
    for row in kind.rows:
        before = None
        if row.fate == MergeFate.DROPPED:
            dropped.append(row.pk)
        elif row.fate == MergeFate.CLOSED:
            closed.setdefault(close[row.why], []).append(row.pk)
        else:
            moved.append(row.pk)
        if row.fate == MergeFate.CLOSED:
            before = {close[row.why]: now}
        journal.append(
            OrganisationMergeRow(
                merge=merge, model=kind.label, field=kind.field, row=row.pk, fate=row.fate, before=before
            )
        )
    rows = {row.pk: row for row in kind.model._base_manager.filter(pk__in=dropped)}
    for line in journal:
        if line.fate == MergeFate.DROPPED:
            line.before = _row_of(rows[line.row])
    OrganisationMergeRow.objects.bulk_create(journal, batch_size=CHUNK)
    every = kind.model._base_manager
    for part in _parts(dropped):
        every.filter(pk__in=part).delete()
    for field, keys in closed.items():
        for part in _parts(keys):
            every.filter(pk__in=part).update(**{kind.field: kept, field: now})
    for part in _parts(moved):
        every.filter(pk__in=part).update(**{kind.field: kept})


def _move_back(merge, model, field, rows, kept, back):
    """Put rows of one table back; returns how many of them have changed since and stay where they are."""
    every, went = model._base_manager, 0
    moved = [row.row for row in rows if row.fate == MergeFate.MOVED]
    for part in _parts(moved):
        went += every.filter(pk__in=part, **{field: kept}).update(**{field: back})
    for row in rows:
        if row.fate == MergeFate.CLOSED:
            opened = dict.fromkeys(row.before)
            went += every.filter(pk=row.row, **{field: kept}, **row.before).update(**{field: back}, **opened)
        elif row.fate == MergeFate.DROPPED:
            _restore(row.before)
            went += 1
    return len(rows) - went


def _take_back(merge, kept):
    """Take from the kept record what it was given, where it still has it."""
    before = {name: getattr(kept, name) for name in merge.filled}
    empty = {"uscc": None, "source_line": None}
    for name, value in merge.filled.items():
        if before[name] == value:
            setattr(kept, name, empty.get(name, ""))
    OrganisationAlias.objects.filter(organisation=kept, pk__in=merge.names_added).delete()
    kept.save()


def _refuse_undo(merge):
    if merge.undone_at:
        raise Refused(
            _("This merge was undone already."),
            remedy=_("Both records stand in the register."),
            code="undone",
        )
    if clock.now() > merge.undo_until:
        raise Refused(
            _("A merge can be undone for 30 days; this one stands since %(day)s.")
            % {"day": day_text(clock.day_of(merge.merged_at))},
            remedy=_("Register the organisation anew if it is another one after all."),
            code="late",
        )
    later = later_merge(merge)
    if later:
        raise Refused(
            _("The kept record was itself merged into another since then."),
            remedy=_("Undo that merge first."),
            url=later.get_absolute_url(),
            url_label=_("Open the later merge"),
            code="later",
        )


def _refuse_taken(fields):
    """Somebody may have registered the name or the code anew."""
    same = Organisation.objects.filter(name_zh=fields["name_zh"], parent=fields["parent"])
    same = same.first() or (fields["uscc"] and Organisation.objects.filter(uscc=fields["uscc"]).first())
    if same:
        raise Refused(
            _("“%(name)s” has its name or credit code now.") % {"name": same.name_zh},
            remedy=_("Change that record first."),
            url=same.get_absolute_url(),
            url_label=_("Open “%(name)s”") % {"name": same.name_zh},
            code="taken",
        )


def _add_names(kept, names, source, by):
    rows = [
        OrganisationAlias.objects.create(
            organisation=kept,
            name=name,
            kind=NameKind.OTHER,
            recorded_by=by,
            recorded_at=clock.now(),
            **source,
        )
        for name in names
    ]
    return [row.pk for row in rows]


def _row_of(row):
    return serializers.serialize("python", [row])[0]


def _restore(stored):
    """The row as it was, under its old number."""
    found = next(iter(serializers.deserialize("python", [stored])))
    found.object.save_base(raw=True, force_insert=True)
    return found.object


def _parts(keys):
    return [keys[start : start + CHUNK] for start in range(0, len(keys), CHUNK)]


def _must_keep_register(by):
    if not can_register(by):
        raise Forbidden(
            _("Your role does not keep the register of organisations."),
            remedy=_("Ask the secretariat to merge the two records."),
        )
