"""Placements: what we do together, and who goes where."""
