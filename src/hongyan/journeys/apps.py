"""Which app is this?"""

from django.apps import AppConfig


class JourneysConfig(AppConfig):
    """Register the app."""

    name = "hongyan.journeys"
