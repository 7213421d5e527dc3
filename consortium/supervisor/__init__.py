"""The foreground process of `make demo`: prepares the database, starts web, worker and clock, watches them.

Django is imported once and every part is forked from this process, which is what makes a second start quick.
The process itself never works on the database: whatever does is a child in a process group of its own, so
that one signal ends it at any moment, in the middle of loading too. A child also ends when the supervisor is
killed outright.
"""
