"""Pages on which the graduate office keeps students: list, one student, recording, import in two steps."""

from django.contrib import messages
from django.core import signing
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from consortium import exports, files, form_keys, lists, student_import
from consortium.access import permitted
from consortium.actions import student as actions
from consortium.enums import Degree
from consortium.forms.student import StudentFileForm, StudentForm
from consortium.history import history_of
from consortium.queries.student import searched, students_visible_to
from consortium.refusals import Invalid, Refused, Stale
from consortium.registry import registry
from consortium.roles import Permission

SALT = "student import"
SHOWN_FAULTS = 500


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


@permitted(Permission.RECORD_STUDENT)
def student_import_page(request):
    """Import in two steps: the first checks and writes nothing, the second writes exactly what was checked."""
    if request.GET.get("sample"):
        return _sample_file(request.GET["sample"])
    if request.method != "POST":
        return render(request, "consortium/student_import.html", {"form": StudentFileForm(), "report": None})
    if "token" in request.POST:
        return _second_step(request)
    form = StudentFileForm(request.POST, request.FILES)
    if form.is_valid():
        upload = form.cleaned_data["file"]
        try:
            return _first_step(request, upload)
        except Refused as refusal:
            form.refuse(refusal)
    return render(request, "consortium/student_import.html", {"form": form, "report": None}, status=422)


def _first_step(request, upload):
    from django.conf import settings

    if upload.size > settings.FILE_LIMIT_BYTES:
        raise Invalid(
            _("The file is larger than %(limit)d MB.") % {"limit": settings.FILE_LIMIT_BYTES // 1024 // 1024},
            remedy=_("Split it into several files."),
            field="file",
        )
    content = upload.read()
    report = student_import.check(content, upload.name)
    stored = files.store(content, name=upload.name, media_type="application/octet-stream", by=request.user)
    return _report_page(request, report, stored)


def _report_page(request, report, stored, status=200, changed=False):
    token = signing.dumps([stored.pk, request.user.pk, report.fingerprint()], salt=SALT)
    return render(
        request,
        "consortium/student_import.html",
        {
            "form": StudentFileForm(),
            "report": report,
            "name": stored.name,
            "token": token,
            "faults": report.faults[:SHOWN_FAULTS],
            "more_faults": max(0, len(report.faults) - SHOWN_FAULTS),
            "changes": [
                {"row": row, "changes": [_change_words(one) for one in row["changes"]]}
                for row in report.changed[:50]
            ],
            "nothing": not report.new and not report.changed,
            "changed_meanwhile": changed,
        },
        status=status,
    )


def _second_step(request):
    stored, tested = _from_token(request)
    report = student_import.check(files.read(stored), stored.name)
    if "rejected" in request.POST:
        heads, lines = student_import.rejected_lines(report)
        columns = [(head, lambda line, at=at: line[at]) for at, head in enumerate(heads)]
        return exports.export(lines, columns, request.POST["rejected"], _("Rejected rows"))
    if report.fingerprint() != tested:
        return _report_page(request, report, stored, status=409, changed=True)
    done = {}

    def make():
        done["counts"] = actions.import_students(plan=student_import.plan_of(report), by=request.user)
        return reverse("students")

    try:
        answer = form_keys.create_once(request, "import students", make)
    except Stale:
        report = student_import.check(files.read(stored), stored.name)
        return _report_page(request, report, stored, status=409, changed=True)
    if "counts" in done:
        new, changed, same = done["counts"]
        messages.success(
            request,
            _("Imported: %(new)d new, %(changed)d changed, %(same)d unchanged.")
            % {"new": new, "changed": changed, "same": same},
        )
    return answer


def _from_token(request):
    try:
        number, user, tested = signing.loads(request.POST["token"], salt=SALT, max_age=24 * 3600)
    except (signing.BadSignature, ValueError, TypeError):
        number = user = tested = None
    stored = files.own(request.user, number) if user == request.user.pk else None
    if stored is None:
        raise Invalid(
            _("The checked file is no longer at hand; nothing was written."),
            remedy=_("Choose the file again and check it once more."),
            url=reverse("student_import"),
            url_label=_("Choose the file again"),
        )
    return stored, tested


def _sample_file(format):
    heads = [words[0] for words in student_import.COLUMNS.values()]
    columns = [(head, lambda line, at=at: line[at]) for at, head in enumerate(heads)]
    format = format if format in exports.FORMATS else "xlsx"
    return exports.export([student_import.TEMPLATE_ROW], columns, format, _("Student list, sample"))


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


def _change_words(change):
    name, before, after = change
    return {"label": _(student_import.FIELD_WORDS.get(name, name)), "before": before, "after": after}


def _file(rows, format):
    fresh = {None: "", True: "是", False: "否"}
    degrees = {Degree.MASTER: "硕士", Degree.DOCTOR: "博士"}
    # The same headings as the import: a file that was taken out can be mended and sent up again.
    values = {
        "number": lambda row: row.number,
        "name": lambda row: row.user.name,
        "university": lambda row: row.university.name_zh,
        "programme": lambda row: row.programme,
        "degree": lambda row: degrees[row.degree],
        "cohort": lambda row: row.cohort,
        "fresh_graduate": lambda row: fresh[row.fresh_graduate],
        "email": lambda row: row.user.email,
    }
    columns = [(words[0], values[key]) for key, words in student_import.COLUMNS.items()]
    return exports.export(rows.iterator(chunk_size=2000), columns, format, _("Students"))


def _status(form):
    return 422 if form.is_bound and form.errors else 200
