"""Addresses of agreements."""

from django.urls import path

from consortium.views import agreement as views

urlpatterns = [
    path("", views.agreements, name="agreements"),
    path("new/", views.record_agreement, name="agreement_new"),
    path("check/", views.check, name="agreement_check"),
    path("<int:pk>/", views.agreement, name="agreement"),
    path("<int:pk>/edit/", views.edit_agreement, name="agreement_edit"),
    path("<int:pk>/texts/new/", views.add_text, name="agreement_text"),
    path("<int:pk>/offer/", views.offer, name="agreement_offer"),
    path("<int:pk>/parties/<int:party>/sign/", views.sign, name="agreement_sign"),
    path("<int:pk>/parties/<int:party>/paper/", views.record_paper, name="agreement_paper"),
    path("<int:pk>/send-back/", views.send_back, name="agreement_back"),
    path("<int:pk>/withdraw/", views.withdraw, name="agreement_withdraw"),
    path("<int:pk>/end/", views.end, name="agreement_end"),
    path("<int:pk>/renew/", views.renew, name="agreement_renew"),
]
