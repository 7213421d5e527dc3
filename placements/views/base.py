"""Pages of bases: the list, one base, recording a base and its accreditations."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from consortium import clock, exports, files, form_keys, lists
from consortium.access import permitted
from consortium.history import history_of
from consortium.refusals import Refused
from consortium.roles import Permission
from placements.actions import base as actions
from placements.enums import BaseKind
from placements.forms.base import AccreditationForm, BaseForm
from placements.queries import base as queries
from placements.rules import base as rules


def bases(request):
    """Valid bases, for everybody; those who keep them see the ones that end soon or have expired as well."""
    today = clock.today()
    office = rules.can_record_base(request.user)
    seen = queries.bases_visible_to(request.user, today)
    tabs = [("valid", _("Valid"), seen.filter(pk__in=queries.valid_bases(today).values("pk")))]
    if office:
        tabs += [
            (
                "expiring",
                _("Ends within 90 days"),
                seen.filter(pk__in=queries.expiring_bases(today).values("pk")),
            ),
            ("expired", _("Not accredited"), seen.filter(pk__in=queries.expired_bases(today).values("pk"))),
        ]
    tab = lists.chosen(request, "tab", {name for name, _label, _rows in tabs}) or "valid"
    rows = next(rows for name, _label, rows in tabs if name == tab)
    rows = queries.searched(rows, lists.words_of(request))
    if kind := lists.chosen(request, "kind", BaseKind.values):
        rows = rows.filter(kind=kind)
    districts = sorted(set(seen.order_by().values_list("district", flat=True).distinct()))
    if district := lists.chosen(request, "district", districts):
        rows = rows.filter(district=district)
    rows = queries.with_list_parts(rows).order_by("pk")
    if format := exports.wanted(request):
        return _file(rows, format, today)
    page = lists.page_of(request, rows)
    for row in page.object_list:
        row.standing = rules.standing(row, today)
    return render(
        request,
        "placements/bases.html",
        {
            "page": page,
            "tabs": [
                {
                    "label": label,
                    "url": lists.address(request, tab=None if name == "valid" else name),
                    "count": of.count(),
                    "on": name == tab,
                }
                for name, label, of in tabs
            ],
            "tab": tab,
            "office": office,
            "kinds": lists.options(request, "kind", BaseKind.choices),
            "districts": lists.options(request, "district", [(one, one) for one in districts]),
            "district_on": district,
            "q": lists.words_of(request),
            "kept": [
                (name, request.GET[name]) for name in ("tab", "kind", "district") if name in request.GET
            ],
            "day": today,
            "files": lists.files_of(request),
            "clear_url": lists.address(request, q=None, kind=None, district=None),
        },
    )


def base(request, pk):
    """One base: where, for whom, until when it is accredited, and what students can do there."""
    today = clock.today()
    found = get_object_or_404(queries.with_list_parts(queries.bases_visible_to(request.user, today)), pk=pk)
    office = rules.can_record_base(request.user)
    return render(
        request,
        "placements/base.html",
        {
            "base": found,
            "standing": rules.standing(found, today),
            "accreditations": list(found.accreditations.all()),
            "day": today,
            "office": office,
            "projects": _projects(found, request.user),
            "history": history_of(found) if office else [],
        },
    )


@permitted(Permission.RECORD_BASE)
def record_base(request):
    """Record a base."""
    form = BaseForm(request.POST or None)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():

            def make():
                return actions.record_base(by=request.user, **form.cleaned_data)

            try:
                return form_keys.create_once(request, "record base", make)
            except Refused as refusal:
                form.refuse(refusal)
                status = refusal.status
    return render(request, "placements/base_form.html", {"form": form, "base": None}, status=status)


@permitted(Permission.RECORD_BASE)
def edit_base(request, pk):
    """Change a base's name, district, kind or places."""
    found = get_object_or_404(queries.bases_visible_to(request.user), pk=pk)
    initial = {
        name: getattr(found, name) for name in ("name", "organisation", "district", "kind", "places_per_year")
    }
    form = BaseForm(request.POST or None, initial=initial)
    form.fields["organisation"].disabled = True
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            values = {name: value for name, value in form.cleaned_data.items() if name != "organisation"}
            try:
                actions.edit_base(base=found, by=request.user, **values)
            except Refused as refusal:
                form.refuse(refusal)
                status = refusal.status
            else:
                messages.success(
                    request, _("Saved what is recorded of “%(name)s”.") % {"name": form.cleaned_data["name"]}
                )
                return redirect(found)
    return render(request, "placements/base_form.html", {"form": form, "base": found}, status=status)


@permitted(Permission.RECORD_BASE)
def record_accreditation(request, pk):
    """Record an accreditation of a base."""
    found = get_object_or_404(queries.bases_visible_to(request.user), pk=pk)
    form = AccreditationForm(
        request.POST or None, request.FILES or None, initial={"valid_from": clock.today()}
    )
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            values = dict(form.cleaned_data)
            upload = values.pop("document")

            def make():
                document = files.store_upload(upload, by=request.user) if upload else None
                actions.record_accreditation(by=request.user, base=found, document=document, **values)
                return found

            try:
                return form_keys.create_once(request, "record accreditation", make)
            except Refused as refusal:
                refusal.field = "document" if refusal.field == "file" else refusal.field
                form.refuse(refusal)
                status = refusal.status
    return render(request, "placements/base_accreditation.html", {"form": form, "base": found}, status=status)


def _projects(base, user):
    """Projects at the base that the reader may see, if the page of projects is there to say so."""
    from placements.queries.project import projects_visible_to

    return list(projects_visible_to(user).filter(base=base).order_by("-pk")[:20])


def _file(rows, format, day):
    columns = [
        (_("Name of the base"), lambda row: row.name),
        (_("Organisation"), lambda row: row.organisation.name_zh),
        (_("District"), lambda row: row.district),
        (_("Kind"), lambda row: row.get_kind_display()),
        (_("Places a year"), lambda row: row.places_per_year),
        (_("Number of the accreditation"), lambda row: getattr(row.latest_accreditation, "number", "")),
        (_("Valid from"), lambda row: getattr(row.latest_accreditation, "valid_from", "")),
        (_("Valid until"), lambda row: getattr(row.latest_accreditation, "valid_to", "")),
        (_("Sample"), lambda row: _("sample") if row.is_sample else ""),
    ]
    return exports.export(rows.iterator(chunk_size=2000), columns, format, _("Bases") + f"-{day}")
