"""Results as students see them."""

from django.urls import path

from placements.views import result as views

urlpatterns = [
    path("rounds/<int:pk>/mine/", views.round_result, name="round_result"),
    path("rounds/<int:pk>/how/", views.round_how, name="round_how"),
    path("rounds/<int:pk>/object/", views.objection_new, name="objection_new"),
    path("places/<int:pk>/accept/", views.place_accept, name="place_accept"),
    path("places/<int:pk>/decline/", views.place_decline, name="place_decline"),
]
