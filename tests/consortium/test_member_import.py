"""Lists of member organisations sent up as a file; what all kinds of lists share is in test_student_import.py."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from consortium import clock, registry
from consortium.actions import list_import as actions
from consortium.actions.organisation import edit_organisation, record_former_name, register_organisation
from consortium.audit import first_broken_link
from consortium.enums import OrganisationKind
from consortium.imports.members import KINDS
from consortium.models import (
    AuditEvent,
    ImportJob,
    ImportRow,
    Membership,
    Notification,
    Organisation,
    OrganisationAlias,
    OutboxMessage,
)
from consortium.queries.organisation import searched
from consortium.refusals import Forbidden
from tests.consortium.import_kit import counts, csv_file, faults, lines_of, sent_up, work, written, xlsx_file
from tests.factories import make_council, make_organisation, make_uscc, make_user

pytestmark = pytest.mark.django_db
HEADS = ["单位名称", "统一社会信用代码", "类别", "简称", "所在地"]
URL = "/members/import/"


@pytest.fixture
def office(client):
    user = make_user("secretary")
    client.force_login(user)
    return user


def row(name="示例海河药业有限公司", code="", kind="企业", short="", place=""):
    return [name, code, kind, short, place]


def members(*rows, heads=HEADS, **options):
    return csv_file(heads, *rows, **options)


def page_of(client, run, **query):
    return client.get(run.get_absolute_url(), query)


def said(client, run, **query):
    """{(line, reason)} of the rows shown."""
    rows = page_of(client, run, **query).context["rows"]
    return {(one["line"], fault["reason"]) for one in rows for fault in one["faults"]}


# --- what a good list does


@pytest.mark.parametrize(
    "make",
    [
        members,
        lambda *rows: members(*rows, coding="gb18030"),
        lambda *rows: xlsx_file(HEADS, *rows),
    ],
    ids=["utf-8", "gb18030", "xlsx"],
)
def test_the_test_writes_nothing_and_the_import_organisations_alone(client, office, make):
    kept = (Organisation, OrganisationAlias, Membership, Notification, OutboxMessage)
    before = [model.objects.count() for model in kept]
    run = sent_up(
        client,
        URL,
        make(row(code=make_uscc(1), short="海河药业", place="天津经开区"), row("示例大学甲", kind="高校")),
    )
    assert (run.state, counts(run)) == ("tested", (2, 0, 0, 0, 0))
    assert [model.objects.count() for model in kept] == before
    text = client.get(f"/imports/{run.pk}/confirm/").content.decode()
    assert "不记会籍" in text
    assert written(client, run).state == "written"
    first = Organisation.objects.get(uscc=make_uscc(1))
    assert (first.name_zh, first.kind, first.short_zh, first.district, first.created_by) == (
        "示例海河药业有限公司",
        "enterprise",
        "海河药业",
        "天津经开区",
        office,
    )
    assert list(searched(Organisation.objects.all(), "haihe")) == [first]
    assert not Membership.objects.exists() and not Notification.objects.exists()
    registered = AuditEvent.objects.filter(verb="organisation registered", stream="imports", actor=office)
    assert registered.count() == 2
    assert first_broken_link() is None


def test_every_kind_is_called_as_the_portal_calls_it():
    assert [choice.value for choice in KINDS] == list(OrganisationKind.values)
    with translation.override("zh-hans"):
        assert [choice.zh for choice in KINDS] == [str(label) for label in OrganisationKind.labels]
    with translation.override("en"):
        assert [choice.en for choice in KINDS] == [str(label) for label in OrganisationKind.labels]


def test_a_code_on_record_is_that_organisation_and_the_list_completes_it(client, office):
    coded = make_organisation("示例甲有限公司", uscc=make_uscc(1), short_zh="甲")
    uncoded = make_organisation("示例乙有限公司", short_zh="乙")
    run = sent_up(
        client,
        URL,
        members(
            row("示例甲有限公司", make_uscc(1), place="武清区"),
            row("示例乙有限公司", make_uscc(2), kind="科研院所"),
        ),
    )
    assert counts(run) == (0, 2, 0, 0, 0)
    text = page_of(client, run, show="changed").content.decode()
    assert "<del>企业</del>" in text and "<ins>科研院所</ins>" in text
    written(client, run)
    coded.refresh_from_db()
    uncoded.refresh_from_db()
    assert (coded.district, coded.short_zh) == ("武清区", "甲"), "an empty cell takes nothing away"
    assert (uncoded.uscc, uncoded.kind) == (make_uscc(2), "research_institute")
    act = AuditEvent.objects.get(verb="organisation edited", object_id=str(coded.pk))
    assert act.details["changed"] == {"district": ["", "武清区"]}


def test_the_same_file_again_says_so_and_writes_nothing(client, office):
    rows = [row(code=make_uscc(1), short="海河"), row("示例渤海大学", kind="高校")]
    written(client, sent_up(client, URL, members(*rows)))
    again = sent_up(client, URL, members(*rows))
    assert counts(again) == (0, 0, 2, 0, 0)
    text = page_of(client, again).content.decode()
    assert "2行无变化" in text.replace(" ", "")
    assert client.post(f"/imports/{again.pk}/confirm/").status_code == 409


# --- what is wrong with a row


def test_wrong_codes_say_what_is_wrong_and_what_to_do(client, office):
    code = make_uscc(1)
    wrong_end = code[:17] + ("A" if code[17] != "A" else "B")
    run = sent_up(
        client,
        URL,
        members(
            row("示例甲", code[:17]),
            row("示例乙", wrong_end),
            row("示例丙", "I" + code[1:]),
            row("示例丁", "9.1E+17"),
        ),
    )
    assert faults(run) == {
        (2, "uscc", "uscc"),
        (3, "uscc", "uscc"),
        (4, "uscc", "uscc"),
        (5, "uscc", "digits"),
    }
    reasons = dict(said(client, run))
    assert "17" in reasons[2] and "18" in reasons[2]
    assert f"“{code[17]}”" in reasons[3]
    assert "“I”" in reasons[4]
    with translation.override("zh-hans"):
        shown = page_of(client, run).context["rows"]
        assert all(
            fault["remedy"] and fault["column"] == "统一社会信用代码"
            for one in shown
            for fault in one["faults"]
        )


def test_repeated_codes_with_different_names_are_told_with_both_rows(client, office):
    run = sent_up(
        client,
        URL,
        members(
            row("示例甲", make_uscc(1)),
            row("示例乙", make_uscc(1)),
            row("示例丙", make_uscc(2)),
            row("示例丙", make_uscc(2)),
            row("示例丁", make_uscc(3)),
        ),
    )
    assert faults(run) == {
        (2, "uscc", "repeated_names"),
        (3, "uscc", "repeated_names"),
        (4, "uscc", "repeated"),
        (4, "name_zh", "repeated"),
        (5, "uscc", "repeated"),
        (5, "name_zh", "repeated"),
    }
    assert (2, "第2、3行代码相同，名称不同。") in {
        (line, reason.replace(" ", "")) for line, reason in said(client, run)
    }


def test_an_unknown_kind_is_offered_the_nearest_and_read_so_after_one_press(client, office):
    run = sent_up(
        client, URL, members(row("示例研究所", kind="科研机构"), row("示例炼金所", kind="炼金术士"))
    )
    assert faults(run) == {(2, "kind", "choice_near"), (3, "kind", "choice")}
    assert "最接近的是“科研院所”" in page_of(client, run, group="choice_near").content.decode()
    client.post(f"/imports/{run.pk}/instead/", {"column": "kind", "value": "科研机构"})
    work()
    assert counts(run) == (1, 0, 0, 0, 1)
    assert run.rows.get(line=2).fields["kind"] == "research_institute"


def test_a_missing_column_is_matched_by_hand(client, office):
    run = sent_up(client, URL, members(["示例甲", "企业"], heads=["公司叫什么", "类别"]))
    assert run.state == "unmatched"
    text = page_of(client, run).content.decode()
    assert "单位名称" in text and "公司叫什么 · 类别" in text
    client.post(f"/imports/{run.pk}/columns/", {"name_zh": "0", "kind": "1"})
    work()
    assert counts(run) == (1, 0, 0, 0, 0)


def test_columns_that_are_not_read_are_named(client, office):
    run = sent_up(
        client, URL, members(["示例甲", "企业", "理事单位"], heads=["单位名称", "类别", "会员级别"])
    )
    assert "会员级别" in page_of(client, run).content.decode()


def test_a_file_that_is_no_workbook_is_told(client, office):
    page = client.post(URL, {"file": SimpleUploadedFile("名单.xlsx", b"%PDF-1.7")})
    assert page.status_code == 422 and "PDF" in page.content.decode()
    assert not ImportJob.objects.exists()


def test_a_formula_is_kept_as_text_in_words_and_refused_elsewhere(client, office):
    run = sent_up(client, URL, members(row("示例甲", short="=1+1"), row("示例乙", "=A1")))
    assert faults(run) == {(3, "uscc", "formula")}
    assert run.rows.get(line=2).notes == [{"column": "short_zh", "code": "formula"}]
    written(client, run)
    assert Organisation.objects.get(name_zh="示例甲").short_zh == "=1+1"


def test_a_name_on_record_with_another_code_is_told(client, office):
    make_organisation("示例甲有限公司", uscc=make_uscc(1))
    make_organisation("示例乙有限公司", uscc=make_uscc(2), short_zh="示例乙")
    run = sent_up(
        client,
        URL,
        members(
            row("示例甲有限公司", make_uscc(3)),
            row("示例乙", make_uscc(4)),
            row("示例甲有限公司 ", make_uscc(2)),
        ),
    )
    # The third repeats the first one's name, whatever its code says.
    assert {(line, code) for line, _column, code in faults(run)} == {
        (2, "repeated"),
        (3, "name_of_another"),
        (4, "repeated"),
    }
    single = sent_up(
        client, URL, members(row("示例甲有限公司", make_uscc(3)), row("示例乙有限公司", make_uscc(1)))
    )
    assert faults(single) == {(2, "uscc", "code_differs"), (3, "name_zh", "name_of_another")}
    assert make_uscc(1) in str(said(client, single))


def test_two_rows_about_one_record_are_told_with_the_first_ones_row(client, office):
    make_organisation("示例甲有限公司", uscc=make_uscc(1), short_zh="示例甲")
    run = sent_up(
        client, URL, members(row("示例甲有限公司", place="一"), row("示例甲", make_uscc(1), place="二"))
    )
    assert faults(run) == {(3, "name_zh", "same_record")}
    assert "2" in dict(said(client, run))[3]


# --- perhaps the same


def alike_of(run):
    return {
        one.line: [(other["why"], other["sure"]) for other in one.alike]
        for one in run.rows.filter(outcome="alike").order_by("line")
    }


def test_what_may_be_on_record_is_asked_about_with_the_reason(client, office):
    known = register_organisation(
        by=office,
        name_zh="示例海河药业（天津）有限公司",
        short_zh="海河药业",
        kind="enterprise",
        aliases=["海河制药厂"],
    )
    run = sent_up(
        client,
        URL,
        members(
            row("天津示例海河药业股份有限公司"),
            row("示例海禾药业（天津）有限公司"),
            row("示例海河药业北方研发中心"),
            row("海河制药厂"),
            row("示例毫无关系研究所"),
        ),
    )
    assert alike_of(run) == {
        2: [("alike", False)],
        3: [("sound", False)],
        4: [("part", False)],
        5: [("name", True)],
    }
    assert counts(run) == (1, 0, 0, 4, 0)
    text = page_of(client, run, show="alike").content.decode()
    assert known.get_absolute_url() in text and "除地名和公司形式外名称相同" in text


def test_a_code_of_its_own_tells_namesakes_apart(client, office):
    make_organisation("示例海河药业（天津）有限公司", uscc=make_uscc(1))
    run = sent_up(client, URL, members(row("示例海河药业（北京）有限公司", make_uscc(2))))
    assert counts(run) == (1, 0, 0, 0, 0)


def test_the_same_code_under_another_name_is_suggested_and_cannot_be_made_anew(client, office):
    known = make_organisation("示例旧名有限公司", uscc=make_uscc(1), short_zh="旧名")
    run = sent_up(client, URL, members(row("示例新名有限公司", make_uscc(1))))
    assert alike_of(run) == {2: [("same_code", True)]}
    asked = run.rows.get()
    text = page_of(client, run, show="alike").content.decode()
    assert 'value="new"' not in text
    client.post(f"/imports/{run.pk}/decide/", {f"row-{asked.pk}": "new"})
    asked.refresh_from_db()
    assert asked.decision == ""
    client.post(f"/imports/{run.pk}/decide/", {"suggested": "1"})
    text = page_of(client, run, show="alike").content.decode()
    assert "<del>示例旧名有限公司</del>" in text and "<ins>示例新名有限公司</ins>" in text
    written(client, run)
    known.refresh_from_db()
    assert known.name_zh == "示例新名有限公司"
    assert list(searched(Organisation.objects.all(), "新名")) == [known]
    client.post(f"/imports/{run.pk}/undo/")
    work()
    known.refresh_from_db()
    assert known.name_zh == "示例旧名有限公司"
    assert list(searched(Organisation.objects.all(), "旧名")) == [known]


def test_one_called_by_another_of_its_names_keeps_its_full_name(client, office):
    known = make_organisation("示例海河药业有限公司", short_zh="示例海河")
    coded = make_organisation("示例渤海药业有限公司", uscc=make_uscc(2), short_zh="示例渤海")
    record_former_name(
        organisation=coded, by=office, name="示例渤海制药厂", until=clock.today() - timedelta(days=9)
    )
    run = sent_up(
        client,
        URL,
        members(
            row("示例海河", make_uscc(1), place="河西区"), row("示例渤海制药厂", make_uscc(2), place="河东区")
        ),
    )
    assert counts(run) == (0, 1, 0, 1, 0)
    client.post(f"/imports/{run.pk}/decide/", {"suggested": "1"})
    written(client, run)
    known.refresh_from_db()
    coded.refresh_from_db()
    assert (known.name_zh, known.uscc, known.district) == ("示例海河药业有限公司", make_uscc(1), "河西区")
    assert (coded.name_zh, coded.district) == ("示例渤海药业有限公司", "河东区")


def test_rows_are_decided_one_by_one_or_all_as_suggested_and_open_ones_are_left_out(client, office):
    known = make_organisation("示例海河药业（天津）有限公司", short_zh="")
    run = sent_up(
        client,
        URL,
        members(
            row("天津示例海河药业股份有限公司", place="甲"),
            row("示例海河药业集团有限公司"),
            row("示例海河药业"),
        ),
    )
    first, second, third = run.rows.order_by("line")
    client.post(
        f"/imports/{run.pk}/decide/",
        {f"row-{first.pk}": f"merge:{known.pk}", f"row-{second.pk}": "new", f"row-{third.pk}": ""},
    )

    written(client, run)
    assert set(Organisation.objects.values_list("name_zh", flat=True)) == {
        "天津示例海河药业股份有限公司",
        "示例海河药业集团有限公司",
    }
    lines = lines_of(client.get(f"/imports/{run.pk}/faults/", {"format": "csv"}), "csv")
    assert [line[0] for line in lines[1:]] == ["示例海河药业"] and lines[1][-1]


def test_two_rows_said_to_be_one_record_write_the_first_and_leave_the_second_out(client, office):
    known = make_organisation("示例海河药业（天津）有限公司", short_zh="")
    run = sent_up(client, URL, members(row("天津示例海河药业股份有限公司"), row("示例海河药业集团有限公司")))
    says = {f"row-{one.pk}": f"merge:{known.pk}" for one in run.rows.all()}
    client.post(f"/imports/{run.pk}/decide/", says)
    written(client, run)
    assert list(run.rows.order_by("line").values_list("fate", flat=True)) == ["written", "left_out"]
    known.refresh_from_db()
    assert known.name_zh == "天津示例海河药业股份有限公司"
    assert {code for _line, _column, code in _left_out(run)} == {"twice"}


def _left_out(run):
    return {
        (one.line, fault["column"], fault["code"])
        for one in run.rows.filter(fate="left_out")
        for fault in one.faults
    }


# --- rejected rows, changes between, undoing


@pytest.mark.parametrize("format", ["xlsx", "csv", "csv-gb18030"])
def test_the_mended_file_of_rejected_rows_imports_without_touching_the_others(client, office, format):
    heads = [*HEADS, "备注"]
    run = sent_up(
        client,
        URL,
        members([*row(code=make_uscc(1)), "留"], [*row("示例乙", make_uscc(2)[:17]), "=2"], heads=heads),
    )
    written(client, run)
    lines = lines_of(client.get(f"/imports/{run.pk}/faults/", {"format": format}), format)
    assert lines[0] == [*heads, "原因"] and len(lines) == 2
    assert "统一社会信用代码" in lines[1][-1]
    lines[1][1] = make_uscc(2)
    before = AuditEvent.objects.filter(object_kind="consortium.organisation").count()
    mended = sent_up(client, URL, csv_file(*lines))
    assert counts(mended) == (1, 0, 0, 0, 0)
    written(client, mended)
    assert Organisation.objects.get(uscc=make_uscc(2)).name_zh == "示例乙"
    assert AuditEvent.objects.filter(object_kind="consortium.organisation").count() == before + 1


def test_changed_between_test_and_import_is_409_and_writes_nothing(client, office):
    known = make_organisation("示例甲有限公司", uscc=make_uscc(1))
    run = sent_up(
        client,
        URL,
        members(
            row("示例甲有限公司", make_uscc(1), place="甲"),
            row("示例乙有限公司", make_uscc(2)),
            row("示例丙有限公司"),
        ),
    )
    edit_organisation(organisation=known, by=office, district="别处")
    register_organisation(by=office, name_zh="完全另一家", kind="enterprise", uscc=make_uscc(2))
    answer = client.post(f"/imports/{run.pk}/confirm/")
    assert answer.status_code == 409 and "2" in answer.context["refusal"].sentence
    assert not Organisation.objects.filter(name_zh="示例丙有限公司").exists()
    client.post(f"/imports/{run.pk}/again/")
    work()
    # What was recorded meanwhile under the code is asked about now.
    assert counts(run) == (1, 1, 0, 1, 0)


def test_undo_takes_back_what_nobody_has_used(client, office):
    old = make_organisation("示例旧有限公司", uscc=make_uscc(1))
    run = written(
        client,
        sent_up(
            client,
            URL,
            members(
                row("示例旧有限公司", make_uscc(1), place="新地方"),
                row("示例甲有限公司"),
                row("示例乙有限公司"),
                row("示例丙有限公司"),
            ),
        ),
    )
    edit_organisation(
        organisation=Organisation.objects.get(name_zh="示例乙有限公司"), by=office, district="改过"
    )
    make_user("enterprise_admin", organisation=Organisation.objects.get(name_zh="示例丙有限公司"))
    client.post(f"/imports/{run.pk}/undo/")
    work()
    run.refresh_from_db()
    old.refresh_from_db()
    assert run.state == "undone" and old.district == ""
    assert set(Organisation.objects.values_list("name_zh", flat=True)) == {
        "示例旧有限公司",
        "示例乙有限公司",
        "示例丙有限公司",
    }
    assert not searched(Organisation.objects.all(), "示例甲").exists()
    assert AuditEvent.objects.filter(verb="organisation taken back").count() == 1
    assert first_broken_link() is None


# --- who may


@pytest.mark.parametrize(
    "role", ["graduate_officer", "student", "auditor", "system_admin", "council_director"]
)
def test_others_see_and_do_nothing(client, office, role):
    run = sent_up(client, URL, members(row("不该看见的单位"), row("")))
    user = make_user(role)
    client.force_login(user)
    assert client.get(URL).status_code == 403
    for address in ("", "confirm/", "undo/", "faults/"):
        assert client.get(f"/imports/{run.pk}/{address}").status_code == 404
    for address in ("confirm/", "undo/", "again/", "decide/", "instead/", "columns/", "resume/"):
        assert client.post(f"/imports/{run.pk}/{address}").status_code == 404
    assert client.get(f"/files/{run.file_id}/").status_code == 404
    assert client.get(f"/jobs/{run.job_id}/").status_code == 404
    for act in (actions.write_import, actions.test_again, actions.undo_import, actions.go_on):
        with pytest.raises(Forbidden):
            act(run=run, by=user)
    assert "不该看见的单位" not in client.get("/imports/").content.decode()
    assert "/members/import/" not in client.get("/members/").content.decode()


@pytest.mark.parametrize(
    ("role", "offered"), [("secretary", {"members"}), ("graduate_officer", {"students"})]
)
def test_the_page_of_imports_offers_what_the_role_keeps(client, role, offered):
    client.force_login(make_user(role))
    page = client.get("/imports/")
    assert offered <= {of.key for of in page.context["kinds"]}
    assert not ({"members", "students"} - offered) & {of.key for of in page.context["kinds"]}
    for of in page.context["kinds"]:
        assert client.get(f"/{of.key}/import/").status_code == 200
    assert 'href="/imports/"' in page.content.decode()


def test_whoever_keeps_no_list_is_refused_the_page_of_imports(client):
    client.force_login(make_user("student"))
    assert client.get("/imports/").status_code == 403


def test_the_navigation_marks_the_list_that_an_import_is_about(client, office):
    run = sent_up(client, URL, members(row()))
    for address in (URL, run.get_absolute_url(), f"/imports/{run.pk}/confirm/"):
        marked = [
            one["url"]
            for group in client.get(address).context["nav"]
            for one in group["items"]
            if one["current"]
        ]
        assert marked == ["/members/"], address
    marked = [
        one["url"]
        for group in client.get("/imports/").context["nav"]
        for one in group["items"]
        if one["current"]
    ]
    assert marked == ["/imports/"]


def test_two_presses_make_one_run_and_write_once(client, office):
    for _press in range(2):
        assert client.post(URL, {"file": members(row()), "form_key": "k"}).status_code == 302
    assert ImportJob.objects.count() == 1
    work()
    run = ImportJob.objects.get()
    assert [client.post(f"/imports/{run.pk}/confirm/").status_code for _press in range(2)] == [302, 302]
    work()
    assert Organisation.objects.count() == 1


# --- cost


def _asked(act):
    with CaptureQueriesContext(connection) as asked:
        act()
    return len(asked)


def test_a_batch_asks_the_same_however_many_rows_it_has(client, office):
    make_council()

    def whole(start, number):
        rows = [row(f"示例单位{start}{one}厂", make_uscc(start * 1000 + one)) for one in range(number)]
        tested = _asked(lambda: sent_up(client, URL, members(*rows)))
        run = ImportJob.objects.order_by("-pk").first()
        return tested, _asked(lambda: written(client, run)), run

    few_tested, few_written, few = whole(1, 3)
    many_tested, many_written, many = whole(2, 60)
    assert many_tested <= few_tested + 3 and many_written <= few_written + 3

    def undo(run):
        client.post(f"/imports/{run.pk}/undo/")
        work()

    assert _asked(lambda: undo(many)) <= _asked(lambda: undo(few)) + 1


def test_the_page_of_imports_asks_the_same_for_three_and_one(client, office):
    sent_up(client, URL, members(row()))
    client.get("/imports/")
    one = _asked(lambda: client.get("/imports/"))
    sent_up(client, URL, members(row("示例乙")))
    sent_up(client, URL, members(row("示例丙")))
    assert _asked(lambda: client.get("/imports/")) == one
    assert ImportRow.objects.count() == 3


def test_the_kind_is_announced():
    assert list(registry.registry.import_kinds)[:2] == ["members", "students"]


# --- at the server


def test_the_command_tests_and_writes_only_when_told(tmp_path, capsys):
    office = make_user("secretary", username="office")
    make_user("student", username="student")
    file = tmp_path / "名单.csv"
    file.write_bytes(members(row(code=make_uscc(1)), row("示例乙", "1")).read())
    call_command("import_members", str(file), by="office")
    said = capsys.readouterr().out
    assert "2 rows: 1 new" in said and "row 3" in said and "needs 18" in said
    assert not Organisation.objects.exists()
    with pytest.raises(CommandError, match="role does not import"):
        call_command("import_members", str(file), by="student")
    for wrong in ({"by": "nobody"}, {"by": "office", "file": str(tmp_path / "none.csv")}):
        with pytest.raises(CommandError, match="There is no"):
            call_command("import_members", wrong.pop("file", str(file)), **wrong)
    call_command("import_members", str(file), write=True)
    assert "Written: 1 new, 0 changed." in capsys.readouterr().out
    assert Organisation.objects.get().created_by == office
    make_user("secretary")
    with pytest.raises(CommandError, match="2 persons keep the register"):
        call_command("import_members", str(file))
