"""A file as rows of text, one at a time: XLSX, or CSV in UTF-8 or GB18030, told by content and never by name.

Nothing in a file is ever computed: a formula comes as the text that stands there.
"""

import csv
import zipfile
from datetime import date, datetime, time
from xml.etree.ElementTree import ParseError

from consortium.imports.faults import Unreadable

MOST_ROWS = 20_000
MOST_COLUMNS = 50
# Gaps of empty rows are walked through, but not for ever.
MOST_LINES = 200_000
UNPACKED = 200 * 1024 * 1024
# What a file is that is no list, by its first bytes.
OTHERS = {
    b"%PDF-": "PDF",
    b"\x89PNG": "PNG",
    b"\xff\xd8\xff": "JPEG",
    b"GIF8": "GIF",
    b"BM": "BMP",
    b"Rar!": "RAR",
    b"7z\xbc\xaf\x27\x1c": "7Z",
    b"\x1f\x8b": "GZIP",
    b"SQLite format 3": "SQLite",
    b"{\\rtf": "RTF",
}
PROGRAMS = (b"MZ", b"\x7fELF", b"#!", b"\xca\xfe\xba\xbe", b"\xfe\xed\xfa", b"\xcf\xfa\xed\xfe")
OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
# Excel keeps 15 digits of a number; a longer one in a number's cell has lost its end already.
EXACT = 10**15


class Table:
    """One file, opened: its headings, how it is written, and its rows as often as they are asked for."""

    def __init__(self, path):
        self.path = path
        self.sheet, self.other_sheets = "", 0
        self._delimiter = ","
        with path.open("rb") as file:
            head = file.read(4096)
        self._is_workbook = _is_workbook(head, path)
        if self._is_workbook:
            _look_inside(path)
            self.coding = "XLSX"
        else:
            self.coding = _coding_of(path, head)
        self.heads = self._heads()

    def rows(self):
        """(number of the row as a spreadsheet counts it, its cells as texts) for each row that holds anything."""
        taken = 0
        for number, cells in enumerate(self._lines(), 1):
            if number > MOST_LINES:
                raise Unreadable("too_many_lines", most=MOST_LINES)
            if number == 1 or not any(cells):
                continue
            taken += 1
            if taken > MOST_ROWS:
                raise Unreadable("too_many_rows", most=MOST_ROWS)
            yield number, cells

    def _heads(self):
        heads = next(iter(self._lines()), [])
        while heads and not heads[-1]:
            heads.pop()
        if not heads:
            raise Unreadable("no_headings")
        if len(heads) > MOST_COLUMNS:
            raise Unreadable("too_many_columns", n=len(heads), most=MOST_COLUMNS)
        return heads

    def _lines(self):
        return self._sheet_lines() if self._is_workbook else self._text_lines()

    def _text_lines(self):
        coding = "utf-8-sig" if self.coding == "UTF-8" else "gb18030"
        with self.path.open(encoding=coding) as file:
            first = file.readline()
            file.seek(0)
            delimiter = max(",\t;", key=first.count)
            try:
                for line in csv.reader(file, delimiter=delimiter):
                    yield [text_of(cell) for cell in line]
            except csv.Error:
                raise Unreadable("cells") from None

    def _sheet_lines(self):
        from openpyxl import load_workbook

        book = None
        file = self.path.open("rb")  # opened here, since the library goes by the ending of a name
        try:
            book = load_workbook(file, read_only=True, data_only=False)
            shown = [one for one in book.worksheets if one.sheet_state == "visible"]
            sheet = shown[0]
            self.sheet, self.other_sheets = sheet.title[:80], len(shown) - 1
            # What a file says of its own size need not be so.
            sheet.reset_dimensions()
            for row in sheet.iter_rows():
                yield _trimmed([_cell_text(cell) for cell in row])
        except (zipfile.BadZipFile, ParseError):
            raise Unreadable("damaged") from None
        except (KeyError, ValueError, TypeError, IndexError, AttributeError, OSError, EOFError):
            raise Unreadable("damaged") from None
        finally:
            if book is not None:
                book.close()
            file.close()


def _trimmed(cells):
    while cells and not cells[-1]:
        cells.pop()
    return cells


def _is_workbook(head, path):
    if head.startswith(b"PK\x03\x04"):
        return True
    if head.startswith(OLD_OFFICE):
        raise Unreadable("old_office")
    for start, name in OTHERS.items():
        if head.startswith(start):
            raise Unreadable("not_a_list", looks=name)
    if head.startswith(PROGRAMS):
        raise Unreadable("program")
    if not head.strip():
        raise Unreadable("empty")
    if b"\x00" in head:
        raise Unreadable("letters")
    return False


def _look_inside(path):
    """Refuse an archive that is no workbook, one with macros, and one that unpacks to more than anybody needs."""
    try:
        with zipfile.ZipFile(path) as archive:
            parts = archive.infolist()
    except (zipfile.BadZipFile, OSError, ValueError):
        raise Unreadable("damaged") from None
    names = {part.filename for part in parts}
    if sum(part.file_size for part in parts) > UNPACKED:
        raise Unreadable("unpacks", limit=UNPACKED // 1024 // 1024)
    if any("vbaproject" in name.lower() or "macrosheets/" in name.lower() for name in names):
        raise Unreadable("macros")
    if any(name.startswith("word/") for name in names):
        raise Unreadable("not_a_list", looks="DOCX")
    if any(name.startswith("ppt/") for name in names):
        raise Unreadable("not_a_list", looks="PPTX")
    if not any(name.startswith("xl/") for name in names):
        raise Unreadable("not_a_list", looks="ZIP")


def _coding_of(path, head):
    """UTF-8 or GB18030, whichever reads the whole file; in pieces, so that it need not fit into memory."""
    for name, coding in (("UTF-8", "utf-8-sig"), ("GB18030", "gb18030")):
        try:
            with path.open(encoding=coding) as file:
                while piece := file.read(1 << 16):
                    if "\x00" in piece:
                        raise Unreadable("letters")
        except UnicodeDecodeError:
            continue
        return name
    raise Unreadable("letters")


def _cell_text(cell):
    """A cell of a sheet as text; a number that is shown with leading zeros keeps them."""
    value = cell.value
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, int | float):
        if abs(value) >= EXACT:
            return f"{value:.5E}"
        if isinstance(value, float) and value.is_integer():
            value = int(value)
        shown = cell.number_format
        if isinstance(value, int) and len(shown) > 1 and not shown.strip("0"):
            return str(value).zfill(len(shown))
        return str(value)
    return text_of(value)


def text_of(value):
    """A value as one line of text: days as 2026-03-05; a leading apostrophe is a spreadsheet's mark for text."""
    if isinstance(value, datetime) and value.time() == time.min:
        value = value.date()
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d %H:%M")
    if isinstance(value, date):
        return value.isoformat()
    text = str(value).strip().strip("\ufeff").strip()
    return text[1:] if text.startswith("'") else text
