"""Addresses of the membership life cycle."""

from django.urls import path

from consortium.views import membership_application as application
from consortium.views import membership_certificate as certificate
from consortium.views import membership_check as check
from consortium.views import membership_decision as decision
from consortium.views import membership_objection as objection
from consortium.views import membership_queue as queue
from consortium.views import membership_term as term
from consortium.views import notices

urlpatterns = [
    path("join/", application.ask_for_link, name="join_ask"),
    path("join/check-code/", application.check_code, name="membership_code"),
    path("join/<str:token>/", application.join, name="join"),
    path("join/<str:token>/withdraw/", application.join_withdraw, name="join_withdraw"),
    path("join/<str:token>/files/<int:pk>/", application.join_file, name="join_file"),
    path("memberships/", queue.queue, name="memberships"),
    path("memberships/invite/", queue.invite, name="membership_invite"),
    path("memberships/invite/<int:pk>/take-back/", queue.take_invitation_back, name="membership_uninvite"),
    path("memberships/apply/", application.apply, name="membership_apply"),
    path("memberships/applications/<int:pk>/", application.page, name="membership_application"),
    path("memberships/applications/<int:pk>/edit/", application.edit, name="membership_application_edit"),
    path(
        "memberships/applications/<int:pk>/withdraw/",
        application.withdraw,
        name="membership_application_withdraw",
    ),
    path("memberships/applications/<int:pk>/link/", queue.send_link, name="membership_send_link"),
    path("memberships/applications/<int:pk>/turn-away/", decision.turn_away, name="membership_turn_away"),
    path("memberships/applications/<int:pk>/check/", check.check, name="membership_application_check"),
    path("memberships/applications/<int:pk>/vote/", decision.vote, name="membership_vote"),
    path("memberships/applications/<int:pk>/resolution/", decision.resolution, name="membership_resolution"),
    path(
        "memberships/applications/<int:pk>/resolution/confirm/",
        decision.confirm,
        name="membership_resolution_confirm",
    ),
    path(
        "memberships/applications/<int:pk>/resolution/take-back/",
        decision.take_back,
        name="membership_resolution_back",
    ),
    path("memberships/applications/<int:pk>/reject/", decision.reject, name="membership_reject"),
    path("memberships/applications/<int:pk>/notice/", decision.notice, name="membership_notice"),
    path("memberships/<int:pk>/", term.page, name="membership"),
    path("memberships/<int:pk>/suspend/", term.suspend, name="membership_suspend"),
    path("memberships/<int:pk>/restore/", term.restore, name="membership_restore"),
    path("memberships/<int:pk>/certificate/", term.issue_certificate, name="membership_certificate"),
    path("memberships/<int:pk>/remove/", term.remove, name="membership_remove"),
    path("governance/<int:pk>/resolutions/new/", term.new_resolution, name="resolution_new"),
    path("resolutions/<int:pk>/", term.resolution, name="resolution"),
    path("memberships/objections/<int:pk>/", objection.objection, name="membership_objection"),
    path("notices/<int:pk>/object/", notices.object_to, name="membership_object"),
    path("check/", certificate.ask, name="certificate_ask"),
    path("check/<str:code>/", certificate.check, name="certificate_check"),
]
