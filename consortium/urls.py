"""The table of contents of the whole site."""

from django.conf import settings
from django.contrib import admin
from django.urls import include, path

from consortium.roles import Permission
from consortium.views import (
    account,
    contacts,
    dashboard,
    demo,
    directory,
    errors,
    governance,
    health,
    home,
    imports,
    jobs,
    members,
    merges,
    messages,
    notices,
    organisation,
    profile,
    reminders,
    students,
)

urlpatterns = [
    path("", home.home, name="home"),
    path("dashboard/", dashboard.dashboard, name="dashboard"),
    path("kept-form/", account.kept_form, name="kept_form"),
    path("language/", account.set_language, name="set_language"),
    path("theme/", account.set_theme, name="set_theme"),
    path("invitations/", account.invitations, name="invitations"),
    path("invitations/<int:pk>/withdraw/", account.withdraw_invitation, name="invitation_withdraw"),
    path("i/<str:token>/", account.accept_invitation, name="invitation"),
    path("accounts/2fa/", include("consortium.second_factor_urls")),
    path("accounts/", include("allauth.account.urls")),
    path("me/", profile.me, name="me"),
    path("notifications/", messages.notifications, name="notifications"),
    path("notifications/mails/", messages.mails, name="mails"),
    path("notifications/quiet/<str:token>/", messages.mail_quiet, name="mail_quiet"),
    path("notifications/read/", messages.mark_all_read, name="notifications_read"),
    path("notifications/<int:pk>/open/", messages.open_notification, name="notification_open"),
    path("jobs/<int:pk>/", jobs.job, name="job"),
    path("jobs/<int:pk>/stop/", jobs.stop, name="job_stop"),
    path("files/<int:pk>/", jobs.download, name="file"),
    path("members/", directory.directory, name="members"),
    path("members/new/", organisation.register_member, name="member_new"),
    path("members/filters/", reminders.save_filter, name="filter_save"),
    path("members/filters/<int:pk>/remove/", reminders.drop_filter, name="filter_drop"),
    path("members/reminders/new/", reminders.reminder_new, name="reminder_new"),
    path("members/reminders/<int:pk>/", reminders.reminder, name="reminder"),
    path("members/alike/", organisation.member_alike, name="member_alike"),
    path("members/<int:pk>/", organisation.member, name="member"),
    path("members/<int:pk>/edit/", organisation.edit_member, name="member_edit"),
    path("members/<int:pk>/names/new/", organisation.former_name, name="former_name"),
    path("members/<int:pk>/contacts/new/", contacts.record_contact, name="contact_new"),
    path("members/<int:pk>/merge/", merges.merge_member, name="member_merge"),
    path("merges/<int:pk>/", merges.merge, name="merge"),
    path("contacts/<int:pk>/", contacts.contact, name="contact"),
    path("contacts/<int:pk>/end/", contacts.end_contact, name="contact_end"),
    path("members/<int:pk>/memberships/new/", members.record_membership, name="membership_new"),
    path("memberships/<int:pk>/confirm/", members.confirm_membership, name="membership_confirm"),
    path("memberships/<int:pk>/end/", members.end_membership, name="membership_end"),
    path("students/", students.students, name="students"),
    path("students/new/", students.student_new, name="student_new"),
    path("students/import/", imports.start("students", Permission.RECORD_STUDENT), name="student_import"),
    path("imports/<int:pk>/", imports.show, name="list_import"),
    path("imports/<int:pk>/columns/", imports.match, name="import_columns"),
    path("imports/<int:pk>/instead/", imports.replace, name="import_instead"),
    path("imports/<int:pk>/again/", imports.again, name="import_again"),
    path("imports/<int:pk>/decide/", imports.decide, name="import_decide"),
    path("imports/<int:pk>/confirm/", imports.confirm, name="import_confirm"),
    path("imports/<int:pk>/undo/", imports.undo, name="import_undo"),
    path("imports/<int:pk>/resume/", imports.resume, name="import_resume"),
    path("imports/<int:pk>/faults/", imports.faults, name="import_faults"),
    path("students/<int:pk>/", students.student, name="student"),
    path("agreements/", include("consortium.agreement_urls")),
    path("governance/", governance.governance, name="governance"),
    path("governance/<int:pk>/", governance.body, name="body"),
    path("platforms/", governance.platforms, name="platforms"),
    path("vehicles/", governance.vehicles, name="vehicles"),
    path("records/", governance.records, name="records"),
    path("notices/", notices.notices, name="notices"),
    path("notices/<int:pk>/", notices.notice, name="notice"),
    path("audit/", governance.audit, name="audit"),
    path("admin/", admin.site.urls),
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("metrics", health.prometheus, name="metrics"),
    path("", include("consortium.membership_urls")),
    path("", include("consortium.people_urls")),
    path("", include("mentors.urls")),
    path("", include("placements.urls")),
    path("", include("outcomes.urls")),
]

if settings.DEMO or settings.TESTING:
    urlpatterns += [
        path("demo/", demo.accounts, name="demo"),
        path("demo/sign-in/", demo.sign_in, name="demo_sign_in"),
        path("demo/mailbox/", demo.mailbox, name="demo_mailbox"),
        path("styleguide/", demo.styleguide, name="styleguide"),
    ]

handler400 = errors.bad_request
handler403 = errors.forbidden
handler404 = errors.not_found
handler429 = errors.too_many  # read by allauth's throttles
handler500 = errors.server_error
