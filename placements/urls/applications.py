"""A student's ranked list and its receipts."""

from django.urls import path

from placements.views import application as views

urlpatterns = [
    path("applications/mine/", views.application, name="application"),
    path("applications/mine/review/", views.review, name="application_review"),
    path("applications/mine/move/", views.move, name="application_move"),
    path("applications/mine/remove/", views.remove, name="application_remove"),
    path("applications/mine/statement/", views.statement, name="application_statement"),
    path("applications/mine/discard/", views.discard, name="application_discard"),
    path("applications/mine/submit/", views.submit, name="application_submit"),
    path("applications/mine/take-this/", views.take_this, name="application_take_this"),
    path("applications/mine/withdraw/", views.withdraw, name="application_withdraw"),
    path("receipts/<int:pk>/", views.receipt, name="receipt"),
    path("receipts/<int:pk>/text/", views.receipt_download, name="receipt_download"),
    path("receipts/<int:pk>/calendar/", views.receipt_calendar, name="receipt_calendar"),
    path("receipts/<int:pk>/restore/", views.version_restore, name="version_restore"),
]
