"""The table of contents of mentors."""

from django.urls import path

from mentors.views import appointment as views
from mentors.views import joint, link, log, meeting, mentorship, overview, reopening

urlpatterns = [
    path("mentors/", views.mentors, name="mentors"),
    path("mentors/new/", views.record_appointment, name="appointment_new"),
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
    path("joint/new/", joint.joint_new, name="joint_new"),
    path("joint/draft/", joint.joint_draft, name="joint_draft"),
    path("logs/", log.logs, name="logs"),
    path("logs/<int:pk>/", log.log, name="log"),
    path("logs/<int:pk>/confirm/", log.log_confirm, name="log_confirm"),
    path("logs/<int:pk>/differs/", log.log_differs, name="log_differs"),
    path("logs/<int:pk>/cosign/", log.log_cosign, name="log_cosign"),
    path("logs/<int:pk>/amend/", log.log_amend, name="log_amend"),
    path("l/<str:token>/", link.log_link, name="log_link"),
    path("mentorships/<int:pk>/meetings/new/", meeting.meeting_new, name="meeting_new"),
    path("meetings/<int:pk>/", meeting.meeting, name="meeting"),
    path("meetings/<int:pk>/cancel/", meeting.meeting_cancel, name="meeting_cancel"),
    path("calendar/", meeting.calendar, name="calendar"),
    path("calendar/<str:token>.ics", meeting.calendar_feed, name="calendar_feed"),
    path("reopenings/<int:pk>/", reopening.reopening, name="reopening"),
]
