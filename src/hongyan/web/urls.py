"""Which address leads to which view."""

from django.urls import include, path

urlpatterns = [
    path("", include("hongyan.web.console.urls")),
    path("", include("hongyan.web.mobile.urls")),
    path("", include("hongyan.web.overview_urls")),
    path("api/v1/", include("hongyan.web.api.urls")),
]
