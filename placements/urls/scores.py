"""Addresses of owners' judgements."""

from django.urls import path

from placements.views import score

urlpatterns = [
    path("scores/", score.scores, name="scores"),
    path("scores/<int:pk>/", score.scores_for, name="scores_for"),
    path("scores/<int:pk>/move/", score.move, name="score_move"),
    path("scores/<int:pk>/finish/", score.finish, name="score_finish"),
    path("scores/<int:pk>/<int:student>/", score.save, name="score_save"),
    path("scores/<int:pk>/<int:student>/clear/", score.clear, name="score_clear"),
    path("scores/<int:pk>/<int:student>/refuse/", score.refuse, name="score_refuse"),
    path("projects/<int:pk>/admitted/", score.admitted, name="project_admitted"),
]
