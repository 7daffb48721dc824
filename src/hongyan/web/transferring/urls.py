"""Which address leads to the question of a transfer?"""

from django.urls import URLPattern, path

from hongyan.web.transferring import views

urlpatterns: list[URLPattern] = [
    path("journeys/<int:pk>/transfer/", views.transfer, name="transfer"),
    path("m/transfer/", views.wish_transfer, name="wish_transfer"),
]
