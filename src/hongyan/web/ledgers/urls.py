"""Which address leads to which ledger, table or paper?"""

from django.urls import URLPattern, path

from hongyan.web.ledgers import views

urlpatterns: list[URLPattern] = [
    path("ledgers/", views.ledgers, name="ledgers"),
    path("ledgers/statistics/", views.statistics, name="statistics"),
    path("ledgers/yearly/", views.yearly, name="yearly"),
    path("ledgers/hosting/", views.hosting, name="hosting"),
]
