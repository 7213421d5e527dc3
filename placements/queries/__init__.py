"""Queries of what we do together, one module per noun."""
