"""Addresses of bases."""

from django.urls import path

from placements.views import base as views

urlpatterns = [
    path("bases/", views.bases, name="bases"),
    path("bases/new/", views.record_base, name="base_new"),
    path("bases/<int:pk>/", views.base, name="base"),
    path("bases/<int:pk>/edit/", views.edit_base, name="base_edit"),
    path("bases/<int:pk>/accreditations/new/", views.record_accreditation, name="accreditation_new"),
]
