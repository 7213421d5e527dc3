"""Lists of students, as a graduate school keeps them in a spreadsheet."""

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from consortium.actions import student as actions
from consortium.enums import Degree
from consortium.imports.columns import YES_NO, Choice, Column, code, email, spaced, year
from consortium.imports.kind import ListKind
from consortium.imports.organisations import named, place
from consortium.models import StudentProfile, User
from consortium.roles import Permission


class Students(ListKind):
    """One student in each row, known by the student number."""

    key = "students"
    permission = Permission.RECORD_STUDENT
    label = _("Students")
    title = _("Import a list of students")
    note = _(
        "Nobody is written to. New students get an account without a password; they set one by a code sent to their mail address."
    )
    start_url, home_url = "student_import", "students"
    alike = {"person": _("same name, university, programme and year, another number")}
    acts = ("consortium.studentprofile", "consortium.user", "consortium.organisation")
    columns = (
        Column(
            "number",
            "学号",
            "Student number",
            _("Student number"),
            _("It is the user name too. Leading zeros stay."),
            "2026示例0001",
            ("number",),
            needed=True,
            most=32,
            unique=True,
            clean=code,
        ),
        Column(
            "name",
            "姓名",
            "Name",
            _("Name"),
            _("As in the register of students."),
            "示例学生",
            needed=True,
            most=80,
            free=True,
            clean=spaced,
        ),
        Column(
            "university_id",
            "培养单位",
            "University",
            _("University or college"),
            _("Full name, short name or another name as in the directory."),
            "天津科技大学",
            ("学校", "培养学校"),
            needed=True,
            most=120,
            free=True,
            reference=True,
            clean=spaced,
        ),
        Column(
            "programme",
            "专业",
            "Programme",
            _("Programme"),
            _("Name of the degree programme or field."),
            "生物与医药",
            ("专业（领域）", "专业领域"),
            needed=True,
            most=80,
            free=True,
            clean=spaced,
        ),
        Column(
            "degree",
            "学位层次",
            "Degree",
            _("Degree"),
            _("Master or doctor."),
            "硕士",
            ("培养层次", "层次"),
            needed=True,
            choices=(
                Choice(Degree.MASTER.value, "硕士", "Master", ("硕士研究生", "专业硕士", "硕")),
                Choice(Degree.DOCTOR.value, "博士", "Doctor", ("博士研究生", "专业博士", "博")),
            ),
        ),
        Column(
            "cohort",
            "入学年份",
            "Year of entry",
            _("Year of entry"),
            _("Four digits, also like 2026级."),
            "2026",
            ("年级", "入学年级"),
            needed=True,
            clean=year,
        ),
        Column(
            "fresh_graduate",
            "是否应届",
            "Fresh graduate",
            _("Straight from a first degree"),
            _("Yes: 12 months of practice, no: 6. Empty: not known yet, nothing changes."),
            "是",
            ("应届", "应届生"),
            choices=YES_NO,
        ),
        Column(
            "email",
            "邮箱",
            "Mail address",
            _("Mail address"),
            _("Messages and the sign-in code go there. Empty: nothing changes."),
            "",
            ("电子邮箱", "电子邮件", "email", "e-mail"),
            most=254,
            unique=True,
            clean=email,
        ),
    )

    def settle(self, rows, gathered):
        """Known by number; perhaps the same: the same name, programme and year at one university under another number."""
        units = named({row.raw.get("university_id", "") for row in rows})
        numbers = [row.values["number"] for row in rows if row.values.get("number")]
        emails = [row.values["email"] for row in rows if row.values.get("email")]
        known = dict(StudentProfile.objects.filter(number__in=numbers).values_list("number", "pk"))
        accounts = _accounts(numbers, emails)
        zeros = _without_zeros(numbers)
        for row in rows:
            row.target = known.get(row.values.get("number"))
            place(row, "university_id", units)
            _refuse_taken(row, accounts)
            lost = zeros.get((row.values.get("number"), row.values.get("name")))
            if lost and not row.target:
                row.wrong("number", "zeros", number=lost)
        for row, pk in _same_person([row for row in rows if not row.target and not row.faults]):
            row.alike.append({"id": pk, "why": "person", "sure": False})

    def state(self, numbers, lock=False):
        """What the office keeps of these students."""
        rows = StudentProfile.objects.filter(pk__in=numbers).order_by("pk")
        if lock:
            list(
                User.objects.filter(student__in=numbers).order_by("pk").select_for_update().values_list("pk")
            )
            list(rows.select_for_update().values_list("pk"))
        fields = ("number", *actions.LISTED, "user__name", "user__email")
        kept = {}
        for pk, *values in rows.values_list("pk", *fields):
            kept[pk] = dict(zip(("number", *actions.LISTED, *actions.USER_FIELDS), values, strict=True))
            kept[pk]["email"] = (kept[pk]["email"] or "").lower() or None
        return kept

    def conflicts(self, rows):
        """Numbers and addresses that somebody else has by now."""
        numbers = [row.fields["number"] for row in rows]
        emails = [row.fields["email"] for row in rows if row.fields.get("email")]
        accounts = _accounts(numbers, emails)
        known = dict(StudentProfile.objects.filter(number__in=numbers).values_list("number", "pk"))
        found = {}
        for row in rows:
            number, mail = row.fields["number"], row.fields.get("email") or ""
            owners = {known.get(number), accounts["email"].get(mail)}
            if not row.target:
                owners.add(accounts["username"].get(number.lower()))
            if owners - {None, row.target}:
                found[row.pk] = "taken"
        return found

    def add(self, *, rows, by, run):
        """New students with their accounts."""
        return actions.record_students(rows=rows, by=by, run=run)

    def change(self, *, rows, by, run):
        """What differs."""
        actions.change_students(rows=rows, by=by, run=run)

    def remove(self, *, numbers, by, run):
        """Students of this run whom nothing has grown from."""
        return actions.take_back_students(numbers=numbers, by=by, run=run)

    def names(self, numbers):
        """Name and number."""
        rows = StudentProfile.objects.filter(pk__in=numbers).select_related("user")
        return {row.pk: (f"{row.user.name} {row.number}", reverse("student", args=[row.pk])) for row in rows}


def _accounts(numbers, emails):
    """Accounts by user name and by address: {"username"|"email": {text: number of the student, or 0 for others}}."""
    same = Q(email__in=emails)
    lowered = {number.lower() for number in numbers}
    same |= Q(username__in={*numbers, *lowered, *(number.upper() for number in numbers)})
    accounts = {"username": {}, "email": {}}
    for username, mail, student in User.objects.filter(same).values_list("username", "email", "student"):
        accounts["username"][username.lower()] = student or -1
        if mail:
            accounts["email"][mail.lower()] = student or -1
    return accounts


def _refuse_taken(row, accounts):
    number, mail = row.values.get("number"), row.values.get("email")
    owner = accounts["username"].get((number or "").lower())
    if number and owner and owner != row.target and not row.target:
        row.wrong("number", "username_taken")
    owner = accounts["email"].get(mail or "")
    if mail and owner and owner != row.target:
        row.wrong("email", "email_taken")


def _without_zeros(numbers):
    """{(number, name): the same number on record with the leading zeros that a spreadsheet has dropped}."""
    longer = {
        zeros + number: number
        for number in numbers
        if number.isdigit() and not number.startswith("0")
        for zeros in ("0", "00", "000")
    }
    rows = StudentProfile.objects.filter(number__in=longer).values_list("number", "user__name")
    return {(longer[number], name): number for number, name in rows}


def _same_person(rows):
    """(row, number of a student) for new rows that say of somebody what a student on record is, except the number."""
    wanted = {
        (
            row.values["name"],
            row.values.get("university_id"),
            row.values["programme"],
            row.values["cohort"],
        ): row
        for row in rows
    }
    if not wanted:
        return
    found = StudentProfile.objects.filter(
        user__name__in={key[0] for key in wanted}, cohort__in={key[3] for key in wanted}
    ).order_by("pk")
    for pk, *key in found.values_list("pk", "user__name", "university_id", "programme", "cohort"):
        if row := wanted.get(tuple(key)):
            yield row, pk
