"""Addresses of seats in bodies, and of the people of an organisation."""

from django.urls import path

from consortium.views import factor_resets, people, seats

urlpatterns = [
    path("governance/<int:pk>/seats/new/", seats.seat_new, name="seat_new"),
    path("governance/<int:pk>/seats/number/", seats.seats_number, name="seats_number"),
    path("seats/<int:pk>/", seats.seat, name="seat"),
    path("seats/<int:pk>/hand-over/", seats.seat_hand_over, name="seat_hand_over"),
    path("seats/<int:pk>/renew/", seats.seat_renew, name="seat_renew"),
    path("seats/<int:pk>/end/", seats.seat_end, name="seat_end"),
    path("seats/<int:pk>/delegate/", seats.seat_delegate, name="seat_delegate"),
    path("second-factors/", factor_resets.second_factors, name="second_factors"),
    path("second-factors/<int:pk>/reset/", factor_resets.ask, name="factor_reset_ask"),
    path("second-factors/resets/<int:pk>/", factor_resets.reset, name="factor_reset"),
    path("members/<int:pk>/people/", people.people, name="people"),
    path("members/<int:pk>/people/representative/", people.representative, name="representative"),
    path("members/<int:pk>/people/<int:grant_pk>/end/", people.role_end, name="role_end"),
]
