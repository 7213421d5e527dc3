"""The verbs of the ground: the only place that changes a state, one module per noun."""
