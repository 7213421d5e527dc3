"""Yes or no questions, one module per noun."""
