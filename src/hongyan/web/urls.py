"""Which address leads to which view."""

from django.urls import include, path

urlpatterns = [
    # First: a call of another system need not be compared with every page.
    path("api/v1/", include("hongyan.web.api.urls")),
    path("", include("hongyan.web.accounts.urls")),
    path("", include("hongyan.web.roster.urls")),
    path("", include("hongyan.web.console.urls")),
    path("", include("hongyan.web.many.urls")),
    path("", include("hongyan.web.searching.urls")),
    path("", include("hongyan.web.rules.urls")),
    path("", include("hongyan.web.redrawing.urls")),
    path("", include("hongyan.web.parks.urls")),
    path("", include("hongyan.web.transferring.urls")),
    path("", include("hongyan.web.exchange.urls")),
    path("", include("hongyan.web.festival.urls")),
    path("", include("hongyan.web.mobile.urls")),
    path("", include("hongyan.web.overview_urls")),
    path("", include("hongyan.web.ledgers.urls")),
    path("", include("hongyan.web.found.urls")),
    path("", include("hongyan.web.reminding.urls")),
    path("", include("hongyan.web.delivered.urls")),
    path("", include("hongyan.web.caring.urls")),
    path("", include("hongyan.web.reorganizing.urls")),
    path("", include("hongyan.web.homecoming.urls")),
    path("", include("hongyan.web.gathering.urls")),
]
