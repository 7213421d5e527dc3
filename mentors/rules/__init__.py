"""Rules of mentors, one module per noun."""
