"""Which address leads to the search?"""

from django.urls import URLPattern, path

from hongyan.web.searching import views

urlpatterns: list[URLPattern] = [
    path("search/", views.search, name="search"),
]
