"""Pages of mentors: the directory, one appointment, recording, capacity, ending."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from consortium import clock, exports, files, form_keys, lists
from consortium.access import permitted, signed_in
from consortium.history import history_of
from consortium.models import Organisation
from consortium.reach import reach
from consortium.refusals import Forbidden, Refused
from consortium.registry import registry
from consortium.roles import Permission
from mentors.actions import appointment as actions
from mentors.enums import INDUSTRY_KINDS, AppointmentKind, AppointmentState, MentorCategory
from mentors.forms.appointment import AppointmentForm, CapacityForm, EndAppointmentForm
from mentors.queries import appointment as queries
from mentors.queries.assessment import assessments_of, to_assess
from mentors.queries.nomination import letters_of, renewal_under_way
from mentors.rules import appointment as rules
from mentors.rules.assessment import can_assess, is_due
from mentors.rules.nomination import may_nominate, may_nominate_for, may_renew

SIDES = {"industry": INDUSTRY_KINDS, "academic": (AppointmentKind.ACADEMIC,)}


def mentors(request):
    """Mentors in office: by name for people of the portal, as counts by organisation for visitors."""
    today = clock.today()
    side = lists.chosen(request, "side", SIDES)
    if not queries.sees_mentors(request.user):
        return _counts_page(request, today, side or "industry")
    everybody = queries.appointments_visible_to(request.user)
    tabs = _tabs(everybody, today, rules.can_record(request.user))
    tab = lists.chosen(request, "tab", {name for name, _label, _rows in tabs}) or "office"
    rows = next(rows for name, _label, rows in tabs if name == tab)
    if side:
        rows = rows.filter(kind__in=SIDES[side])
    if category := lists.chosen(request, "category", MentorCategory.values):
        rows = rows.filter(category=category)
    unit = _unit(request)
    if unit:
        rows = rows.filter(organisation=unit)
    rows = queries.searched(rows, lists.words_of(request)).order_by("user__name", "pk")
    if format := exports.wanted(request):
        return _file(rows, format)
    page = lists.page_of(request, rows)
    loads = loads_of(page.object_list)
    for row in page.object_list:
        row.load, row.badge = loads.get(row.pk, 0), badge_of(row, today)
    return render(
        request,
        "mentors/mentors.html",
        {
            "page": page,
            "persons": rows.order_by().values("user_id").distinct().count(),
            "tabs": [
                {
                    "label": label,
                    "url": lists.address(request, tab=None if name == "office" else name),
                    "count": of.count(),
                    "on": name == tab,
                }
                for name, label, of in tabs
            ],
            "sides": lists.options(
                request,
                "side",
                [("industry", _("Industry mentors and professors")), ("academic", _("Academic mentors"))],
            ),
            "categories": lists.options(request, "category", MentorCategory.choices),
            "unit": unit,
            "unit_off": lists.address(request, unit=None),
            "q": lists.words_of(request),
            "kept": [
                (name, request.GET[name])
                for name in ("tab", "side", "category", "unit")
                if name in request.GET
            ],
            "may_record": rules.can_record(request.user),
            "may_nominate": may_nominate(request.user),
            "files": lists.files_of(request),
            "clear_url": lists.address(request, q=None, side=None, category=None, unit=None),
        },
    )


def _counts_page(request, today, side):
    """What visitors read: no names, a number for each organisation; the numbers add up to the total."""
    rows = queries.in_office(today).filter(kind__in=SIDES[side])
    groups = list(queries.by_organisation(rows))
    units = Organisation.objects.in_bulk([group["organisation_id"] for group in groups])
    for group in groups:
        group["unit"] = units[group["organisation_id"]]
    return render(
        request,
        "mentors/counts.html",
        {
            "groups": groups,
            "persons": rows.values("user_id").distinct().count(),
            "appointments": rows.count(),
            "day": today,
            "side": side,
        },
    )


@signed_in
def mentor(request, pk):
    """One appointment: kind, term, capacity and load, the paper it rests on."""
    appointment = get_object_or_404(queries.appointments_visible_to(request.user), pk=pk)
    today = clock.today()
    office = rules.can_record(request.user)
    auditor = reach(request.user, Permission.READ_AUDIT).all
    concerned = (
        office
        or auditor
        or may_nominate_for(request.user, appointment.organisation)
        or appointment.user_id == request.user.pk
    )
    return render(
        request,
        "mentors/mentor.html",
        {
            "appointment": appointment,
            "badge": badge_of(appointment, today),
            "load": loads_of([appointment]).get(appointment.pk, 0),
            "others": list(
                queries.appointments_visible_to(request.user)
                .filter(user=appointment.user)
                .exclude(pk=appointment.pk)
                .order_by("-since", "-pk")
            ),
            "office": office,
            "grounds": appointment.grounds if office or auditor else "",
            "letters": letters_of(appointment),
            "reads_letters": concerned,
            "assessments": assessments_of(appointment) if concerned else [],
            "may_assess": can_assess(request.user, appointment) and is_due(appointment, today),
            "renewal": renewal_under_way(appointment),
            "may_renew": may_renew(request.user, appointment, today),
            "may_end": rules.can_end(request.user, appointment),
            "capacity_form": CapacityForm(initial={"capacity": appointment.capacity}),
            "history": history_of(appointment) if office else [],
            "is_self": appointment.user_id == request.user.pk,
        },
    )


@permitted(Permission.APPROVE_MENTOR)
def record_appointment(request):
    """Record an appointment."""
    form = AppointmentForm(
        request.POST or None, request.FILES or None, initial={"since": clock.today(), "capacity": 3}
    )
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                return form_keys.create_once(request, "record appointment", lambda: _made(form, request.user))
            except Refused as refusal:
                refusal.field = {"file": "document", "username": "account", "user": "account"}.get(
                    refusal.field, refusal.field
                )
                form.refuse(refusal)
                status = refusal.status
    return render(request, "mentors/appointment_form.html", {"form": form}, status=status)


@permitted(Permission.APPROVE_MENTOR)
def change_capacity(request, pk):
    """Change how many students a mentor takes at once."""
    appointment = get_object_or_404(queries.appointments_visible_to(request.user), pk=pk)
    form = CapacityForm(request.POST or None)
    if request.method != "POST":
        return redirect(appointment)
    if form.is_valid():
        actions.change_capacity(
            appointment=appointment, by=request.user, capacity=form.cleaned_data["capacity"]
        )
        messages.success(request, _("Saved: at most %(n)d students at once.") % {"n": appointment.capacity})
        return redirect(appointment)
    context = {"form": form, "appointment": appointment}
    return render(request, "mentors/capacity_form.html", context, status=422)


@permitted(Permission.APPROVE_MENTOR)
def end_appointment(request, pk):
    """End an appointment, with a reason: a page of its own that says what follows."""
    appointment = get_object_or_404(queries.appointments_visible_to(request.user), pk=pk)
    form = EndAppointmentForm(request.POST or None)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            actions.end_appointment(
                appointment=appointment, by=request.user, reason=form.cleaned_data["reason"]
            )
            messages.success(
                request, _("The appointment of %(name)s has ended.") % {"name": appointment.user.name}
            )
            return redirect(appointment)
    elif not rules.can_end(request.user, appointment):
        raise Forbidden(
            _("This appointment has ended already."),
            url=appointment.get_absolute_url(),
            url_label=_("Go back"),
        )
    context = {
        "form": form,
        "appointment": appointment,
        "load": loads_of([appointment]).get(appointment.pk, 0),
    }
    return render(request, "mentors/appointment_end.html", context, status=status)


def loads_of(appointments):
    """{appointment id: students guided now}, as the apps above announce it."""
    loads = {}
    for count in registry.mentor_loads:
        for pk, number in count(appointments).items():
            loads[pk] = loads.get(pk, 0) + number
    return loads


def badge_of(appointment, today):
    """The state as the page shows it: a term that is over or about to end is told apart."""
    if appointment.state == AppointmentState.REVOKED:
        return "revoked"
    if appointment.state == AppointmentState.ENDED:
        # One that the clock ended has its last day and no reason.
        return "expired" if appointment.ended_on == appointment.until else "ended"
    if appointment.until < today:
        return "expired"
    if appointment.since > today:
        return "later"
    return "expiring" if clock.ends_soon(appointment.until, today) else "active"


def _tabs(rows, today, office):
    tabs = [("office", _("In office"), rows.filter(pk__in=queries.in_office(today).values("pk")))]
    if office:
        tabs += [
            ("assess", _("To assess"), rows.filter(pk__in=to_assess(today).values("pk"))),
            ("ending", _("Ends within 90 days"), rows.filter(pk__in=queries.ending_soon(today).values("pk"))),
            (
                "over",
                _("Ended"),
                rows.exclude(pk__in=queries.in_office(today).values("pk")).filter(since__lte=today),
            ),
            ("all", _("All"), rows),
        ]
    return tabs


def _unit(request):
    number = request.GET.get("unit", "")
    if not (number.isascii() and number.isdigit() and len(number) < 10):
        return None
    return Organisation.objects.filter(pk=number).first()


def _made(form, by):
    values = dict(form.cleaned_data)
    account, email, upload = values.pop("account"), values.pop("email"), values.pop("document")
    user = queries.possible_persons(account).first()
    if user is not None and user.name != values["name"]:
        from consortium.refusals import Invalid

        raise Invalid(
            _("This account belongs to another name."),
            remedy=_("Compare name and work number; one of the two is wrong."),
            field="name",
        )
    document = files.store_upload(upload, by=by) if upload else None
    return actions.record_appointment(
        by=by,
        user=user,
        username=account,
        email=(email or (account if "@" in account else None)) or None,
        document=document,
        **values,
    )


def _file(rows, format):
    columns = [
        (_("Name"), lambda row: row.user.name),
        (_("Kind"), lambda row: row.get_kind_display()),
        (_("Category"), lambda row: row.get_category_display() if row.category else ""),
        (_("Title"), lambda row: row.title),
        (_("Organisation"), lambda row: row.organisation.name_zh),
        (_("Field of work"), lambda row: row.field),
        (_("Most students at once"), lambda row: row.capacity),
        (_("First day"), lambda row: row.since),
        (_("Last day"), lambda row: row.until),
        (_("State"), lambda row: row.get_state_display()),
        (_("Sample"), lambda row: _("sample") if row.user.is_sample else ""),
    ]
    return exports.export(rows.iterator(chunk_size=2000), columns, format, _("Mentors"))
