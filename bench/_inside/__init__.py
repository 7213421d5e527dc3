"""What runs inside a process of the portal on one of the worlds; the subjects ask it by `python -m bench._inside`."""
