"""The table of contents of outcomes."""

from django.urls import path

from outcomes import views

urlpatterns = [
    path("source/", views.source, name="source"),
]
