"""What can be wrong with a file, a row or a cell: stored as a code with parameters, said in the reader's language."""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy, pgettext

from consortium.refusals import Invalid


class Unreadable(Exception):
    """The file is no list that can be read: a code of `FILES`, and what its sentence names."""

    def __init__(self, code, **params):
        super().__init__(code)
        self.code, self.params = code, params


class Wrong(Exception):
    """A cell cannot be right: a code of `WORDS`, and what its sentence names."""

    def __init__(self, code, **params):
        super().__init__(code)
        self.code, self.params = code, params


@dataclass(frozen=True)
class Words:
    """One thing that can be wrong: how rows with it are grouped, what is the matter, what to do."""

    group: object
    reason: object
    remedy: object


FILES = {
    "empty": (
        gettext_lazy("The file is empty."),
        gettext_lazy("Choose a file with headings in its first row."),
    ),
    "not_a_list": (
        gettext_lazy("This file is not XLSX or CSV; it looks like %(looks)s."),
        gettext_lazy("Save it as XLSX and choose it again."),
    ),
    "program": (
        gettext_lazy("This file is a program and not a list, whatever its name says."),
        gettext_lazy("Choose the XLSX or CSV file with the list."),
    ),
    "old_office": (
        gettext_lazy("This is a workbook of the old kind (XLS), or one that is locked by a password."),
        gettext_lazy("Open it, save it as XLSX without a password and choose it again."),
    ),
    "macros": (
        gettext_lazy("This workbook holds macros; the portal takes none, since they are programs."),
        gettext_lazy("Save it as XLSX (without macros) and choose it again."),
    ),
    "damaged": (
        gettext_lazy("This workbook is damaged and cannot be read to its end."),
        gettext_lazy("Open it, save it once more as XLSX and choose it again."),
    ),
    "unpacks": (
        gettext_lazy("This workbook unpacks to more than %(limit)d MB."),
        gettext_lazy("Copy the list alone into a new workbook, without pictures and other sheets."),
    ),
    "letters": (
        gettext_lazy("The letters of this file are neither UTF-8 nor GB18030."),
        gettext_lazy("Save it as XLSX, or as CSV in UTF-8, and choose it again."),
    ),
    "cells": (
        gettext_lazy(
            "The cells of this file cannot be told apart: a quotation mark is missing or a cell is endless."
        ),
        gettext_lazy("Save it as XLSX and choose it again."),
    ),
    "no_headings": (
        gettext_lazy("The first row of the file holds no headings."),
        gettext_lazy("Put the headings of the template into the first row."),
    ),
    "too_many_columns": (
        gettext_lazy("The first row has %(n)d columns; a list has at most %(most)d."),
        gettext_lazy("Copy the columns of the template into a sheet of their own."),
    ),
    "too_many_rows": (
        gettext_lazy("The file has more than %(most)d rows."),
        gettext_lazy("Split it into several files."),
    ),
    "too_many_lines": (
        gettext_lazy("The sheet goes on below row %(most)d, with empty rows in between."),
        gettext_lazy("Delete the empty rows and choose it again."),
    ),
    "interrupted": (
        gettext_lazy("The working program was interrupted %(n)d times, so the work was given up."),
        gettext_lazy("Nothing was written. Try once more; if it happens again, tell the administrators."),
    ),
    "program_fault": (
        gettext_lazy("The work stopped on a fault of the program."),
        gettext_lazy(
            "Nothing was written by this step. The administrators find it in the log; try again later."
        ),
    ),
}
ASK = gettext_lazy("Ask the system administrator to look.")
WORDS = {
    "empty": Words(
        gettext_lazy("Empty cells"), gettext_lazy("The cell is empty."), gettext_lazy("Fill it in.")
    ),
    "long": Words(
        gettext_lazy("Too long"),
        gettext_lazy("The text is longer than %(most)d characters."),
        gettext_lazy("Shorten it."),
    ),
    "letters": Words(
        gettext_lazy("Characters that cannot be stored"),
        gettext_lazy("The cell holds a character that cannot be stored."),
        gettext_lazy("Type the cell anew."),
    ),
    "digits": Words(
        gettext_lazy("Digits lost in the spreadsheet"),
        gettext_lazy("The spreadsheet has rounded this number; its last digits are lost."),
        gettext_lazy("Set the column to “text” and type the number anew."),
    ),
    "formula": Words(
        gettext_lazy("Formulas"),
        gettext_lazy("The cell begins with “=”; formulas are not computed here."),
        gettext_lazy("Put the value itself into the cell (paste as values)."),
    ),
    "cell_error": Words(
        gettext_lazy("Formulas"),
        gettext_lazy("The cell holds an error of the spreadsheet instead of a value."),
        gettext_lazy("Put the value itself into the cell."),
    ),
    "code": Words(
        gettext_lazy("Numbers that cannot be"),
        gettext_lazy("A number here has only letters, digits and - . _ /."),
        gettext_lazy("Correct it; spaces and brackets do not belong to it."),
    ),
    "choice": Words(
        gettext_lazy("Words we do not know"),
        gettext_lazy("“%(value)s” is not in the list."),
        gettext_lazy("Write one of: %(words)s."),
    ),
    "choice_near": Words(
        gettext_lazy("Words we do not know"),
        gettext_lazy("“%(value)s” is not in the list. The nearest is “%(nearest)s”."),
        gettext_lazy("Use it, or write one of: %(words)s."),
    ),
    "year": Words(
        gettext_lazy("Days and years"),
        gettext_lazy("This is not a year from %(least)d to %(most)d."),
        gettext_lazy("Write a year like 2026."),
    ),
    "day": Words(
        gettext_lazy("Days and years"),
        gettext_lazy("This is not a day."),
        gettext_lazy("Write it like 2026-03-05."),
    ),
    "day_range": Words(
        gettext_lazy("Days and years"),
        gettext_lazy("The day %(value)s cannot be right: only 1900 to 2200 are taken."),
        gettext_lazy("Correct the year."),
    ),
    "number": Words(
        gettext_lazy("Numbers that cannot be"),
        gettext_lazy("This is not a whole number from %(least)d to %(most)d."),
        gettext_lazy("Write it in digits."),
    ),
    "email": Words(
        gettext_lazy("Mail addresses"),
        gettext_lazy("This is not a mail address."),
        gettext_lazy("Write it like name@example.edu.cn, or leave it empty."),
    ),
    "email_taken": Words(
        gettext_lazy("Mail addresses"),
        gettext_lazy("Another account has this mail address."),
        gettext_lazy("Enter the person's own address, or leave it empty."),
    ),
    "username_taken": Words(
        gettext_lazy("Numbers that cannot be"),
        gettext_lazy("Another account has this as its user name."),
        ASK,
    ),
    "zeros": Words(
        gettext_lazy("Leading zeros lost"),
        gettext_lazy(
            "The same person is on record as %(number)s: the leading zeros were lost in the spreadsheet."
        ),
        gettext_lazy("Set the column to “text” and write the zeros."),
    ),
    "repeated": Words(
        gettext_lazy("Repeated in the file"),
        gettext_lazy("Rows %(lines)s hold the same here."),
        gettext_lazy("Keep one of them."),
    ),
    "repeated_names": Words(
        gettext_lazy("Repeated in the file"),
        gettext_lazy("Rows %(lines)s have the same code and different names."),
        gettext_lazy("Keep one of them, or correct the code."),
    ),
    "same_record": Words(
        gettext_lazy("Repeated in the file"),
        gettext_lazy("Row %(lines)s is about the same record already."),
        gettext_lazy("Keep one of them."),
    ),
    "uscc": Words(
        gettext_lazy("Credit codes"),
        gettext_lazy("This is no unified social credit code."),
        gettext_lazy("Copy it from the business licence."),
    ),
    "code_differs": Words(
        gettext_lazy("Credit codes"),
        gettext_lazy("The register has this name with another credit code: %(known)s."),
        gettext_lazy("Compare both with the licence; correct the file, or the record on its page."),
    ),
    "name_of_another": Words(
        gettext_lazy("Names that are taken"),
        gettext_lazy("Another organisation with another credit code bears this name in the register."),
        gettext_lazy("Compare name and code with the licence; correct the file, or the record on its page."),
    ),
    "organisation": Words(
        gettext_lazy("Organisations we do not know"),
        gettext_lazy("The register has no organisation of this name."),
        gettext_lazy("Write the full name as in the directory, or register it first."),
    ),
    "organisation_several": Words(
        gettext_lazy("Organisations we do not know"),
        gettext_lazy("Several organisations bear this name."),
        gettext_lazy("Write the full name as in the directory, or the credit code."),
    ),
    "too_many_cells": Words(
        gettext_lazy("More cells than headings"),
        gettext_lazy("This row has text to the right of the last heading."),
        gettext_lazy("Look whether a comma has split a cell; put such a cell into quotation marks."),
    ),
    "undecided": Words(
        gettext_lazy("Perhaps the same"),
        gettext_lazy("This may be a record that is there already, and nobody has said whether it is."),
        gettext_lazy("Say whether it is the same, or correct the number by which it is known."),
    ),
    "changed": Words(
        gettext_lazy("Changed since the test"),
        gettext_lazy("Somebody changed this record since the test."),
        gettext_lazy("Send the row up again and look at the difference."),
    ),
    "twice": Words(
        gettext_lazy("Repeated in the file"),
        gettext_lazy("Another row of this file changes the same record."),
        gettext_lazy("Send the row up again and look at the difference."),
    ),
    "taken": Words(
        gettext_lazy("Changed since the test"),
        gettext_lazy("Somebody recorded the same since the test."),
        gettext_lazy("Send the row up again and look at the difference."),
    ),
}
# Not a fault: what was done with a cell that one might have meant otherwise.
NOTES = {
    "formula": gettext_lazy("Begins with “=”; taken as text, not computed."),
    "other_name": gettext_lazy("The register knows it under this name too; its full name stays."),
}
# Sentences that are worked out from the value alone: code -> function(value) that refuses.
REFUSALS = {}


def file_words(fault):
    """(what is the matter, what to do) of a file that could not be read."""
    reason, remedy = FILES[fault["code"]]
    return str(reason) % fault.get("params", {}), str(remedy) % fault.get("params", {})


def words(fault, column=None):
    """(reason, remedy) of one fault of a row, in its column."""
    if refuse := REFUSALS.get(fault["code"]):
        try:
            refuse(fault["value"])
        except Invalid as refusal:
            return refusal.sentence, refusal.remedy
    said = WORDS[fault["code"]]
    params = {**fault.get("params", {})}
    params.setdefault("value", fault.get("value", ""))
    comma = pgettext("between names", ", ")
    if column is not None and column.choices:
        params["words"] = comma.join(column.written(choice.value) for choice in column.choices)
        params["nearest"] = column.written(params.get("nearest"))
    if "lines" in params:
        params["lines"] = comma.join(str(line) for line in params["lines"])
    return str(said.reason) % params, str(said.remedy) % params


def group_label(code):
    """The heading under which rows with this fault stand."""
    return WORDS[code].group
