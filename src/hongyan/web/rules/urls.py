"""Which address of the rules leads to which view."""

from django.urls import path

from hongyan.web.rules import ladder_views, views

urlpatterns = [
    path("rules/", views.rules, name="rules"),
    path("rules/settle/", views.settle, name="settle"),
    path("rules/change-ladder/", ladder_views.change_ladder, name="change_ladder"),
]
