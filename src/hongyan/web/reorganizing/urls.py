"""Which address leads to the page on which an organisation changes."""

from django.urls import URLPattern, URLResolver, path

from hongyan.web.reorganizing import views

urlpatterns: list[URLPattern | URLResolver] = [
    path("organizations/<int:pk>/change/", views.change_organization, name="change_organization"),
]
