"""Lists of students sent up as a file: tested without writing, then written, undone; the engine of all lists by the way."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction
from django.db.utils import IntegrityError
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from consortium import clock, files, jobs
from consortium.actions import import_clock
from consortium.actions import list_import as actions
from consortium.actions.student import edit_student
from consortium.audit import first_broken_link
from consortium.models import (
    AuditEvent,
    ImportJob,
    ImportRow,
    Job,
    Notification,
    RoleGrant,
    StoredFile,
    StudentProfile,
    User,
)
from consortium.refusals import Forbidden, Refused
from consortium.registry import registry
from tests.consortium.import_kit import counts, csv_file, faults, lines_of, sent_up, work, written, xlsx_file
from tests.factories import make_organisation, make_student, make_user

pytestmark = pytest.mark.django_db
HEADS = ["学号", "姓名", "培养单位", "专业", "学位层次", "入学年份", "是否应届", "邮箱"]
URL = "/students/import/"


@pytest.fixture
def office(client):
    user = make_user("graduate_officer")
    client.force_login(user)
    return user


@pytest.fixture
def university():
    return make_organisation("示例大学", kind="university", short_zh="示大")


def row(number="2026001", name="示例学生", **other):
    values = {
        "unit": "示例大学",
        "programme": "生物与医药",
        "degree": "硕士",
        "year": "2026",
        "fresh": "是",
        "mail": "",
    } | other
    return [number, name, *values.values()]


def students(*rows, heads=HEADS, **options):
    return csv_file(heads, *rows, **options)


def page_of(client, run, **query):
    return client.get(run.get_absolute_url(), query)


# --- the test


@pytest.mark.parametrize(
    ("make", "coding"),
    [
        (students, "UTF-8"),
        (lambda *rows: students(*rows, coding="gb18030"), "GB18030"),
        (lambda *rows: students(*rows, coding="utf-8-sig"), "UTF-8"),
        (lambda *rows: xlsx_file(HEADS, *rows), "XLSX"),
    ],
)
def test_the_test_writes_nothing_and_the_import_all(client, office, university, make, coding):
    before = {model: model.objects.count() for model in (User, StudentProfile, RoleGrant, Notification)}
    run = sent_up(
        client,
        URL,
        make(row(), row("2026002", "示例乙", degree="博士", fresh="否", mail="B@example.invalid")),
    )
    assert (run.state, run.coding, counts(run)) == ("tested", coding, (2, 0, 0, 0, 0))
    assert before == {model: model.objects.count() for model in before}
    run = written(client, run)
    assert run.state == "written"
    second = StudentProfile.objects.get(number="2026002")
    assert (second.degree, second.fresh_graduate, second.user.email) == ("doctor", False, "b@example.invalid")
    assert not second.user.has_usable_password()
    assert RoleGrant.objects.filter(role="student", given_by=office).count() == 2
    assert Notification.objects.count() == 0
    assert first_broken_link() is None


def test_each_record_and_the_list_are_in_the_trail(client, office, university):
    run = written(client, sent_up(client, URL, students(row(), row("2026002", "示例乙"))))
    assert AuditEvent.objects.filter(verb="student recorded", stream="imports", actor=office).count() == 2
    done = AuditEvent.objects.get(verb="list imported")
    assert (done.object_id, done.details["written"]) == (str(run.pk), 2)


def test_same_file_again_says_so_and_writes_nothing(client, office, university):
    rows = [row(), row("2026002", "示例乙")]
    written(client, sent_up(client, URL, students(*rows)))
    again = sent_up(client, URL, students(*rows))
    assert counts(again) == (0, 0, 2, 0, 0)
    page = page_of(client, again)
    assert "2行无变化" in page.content.decode().replace(" ", "")
    assert "/confirm/" not in page.content.decode()
    answer = client.post(f"/imports/{again.pk}/confirm/")
    assert answer.status_code == 409
    again.refresh_from_db()
    assert again.state == "tested"


def test_file_taken_out_changes_nothing_when_sent_up_again(client, office, university):
    rows = (row("00261"), row("2026002", fresh="", mail="c@example.invalid"))
    written(client, sent_up(client, URL, students(*rows)))
    for format in ("csv", "xlsx", "csv-gb18030"):
        answer = client.get("/students/", {"format": format})
        content = b"".join(answer.streaming_content)
        answer.close()
        assert counts(sent_up(client, URL, SimpleUploadedFile("again", content))) == (0, 0, 2, 0, 0)


def test_changed_row_is_shown_item_by_item_and_written(client, office, university):
    other = make_organisation("另一大学", kind="university")
    written(client, sent_up(client, URL, students(row(mail="a@example.invalid"))))
    run = sent_up(client, URL, students(row(programme="生物工程", unit="另一大学", degree="博士")))
    assert counts(run) == (0, 1, 0, 0, 0)
    text = page_of(client, run, show="changed").content.decode()
    for before, after in (("生物与医药", "生物工程"), ("示例大学", "另一大学"), ("硕士", "博士")):
        assert f"<del>{before}</del>" in text and f"<ins>{after}</ins>" in text
    written(client, run)
    student = StudentProfile.objects.get()
    assert (student.programme, student.university, student.degree) == ("生物工程", other, "doctor")
    assert student.user.email == "a@example.invalid"  # an empty cell takes nothing away


def test_every_fault_is_told_with_row_column_reason_and_remedy(client, office, university):
    make_user(username="taken", email="taken@example.invalid")
    run = sent_up(
        client,
        URL,
        students(
            row("", "无学号"),
            row("2", ""),
            row("3", unit="没有的大学"),
            row("4", degree="炼金术士"),
            row("5", year="二零"),
            row("6", fresh="也许"),
            row("7", mail="no"),
            row("8", mail="taken@example.invalid"),
            row("9"),
            row("9", "另一人"),
            row("10", "长" * 81),
            row("taken"),
            row("11", "甲", mail="d@example.invalid"),
            row("12", "乙", mail="D@example.invalid"),
            row("13", "丙"),
            row("=1+1"),
            row("1.23E+17"),
            row("#N/A"),
            row("14", "丁\u202e"),
            [*row("15", "戊"), "多出的一格"],
        ),
    )
    assert faults(run) == {
        (2, "number", "empty"),
        (3, "name", "empty"),
        (4, "university_id", "organisation"),
        (5, "degree", "choice"),
        (6, "cohort", "year"),
        (7, "fresh_graduate", "choice"),
        (8, "email", "email"),
        (9, "email", "email_taken"),
        (10, "number", "repeated"),
        (11, "number", "repeated"),
        (12, "name", "long"),
        (13, "number", "username_taken"),
        (14, "email", "repeated"),
        (15, "email", "repeated"),
        (17, "number", "formula"),
        (18, "number", "digits"),
        (19, "number", "cell_error"),
        (20, "name", "letters"),
        (21, "", "too_many_cells"),
    }
    assert counts(run) == (1, 0, 0, 0, 19)
    first = page_of(client, run, show="mend")
    for language in ("zh-hans", "en"):
        office.language = language
        office.save()
        for shown in first.context["rows"]:
            assert all(fault["reason"] and fault["remedy"] and fault["column"] for fault in shown["faults"])
        text = page_of(client, run, show="mend").content.decode()
        assert "%(" not in text
    assert "10" in str(
        [fault["reason"] for one in first.context["rows"] if one["line"] == 10 for fault in one["faults"]]
    )


def test_a_group_of_faults_is_shown_alone(client, office, university):
    run = sent_up(client, URL, students(row("1", ""), row("2", unit="没有"), row("3", unit="也没有")))
    page = page_of(client, run, show="mend", group="organisation")
    assert [one["line"] for one in page.context["rows"]] == [3, 4]
    assert [one["count"] for one in page.context["groups"]] == [2, 1]


@pytest.mark.parametrize("format", ["xlsx", "csv", "csv-gb18030"])
def test_rejected_rows_come_back_with_their_reason_and_can_be_mended(client, office, university, format):
    heads = [*HEADS, "备注"]
    run = sent_up(
        client, URL, students([*row(), "留"], [*row("002", "示例乙", degree="炼金术士"), "=1"], heads=heads)
    )
    written(client, run)
    lines = lines_of(client.get(f"/imports/{run.pk}/faults/", {"format": format}), format)
    assert lines[0] == [*heads, "原因"]
    assert [line[0] for line in lines[1:]] == ["002"]
    assert "学位层次" in lines[1][-1]
    lines[1][4] = "博士"
    acts = AuditEvent.objects.filter(object_kind="consortium.studentprofile").count()
    mended = sent_up(client, URL, csv_file(*lines))
    assert counts(mended) == (1, 0, 0, 0, 0)
    written(client, mended)
    assert StudentProfile.objects.get(number="002").degree == "doctor"
    # The rows that were good before are not touched again.
    assert AuditEvent.objects.filter(object_kind="consortium.studentprofile").count() == acts + 1


def test_word_next_to_an_allowed_one_is_read_so_after_one_press(client, office, university):
    run = sent_up(client, URL, students(row(degree="硕士生"), row("2", "乙", degree="硕士生")))
    assert {code for _row, _column, code in faults(run)} == {"choice_near"}
    page = page_of(client, run)
    assert "最接近的是“硕士”" in page.content.decode()
    answer = client.post(f"/imports/{run.pk}/instead/", {"column": "degree", "value": "硕士生"})
    assert answer.status_code == 302
    work()
    assert counts(run) == (2, 0, 0, 0, 0)
    gone = client.post(f"/imports/{run.pk}/instead/", {"column": "degree", "value": "硕士生"})
    assert gone.status_code == 409


def test_numbers_keep_their_leading_zeros_from_any_cell(client, office, university):
    def dress(book):
        book.active["A3"] = 42
        book.active["A3"].number_format = "00000"

    run = sent_up(client, URL, xlsx_file(HEADS, row("007"), row("x", "乙"), row("００９", "丙"), dress=dress))
    written(client, run)
    assert set(StudentProfile.objects.values_list("number", flat=True)) == {"007", "00042", "009"}


def test_number_that_a_spreadsheet_cut_is_told(client, office, university):
    make_student(number="00777", user=make_user("student", name="示例学生"), university=university)
    run = sent_up(client, URL, xlsx_file(HEADS, row(777), row(2026000000000001777)))
    assert faults(run) == {(2, "number", "zeros"), (3, "number", "digits")}


def test_years_and_freshness_in_several_writings(client, office, university):
    run = sent_up(
        client,
        URL,
        students(
            row("1", year="2026级", fresh="应届"),
            row("2", "乙", year="２０２５", fresh="N"),
            row("3", "丙", fresh=""),
        ),
    )
    written(client, run)
    found = dict(StudentProfile.objects.values_list("number", "cohort"))
    assert found == {"1": 2026, "2": 2025, "3": 2026}
    assert StudentProfile.objects.get(number="3").fresh_graduate is None


def test_university_by_its_short_name_and_two_of_one_name(client, office, university):
    make_organisation("甲学院", kind="university_unit", parent=university)
    make_organisation("甲学院", kind="university_unit", parent=make_organisation(kind="university"))
    run = sent_up(client, URL, students(row(unit="示大"), row("2", "乙", unit="甲学院")))
    assert faults(run) == {(3, "university_id", "organisation_several")}
    written(client, run)
    assert StudentProfile.objects.get().university == university


def test_the_same_person_under_another_number_is_asked_about(client, office, university):
    known = make_student(
        number="1", user=make_user("student", name="示例学生"), university=university, fresh_graduate=True
    )
    run = sent_up(client, URL, students(row("2"), row("3", "示例乙")))
    assert counts(run) == (1, 0, 0, 1, 0)
    page = page_of(client, run, show="alike")
    assert f"/students/{known.pk}/" in page.content.decode()
    written(client, run)
    assert StudentProfile.objects.count() == 2, "what nobody decided is left out"
    lines = lines_of(client.get(f"/imports/{run.pk}/faults/", {"format": "csv"}), "csv")
    assert len(lines) == 2 and lines[1][-1]


@pytest.mark.parametrize(("said", "numbers"), [("merge", {"2"}), ("new", {"1", "2"})])
def test_what_is_said_of_a_look_alike_is_done(client, office, university, said, numbers):
    known = make_student(
        number="1", user=make_user("student", name="示例学生"), university=university, fresh_graduate=True
    )
    run = sent_up(client, URL, students(row("2")))
    asked = run.rows.get()
    value = f"merge:{known.pk}" if said == "merge" else "new"
    client.post(f"/imports/{run.pk}/decide/", {f"row-{asked.pk}": value})
    written(client, run)
    assert set(StudentProfile.objects.values_list("number", flat=True)) == numbers
    client.post(f"/imports/{run.pk}/undo/")
    work()
    assert set(StudentProfile.objects.values_list("number", flat=True)) == {"1"}


def test_a_look_alike_is_settled_as_suggested_and_no_other_record_can_be_put_in(client, office, university):
    make_student(number="1", user=make_user("student", name="示例学生"), university=university)
    stranger = make_student()
    run = sent_up(client, URL, students(row("2")))
    asked = run.rows.get()
    client.post(f"/imports/{run.pk}/decide/", {f"row-{asked.pk}": f"merge:{stranger.pk}"})
    asked.refresh_from_db()
    assert (asked.decision, asked.target) == ("", None)
    client.post(f"/imports/{run.pk}/decide/", {"suggested": "1", "row-x": "new", "row-9999999": "new"})
    asked.refresh_from_db()
    assert asked.decision == "new"


def test_row_that_begins_with_a_formula_is_text_and_said_so(client, office, university):
    for make in (students, lambda *rows: xlsx_file(HEADS, *rows)):
        run = sent_up(client, URL, make(row(name="=cmd|' /C calc'!A0")))
        assert "未计算" in page_of(client, run, show="new").content.decode()
    written(client, run)
    answer = client.get("/students/", {"format": "csv"})
    assert "\n'=cmd" not in b"".join(answer.streaming_content).decode()
    assert StudentProfile.objects.get().user.name.startswith("=cmd")


# --- columns


def test_missing_column_is_matched_by_hand(client, office, university):
    heads = ["学籍编号", *HEADS[1:]]
    answer = client.post(URL, {"file": students(row(), heads=heads)})
    run = ImportJob.objects.get()
    assert run.state == "unmatched" and not Job.objects.exists()
    page = client.get(answer.url).content.decode()
    assert "学号" in page and "学籍编号" in page
    places = {key: str(place) for key, place in run.places.items()}
    wrong = client.post(f"/imports/{run.pk}/columns/", places)
    assert wrong.status_code == 422 and wrong.context["columns"].errors["number"]
    twice = client.post(f"/imports/{run.pk}/columns/", places | {"number": "1"})
    assert twice.status_code == 422
    assert client.post(f"/imports/{run.pk}/columns/", places | {"number": "0"}).status_code == 302
    work()
    run.refresh_from_db()
    assert (run.state, counts(run)) == ("tested", (1, 0, 0, 0, 0))


def test_english_headings_and_any_order(client, office, university):
    heads = [
        "Mail address",
        "NAME *",
        " student  number",
        "University",
        "Programme",
        "Degree",
        "Year of entry",
    ]
    run = sent_up(client, URL, csv_file(heads, ["", "A", "1", "示例大学", "x", "Master", "2026"]))
    assert counts(run) == (1, 0, 0, 0, 0)


# --- files


@pytest.mark.parametrize("format", ["xlsx", "csv"])
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_template_is_recognised_and_its_example_not_imported(client, office, format, language):
    make_organisation("天津科技大学", kind="university")
    office.language = language
    office.save()
    lines = lines_of(client.get(URL, {"sample": format}), format)
    own = ["77", "示例乙", *lines[1][2:]]
    assert counts(sent_up(client, URL, csv_file(lines[0], lines[1], own))) == (1, 0, 0, 0, 0)


def test_template_explains_columns_and_allowed_words(client, office):
    from io import BytesIO

    from openpyxl import load_workbook

    answer = client.get(URL, {"sample": "xlsx"})
    book = load_workbook(BytesIO(b"".join(answer.streaming_content)))
    answer.close()
    assert len(book.worksheets) == 2
    words = {line[0]: line for line in book.worksheets[1].iter_rows(values_only=True)}
    assert words["学位层次"][3] == "硕士、博士"
    assert book.worksheets[0].column_dimensions["A"].number_format == "@"


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"\n\n\n", "empty"),
        (b"\x00" * 100, "letters"),
        (b"PK\x03\x04broken", "damaged"),
        (b"%PDF-1.7", "not_a_list"),
        (b"MZ\x90\x00", "program"),
        (b"\xff\xfe\xfd" * 50, "letters"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1old excel", "old_office"),
        (b'"' * 1000 + b"a" * 200_000, "cells"),
        (",".join(f"列{n}" for n in range(100)).encode(), "too_many_columns"),
        (b",,,\n1,2,3", "no_headings"),
    ],
)
def test_file_that_is_no_list_is_told_at_its_field_and_keeps_nothing(client, office, content, code):
    page = client.post(URL, {"file": SimpleUploadedFile("名单.xlsx", content)})
    assert page.status_code == 422
    assert page.context["form"].errors["file"]
    assert not ImportJob.objects.exists()
    with translation.override("zh-hans"):
        from consortium.imports.faults import FILES

        assert str(FILES[code][0]).split("%")[0] in page.content.decode()


def test_macros_and_other_archives_are_refused(client, office):
    import io
    import zipfile

    for part, words in (("xl/vbaProject.bin", "宏"), ("word/document.xml", "DOCX"), ("x/y.txt", "ZIP")):
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w") as archive:
            archive.writestr("[Content_Types].xml", "x")
            archive.writestr(part, "x")
            if "vba" in part:
                archive.writestr("xl/workbook.xml", "x")
        page = client.post(URL, {"file": SimpleUploadedFile("名单.xlsx", out.getvalue())})
        assert page.status_code == 422 and words in page.content.decode()


def test_file_that_breaks_off_after_its_headings_is_told_on_its_page(client, office, university, monkeypatch):
    from consortium.imports import table

    monkeypatch.setattr(table, "MOST_ROWS", 2)
    run = sent_up(client, URL, students(*(row(str(one), f"甲{one}") for one in range(3))))
    assert run.state == "unreadable"
    page = page_of(client, run)
    assert page.status_code == 200 and "超过2行" in page.content.decode().replace(" ", "")
    monkeypatch.setattr(table, "MOST_ROWS", 20)
    assert client.post(f"/imports/{run.pk}/again/").status_code == 302
    work()
    run.refresh_from_db()
    assert run.state == "tested"


# --- between test and import


def test_changed_between_test_and_import_409_and_nothing_written(client, office, university):
    known = make_student(number="2026001", university=university)
    run = sent_up(client, URL, students(row(), row("2026002", "乙"), row("2026003", "丙")))
    edit_student(student=known, by=office, programme="别的专业")
    make_student(number="2026002", university=university)
    answer = client.post(f"/imports/{run.pk}/confirm/")
    assert answer.status_code == 409
    assert "2" in answer.context["refusal"].sentence
    assert not StudentProfile.objects.filter(number="2026003").exists()
    client.post(f"/imports/{run.pk}/again/")
    work()
    assert counts(run) == (1, 2, 0, 0, 0)
    written(client, run)
    assert StudentProfile.objects.filter(number="2026003").exists()


def test_what_others_change_elsewhere_holds_nothing_up(client, office, university):
    run = sent_up(client, URL, students(row()))
    edit_student(student=make_student(), by=office, programme="别的专业")
    assert written(client, run).state == "written"


def test_changed_while_it_is_written_is_left_out_and_said(client, office, university):
    known = make_student(number="2026001", university=university)
    run = sent_up(client, URL, students(row(), row("2026002", "乙"), row("2026003", "丙")))
    client.post(f"/imports/{run.pk}/confirm/")
    edit_student(student=known, by=office, programme="别的专业")
    make_student(number="2026002", university=university)
    work()
    run.refresh_from_db()
    assert run.state == "written"
    assert list(run.rows.order_by("line").values_list("fate", flat=True)) == [
        "left_out",
        "left_out",
        "written",
    ]
    known.refresh_from_db()
    assert known.programme == "别的专业"
    text = page_of(client, run, show="mend").content.decode()
    assert "试导入之后" in text
    assert len(lines_of(client.get(f"/imports/{run.pk}/faults/", {"format": "csv"}), "csv")) == 3


def test_two_presses_of_import_write_once_and_say_so(client, office, university):
    run = sent_up(client, URL, students(row()))
    answers = [client.post(f"/imports/{run.pk}/confirm/") for _press in range(2)]
    assert [answer.status_code for answer in answers] == [302, 302]
    assert Job.objects.filter(kind="students.write").count() == 1
    work()
    assert StudentProfile.objects.count() == 1


def test_two_presses_of_the_file_make_one_run(client, office, university):
    for _press in range(2):
        assert client.post(URL, {"file": students(row()), "form_key": "k"}).status_code == 302
    assert ImportJob.objects.count() == 1


# --- interrupted


class Power(BaseException):
    """The machine goes dark: nothing of ours may catch it."""


def test_test_that_dies_is_begun_anew(client, office, university, monkeypatch):
    monkeypatch.setattr(actions, "CHUNK", 2)
    answer = client.post(URL, {"file": students(*(row(str(one), f"甲{one}") for one in range(5)))})
    run = ImportJob.objects.get()
    check = actions._check_part
    calls = []

    def dies(*args):
        calls.append(1)
        if len(calls) == 2:
            raise Power
        return check(*args)

    monkeypatch.setattr(actions, "_check_part", dies)
    with pytest.raises(Power):
        work()
    assert run.rows.count() == 2
    Job.objects.update(state="queued")
    work()
    assert counts(run) == (5, 0, 0, 0, 0)
    assert client.get(answer.url).status_code == 200


def test_writing_that_dies_goes_on_where_it_stopped(client, office, university, monkeypatch):
    monkeypatch.setattr(actions, "CHUNK", 2)
    run = sent_up(client, URL, students(*(row(str(one), f"甲{one}") for one in range(5))))
    client.post(f"/imports/{run.pk}/confirm/")
    of = registry.import_kinds["students"]
    add, calls = of.add, []

    def dies(**kwargs):
        made = add(**kwargs)
        calls.append(1)
        if len(calls) == 2:
            raise Power
        return made

    monkeypatch.setattr(of, "add", dies)
    with pytest.raises(Power):
        work()
    assert StudentProfile.objects.count() == 2 and run.rows.filter(fate="written").count() == 2
    Job.objects.filter(state="running").update(state="queued")
    work()
    run.refresh_from_db()
    assert run.state == "written" and StudentProfile.objects.count() == 5
    assert AuditEvent.objects.filter(verb="student recorded").count() == 5
    assert AuditEvent.objects.filter(verb="list imported").count() == 1


@pytest.mark.parametrize("then", ["resume", "undo"])
def test_writing_that_was_stopped_is_gone_on_with_or_taken_back(
    client, office, university, monkeypatch, then
):
    monkeypatch.setattr(actions, "CHUNK", 2)
    run = sent_up(client, URL, students(*(row(str(one), f"甲{one}") for one in range(5))))
    client.post(f"/imports/{run.pk}/confirm/")
    of = registry.import_kinds["students"]
    add = of.add

    def stopped(**kwargs):
        made = add(**kwargs)
        if Job.objects.filter(state="running").exists() and StudentProfile.objects.count() == 2:
            stopped.job = Job.objects.get(state="running")
        return made

    monkeypatch.setattr(of, "add", stopped)
    part = actions._write_part

    def stop_after_one(**kwargs):
        done = part(**kwargs)
        jobs.stop_job(job=stopped.job, by=office)
        return done

    monkeypatch.setattr(actions, "_write_part", stop_after_one)
    work()
    run.refresh_from_db()
    assert run.state == "writing" and StudentProfile.objects.count() == 2
    page = page_of(client, run)
    assert f"/imports/{run.pk}/resume/" in page.content.decode()
    monkeypatch.setattr(actions, "_write_part", part)
    assert client.post(f"/imports/{run.pk}/{then}/").status_code == 302
    work()
    run.refresh_from_db()
    assert (run.state, StudentProfile.objects.count()) == {"resume": ("written", 5), "undo": ("undone", 0)}[
        then
    ]


def test_fault_of_the_program_is_said_and_nothing_half_is_kept(
    client, office, university, monkeypatch, caplog
):
    run = sent_up(client, URL, students(row()))
    client.post(f"/imports/{run.pk}/confirm/")
    of = registry.import_kinds["students"]
    add = of.add

    def breaks(**kwargs):
        add(**kwargs)
        raise ZeroDivisionError

    monkeypatch.setattr(of, "add", breaks)
    work()
    run.refresh_from_db()
    assert not StudentProfile.objects.exists()
    page = page_of(client, run)
    assert "程序" in page.content.decode()
    monkeypatch.setattr(of, "add", add)
    client.post(f"/imports/{run.pk}/resume/")
    work()
    assert StudentProfile.objects.count() == 1


# --- undone


def test_undo_takes_back_what_nobody_has_touched(client, office, university):
    old = make_student(number="1", university=university, programme="旧专业")
    run = written(
        client,
        sent_up(
            client,
            URL,
            students(row("1", "甲"), row("2", "乙"), row("3", "丙"), row("4", "丁"), row("5", "戊")),
        ),
    )
    edit_student(student=StudentProfile.objects.get(number="3"), by=office, programme="后来改的")
    seen = StudentProfile.objects.get(number="4").user
    seen.last_login = clock.now()
    seen.save()
    from tests.factories import make_mentorship

    make_mentorship(student=StudentProfile.objects.get(number="5"))
    assert client.get(f"/imports/{run.pk}/undo/").status_code == 200
    client.post(f"/imports/{run.pk}/undo/")
    work()
    run.refresh_from_db()
    assert run.state == "undone"
    old.refresh_from_db()
    assert old.programme == "旧专业"
    assert set(StudentProfile.objects.values_list("number", flat=True)) == {"1", "3", "4", "5"}
    assert not User.objects.filter(username="2").exists()
    page = page_of(client, run, show="kept")
    assert [one["line"] for one in page.context["rows"]] == [4, 5, 6]
    assert first_broken_link() is None


def test_undo_is_refused_after_a_day(client, office, university):
    run = written(client, sent_up(client, URL, students(row())))
    with clock.moved(timedelta(hours=25)):
        assert "/undo/" not in page_of(client, run).content.decode()
        assert client.post(f"/imports/{run.pk}/undo/").status_code == 409
    assert StudentProfile.objects.count() == 1


def test_two_presses_of_undo_are_one(client, office, university):
    run = written(client, sent_up(client, URL, students(row())))
    assert [client.post(f"/imports/{run.pk}/undo/").status_code for _press in range(2)] == [302, 409]
    work()
    assert AuditEvent.objects.filter(verb="list import undone").count() == 1


# --- erased after its days


def test_file_and_rows_are_erased_after_their_days_and_the_students_stay(
    client, office, university, django_capture_on_commit_callbacks
):
    run = written(client, sent_up(client, URL, students(row())))
    later = sent_up(client, URL, students(row("2"), name="别的.csv"))
    bytes_of = [files.path_of(one.file.sha256) for one in (run, later)]
    assert "清除" in page_of(client, run).content.decode() and "30" in client.get(URL).content.decode()
    ImportJob.objects.filter(pk=later.pk).update(created_at=clock.now() + timedelta(days=5))
    with clock.moved(timedelta(days=29)):
        assert import_clock.advance() == 0
    with clock.moved(timedelta(days=31)), django_capture_on_commit_callbacks(execute=True):
        assert import_clock.advance() == 1
    assert list(ImportJob.objects.all()) == [later]
    assert not StoredFile.objects.filter(pk=run.file_id).exists()
    assert [path.exists() for path in bytes_of] == [False, True]
    assert client.get(f"/imports/{run.pk}/").status_code == 404
    assert client.get(f"/jobs/{run.job_id}/").status_code in (200, 404)
    assert StudentProfile.objects.filter(number="2026001").exists()
    assert AuditEvent.objects.get(verb="list forgotten").object_id == str(run.pk)
    assert first_broken_link() is None


def test_bytes_that_another_file_shares_stay(client, office, university, django_capture_on_commit_callbacks):
    run = sent_up(client, URL, students(row()))
    kept = files.path_of(run.file.sha256)
    twin = sent_up(client, URL, students(row()))
    ImportJob.objects.filter(pk=twin.pk).update(created_at=clock.now() + timedelta(days=5))
    with clock.moved(timedelta(days=31)), django_capture_on_commit_callbacks(execute=True):
        assert import_clock.advance() == 1
    assert kept.exists()


def test_what_stands_halfway_waits_for_a_person(client, office, university):
    run = sent_up(client, URL, students(row()))
    client.post(f"/imports/{run.pk}/confirm/")
    run.refresh_from_db()
    jobs.stop_job(job=run.job, by=office)
    with clock.moved(timedelta(days=31)):
        assert import_clock.advance() == 0
    assert ImportJob.objects.exists()


# --- who may


@pytest.mark.parametrize("role", ["secretary", "student", "academic_mentor", "auditor", "system_admin"])
def test_others_see_and_do_nothing(client, office, university, role):
    run = sent_up(client, URL, students(row(name="不该看见的名字"), row("2", "")))
    user = make_user(role)
    client.force_login(user)
    for address in ("", "confirm/", "undo/", "faults/"):
        answer = client.get(f"/imports/{run.pk}/{address}")
        assert answer.status_code == 404, address
    for address in ("confirm/", "undo/", "again/", "decide/", "instead/", "columns/", "resume/"):
        assert client.post(f"/imports/{run.pk}/{address}").status_code == 404, address
    assert client.get(f"/files/{run.file_id}/").status_code == 404
    assert client.get(f"/jobs/{run.job_id}/").status_code == 404
    for act in (actions.write_import, actions.test_again, actions.undo_import, actions.go_on):
        with pytest.raises(Forbidden):
            act(run=run, by=user)
    run.refresh_from_db()
    assert run.state == "tested"


def test_a_colleague_may_confirm(client, office, university):
    run = sent_up(client, URL, students(row()))
    client.force_login(make_user("graduate_officer"))
    assert written(client, run).state == "written"


def test_wrong_states_are_refused(client, office, university):
    run = sent_up(client, URL, students(row()))
    for address in ("undo/", "resume/"):
        assert client.post(f"/imports/{run.pk}/{address}").status_code == 409
    written(client, run)
    for act in (actions.test_again, actions.write_import, actions.go_on):
        with pytest.raises(Refused):
            act(run=run, by=office)


# --- guarantees of the database


def test_database_refuses_impossible_rows(client, office, university):
    run = sent_up(client, URL, students(row()))
    for model, change in (
        (ImportJob, {"state": "nonsense"}),
        (ImportJob, {"state": "writing"}),
        (ImportJob, {"state": "written"}),
        (ImportRow, {"outcome": "nonsense"}),
        (ImportRow, {"fate": "written"}),
        (ImportRow, {"fate": "written", "outcome": "faulty", "target": 1}),
        (ImportRow, {"fate": "left_out", "outcome": "alike"}),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            model.objects.all().update(**change)
    with pytest.raises(IntegrityError), transaction.atomic():
        ImportRow.objects.create(run=run, line=2, outcome="new")


# --- cost


def _asked(act):
    with CaptureQueriesContext(connection) as asked:
        act()
    return len(asked)


def test_a_batch_asks_the_same_however_many_rows_it_has(client, office, university):
    def whole(start, number):
        rows = [
            row(f"{start}{one}", f"甲{start}{one}", mail=f"{start}{one}@example.invalid")
            for one in range(number)
        ]
        tested = _asked(lambda: sent_up(client, URL, students(*rows)))
        run = ImportJob.objects.order_by("-pk").first()
        return tested, _asked(lambda: written(client, run)), run

    few_tested, few_written, few = whole("a", 3)
    many_tested, many_written, many = whole("b", 60)
    assert many_tested <= few_tested + 3 and many_written <= few_written + 3, (
        few_tested,
        many_tested,
        few_written,
        many_written,
    )

    def undo(run):
        client.post(f"/imports/{run.pk}/undo/")
        work()

    assert _asked(lambda: undo(many)) <= _asked(lambda: undo(few)) + 1


def test_page_asks_the_same_for_three_rows_and_one(client, office, university):
    one = sent_up(client, URL, students(row("1", "甲")))
    three = sent_up(client, URL, students(row("1", "甲"), row("2", "乙"), row("3", "丙")))
    page_of(client, one)
    assert _asked(lambda: page_of(client, three)) == _asked(lambda: page_of(client, one))
