"""What a kind of list is: its columns, how its rows are found in the register, and how they are written there.

The engine (`consortium.actions.list_import`) is the same for all kinds. It asks in batches, and each function here asks
the database a number of times that does not depend on the size of the batch.
"""

from dataclasses import dataclass, field

from consortium.imports.columns import REASON, plain
from consortium.imports.faults import Wrong


@dataclass
class Row:
    """One row of the file while it is tested: its cells by column, and what came of them."""

    line: int
    cells: list
    raw: dict = field(default_factory=dict)
    values: dict = field(default_factory=dict)
    faults: list = field(default_factory=list)
    notes: list = field(default_factory=list)
    target: int | None = None
    alike: list = field(default_factory=list)  # [{"id", "why"}], the likeliest first

    def wrong(self, key, code, **params):
        """Note that the cell in this column cannot be right."""
        fault = {"column": key, "value": self.raw.get(key, "")[:80], "code": code, "params": params}
        self.faults.append(fault)


class ListKind:
    """One kind of list. Subclasses say what a row means; nothing here writes except through their actions."""

    key = ""
    permission = None
    label = title = note = None
    start_url = home_url = ""
    # So many of the needed columns name a row.
    title_columns = 2
    columns: tuple = ()
    # Why a row may be a record that is there: {reason: words}.
    alike = {}
    # The records whose acts tell whether anything was changed since the test.
    acts: tuple = ()

    def column(self, key):
        """The column with this key; the reason's too."""
        return next((one for one in (*self.columns, REASON) if one.key == key), None)

    def places(self, heads):
        """{key: place} of the headings that are recognised, and the needed columns that are not there."""
        found = {}
        for at, head in enumerate(heads):
            typed = plain(head)
            for column in self.columns:
                if column.key not in found and typed in {
                    plain(word) for word in (column.zh, column.en, *column.also)
                }:
                    found[column.key] = at
        return found, [one for one in self.columns if one.needed and one.key not in found]

    def read(self, line, cells, places, width, replaced):
        """A Row of these cells with every column cleaned."""
        row = Row(line, cells)
        if any(cells[width:]):
            row.wrong("", "too_many_cells")
        for column in self.columns:
            at = places.get(column.key)
            if at is None:
                continue
            text = row.raw[column.key] = cells[at] if at < len(cells) else ""
            try:
                row.values[column.key], note = column.read(text, replaced.get(column.key))
            except Wrong as wrong:
                row.wrong(column.key, wrong.code, **wrong.params)
                continue
            if note:
                row.notes.append({"column": column.key, "code": note})
        return row

    def example(self):
        """The filled example of the template, by column in the reader's language."""
        return [column.written(_value(column)) for column in self.columns]

    def is_example(self, row):
        """Whether somebody left the template's example in the list."""
        return all(
            row.raw.get(column.key, "") in _examples(column) for column in self.columns if column.example
        )

    # What each kind says for itself

    def gather(self, row, gathered):
        """Keep of a row, on the first walk through the file, what `settle` will want to know of all rows."""

    def settle(self, rows, gathered):
        """Find each row's record (`target`), its look-alikes, and what the register says against it."""
        raise NotImplementedError

    def complete(self, values):
        """The values of a new record, with what a list may leave out."""
        return values

    def state(self, numbers, lock=False):
        """{number: {column: value}} of records as they stand now; with `lock` nobody changes them until the end."""
        raise NotImplementedError

    def conflicts(self, rows):
        """{row.pk: code} of ImportRows that the register would not take now."""
        raise NotImplementedError

    def add(self, *, rows, by, run):
        """Write new records from values, at least one, through an action; their numbers in the same order."""
        raise NotImplementedError

    def change(self, *, rows, by, run):
        """Write {number: values} that differ, at least one, through an action."""
        raise NotImplementedError

    def remove(self, *, numbers, by, run):
        """Take back records that this run made, through an action; the numbers of those that have to stay."""
        raise NotImplementedError

    def alike_words(self, why):
        """Why a row may be a record that is there already."""
        return self.alike[why]

    def names(self, numbers):
        """{number: (name, address)} for people."""
        raise NotImplementedError


def _examples(column):
    for choice in column.choices:
        if column.example in (choice.zh, choice.en):
            return {choice.zh, choice.en}
    return {column.example}


def _value(column):
    for choice in column.choices:
        if column.example in (choice.zh, choice.en):
            return choice.value
    return column.example or None


def differences(state, values):
    """[[column, before, after]] in which values differ from a record; an empty cell takes nothing away."""
    return [
        [key, state.get(key), value]
        for key, value in values.items()
        if value is not None and key in state and value != state[key]
    ]
