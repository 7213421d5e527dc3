"""What outcomes announce: the figures of the public home and the numbers of the map."""

from consortium.registry import registry
from outcomes import figures


def announce():
    """Fill the lists of the registry; called once, when the app is ready."""
    registry.figures.append(figures.public_figures)
    registry.map_counts.append(figures.map_counts)
