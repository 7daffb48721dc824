"""Which address leads to which page about reminders and what is late?"""

from django.urls import URLPattern, URLResolver, path

from hongyan.web.reminding import views

urlpatterns: list[URLPattern | URLResolver] = [
    path("raised/", views.raised, name="raised"),
]
