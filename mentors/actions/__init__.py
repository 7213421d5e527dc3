"""The verbs: the only place that changes a state, one module per noun."""
