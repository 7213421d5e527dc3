"""The directory of organisations, for everybody; the office sees what waits and what is missing."""

from copy import copy
from itertools import islice

from django.shortcuts import render
from django.utils.translation import gettext as _

from consortium import clock, exports, lists, member_columns
from consortium.enums import MembershipRank, OrganisationKind
from consortium.models import GovernanceBody, Organisation
from consortium.queries import organisation as queries
from consortium.queries.reminder import filters_of
from consortium.rules import organisation as rules
from consortium.standing import standing_of

STATE = ("tab", "kind", "rank", "council", "sort")


def directory(request):
    """The directory of organisations, for everybody; the office sees what waits and what is missing."""
    day = queries.day_of(request.GET.get("as_of"))
    office = queries.sees_register(request.user)
    tabs = _tabs(day, office, request.user)
    tab = _tab(request, tabs)
    rows = _conditions(request, tabs, day, office)
    (*counts, found), kinds = queries.counted(*(of for _name, _label, of in tabs), rows)
    order = lists.chosen(request, "sort", {"name", "term", "new"}) or "document"
    if order == "document":
        rows = _conditions(request, tabs, day, office, in_order=True)
    rows = queries.with_list_parts(_ordered(rows, order, day), day)
    columns = member_columns.chosen(request, office)
    if exports.wanted(request):
        return _file(request, rows, columns, day, office)
    page = lists.page_of(request, rows, count=found)
    _prepare(page.object_list, columns, day, request.user, office)
    past = day != clock.today()
    kept = [(name, value) for name in STATE for value in request.GET.getlist(name)[:1]]
    asked = [("cols", value) for value in request.GET.getlist("cols")]
    return render(
        request,
        "consortium/members.html",
        {
            "page": page,
            "office": office,
            "may_register": rules.can_register(request.user),
            "tabs": [
                {
                    "label": label,
                    "url": lists.address(request, tab=None if name == "all" else name),
                    "count": count,
                    "on": name == tab,
                    "turn": name == "turn",
                }
                for (name, label, _rows), count in zip(tabs, counts, strict=True)
            ],
            "tab": tab,
            "q": lists.words_of(request),
            "day": day,
            "as_of": day.isoformat() if past else "",
            "kinds": _kind_options(request, kinds),
            "ranks": lists.options(request, "rank", MembershipRank.choices),
            "kind_on": dict(OrganisationKind.choices).get(request.GET.get("kind")),
            "rank_on": dict(MembershipRank.choices).get(request.GET.get("rank")),
            "council": _council(request),
            "clear_url": lists.address(request, kind=None, rank=None, q=None, as_of=None, council=None),
            "council_off": lists.address(request, council=None),
            "kept": kept + asked,
            "state": [
                *kept,
                *asked,
                ("q", lists.words_of(request)),
                ("as_of", day.isoformat() if past else ""),
            ],
            "columns": columns,
            "shown": {one.key for one in columns},
            "offered": member_columns.offered(office),
            "filters": filters_of(request.user),
            "query": request.GET.urlencode()[:1000],
            "sorts": lists.sorts(
                request,
                [
                    ("document", _("In order of recording")),
                    ("name", _("By pinyin")),
                    ("term", _("By end of term")),
                    ("new", _("Newest first")),
                ],
                "document",
            ),
            "files": lists.files_of(request),
        },
    )


def rows_of(request, sent):
    """The organisations of the directory under the conditions that a form has sent along, in the directory's order."""
    asked = copy(request)
    asked.GET = sent
    day, office = queries.day_of(sent.get("as_of")), queries.sees_register(request.user)
    rows = _conditions(asked, _tabs(day, office, request.user), day, office)
    return _ordered(rows, lists.chosen(asked, "sort", {"name", "term", "new"}) or "document", day)


def _tab(request, tabs):
    return lists.chosen(request, "tab", {name for name, _label, _rows in tabs}) or "all"


def _conditions(request, tabs, day, office, *, in_order=False):
    tab = _tab(request, tabs)
    rows = next(rows for name, _label, rows in tabs if name == tab)
    return _filtered(request, rows, day, office, in_order)


def _prepare(rows, columns, day, user, office):
    for row in rows:
        row.standing = standing_of(row, day, user, office)
    member_columns.fill(rows, columns, user, day)


def _tabs(day, office, user):
    tabs = [
        ("all", _("All"), Organisation.objects.all()),
        ("active", _("In force"), queries.members_on(day)),
        ("document", _("Named in the report"), queries.named_in_document()),
    ]
    if office:
        tabs.insert(2, ("expiring", _("Ends within 90 days"), queries.members_expiring(day)))
        tabs.insert(3, ("suspended", _("Membership suspended"), queries.suspended(day)))
        tabs.insert(4, ("lapsed", _("Membership over"), queries.members_lapsed(day)))
        tabs.append(("complete", _("Code missing"), queries.to_complete()))
    if rules.can_register(user):
        tabs.insert(0, ("turn", _("Waiting to be confirmed"), queries.members_to_confirm()))
    return tabs


def _filtered(request, rows, day, office, in_order):
    search = queries.searched_in_order if in_order else queries.searched
    rows = search(rows, lists.words_of(request), office=office)
    if kind := lists.chosen(request, "kind", OrganisationKind.values):
        rows = rows.filter(kind=kind)
    rank = lists.chosen(request, "rank", MembershipRank.values)
    council = _council(request)
    if rank or council:
        held = queries.memberships_on(day)
        held = held.filter(rank=rank) if rank else held
        held = held.filter(council=council) if council else held
        rows = queries.holding(rows, held)
    return rows


def _ordered(rows, order, day):
    from django.db.models import OuterRef, Subquery

    if order == "name":
        return rows.order_by("pinyin", "pk")
    if order == "new":
        return rows.order_by("-pk")
    if order == "term":
        ends = (
            queries.memberships_on(day)
            .filter(organisation=OuterRef("pk"))
            .order_by("until")
            .values("until")[:1]
        )
        return rows.annotate(term_end=Subquery(ends)).order_by("term_end", "pk")
    return rows  # in the order of recording


def _council(request):
    number = request.GET.get("council", "")
    if not (number.isascii() and number.isdigit() and len(number) < 10):
        return None
    return GovernanceBody.objects.filter(pk=number).first()


def _kind_options(request, used):
    known = [(value, label) for value, label in OrganisationKind.choices if value in used]
    return lists.options(request, "kind", known)


def _file(request, rows, columns, day, office):
    """The rows of the page, all of them, with the columns of the page."""

    def every():
        pieces = rows.iterator(chunk_size=1000)
        while piece := list(islice(pieces, 1000)):
            _prepare(piece, columns, day, request.user, office)
            yield from piece

    name = _("Members") + f"-{day}"
    return exports.export(every(), member_columns.file_columns(columns), exports.wanted(request), name)
