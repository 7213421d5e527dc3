"""Lists as files: text stays text, in every spreadsheet and in both codings."""

import csv
import io
from datetime import UTC, date, datetime

import pytest
from openpyxl import load_workbook

from consortium import exports

# Closing a response tells the database that the request is over.
pytestmark = pytest.mark.django_db
NASTY = [
    "=1+1",
    "+86 22",
    "-3",
    "@name",
    "\tx",
    "\rx",
    '=HYPERLINK("http://x","y")',
    "a\x00b",
    "平常的字",
    "",
    None,
    7,
]
COLUMNS = [("甲", lambda row: row), ("=乙", lambda row: "x")]


def bytes_of(response):
    content = b"".join(response.streaming_content)
    response.close()
    return content


def test_xlsx_holds_no_formula():
    sheet = load_workbook(io.BytesIO(bytes_of(exports.export(NASTY, COLUMNS, "xlsx", "表")))).active
    for row in sheet.iter_rows():
        for cell in row:
            assert cell.data_type != "f"
    assert sheet["A2"].value == "=1+1"
    assert sheet["A2"].quotePrefix


@pytest.mark.parametrize("format, coding", [("csv", "utf-8-sig"), ("csv-gb18030", "gb18030")])
def test_csv_holds_nothing_a_spreadsheet_runs(format, coding):
    content = bytes_of(exports.export(NASTY, COLUMNS, format, "表"))
    rows = list(csv.reader(io.StringIO(content.decode(coding), newline="")))
    assert len(rows) == len(NASTY) + 1
    assert not [cell for row in rows for cell in row if cell.startswith(exports.FORMULA_STARTS)]
    assert rows[9][0] == "平常的字"


def test_utf8_begins_with_the_mark_excel_looks_for():
    assert bytes_of(exports.export(["字"], COLUMNS, "csv", "表")).startswith(b"\xef\xbb\xbf")


def test_name_of_the_file_is_chinese():
    assert "%E8%A1%A8.csv" in exports.export([], COLUMNS, "csv", "表")["Content-Disposition"]


def test_moments_are_beijing_time():
    assert exports.plain(datetime(2026, 3, 5, 16, 30, tzinfo=UTC)) == "2026-03-06 00:30"
    assert exports.plain(date(2026, 3, 5)) == "2026-03-05"
