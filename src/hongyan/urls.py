"""Which address leads where; every name is a verb or a page of the product."""

from django.urls import include, path

# A request that was given up before any view saw it is explained too.
handler400 = "hongyan.web.limits.bad_request"

urlpatterns = [
    path("", include("hongyan.web.urls")),
]

handler500 = "hongyan.web.numbering.broken"
