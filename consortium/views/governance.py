"""Pages of what the source document names besides organisations, and the audit trail."""

from datetime import timedelta

from django.db.models import Count, Q
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from consortium import audit as chain
from consortium import clock, exports, lists
from consortium.access import permitted
from consortium.enums import BodyKind, MembershipRank, PlatformClass, RecordKind, VehicleClass
from consortium.models import DocumentRecord, GovernanceBody, Platform, Vehicle
from consortium.queries import seat as seat_queries
from consortium.queries.audit import events_visible_to
from consortium.queries.audit import streams as audit_streams
from consortium.queries.organisation import day_of, memberships_on
from consortium.roles import Permission
from consortium.rules.seat import can_keep as keeps_seats
from consortium.verbs import KINDS, VERBS, actor_of, kind_of, said_of, stream_of

# Bodies in the order in which line 153 of the source names the ways of working, then the rest.
GROUPS = (
    (gettext_lazy("The consortium"), (BodyKind.CONSORTIUM,)),
    (
        gettext_lazy("Bodies that run it"),
        (BodyKind.LEADING_GROUP, BodyKind.SECRETARIAT, BodyKind.EXPERT_COMMITTEE),
    ),
    (gettext_lazy("Councils and alliances"), (BodyKind.COUNCIL, BodyKind.ALLIANCE)),
    (gettext_lazy("The four boards"), (BodyKind.BOARD,)),
)
SEATS_SHOWN = 40


def governance(request):
    """All bodies in groups, each with its source and its members in force."""
    day = clock.today()
    bodies = GovernanceBody.objects.annotate(
        members=Count("memberships", filter=Q(memberships__in=memberships_on(day).values("pk")))
    ).order_by("pk")
    bodies = list(bodies)
    groups = [
        {"label": label, "bodies": [body for body in bodies if body.kind in kinds]} for label, kinds in GROUPS
    ]
    return render(
        request, "consortium/governance.html", {"groups": [group for group in groups if group["bodies"]]}
    )


def body(request, pk):
    """One body on one day: its source, who sits in it, the roles the document gives, its members in force by rank."""
    found = get_object_or_404(GovernanceBody.objects.select_related("parent"), pk=pk)
    today = clock.today()
    day = day_of(request.GET.get("as_of"))
    held = memberships_on(day).filter(council=found)
    before, after = seat_queries.before_and_after(found, day)
    counts = dict(held.order_by().values_list("rank").annotate(n=Count("pk")))
    return render(
        request,
        "consortium/body.html",
        {
            "body": found,
            "roles": list(found.roles.select_related("organisation")),
            "children": list(found.children.order_by("pk")),
            "ranks": [
                {"value": value, "label": label, "count": counts.get(value, 0)}
                for value, label in MembershipRank.choices
                if counts.get(value)
            ],
            "first": list(held.select_related("organisation").order_by("rank", "since", "pk")[:20]),
            "total": sum(counts.values()),
            "seats": seat_queries.seated(found, request.user, day),
            "vacant_since": seat_queries.chair_vacant_since(found, day),
            "before": list(before[:SEATS_SHOWN]),
            "after": list(after[:SEATS_SHOWN]),
            "day": day,
            "past": day != today,
            "keeps_seats": keeps_seats(request.user),
            "resolutions": list(found.resolutions.filter(confirmed_at__isnull=False)[:20]),
        },
    )


def platforms(request):
    """The four classes of platform, each with what the document names."""
    rows = list(Platform.objects.prefetch_related("organisations").order_by("pk"))
    classes = [
        {"label": label, "value": value, "rows": [row for row in rows if row.platform_class == value]}
        for value, label in PlatformClass.choices
    ]
    context = {"classes": classes, "line": 129, "heading": _("Four platforms"), "anchor": "platform"}
    return render(request, "consortium/by_class.html", context)


def vehicles(request):
    """The four classes of vehicle, each with what the document names."""
    rows = list(Vehicle.objects.prefetch_related("organisations").order_by("pk"))
    classes = [
        {"label": label, "value": value, "rows": [row for row in rows if row.vehicle_class == value]}
        for value, label in VehicleClass.choices
    ]
    context = {"classes": classes, "line": 127, "heading": _("Four vehicles"), "anchor": "vehicle"}
    return render(request, "consortium/by_class.html", context)


def records(request):
    """Everything else the document names: honours, courses, events, media; each with line and words."""
    counts = dict(DocumentRecord.objects.order_by().values_list("kind").annotate(n=Count("pk")))
    rows = DocumentRecord.objects.order_by("pk")
    words = lists.words_of(request)
    if kind := lists.chosen(request, "kind", RecordKind.values):
        rows = rows.filter(kind=kind)
    for word in words.split()[:5]:
        rows = rows.filter(Q(name_zh__icontains=word) | Q(name_en__icontains=word))
    if format := exports.wanted(request):
        columns = [
            (_("Name"), lambda row: row.name_zh),
            (_("English name"), lambda row: row.name_en),
            (_("Kind"), lambda row: row.get_kind_display()),
            (_("Line of the report"), lambda row: row.source_line),
            (_("Words of the report"), lambda row: row.source_quote),
        ]
        return exports.export(rows, columns, format, _("Named in the report"))
    known = [(value, label) for value, label in RecordKind.choices if counts.get(value)]
    return render(
        request,
        "consortium/records.html",
        {
            "page": lists.page_of(request, rows, 50),
            "kinds": lists.options(request, "kind", known, counts),
            "q": words,
            "kept": [("kind", kind)] if kind else [],
            "files": lists.files_of(request),
        },
    )


@permitted(Permission.READ_AUDIT)
def audit(request):
    """The audit trail: filters by stream, verb, object and person; whether the chain holds."""
    rows = events_visible_to(request.user)
    heads = list(audit_streams())
    streams = [head.stream for head in heads]
    if stream := lists.chosen(request, "stream", streams):
        rows = rows.filter(stream=stream)
    if verb := lists.chosen(request, "verb", VERBS):
        rows = rows.filter(verb=verb)
    if kind := lists.chosen(request, "kind", KINDS):
        rows = rows.filter(object_kind=kind)
    words = lists.words_of(request)
    for word in words.split()[:5]:
        rows = rows.filter(
            Q(actor_name__icontains=word)
            | Q(object_name__icontains=word)
            | Q(request_id=word)
            | Q(object_id=word)
        )
    day = request.GET.get("day", "")
    if days := _day_range(day):
        rows = rows.filter(at__gte=days[0], at__lt=days[1])
    if format := exports.wanted(request):
        return _audit_file(rows, format)
    page = lists.page_of(request, rows, 50)
    for row in page.object_list:
        row.who, row.said, row.kind_said = actor_of(row), said_of(row.verb), kind_of(row.object_kind)
        row.details_said = _details(row.details)
    verbs = sorted(((value, str(label)) for value, label in VERBS.items()), key=lambda pair: pair[1])
    kinds = sorted(((value, str(label)) for value, label in KINDS.items()), key=lambda pair: pair[1])
    checked = request.GET.get("check") == "1"
    broken = chain.first_broken_link() if checked else None
    for head in heads:
        head.said = stream_of(head.stream)
    return render(
        request,
        "consortium/audit.html",
        {
            "page": page,
            "streams": streams,
            "stream": stream,
            "verbs": verbs,
            "verb": verb,
            "kinds": kinds,
            "kind": kind,
            "q": words,
            "day": day if days else "",
            "heads": heads,
            "checked": checked,
            "broken": broken,
            "broken_stream": stream_of(broken.stream) if broken else "",
            "check_url": lists.address(request, check="1"),
            "files": lists.files_of(request),
        },
    )


def _audit_file(rows, format):
    columns = [
        (_("Time"), lambda row: row.at),
        (_("Stream"), lambda row: stream_of(row.stream)),
        (_("Number"), lambda row: row.number),
        (_("Who"), actor_of),
        (_("What"), lambda row: said_of(row.verb)),
        (_("Kind"), lambda row: kind_of(row.object_kind)),
        (_("On what"), lambda row: row.object_name),
        (_("Request"), lambda row: row.request_id),
        (_("Fingerprint"), lambda row: row.hash),
    ]
    return exports.export(rows.iterator(chunk_size=2000), columns, format, _("Audit trail"))


def _day_range(text):
    from datetime import date, datetime, time

    try:
        day = date.fromisoformat(text)
        start = datetime.combine(day, time(0), clock.SHANGHAI)
        return start, start + timedelta(days=1)
    except (ValueError, OverflowError):
        return None


def _details(details):
    """Details as short pairs; lists of two are before and after."""
    said = []
    for name, value in details.items():
        if isinstance(value, dict):
            said += [
                f"{inner}: {' → '.join(map(str, both))}"
                for inner, both in value.items()
                if isinstance(both, list)
            ]
        elif value not in (None, "", [], {}):
            said.append(f"{name}: {value}")
    return said
