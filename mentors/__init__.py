"""Mentors: who guides whom."""
