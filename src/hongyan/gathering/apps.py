"""Which app is this?"""

from django.apps import AppConfig


class GatheringConfig(AppConfig):
    """Register the app."""

    name = "hongyan.gathering"
