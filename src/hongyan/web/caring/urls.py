"""Which address leads to which page about caretakers."""

from django.urls import URLPattern, URLResolver, path

from hongyan.web.caring import views

urlpatterns: list[URLPattern | URLResolver] = [
    path("organizations/<int:pk>/caretakers/", views.caretakers, name="caretakers"),
    path("organizations/<int:pk>/assign-caretakers/", views.assign_caretakers, name="assign_caretakers"),
    path("organizations/<int:pk>/share-out/", views.share_out_caretakers, name="share_out_caretakers"),
    path("appointments/<int:pk>/capacity/", views.set_capacity, name="set_capacity"),
    path("appointments/<int:pk>/away/", views.stay_away, name="stay_away"),
    path("absences/<int:pk>/end/", views.end_absence, name="end_absence"),
]
