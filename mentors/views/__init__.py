"""Pages of mentors, one module per noun."""
