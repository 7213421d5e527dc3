"""Addresses of rounds, their runs and objections."""

from django.urls import path

from placements.views import objection
from placements.views.round import caps, planning, publishing, reading, steps, two_persons

urlpatterns = [
    path("rounds/", reading.rounds, name="rounds"),
    path("rounds/new/", planning.plan, name="round_new"),
    path("rounds/<int:pk>/", reading.detail, name="round"),
    path("rounds/<int:pk>/edit/", planning.edit, name="round_edit"),
    path("rounds/<int:pk>/caps/", caps.caps, name="round_caps"),
    path("rounds/<int:pk>/caps/propose/", caps.propose_caps, name="round_caps_propose"),
    path("rounds/<int:pk>/copy/", planning.copy, name="round_copy"),
    path("rounds/<int:pk>/cancel/", planning.cancel, name="round_cancel"),
    path("rounds/<int:pk>/request-opening/", two_persons.request_opening, name="round_request_opening"),
    path("rounds/<int:pk>/agree/<slug:kind>/", two_persons.agree, name="round_agree"),
    path("rounds/requests/<int:pk>/take-back/", two_persons.take_back, name="round_take_back"),
    path("rounds/<int:pk>/extend/", two_persons.extend, name="round_extend"),
    path("rounds/<int:pk>/remind/", steps.remind, name="round_remind"),
    path("rounds/<int:pk>/end-scoring/", steps.end_scoring, name="round_end_scoring"),
    path("rounds/<int:pk>/freeze/", steps.freeze, name="round_freeze"),
    path("rounds/<int:pk>/run/", steps.start, name="round_run"),
    path("rounds/<int:pk>/run/stop/", steps.stop, name="round_run_stop"),
    path("rounds/<int:pk>/run/progress/", steps.progress, name="round_run_progress"),
    path("rounds/<int:pk>/unplaced/", steps.unplaced, name="round_unplaced"),
    path("rounds/<int:pk>/tell-publishers/", publishing.tell, name="round_tell_publishers"),
    path("rounds/<int:pk>/notice/", publishing.notice, name="round_notice"),
    path("rounds/<int:pk>/publish/", publishing.publish, name="round_publish"),
    path("rounds/<int:pk>/recompute/", two_persons.recompute, name="round_recompute"),
    path("rounds/<int:pk>/archive/", steps.archive, name="round_archive"),
    path("rounds/<int:pk>/objections/", objection.objections, name="round_objections"),
    path("objections/<int:pk>/", objection.detail, name="objection"),
]
