"""A large invented world for benches: any number of students and projects, the same for the same seed.

Rows are written in bulk and not by everybody's actions as the demo's are: what counts here is how many there are,
how they lie, and that every constraint of the database holds for them.
"""
