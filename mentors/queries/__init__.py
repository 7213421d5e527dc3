"""Queries of mentors, one module per noun."""
