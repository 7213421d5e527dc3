"""Lists of people and organisations as files: read row by row, tested, and only then written.

`table` reads a file, `columns` says what a column may hold, `kind` what a list is about; each kind of list registers
itself in `registry.import_kinds`. What changes the register stands in `consortium.actions`.
"""
