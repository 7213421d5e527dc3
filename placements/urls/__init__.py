"""The table of contents of what we do together, one module per noun."""

from placements.urls import applications, bases, demands, projects, results, rounds, scores

urlpatterns = [
    *projects.urlpatterns,
    *applications.urlpatterns,
    *results.urlpatterns,
    *demands.urlpatterns,
    *scores.urlpatterns,
    *rounds.urlpatterns,
    *bases.urlpatterns,
]
