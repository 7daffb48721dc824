"""Which address of what goes beyond the platform leads to which view."""

from django.urls import URLPattern, URLResolver, path

from hongyan.web.exchange import peers, views

urlpatterns: list[URLPattern | URLResolver] = [
    path("journeys/<int:pk>/send-letter/", views.send_letter, name="send_letter"),
    path("journeys/<int:pk>/note-abroad/", views.note_abroad, name="note_abroad"),
    path("journeys/<int:pk>/send-across/", views.send_across, name="send_across"),
    path("journeys/<int:pk>/send-home/", views.send_home, name="send_home"),
    path("exchange/", peers.peers, name="peers"),
    path("exchange/open-peer/", peers.open_peer, name="open_peer"),
    path("exchange/<int:pk>/close-peer/", peers.close_peer, name="close_peer"),
    path("exchange/messages/<int:pk>/resend-message/", peers.resend_message, name="resend_message"),
    path("exchange/messages/<int:pk>/settle-message/", peers.settle_message, name="settle_message"),
    path("letters/", views.letters, name="letters"),
    path("letters/<int:pk>/", views.letter, name="letter"),
    path("letters/<int:pk>/reprint/", views.reprint_letter, name="reprint_letter"),
    path("exchange/v1/messages", peers.take_message, name="take_message"),
    path("exchange/v1/reconcile", peers.reconcile, name="reconcile"),
    path("receipt/", views.receipt, name="receipt"),
]
