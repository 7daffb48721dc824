"""Which address of what goes beyond the platform leads to which view."""

from django.urls import URLPattern, URLResolver, path

from hongyan.web.exchange import views

urlpatterns: list[URLPattern | URLResolver] = [
    path("journeys/<int:pk>/send-letter/", views.send_letter, name="send_letter"),
    path("journeys/<int:pk>/note-abroad/", views.note_abroad, name="note_abroad"),
    path("letters/", views.letters, name="letters"),
    path("letters/<int:pk>/", views.letter, name="letter"),
    path("letters/<int:pk>/reprint/", views.reprint_letter, name="reprint_letter"),
    path("receipt/", views.receipt, name="receipt"),
]
