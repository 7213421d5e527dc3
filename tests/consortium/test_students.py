"""Students as the office keeps them: one by one, and by a file that is first only checked."""

import csv
import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import Workbook, load_workbook

from consortium import student_import
from consortium.actions.student import edit_student, record_student, revision_of
from consortium.models import AuditEvent, RoleGrant, StudentProfile, User
from consortium.refusals import Forbidden, Invalid
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
    return make_organisation("示例大学", kind="university")


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


def csv_file(*rows, coding="utf-8", heads=HEADS):
    out = io.StringIO()
    csv.writer(out).writerows([heads, *rows])
    return SimpleUploadedFile("名单.csv", out.getvalue().encode(coding))


def xlsx_file(*rows):
    book = Workbook()
    for line in (HEADS, *rows):
        book.active.append(line)
    out = io.BytesIO()
    book.save(out)
    return SimpleUploadedFile("名单.xlsx", out.getvalue())


def sent_up(client, upload):
    return client.post(URL, {"file": upload})


def applied(client, page, key="k1"):
    return client.post(URL, {"token": page.context["token"], "form_key": key})


def counts(page):
    report = page.context["report"]
    return len(report.new), len(report.changed), len(report.same), len(report.rejected)


# --- one student


def test_recorded_student_has_an_account_without_password_and_the_role(university):
    profile = record_student(
        by=make_user("graduate_officer"),
        number="2026001",
        name="示例学生",
        university=university,
        programme="生物与医药",
        degree="master",
        cohort=2026,
    )
    assert profile.user.username == "2026001"
    assert not profile.user.has_usable_password()
    assert profile.user.grants.get().role == "student"
    assert profile.required_months is None


@pytest.mark.parametrize("role", ["secretary", "student", "academic_mentor", "auditor", "system_admin"])
def test_others_do_not_keep_students(client, role, university):
    user = make_user(role)
    with pytest.raises(Forbidden):
        record_student(
            by=user, number="1", name="某", university=university, programme="x", degree="master", cohort=2026
        )
    student = make_student()
    client.force_login(user)
    for url in (reverse("students"), URL, reverse("student", args=[student.pk]), "/students/?format=csv"):
        answer = client.get(url)
        assert answer.status_code == 403
        assert student.user.name not in answer.content.decode()


def test_visitor_is_asked_to_sign_in(client):
    student = make_student()
    for url in (reverse("students"), reverse("student", args=[student.pk])):
        assert client.get(url).status_code == 302


def test_number_twice_is_refused_with_a_link(university):
    first = make_student(number="77")
    with pytest.raises(Invalid) as refused:
        record_student(
            by=make_user("graduate_officer"),
            number="77",
            name="另一人",
            university=university,
            programme="x",
            degree="master",
            cohort=2026,
        )
    assert refused.value.url == reverse("student", args=[first.pk])


def form(**given):
    return {
        "number": "2026009",
        "name": "示例学生",
        "university": "示例大学",
        "programme": "生物与医药",
        "degree": "master",
        "cohort": "2026",
        "fresh": "",
        "email": "s@example.invalid",
        "form_key": "k",
    } | given


def test_two_presses_record_one_student(client, office, university):
    answers = [client.post(reverse("student_new"), form()) for _press in range(2)]
    assert [answer.status_code for answer in answers] == [302, 302]
    assert StudentProfile.objects.count() == 1


@pytest.mark.parametrize(
    "bad",
    [
        {"number": ""},
        {"name": "长" * 81},
        {"university": "没有"},
        {"degree": "baron"},
        {"cohort": "1066"},
        {"cohort": "２０２６x"},
        {"fresh": "maybe"},
        {"email": "no"},
        {"name": "a\x00"},
        {"cohort": "9" * 40},
    ],
)
def test_bad_input_is_told_at_its_field(client, office, university, bad):
    page = client.post(reverse("student_new"), form(**bad))
    assert page.status_code == 422
    assert set(page.context["form"].errors) == set(bad)
    assert not StudentProfile.objects.exists()


def test_trail_of_an_edit_names_fields_and_no_values(office):
    student = make_student()
    edit_student(student=student, by=office, name="改后的名字")
    event = AuditEvent.objects.get(verb="student edited")
    assert event.details == {"fields": ["name"]}


def test_second_editor_gets_both_versions(client, office):
    student = make_student()
    seen = revision_of(student)
    edit_student(student=student, by=office, programme="对方写的专业")
    given = form(
        number=student.number,
        university=student.university.name_zh,
        programme="我写的专业",
        revision=seen,
        email=student.user.email,
    )
    page = client.post(reverse("student", args=[student.pk]), given)
    assert page.status_code == 409
    assert "对方写的专业" in page.content.decode() and "我写的专业" in page.content.decode()


def test_list_asks_as_much_for_three_as_for_one(client, office):
    def count():
        with CaptureQueriesContext(connection) as asked:
            client.get(reverse("students"))
        return len(asked)

    make_student()
    count()
    first = count()
    make_student(), make_student()
    assert count() == first


def test_list_finds_and_filters(client, office):
    wanted = make_student(number="ZZ9", degree="doctor", fresh_graduate=None)
    make_student()
    for query in ({"q": "zz9"}, {"q": wanted.user.name}, {"degree": "doctor"}, {"gap": "fresh"}):
        page = client.get(reverse("students"), query)
        assert [student.pk for student in page.context["page"]] == [wanted.pk], query


# --- a file


@pytest.mark.parametrize("make", [csv_file, lambda *rows: csv_file(*rows, coding="gb18030"), xlsx_file])
def test_first_step_writes_nothing_second_step_writes_all(client, office, university, make):
    page = sent_up(
        client, make(row(), row("2026002", "示例乙", degree="博士", fresh="否", mail="b@example.invalid"))
    )
    assert page.status_code == 200
    assert counts(page) == (2, 0, 0, 0)
    assert not StudentProfile.objects.exists() and not User.objects.filter(username="2026001").exists()
    assert applied(client, page).status_code == 302
    second = StudentProfile.objects.get(number="2026002")
    assert (second.degree, second.fresh_graduate, second.user.email) == ("doctor", False, "b@example.invalid")
    assert RoleGrant.objects.filter(role="student").count() == 2


def test_same_file_again_changes_nothing(client, office, university):
    rows = [row(), row("2026002", "示例乙")]
    applied(client, sent_up(client, csv_file(*rows)))
    page = sent_up(client, csv_file(*rows))
    assert counts(page) == (0, 0, 2, 0)
    acts = AuditEvent.objects.count()
    applied(client, page, key="k2")
    assert AuditEvent.objects.count() == acts


def test_file_taken_out_changes_nothing_when_sent_up_again(client, office, university):
    applied(client, sent_up(client, csv_file(row(), row("2026002", fresh="", mail="c@example.invalid"))))
    for format in ("csv", "xlsx", "csv-gb18030"):
        answer = client.get(reverse("students"), {"format": format})
        content = b"".join(answer.streaming_content)
        answer.close()
        assert counts(sent_up(client, SimpleUploadedFile("again", content))) == (0, 0, 2, 0)


def test_changed_row_is_shown_and_written(client, office, university):
    applied(client, sent_up(client, csv_file(row(mail="a@example.invalid"))))
    page = sent_up(client, csv_file(row(programme="生物工程")))
    assert counts(page) == (0, 1, 0, 0)
    assert "生物工程" in page.content.decode()
    applied(client, page, key="k2")
    student = StudentProfile.objects.get()
    assert student.programme == "生物工程"
    assert student.user.email == "a@example.invalid"  # an empty cell takes nothing away


def test_every_fault_is_told_with_row_column_reason_and_remedy(client, office, university):
    make_user(username="taken", email="taken@example.invalid")
    page = sent_up(
        client,
        csv_file(
            row("", "无学号"),
            row("2", ""),
            row("3", unit="没有的大学"),
            row("4", degree="学士"),
            row("5", year="二零"),
            row("6", fresh="也许"),
            row("7", mail="no"),
            row("8", mail="taken@example.invalid"),
            row("9"),
            row("9"),
            row("10", "长" * 81),
            row("taken"),
            row("11", mail="d@example.invalid"),
            row("12", mail="D@example.invalid"),
            row("13"),
        ),
    )
    told = {(fault.row, fault.column) for fault in page.context["report"].faults}
    assert told == {
        (2, "学号"),
        (3, "姓名"),
        (4, "培养单位"),
        (5, "学位层次"),
        (6, "入学年份"),
        (7, "是否应届"),
        (8, "邮箱"),
        (9, "邮箱"),
        (11, "学号"),
        (12, "姓名"),
        (13, "学号"),
        (15, "邮箱"),
    }
    assert all(fault.reason and fault.remedy for fault in page.context["report"].faults)
    assert counts(page) == (3, 0, 0, 12)


@pytest.mark.parametrize("format", ["xlsx", "csv", "csv-gb18030"])
def test_rejected_rows_come_back_with_their_reason_and_can_be_mended(client, office, university, format):
    page = sent_up(client, csv_file(row(), row("2", degree="学士")))
    answer = client.post(URL, {"token": page.context["token"], "rejected": format})
    content = b"".join(answer.streaming_content)
    answer.close()
    if format == "xlsx":
        lines = [list(line) for line in load_workbook(io.BytesIO(content)).active.iter_rows(values_only=True)]
    else:
        coding = "gb18030" if format.endswith("18030") else "utf-8-sig"
        lines = list(csv.reader(io.StringIO(content.decode(coding))))
    assert lines[0] == [*HEADS, "原因"]
    assert [line[0] for line in lines[1:]] == ["2"]
    assert "学位层次" in lines[1][-1]
    lines[1][4] = "博士"
    mended = csv_file(*lines[1:], heads=lines[0])
    assert counts(sent_up(client, mended)) == (1, 0, 0, 0)


def test_register_changed_between_test_and_import_409_and_nothing_written(client, office, university):
    page = sent_up(client, csv_file(row(), row("2026002")))
    make_student(number="2026001", university=university)
    answer = applied(client, page)
    assert answer.status_code == 409
    assert not StudentProfile.objects.filter(number="2026002").exists()
    assert counts(answer) == (1, 1, 0, 0)
    assert applied(client, answer).status_code == 302


def test_two_presses_of_import_write_once(client, office, university):
    page = sent_up(client, csv_file(row()))
    assert [applied(client, page).status_code for _press in range(2)] in ([302, 302], [302, 409])
    assert StudentProfile.objects.count() == 1


def test_anothers_token_is_worth_nothing(client, office, university):
    page = sent_up(client, csv_file(row()))
    client.force_login(make_user("graduate_officer"))
    assert applied(client, page).status_code == 422
    assert client.post(URL, {"token": "forged"}).status_code == 422
    assert not StudentProfile.objects.exists()


def test_row_that_is_a_formula_stays_text(client, office, university):
    applied(client, sent_up(client, csv_file(row(name="=cmd|' /C calc'!A0"))))
    answer = client.get(reverse("students"), {"format": "csv"})
    assert "\n'=cmd" not in b"".join(answer.streaming_content).decode()
    assert StudentProfile.objects.get().user.name.startswith("=cmd")


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\x00" * 100,
        b"PK\x03\x04broken",
        b"%PDF-1.7",
        b"\xff\xfe\xfd" * 50,
        "没有表头的文件".encode(),
        b"\n\n\n",
        "学号,姓名\n1,2\n".encode(),
        b'"' * 1000,
        b"\xd0\xcf\x11\xe0old excel",
        b"a" * 200_000,
    ],
)
def test_file_that_is_no_list_is_told_and_no_fault(client, office, content):
    page = client.post(URL, {"file": SimpleUploadedFile("x.csv", content)})
    assert page.status_code == 422
    assert page.context["form"].errors["file"]


def test_sample_file_can_be_read(client, office):
    make_organisation("天津科技大学", kind="university")
    for format in ("xlsx", "csv"):
        answer = client.get(URL, {"sample": format})
        content = b"".join(answer.streaming_content)
        answer.close()
        assert counts(sent_up(client, SimpleUploadedFile("s", content))) == (1, 0, 0, 0)


def test_check_asks_the_database_the_same_for_many_rows(university, django_assert_max_num_queries):
    rows = [row(str(number)) for number in range(400)]
    with django_assert_max_num_queries(8):
        report = student_import.check(csv_file(*rows).read(), "x.csv")
    assert len(report.new) == 400
