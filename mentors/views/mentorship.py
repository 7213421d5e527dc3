"""Pages of mentorships: my students, one mentorship, beginning by hand, change of mentor, end."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from consortium import clock, form_keys, lists
from consortium.access import permitted, signed_in
from consortium.acting import as_acting
from consortium.history import history_of
from consortium.queries.student import students_visible_to
from consortium.refusals import Invalid, Refused
from consortium.roles import Permission
from mentors.actions import mentorship as actions
from mentors.forms.mentorship import ChangeMentorsForm, EndMentorshipForm, MentorshipForm
from mentors.queries import mentorship as queries
from mentors.rules import mentorship as rules
from mentors.rules.log import side_of
from mentors.rules.rhythm import Rhythms, month_of, my_month, quarter_of


@signed_in
def mentorships(request):
    """A mentor's students, a student's mentors, or all for the office."""
    today = clock.today()
    everything = queries.mentorships_visible_to(as_acting(request.user))
    holding = everything.holding(today)
    tabs = [
        ("now", _("Guided now"), everything.running(today)),
        ("later", _("Not begun"), holding.filter(since__gt=today)),
        ("past", _("Over"), everything.exclude(pk__in=holding.values("pk"))),
    ]
    tab = lists.chosen(request, "tab", {name for name, _label, _rows in tabs}) or "now"
    rows = next(rows for name, _label, rows in tabs if name == tab)
    rows = queries.searched(rows, lists.words_of(request)).order_by("student__number", "-pk")
    months = my_month(request.user, today) if tab == "now" else {}
    choices = []
    if months:
        wanted = lists.chosen(request, "month", {"missing", "enough"})
        choices = _months(request, months)
        if wanted:
            rows = rows.filter(
                pk__in=[pk for pk, one in months.items() if one.enough == (wanted == "enough")]
            )
    page = lists.page_of(request, rows)
    for row in page.object_list:
        row.badge = badge_of(row, today)
        row.month = months.get(row.pk)
    return render(
        request,
        "mentors/mentorships.html",
        {
            "page": page,
            "tabs": [
                {
                    "label": label,
                    "url": lists.address(request, tab=None if name == "now" else name),
                    "count": of.count(),
                    "on": name == tab,
                }
                for name, label, of in tabs
            ],
            "q": lists.words_of(request),
            "tab": tab,
            "office": rules.can_keep(as_acting(request.user)),
            "clear_url": lists.address(request, q=None, month=None),
            "months": choices,
            "narrowed": bool(lists.words_of(request) or request.GET.get("month")),
        },
    )


def _months(request, months):
    """The two halves of my students as conditions of the list, each with its number."""
    enough = sum(one.enough for one in months.values())
    choices = [("missing", _("Logs missing this month")), ("enough", _("Enough this month"))]
    return lists.options(request, "month", choices, {"missing": len(months) - enough, "enough": enough})


@signed_in
def mentorship(request, pk):
    """One mentorship: student, both mentors, the interval, what it follows."""
    row = _found(request, pk)
    today = clock.today()
    office = rules.can_keep(request.user)
    chain = queries.of_student(row.student, request.user).exclude(pk=row.pk)
    return render(
        request,
        "mentors/mentorship.html",
        {
            "row": row,
            "badge": badge_of(row, today),
            "others": list(chain),
            "least": Rhythms().of(row.student, month_of(today)[0], quarter_of(today)[0]),
            "office": office,
            "may_log": side_of(request.user, row) is not None,
            "may_change": rules.can_change(request.user, row, today),
            "reads_handover": rules.reads_handover(request.user, row),
            "history": history_of(row) if office else [],
        },
    )


@permitted(Permission.RECORD_STUDENT)
def mentorship_new(request):
    """The office begins a mentorship by hand."""
    today = clock.today()
    first = {"since": today, "student": _number_of(request)}
    form = MentorshipForm(request.POST or None, initial=first, day=today)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                return form_keys.create_once(request, "begin mentorship", lambda: _begun(form, request.user))
            except Refused as refusal:
                form.refuse(refusal)
                status = refusal.status
    return render(request, "mentors/mentorship_form.html", {"form": form}, status=status)


@permitted(Permission.RECORD_STUDENT)
def mentorship_change(request, pk):
    """Another mentor, with a handover note."""
    row = _found(request, pk)
    first = {"academic": row.academic_id, "industry": row.industry_id, "since": clock.today()}
    form = ChangeMentorsForm(request.POST or None, initial=first, day=clock.today(), now=row)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                following = actions.change_mentors(mentorship=row, by=request.user, **form.cleaned_data)
            except Refused as refusal:
                form.refuse(refusal)
                status = refusal.status
            else:
                messages.success(request, _("The mentor is changed; all concerned were told."))
                return redirect(following)
    return render(request, "mentors/mentorship_change.html", {"form": form, "row": row}, status=status)


@permitted(Permission.RECORD_STUDENT)
def mentorship_end(request, pk):
    """End it, with a reason."""
    row = _found(request, pk)
    form = EndMentorshipForm(request.POST or None)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                actions.end_mentorship(mentorship=row, by=request.user, reason=form.cleaned_data["reason"])
            except Refused as refusal:
                form.refuse(refusal)
                status = refusal.status
            else:
                messages.success(request, _("The mentorship has ended; all concerned were told."))
                return redirect(row)
    return render(request, "mentors/mentorship_end.html", {"form": form, "row": row}, status=status)


def _number_of(request):
    """The number of the student whom the address names by the row: numbers of persons stand in no address."""
    pk = request.GET.get("student", "")
    if not (pk.isascii() and pk.isdigit() and len(pk) < 12):
        return ""
    student = students_visible_to(request.user).filter(pk=int(pk)).first()
    return student.number if student else ""


def badge_of(row, today):
    """The state as pages show it: one that is over or has not begun is told apart."""
    if row.state == "ended" or row.until < today:
        return "ended"
    return "later" if row.since > today else "active"


def _found(request, pk):
    return get_object_or_404(queries.mentorships_visible_to(request.user), pk=pk)


def _begun(form, by):
    values = dict(form.cleaned_data)
    student = students_visible_to(by).filter(number=values.pop("student")).first()
    if student is None:
        raise Invalid(
            _("No student you keep has this number."),
            remedy=_("Compare it with the list of students."),
            field="student",
        )
    return actions.start_mentorship(student=student, by=by, **values)
