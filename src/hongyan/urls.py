"""Which address leads where; every name is a verb or a page of the product."""

from django.urls import include, path

urlpatterns = [
    path("", include("hongyan.web.urls")),
]

handler500 = "hongyan.web.numbering.broken"
