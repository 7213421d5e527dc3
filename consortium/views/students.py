"""Pages on which the graduate office keeps students: list, one student, recording."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from consortium import exports, form_keys, lists
from consortium.access import permitted
from consortium.actions import student as actions
from consortium.enums import Degree
from consortium.forms.student import StudentForm
from consortium.history import history_of
from consortium.queries.student import searched, students_visible_to
from consortium.refusals import Refused, Stale
from consortium.registry import registry
from consortium.roles import Permission


@permitted(Permission.RECORD_STUDENT)
def students(request):
    """The list of students with search, filters and files."""
    everybody = students_visible_to(request.user)
    rows = searched(everybody, lists.words_of(request))
    if degree := lists.chosen(request, "degree", Degree.values):
        rows = rows.filter(degree=degree)
    years = list(everybody.order_by("-cohort").values_list("cohort", flat=True).distinct())
    if year := lists.chosen(request, "cohort", {str(one) for one in years}):
        rows = rows.filter(cohort=year)
    gaps = [("fresh", _("Freshness unknown")), ("email", _("No mail address")), ("leave", _("On leave"))]
    if gap := lists.chosen(request, "gap", dict(gaps)):
        wanted = {
            "fresh": {"fresh_graduate": None},
            "email": {"user__email": None},
            "leave": {"on_leave": True},
        }
        rows = rows.filter(**wanted[gap])
    rows = rows.order_by("number")
    if format := exports.wanted(request):
        return _file(rows, format)
    return render(
        request,
        "consortium/students.html",
        {
            "page": lists.page_of(request, rows),
            "total": everybody.count(),
            "q": lists.words_of(request),
            "degrees": lists.options(request, "degree", Degree.choices),
            "years": lists.options(request, "cohort", [(str(one), one) for one in years]),
            "gaps": lists.options(request, "gap", gaps),
            "year_on": year,
            "kept": [
                (name, request.GET[name]) for name in ("degree", "cohort", "gap") if name in request.GET
            ],
            "files": lists.files_of(request),
            "clear_url": lists.address(request, q=None, degree=None, cohort=None, gap=None),
        },
    )


@permitted(Permission.RECORD_STUDENT)
def student_new(request):
    """Record one student."""
    form = StudentForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            return form_keys.create_once(request, "record student", lambda: _made(form, request.user))
        except Refused as refusal:
            form.refuse(refusal)
    context = {"form": form, "student": None, "theirs": None, "history": [], "blocks": []}
    return render(request, "consortium/student.html", context, status=_status(form))


@permitted(Permission.RECORD_STUDENT)
def student(request, pk):
    """One student: what the office keeps, and the form that changes it."""
    found = get_object_or_404(students_visible_to(request.user), pk=pk)
    form = StudentForm(request.POST or None, initial=_initial(found))
    status, theirs = 200, None
    if request.method == "POST" and form.is_valid():
        try:
            actions.edit_student(
                student=found,
                by=request.user,
                revision=form.cleaned_data["revision"] or None,
                **form.values(),
            )
        except Stale as refusal:
            theirs = _side_by_side(form, refusal.theirs)
            form.refuse(refusal)
            form.data = form.data.copy()
            form.data["revision"] = actions.revision_of(refusal.theirs)
            status = 409
        except Refused as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, _("Saved the record of %(name)s.") % {"name": found.user.name})
            return redirect("student", pk=found.pk)
    blocks = [block for make in registry.student_blocks if (block := make(found, request.user))]
    context = {
        "form": form,
        "student": found,
        "theirs": theirs,
        "history": history_of(found),
        "blocks": blocks,
    }
    return render(
        request, "consortium/student.html", context, status=status if status != 200 else _status(form)
    )


def _made(form, by):
    profile = actions.record_student(by=by, **form.values())
    return reverse("student", args=[profile.pk])


def _initial(found):
    return {
        "number": found.number,
        "name": found.user.name,
        "email": found.user.email or "",
        "university": found.university.name_zh,
        "programme": found.programme,
        "degree": found.degree,
        "cohort": found.cohort,
        "on_leave": found.on_leave,
        "fresh": {None: "", True: "yes", False: "no"}[found.fresh_graduate],
        "revision": actions.revision_of(found),
    }


def _side_by_side(form, theirs):
    now = _initial(theirs)
    rows = []
    for name, field in form.fields.items():
        yours, stands = form.data.get(name, ""), now.get(name)
        if name not in ("revision", "on_leave") and str(yours).strip() != str(stands).strip():
            rows.append({"label": field.label, "yours": yours, "theirs": stands})
    return rows


def _file(rows, format):
    # The same headings and words as the list: a file that was taken out can be mended and sent up again.
    of = registry.import_kinds["students"]
    values = {
        "name": lambda row: row.user.name,
        "email": lambda row: row.user.email,
        "university_id": lambda row: row.university.name_zh,
    }

    def cell(column):
        value = values.get(column.key, lambda row: getattr(row, column.key))
        return lambda row: column.written(value(row))

    columns = [(column.heading, cell(column)) for column in of.columns]
    return exports.export(rows.iterator(chunk_size=2000), columns, format, _("Students"))


def _status(form):
    return 422 if form.is_bound and form.errors else 200
