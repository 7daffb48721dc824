"""Which address leads to which ledger, table or paper?"""

from django.urls import URLPattern, path

from hongyan.web.ledgers import paper_views, views

urlpatterns: list[URLPattern] = [
    path("ledgers/", views.ledgers, name="ledgers"),
    path("ledgers/statistics/", views.statistics, name="statistics"),
    path("ledgers/yearly/", views.yearly, name="yearly"),
    path("ledgers/hosting/", views.hosting, name="hosting"),
    path("journeys/<int:pk>/credential/", paper_views.credential, name="credential"),
    path("journeys/<int:pk>/arrival-slip/", paper_views.arrival_slip, name="arrival_slip"),
    path("journeys/<int:pk>/contact-card/", paper_views.contact_card, name="contact_card"),
    path("contact-cards/", paper_views.contact_cards, name="contact_cards"),
    path("organizations/<int:pk>/guide/", paper_views.guide, name="guide"),
]
