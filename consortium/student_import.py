"""A list of students as a file: read, checked row by row, and turned into a plan. Nothing here writes.

The check of the first step and the one right before writing are the same function; `fingerprint` tells whether they
saw the same file and the same register.
"""

import csv
import hashlib
import io
import json
from dataclasses import dataclass, field
from datetime import date, datetime
from zipfile import BadZipFile

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from consortium.actions.student import PROFILE_FIELDS
from consortium.enums import Degree
from consortium.models import Organisation, StudentProfile, User
from consortium.refusals import Invalid

MOST_ROWS = 20_000
# Our names of the columns: the heading written in files, and other headings that people use.
COLUMNS = {
    "number": ("学号", "student number", "number"),
    "name": ("姓名", "name"),
    "university": ("培养单位", "学校", "university"),
    "programme": ("专业", "专业（领域）", "programme"),
    "degree": ("学位层次", "培养层次", "degree"),
    "cohort": ("入学年份", "年级", "year of entry"),
    "fresh_graduate": ("是否应届", "fresh graduate"),
    "email": ("邮箱", "电子邮箱", "mail address"),
}
NEEDED = ("number", "name", "university", "programme", "degree", "cohort")
REASON = "原因"
DEGREES = {
    "硕士": Degree.MASTER,
    "硕士研究生": Degree.MASTER,
    "专业硕士": Degree.MASTER,
    "master": Degree.MASTER,
    "博士": Degree.DOCTOR,
    "博士研究生": Degree.DOCTOR,
    "专业博士": Degree.DOCTOR,
    "doctor": Degree.DOCTOR,
}
YES_NO = {
    "是": True,
    "应届": True,
    "yes": True,
    "y": True,
    "1": True,
    "否": False,
    "往届": False,
    "no": False,
    "n": False,
    "0": False,
}
LENGTHS = {"number": 32, "name": 80, "programme": 80, "email": 254}
TEMPLATE_ROW = ("2026示例0001", "示例学生", "天津科技大学", "生物与医药", "硕士", "2026", "是", "")


@dataclass
class Fault:
    """One thing wrong in one row: where, what stood there, why it cannot be, what to do."""

    row: int
    column: str
    value: str
    reason: str
    remedy: str


@dataclass
class Report:
    """What the file would do: rows by outcome, and every fault."""

    rows: list = field(default_factory=list)  # [{"line", "cells", "student", "fields", "changes", "faults"}]
    heads: list = field(default_factory=list)
    digest: str = ""

    @property
    def faults(self):
        """All faults in the order of the file."""
        return [fault for row in self.rows for fault in row["faults"]]

    @property
    def rejected(self):
        """Rows with a fault."""
        return [row for row in self.rows if row["faults"]]

    @property
    def good(self):
        """Rows without one."""
        return [row for row in self.rows if not row["faults"]]

    @property
    def new(self):
        """Rows that make a new student."""
        return [row for row in self.good if row["student"] is None]

    @property
    def changed(self):
        """Rows that change a student."""
        return [row for row in self.good if row["student"] is not None and row["changes"]]

    @property
    def same(self):
        """Rows that change nothing."""
        return [row for row in self.good if row["student"] is not None and not row["changes"]]

    def fingerprint(self):
        """What the plan rests on: the file's bytes, and what each row would do to the register as it is now."""
        plan = [
            [row["line"], row["student"].pk if row["student"] else None, row["changes"], len(row["faults"])]
            for row in self.rows
        ]
        text = json.dumps([self.digest, plan], ensure_ascii=False, default=str)
        return hashlib.sha256(text.encode()).hexdigest()


def check(content, name):
    """Read the file (bytes) and check every row; raises Invalid when it cannot be read as a list at all."""
    table = _table(content, name)
    heads, lines = _heads(table)
    if len(lines) > MOST_ROWS:
        raise Invalid(
            _("The file has %(n)d rows; one file takes %(most)d at most.")
            % {"n": len(lines), "most": MOST_ROWS},
            remedy=_("Split it into several files."),
            field="file",
        )
    report = Report(heads=[str(head or "") for head in table[0]], digest=hashlib.sha256(content).hexdigest())
    known = _Known(lines, heads)
    for at, cells in lines:
        report.rows.append(_row(at, cells, heads, known))
    return report


class _Known:
    """What the register holds of the numbers, addresses and universities in the file: a few queries for all rows."""

    def __init__(self, lines, heads):
        def column(key):
            at = heads.get(key)
            return {_text(cells[at]) for _line, cells in lines if at is not None and at < len(cells)}

        numbers, emails, names = (
            column("number"),
            {mail.lower() for mail in column("email")},
            column("university"),
        )
        self.students = {
            row.number: row
            for row in _in_parts(
                StudentProfile.objects.select_related("user", "university"), "number", numbers
            )
        }
        self.usernames = {
            row.username.lower(): row.pk for row in _in_parts(User.objects, "username", numbers)
        }
        self.emails = {
            row.email.lower(): row.pk for row in _in_parts(User.objects, "email", emails) if row.email
        }
        self.universities = {}
        for row in _in_parts(Organisation.objects, "name_zh", names):
            self.universities[row.name_zh] = row
        for row in _in_parts(Organisation.objects, "short_zh", names - set(self.universities) - {""}):
            self.universities.setdefault(row.short_zh, row)
        self.seen = {}
        self.seen_emails = {}


def _in_parts(rows, name, values, size=500):
    values = sorted(value for value in values if value)
    for start in range(0, len(values), size):
        yield from rows.filter(**{f"{name}__in": values[start : start + size]}).order_by("pk")


def _row(at, cells, heads, known):
    def raw(key):
        place = heads.get(key)
        return _text(cells[place]) if place is not None and place < len(cells) else ""

    faults, fields = [], {}

    def wrong(key, reason, remedy):
        faults.append(Fault(at, COLUMNS[key][0], raw(key)[:80], reason, remedy))

    for key in NEEDED:
        if not raw(key):
            wrong(key, _("The cell is empty."), _("Fill it in."))
    for key, most in LENGTHS.items():
        if len(raw(key)) > most:
            wrong(key, _("The text is longer than %(most)d characters.") % {"most": most}, _("Shorten it."))
    for key in COLUMNS:
        if "\x00" in raw(key):
            wrong(key, _("The cell holds a character that cannot be stored."), _("Type the cell anew."))
    fields["number"], fields["name"], fields["programme"] = raw("number"), raw("name"), raw("programme")
    _number(fields, known, at, wrong)
    _university(fields, raw("university"), known, wrong)
    fields["degree"] = DEGREES.get(raw("degree").lower())
    if raw("degree") and fields["degree"] is None:
        wrong("degree", _("This is neither 硕士 nor 博士."), _("Write 硕士 or 博士."))
    _cohort(fields, raw("cohort"), wrong)
    student = known.students.get(fields["number"])
    if "fresh_graduate" in heads:
        _fresh(fields, raw("fresh_graduate"), wrong)
    if "email" in heads:
        _email(fields, raw("email"), student, known, at, wrong)
    changes = _changes(student, fields) if student and not faults else []
    return {
        "line": at,
        "cells": cells,
        "student": student,
        "fields": fields,
        "changes": changes,
        "faults": faults,
    }


def _number(fields, known, at, wrong):
    number = fields["number"]
    if not number:
        return
    if number in known.seen:
        wrong(
            "number",
            _("The same student number stands in row %(row)d.") % {"row": known.seen[number]},
            _("Keep one of the two rows."),
        )
    known.seen.setdefault(number, at)
    if number not in known.students and number.lower() in known.usernames:
        wrong(
            "number",
            _("Another account has this as its user name."),
            _("Ask the system administrator to look."),
        )


def _university(fields, name, known, wrong):
    fields["university"] = known.universities.get(name)
    if name and fields["university"] is None:
        wrong(
            "university",
            _("The register has no organisation of this name."),
            _("Write the full name as in the directory, or register it first."),
        )


def _cohort(fields, text, wrong):
    digits = text.removesuffix("级").removesuffix("年").removesuffix(".0")
    fields["cohort"] = int(digits) if digits.isascii() and digits.isdigit() and len(digits) == 4 else None
    if text and not (fields["cohort"] and 1990 <= fields["cohort"] <= 2100):
        wrong("cohort", _("This is not a year from 1990 to 2100."), _("Write a year like 2026."))


def _fresh(fields, text, wrong):
    fields["fresh_graduate"] = YES_NO.get(text.lower()) if text else None
    if text and fields["fresh_graduate"] is None:
        wrong("fresh_graduate", _("This is neither 是 nor 否."), _("Write 是 or 否, or leave it empty."))


def _email(fields, text, student, known, at, wrong):
    text = text.lower()
    fields["email"] = text or None
    if not text:
        return
    try:
        validate_email(text)
    except ValidationError:
        wrong(
            "email",
            _("This is not a mail address."),
            _("Write it like name@example.edu.cn, or leave it empty."),
        )
    owner = known.emails.get(text)
    if owner and owner != (student.user_id if student else None):
        wrong("email", _("Another account has this mail address."), _("Enter the student's own address."))
    if text in known.seen_emails:
        wrong(
            "email",
            _("The same mail address stands in row %(row)d.") % {"row": known.seen_emails[text]},
            _("Each student has an address of their own."),
        )
    known.seen_emails.setdefault(text, at)


def _changes(student, fields):
    """[(field, before, after)] in which the row differs from the register; an empty optional cell changes nothing."""
    pairs = [("name", student.user.name), *((name, getattr(student, name)) for name in PROFILE_FIELDS)]
    changes = [
        (name, str(before), str(fields[name]))
        for name, before in pairs
        if name in fields
        and fields[name] != before
        and not (name == "fresh_graduate" and fields[name] is None)
    ]
    if fields.get("email") and fields["email"] != (student.user.email or "").lower():
        changes.append(("email", student.user.email or "", fields["email"]))
    return changes


def plan_of(report):
    """What `import_students` writes: the good rows, an empty optional cell leaving what is there."""
    plan = []
    for row in report.good:
        fields = dict(row["fields"])
        if row["student"] is not None:
            fields = {name: value for name, value in fields.items() if value is not None}
        else:
            fields.setdefault("email", None)
        plan.append({"student": row["student"], "fields": fields, "changes": row["changes"]})
    return plan


def rejected_lines(report):
    """The rejected rows with their own columns and one more that says why: (heads, lines)."""
    heads = [head for head in report.heads if head != REASON]
    keep = [at for at, head in enumerate(report.heads) if head != REASON]
    lines = []
    for row in report.rejected:
        cells = [_text(row["cells"][at]) if at < len(row["cells"]) else "" for at in keep]
        why = "；".join(f"{fault.column}：{fault.reason}{fault.remedy}" for fault in row["faults"])
        lines.append([*cells, why])
    return [*heads, REASON], lines


def _table(content, name):
    """The file as a list of rows of cells, by its content and not by its name."""
    if content.startswith(b"PK\x03\x04"):
        return _sheet(content)
    if content.startswith((b"\xd0\xcf\x11\xe0", b"%PDF")) or b"\x00" in content[:4000]:
        raise _unreadable(_("it is neither XLSX nor CSV"))
    for coding in ("utf-8-sig", "gb18030"):
        try:
            text = content.decode(coding)
        except UnicodeDecodeError:
            continue
        try:
            rows = list(csv.reader(io.StringIO(text.replace("\r\n", "\n").replace("\r", "\n"))))
        except csv.Error:
            raise _unreadable(_("its cells cannot be told apart")) from None
        return _not_empty(rows)
    raise _unreadable(_("its letters are neither UTF-8 nor GB18030"))


def _sheet(content):
    import zipfile

    from openpyxl import load_workbook

    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            if sum(part.file_size for part in archive.infolist()) > 200 * 1024 * 1024:
                raise _unreadable(_("it unpacks to more than 200 MB"))
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=True)
        rows = []
        for row in book.worksheets[0].iter_rows(values_only=True):
            rows.append(list(row))
            if len(rows) > MOST_ROWS * 2:
                break
    except Invalid:
        raise
    except (BadZipFile, KeyError, ValueError, TypeError, IndexError, OSError, EOFError):
        raise _unreadable(_("it is damaged, or not an Excel sheet")) from None
    return _not_empty(rows)


def _not_empty(rows):
    if not rows or not any(_text(cell) for cell in rows[0]):
        raise _unreadable(_("its first row holds no headings"))
    return rows


def _heads(table):
    """{our name: place of its column} and the rows below: [(line in the file, cells)]; empty rows are left out."""
    places = {}
    for at, head in enumerate(table[0]):
        word = _text(head).lower()
        for key, words in COLUMNS.items():
            if word in words and key not in places:
                places[key] = at
    missing = [COLUMNS[key][0] for key in NEEDED if key not in places]
    if missing:
        raise Invalid(
            _("The file lacks these columns: %(names)s.") % {"names": "、".join(missing)},
            remedy=_("Use the headings of the sample file; the order does not matter."),
            field="file",
        )
    lines = [
        (number, list(cells))
        for number, cells in enumerate(table[1:], 2)
        if any(_text(cell) for cell in cells)
    ]
    return places, lines


def _text(value):
    """A cell as text: whole numbers without a point, days as 2026-03-05; a leading apostrophe is a spreadsheet's mark."""
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, datetime | date):
        return value.strftime("%Y-%m-%d")
    text = str(value).strip().strip("\ufeff")
    return text[1:] if text.startswith("'") else text


def _unreadable(reason):
    return Invalid(
        _("The file could not be read: %(reason)s.") % {"reason": reason},
        remedy=_("Save it as XLSX or as CSV and choose it again."),
        field="file",
    )


FIELD_WORDS = {
    "name": gettext_noop("Name"),
    "university": gettext_noop("University or college"),
    "programme": gettext_noop("Programme"),
    "degree": gettext_noop("Degree"),
    "cohort": gettext_noop("Year of entry"),
    "fresh_graduate": gettext_noop("Straight from a first degree"),
    "email": gettext_noop("Mail address"),
}
