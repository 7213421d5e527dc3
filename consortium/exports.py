"""Lists as files: XLSX, and CSV in UTF-8 with mark or in GB18030. No cell is ever a formula."""

import csv
import io
import tempfile
from datetime import date, datetime
from itertools import chain
from urllib.parse import quote

from django.http import FileResponse, StreamingHttpResponse
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

from consortium.clock import SHANGHAI

FORMATS = ("xlsx", "csv", "csv-gb18030")
# A cell that begins like this is run as a formula by Excel and WPS when it stands in a CSV file.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def wanted(request):
    """The format that the address asks for (`?format=xlsx`), or None for the page."""
    asked = request.GET.get("format")
    return asked if asked in FORMATS else None


def export(rows, columns, format, name):
    """Answer with a file of `rows` (any iterable); `columns` is [(heading, function of a row)], `name` without suffix."""
    heads = [str(head) for head, _value in columns]
    lines = ([value(row) for _head, value in columns] for row in rows)
    if format == "xlsx":
        file = workbook(heads, lines)
        return FileResponse(file, as_attachment=True, filename=f"{name}.xlsx", content_type=XLSX)
    coding = "gb18030" if format == "csv-gb18030" else "utf-8"
    response = StreamingHttpResponse(
        csv_lines(heads, lines, coding), content_type=f"text/csv; charset={coding}"
    )
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name)}.csv"
    return response


def workbook(heads, lines):
    """An XLSX file (open, at its start) with every text stored as text, whatever it begins with."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet()
    sheet.freeze_panes = "A2"
    sheet.append([_cell(sheet, head) for head in heads])
    for line in lines:
        sheet.append([_cell(sheet, plain(value)) for value in line])
    file = tempfile.TemporaryFile()
    book.save(file)
    file.seek(0)
    return file


def csv_lines(heads, lines, coding):
    """The lines of a CSV file as bytes; UTF-8 begins with the mark by which Excel knows it."""
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    yield "\ufeff".encode() if coding == "utf-8" else b""
    for line in chain([heads], lines):
        writer.writerow([defused(plain(value)) for value in line])
        yield buffer.getvalue().encode(coding, "replace")
        buffer.seek(0)
        buffer.truncate()


def plain(value):
    """A value as a cell holds it: dates as 2026-03-05, moments in Beijing time, None as nothing."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, bool | int | float):
        return value
    return ILLEGAL_CHARACTERS_RE.sub("", str(value))


def defused(value):
    """The same text, led by an apostrophe when a spreadsheet would take it for a formula."""
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA_STARTS) else value


def _cell(sheet, value):
    cell = WriteOnlyCell(sheet, value=value)
    if isinstance(value, str):
        cell.data_type = "s"
        if value.startswith(FORMULA_STARTS):
            # The same mark that a typed apostrophe leaves: the text stays text after an edit too.
            cell.quotePrefix = True
    return cell
