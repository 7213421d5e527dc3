"""Queries of the ground, one module per noun."""
