"""Pages of rounds: the list, one round through its life, and every step of it; one module per part."""
