"""Which address leads to which page about people who were found?"""

from django.urls import URLPattern, URLResolver, path

from hongyan.web.found.views import surveys

urlpatterns: list[URLPattern | URLResolver] = [
    path("found/", surveys.found, name="found"),
    path("found/register/", surveys.register_found, name="register_found"),
    path("found/<int:pk>/", surveys.finding, name="finding"),
    path("found/<int:pk>/confirm/", surveys.confirm_found, name="confirm_found"),
    path("found/<int:pk>/deny/", surveys.deny_found, name="deny_found"),
    path("found/<int:pk>/answer/", surveys.answer_found, name="answer_found"),
]
