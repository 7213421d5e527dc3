"""The table of contents of mentors."""

from django.urls import path

from consortium.roles import Permission
from consortium.views import imports
from mentors.views import appointment as views
from mentors.views import (
    assessment,
    joint,
    link,
    log,
    meeting,
    mentorship,
    nomination,
    overview,
    reopening,
    scheme,
)
from mentors.views import nomination_notice as notice
from mentors.views import nomination_office as office

urlpatterns = [
    path("mentors/", views.mentors, name="mentors"),
    path("mentors/new/", views.record_appointment, name="appointment_new"),
    path("mentors/import/", imports.start("mentors", Permission.APPROVE_MENTOR), name="mentor_import"),
    path("mentors/<int:pk>/", views.mentor, name="mentor"),
    path("mentors/<int:pk>/capacity/", views.change_capacity, name="appointment_capacity"),
    path("mentors/<int:pk>/end/", views.end_appointment, name="appointment_end"),
    path("mentorships/", mentorship.mentorships, name="mentorships"),
    path("mentorships/new/", mentorship.mentorship_new, name="mentorship_new"),
    path("mentorships/<int:pk>/", mentorship.mentorship, name="mentorship"),
    path("mentorships/<int:pk>/change/", mentorship.mentorship_change, name="mentorship_change"),
    path("mentorships/<int:pk>/end/", mentorship.mentorship_end, name="mentorship_end"),
    path("mentorships/<int:pk>/log/", log.log_new, name="log_new"),
    path("mentorships/<int:pk>/log/draft/", log.log_draft, name="log_draft"),
    path("supervision/", overview.supervision, name="supervision"),
    path("supervision/new/", log.log_which, name="log_which"),
    path("supervision/minimums/", scheme.supervision_minimums, name="supervision_minimums"),
    path("supervision/minimums/new/", scheme.supervision_minimum_new, name="supervision_minimum_new"),
    path(
        "supervision/minimums/<int:pk>/agree/",
        scheme.supervision_minimum_agree,
        name="supervision_minimum_agree",
    ),
    path(
        "supervision/minimums/<int:pk>/withdraw/",
        scheme.supervision_minimum_withdraw,
        name="supervision_minimum_withdraw",
    ),
    path("joint/new/", joint.joint_new, name="joint_new"),
    path("joint/draft/", joint.joint_draft, name="joint_draft"),
    path("logs/", log.logs, name="logs"),
    path("logs/<int:pk>/", log.log, name="log"),
    path("logs/<int:pk>/confirm/", log.log_confirm, name="log_confirm"),
    path("logs/<int:pk>/differs/", log.log_differs, name="log_differs"),
    path("logs/<int:pk>/cosign/", log.log_cosign, name="log_cosign"),
    path("logs/<int:pk>/amend/", log.log_amend, name="log_amend"),
    path("s/<str:token>/", link.log_link, name="log_link"),
    path("l/<str:token>/", link.log_link),  # as mails of the first weeks name it
    path("mentorships/<int:pk>/meetings/new/", meeting.meeting_new, name="meeting_new"),
    path("meetings/<int:pk>/", meeting.meeting, name="meeting"),
    path("meetings/<int:pk>/cancel/", meeting.meeting_cancel, name="meeting_cancel"),
    path("calendar/", meeting.calendar, name="calendar"),
    path("calendar/<str:token>.ics", meeting.calendar_feed, name="calendar_feed"),
    path("reopenings/<int:pk>/", reopening.reopening, name="reopening"),
]
urlpatterns += [
    path("appointments/", nomination.nominations, name="nominations"),
    path("appointments/schemes/", scheme.mentor_schemes, name="mentor_schemes"),
    path(
        "appointments/schemes/changes/<int:pk>/agree/", scheme.scheme_limit_agree, name="scheme_limit_agree"
    ),
    path(
        "appointments/schemes/changes/<int:pk>/withdraw/",
        scheme.scheme_limit_withdraw,
        name="scheme_limit_withdraw",
    ),
    path("appointments/schemes/<str:kind>/<str:rule>/", scheme.scheme_limit, name="scheme_limit"),
    path("appointments/new/", nomination.nomination_new, name="nomination_new"),
    path("appointments/<int:pk>/", nomination.nomination, name="nomination"),
    path("appointments/<int:pk>/edit/", nomination.nomination_edit, name="nomination_edit"),
    path("appointments/<int:pk>/employer/", nomination.nomination_employer, name="nomination_employer"),
    path("appointments/<int:pk>/consent/", nomination.nomination_consent, name="nomination_consent"),
    path("appointments/<int:pk>/decline/", nomination.nomination_decline, name="nomination_decline"),
    path("appointments/<int:pk>/withdraw/", nomination.nomination_withdraw, name="nomination_withdraw"),
    path("appointments/<int:pk>/ask-again/", nomination.nomination_link_again, name="nomination_again"),
    path("appointments/<int:pk>/check/", office.nomination_check, name="nomination_check"),
    path("appointments/<int:pk>/exception/", office.nomination_exception, name="nomination_exception"),
    path("appointments/<int:pk>/sign/", office.nomination_sign, name="nomination_sign"),
    path("appointments/<int:pk>/return/", office.nomination_return, name="nomination_return"),
    path("appointments/<int:pk>/refuse/", office.nomination_refuse, name="nomination_refuse"),
    path("appointments/<int:pk>/notice/", notice.nomination_notice, name="nomination_notice"),
    path("appointments/<int:pk>/renew/", notice.nomination_renewed, name="nomination_renewed"),
    path("appointments/<int:pk>/renew/back/", notice.nomination_sent_back, name="nomination_sent_back"),
    path("appointments/objections/<int:pk>/", notice.nomination_objection, name="nomination_objection"),
    path("n/<str:token>/", nomination.nomination_link, name="nomination_link"),
    path("n/<str:token>/consent/", nomination.nomination_link_consent, name="nomination_link_consent"),
    path("n/<str:token>/decline/", nomination.nomination_link_decline, name="nomination_link_decline"),
    path("mentors/<int:pk>/assess/", assessment.mentor_assess, name="mentor_assess"),
    path("mentors/<int:pk>/revoke/", assessment.mentor_revoke, name="appointment_revoke"),
    path("mentors/<int:pk>/renew/", nomination.nomination_renew, name="nomination_renew"),
]
