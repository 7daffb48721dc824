"""Which address leads to which figure, and to the list it counts."""

from django.urls import URLPattern, URLResolver, path

from hongyan.web.overview import views

urlpatterns: list[URLPattern | URLResolver] = [
    path("overview/", views.overview, name="overview"),
    path("overview/<int:pk>/", views.overview, name="overview"),
    path("overview/<int:pk>/places.json", views.overview_places, name="overview_places"),
    path("overview/<int:pk>/day/", views.overview_day, name="overview_day"),
    path("overview/<int:pk>/plots/", views.overview_plots, name="overview_plots"),
    path("overview/<int:pk>/screen/", views.overview_screen, name="overview_screen"),
    path("journeys/", views.journeys, name="journeys"),
]
