"""Which address of the rules leads to which view."""

from django.urls import path

from hongyan.web.rules import views

urlpatterns = [
    path("rules/", views.rules, name="rules"),
    path("rules/settle/", views.settle, name="settle"),
]
