"""Two caps that stand across each other, in words."""

from django.utils.translation import gettext as _


def crossing_sentence(crossing, projects):
    """Two caps that stand across each other and where they meet, in words. `crossing` comes from `caps.crossing`."""
    first, second, key = crossing
    return _(
        "The caps “%(first)s” and “%(second)s” cross on “%(project)s”: each also holds projects that the other does "
        "not, so a stable result cannot be promised. Drop one of them."
    ) % {
        "first": first.label,
        "second": second.label,
        "project": next(project.name for project in projects if project.pk == key),
    }
