"""Forms of mentors, one module per noun."""
