"""The template of a list: a sheet to fill in with one example, and a sheet that explains each column and its words."""

import tempfile

from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

# So many rows below the headings offer the allowed words in a menu.
OFFERED = 2000


def template(of):
    """An XLSX file (open, at its start) for lists of this kind, in the reader's language."""
    book = Workbook()
    sheet = book.active
    sheet.title = _("The list")
    sheet.append([column.heading for column in of.columns])
    sheet.append(of.example())
    sheet.freeze_panes = "A2"
    words = book.create_sheet(_("Explanations"))
    words.append([_("Column"), _("Needed"), _("What it holds"), _("Allowed values")])
    for at, column in enumerate(of.columns, 1):
        letter = get_column_letter(at)
        # Text, so that a spreadsheet leaves leading zeros and long numbers alone.
        sheet.column_dimensions[letter].number_format = "@"
        sheet.column_dimensions[letter].width = max(
            14, 2 * len(column.heading) + 4, len(column.example) * 1.6
        )
        sheet.cell(2, at).number_format = "@"
        allowed = [column.written(choice.value) for choice in column.choices]
        words.append(
            [
                column.heading,
                _("yes") if column.needed else _("no"),
                str(column.help),
                column.allowed,
            ]
        )
        if allowed:
            _offer(sheet, letter, allowed)
    words.append([])
    words.append([_("The example in row 2 of the list is not imported; delete it or write over it.")])
    _dress(sheet, words)
    file = tempfile.TemporaryFile()
    book.save(file)
    file.seek(0)
    return file


def _offer(sheet, letter, allowed):
    text = ",".join(allowed)
    if len(text) > 250:  # a menu's own limit; the explanations hold the words all the same
        return
    menu = DataValidation(type="list", formula1=f'"{text}"', allow_blank=True, showErrorMessage=False)
    menu.add(f"{letter}2:{letter}{OFFERED}")
    sheet.add_data_validation(menu)


def _dress(sheet, words):
    for one in (sheet, words):
        for cell in one[1]:
            cell.font = Font(bold=True)
            cell.fill = PatternFill("solid", fgColor="DDEEEC")
    for letter, width in zip("ABCD", (18, 8, 60, 60), strict=True):
        words.column_dimensions[letter].width = width
    for row in words.iter_rows(min_row=2):
        for cell in row:
            cell.alignment = Alignment(wrap_text=True, vertical="top")
