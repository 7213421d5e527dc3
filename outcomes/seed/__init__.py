"""The real organisations: what one document says, each fact with its line and its words, and nothing else."""
