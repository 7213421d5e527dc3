"""Addresses of demands, and of projects as their owners and approvers work on them."""

from django.urls import path

from placements.views import approval, demand, owner_project, triage

urlpatterns = [
    path("demands/", demand.demands, name="demands"),
    path("demands/new/", demand.new, name="demand_new"),
    path("demands/similar/", demand.similar, name="demand_similar"),
    path("demands/<int:pk>/", demand.demand, name="demand"),
    path("demands/<int:pk>/edit/", demand.edit, name="demand_edit"),
    path("demands/<int:pk>/withdraw/", demand.withdraw, name="demand_withdraw"),
    path("demands/<int:pk>/complete/", demand.complete, name="demand_complete"),
    path("demands/<int:pk>/take/", triage.take, name="demand_take"),
    path("demands/<int:pk>/move/", triage.move, name="demand_move"),
    path("demands/<int:pk>/answer/", triage.answer, name="demand_answer"),
    path("demands/<int:pk>/ask/", triage.ask, name="demand_ask"),
    path("demands/<int:pk>/return/", triage.send_back, name="demand_return"),
    path("boards/<slug:code>/", triage.board_queue, name="board_queue"),
    path("projects/new/", owner_project.new, name="project_new"),
    path("projects/mine/", owner_project.my_projects, name="my_projects"),
    path("projects/approvals/", approval.approvals, name="approvals"),
    path("projects/approvals/<int:pk>/", approval.approval, name="approval"),
    path("projects/approvals/<int:pk>/approve/", approval.approve, name="project_approve"),
    path("projects/approvals/<int:pk>/return/", approval.send_back, name="project_return"),
    path("projects/<int:pk>/edit/", owner_project.edit, name="project_edit"),
    path("projects/<int:pk>/wording/", owner_project.wording, name="project_wording"),
    path("projects/<int:pk>/amend/", owner_project.amend, name="project_amend"),
    path("projects/<int:pk>/withdraw/", owner_project.withdraw, name="project_withdraw"),
]
