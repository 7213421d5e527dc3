"""Ideology: what we teach and why."""
