"""Projects as readers see them."""

from django.urls import path

from placements.views import project as views

urlpatterns = [
    path("projects/", views.projects, name="projects"),
    path("projects/compare/", views.project_compare, name="project_compare"),
    path("projects/<int:pk>/", views.project, name="project"),
    path("projects/<int:pk>/choose/", views.choice_add, name="choice_add"),
    path("projects/<int:pk>/unchoose/", views.choice_remove, name="choice_remove"),
]
