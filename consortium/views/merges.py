"""Merging two records of one organisation: choosing the other, looking at every row that moves, undoing."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from consortium import clock, form_keys
from consortium.access import permitted, signed_in
from consortium.actions import merge as actions
from consortium.enums import MergeFate
from consortium.forms.merge import MergeForm, OtherForm
from consortium.models import Organisation, OrganisationMerge
from consortium.queries.lookalike import lookalikes
from consortium.queries.merge import later_merge, merges_visible_to, plan_merge, rows_by_kind
from consortium.refusals import Forbidden, Refused
from consortium.roles import Permission
from consortium.rules.organisation import can_register
from consortium.verbs import kind_of

SHOWN = 200


@permitted(Permission.RECORD_MEMBERSHIP)
def merge_member(request, pk):
    """Choose the other record, look at all that moves, merge. The record of the address is the one that is kept."""
    kept = get_object_or_404(Organisation.objects.select_related("parent"), pk=pk)
    gone = _other(request, kept)
    if gone is None:
        return _choose(request, kept)
    plan = plan_merge(kept, gone)
    form = MergeForm(request.POST if request.method == "POST" else None, initial={"seen": plan.seen})
    status = 200
    if request.method == "POST" and form.is_valid():
        try:
            return form_keys.create_once(
                request,
                "merge organisations",
                lambda: actions.merge_organisations(
                    kept=kept, gone=gone, by=request.user, **form.cleaned_data
                ),
            )
        except Refused as refusal:
            form.refuse(refusal)
            status = refusal.status
            form.data = form.data.copy()
            form.data["seen"] = plan.seen
    context = {
        "kept": kept,
        "gone": gone,
        "plan": plan,
        "form": form,
        "kinds": [_shown(kind) for kind in plan.kinds],
        "filled": [
            (_label(name), value) for name, value in plan.filled.items() if not name.startswith("source_")
        ],
        "compared": _compared(kept, gone),
        "swap_url": f"{reverse('member_merge', args=[gone.pk])}?other={kept.pk}",
        "post_url": f"{request.path}?other={gone.pk}",
        "undo_days": OrganisationMerge.UNDO_DAYS,
    }
    status = 422 if status == 200 and form.is_bound and form.errors else status
    return render(request, "consortium/merge_preview.html", context, status=status)


@signed_in
def merge(request, pk):
    """What one merge moved, and within its days the way back."""
    shown = get_object_or_404(merges_visible_to(request.user), pk=pk)
    if request.method == "POST":
        if not can_register(request.user):
            raise Forbidden(
                _("Your role does not keep the register of organisations."),
                remedy=_("Ask the secretariat to undo the merge."),
            )
        back, stay = actions.undo_merge(merge=shown, by=request.user)
        messages.success(request, _("“%(name)s” is a record of its own again.") % {"name": back.name_zh})
        if stay:
            messages.warning(
                request,
                ngettext(
                    "%(n)d row was changed since the merge and stays at “%(name)s”.",
                    "%(n)d rows were changed since the merge and stay at “%(name)s”.",
                    stay,
                )
                % {"n": stay, "name": shown.kept.name},
            )
        return redirect(back)
    kinds = [
        {"label": kind_of(label), "count": len(rows), "fates": _fates(rows)}
        for (label, _field), rows in rows_by_kind(shown).items()
    ]
    later = later_merge(shown)
    context = {
        "merge": shown,
        "kept": shown.kept,
        "kinds": kinds,
        "total": sum(kind["count"] for kind in kinds),
        "later": later,
        "may_undo": can_register(request.user)
        and shown.undone_at is None
        and later is None
        and clock.now() <= shown.undo_until,
    }
    return render(request, "consortium/merge.html", context)


def _choose(request, kept):
    form = OtherForm(request.GET if "name" in request.GET else None)
    if form.is_bound and form.is_valid():
        if form.cleaned_data["name"].pk != kept.pk:
            return redirect(f"{request.path}?other={form.cleaned_data['name'].pk}")
        form.add_error("name", _("This is one and the same record. Choose another record."))
    alike = lookalikes(name_zh=kept.name_zh, short_zh=kept.short_zh, uscc=kept.uscc or "", except_for=kept)
    context = {"organisation": kept, "form": form, "alike": alike}
    return render(
        request, "consortium/merge_choose.html", context, status=422 if form.is_bound and form.errors else 200
    )


def _other(request, kept):
    number = request.GET.get("other", "")
    if not (number.isascii() and number.isdigit() and len(number) < 10):
        return None
    return Organisation.objects.select_related("parent").filter(pk=number).exclude(pk=kept.pk).first()


def _shown(kind):
    return {
        "label": kind_of(kind.label),
        "count": len(kind.rows),
        "fates": _fates(kind.rows),
        "rows": kind.rows[:SHOWN],
        "more": max(len(kind.rows) - SHOWN, 0),
    }


def _fates(rows):
    """[(what happens, number)] for rows of one table."""

    counted = [(fate.label, sum(row.fate == fate for row in rows)) for fate in MergeFate]
    return [(label, number) for label, number in counted if number]


def _compared(kept, gone):
    fields = ("name_zh", "short_zh", "name_en", "uscc", "district", "source_line")
    return [
        {"label": _label(name), "kept": getattr(kept, name) or "", "gone": getattr(gone, name) or ""}
        for name in fields
    ]


def _label(name):
    labels = {
        "name_zh": _("Full Chinese name"),
        "short_zh": _("Short name"),
        "name_en": _("English name"),
        "uscc": _("Unified social credit code"),
        "district": _("District"),
        "profile": _("Profile"),
        "statement": _("Note on the source"),
        "source_line": _("Line of the report"),
    }
    return labels[name]
