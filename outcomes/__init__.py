"""Outcomes: what came of it, with proof."""
