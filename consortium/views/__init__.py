"""The ground's pages, one module per noun."""
